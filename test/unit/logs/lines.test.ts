import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAX_LINE_BYTES, readLines, type NumberedLine } from '../../../server/logs/lines.ts'

async function* chunksOf(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function linesOf(bytes: Buffer, size = bytes.length): Promise<NumberedLine[]> {
  const lines: NumberedLine[] = []
  for await (const some of readLines(chunksOf(bytes, Math.max(1, size)))) lines.push(...some)
  return lines
}

describe('lines of a log', () => {
  it('numbers lines, whatever ends them, and leaves out empty ones', async () => {
    const text = Buffer.from('\ufeffa\r\n\n  \nb\nc')
    expect(await linesOf(text)).toEqual([
      { number: 1, text: 'a' },
      { number: 4, text: 'b' },
      { number: 5, text: 'c' },
    ])
  })

  it('gives the same lines however they are cut and packed', async () => {
    const texts = fc.array(
      fc.string({ unit: 'grapheme', maxLength: 40 }).map((text) => text.replaceAll(/[\n\r\ufeff]/g, '')),
    )
    await fc.assert(
      fc.asyncProperty(
        texts,
        fc.integer({ min: 1, max: 50 }),
        fc.boolean(),
        async (wanted, size, isPacked) => {
          const plain = Buffer.from(wanted.join('\n'))
          const bytes = isPacked ? gzipSync(plain) : plain
          const expected = wanted
            .map((text, index) => ({ number: index + 1, text }))
            .filter(({ text }) => text.trim() !== '')
          expect(await linesOf(bytes, size)).toEqual(expected)
        },
      ),
      { numRuns: 100 },
    )
  })

  it('reads packed logs that were put one behind the other', async () => {
    const both = Buffer.concat([gzipSync('a\nb\n'), gzipSync('c\n')])
    expect((await linesOf(both, 7)).map(({ text }) => text)).toEqual(['a', 'b', 'c'])
  })

  it('tells of a packed log that ends early, after what could be read', async () => {
    const text = Array.from({ length: 20_000 }, (_, index) => `line ${index * 7919}`).join('\n')
    const packed = gzipSync(text)
    const lines: NumberedLine[] = []
    const reading = (async (): Promise<void> => {
      for await (const some of readLines(chunksOf(packed.subarray(0, packed.length / 2), 1_000)))
        lines.push(...some)
    })()
    await expect(reading).rejects.toThrow(/damaged/)
    expect(lines.length).toBeGreaterThan(0)
  })

  it('keeps nothing of a line that is too long, and goes on behind it', async () => {
    const long = Buffer.concat([Buffer.alloc(5 * MAX_LINE_BYTES, 'x'), Buffer.from('\nnext\n')])
    expect(await linesOf(long, 4_096)).toEqual([
      { number: 1, text: undefined },
      { number: 2, text: 'next' },
    ])
    expect(await linesOf(Buffer.alloc(2 * MAX_LINE_BYTES, 'x'), 4_096)).toEqual([
      { number: 1, text: undefined },
    ])
  })

  it('reads bytes that are no UTF-8', async () => {
    expect(await linesOf(Buffer.from([0x61, 0xff, 0xc3, 0x0a]))).toEqual([
      { number: 1, text: 'a\ufffd\ufffd' },
    ])
  })
})
