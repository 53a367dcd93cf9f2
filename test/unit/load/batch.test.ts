import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildHere } from '../../../server/load/batch.ts'
import { recordOf } from '../spool/rig.ts'

/** The table takes no number with zeros in front. */
function stored(line: string): string {
  return line.slice(0, 42).replace(/\t0+(?=\d)/, '\t') + line.slice(45)
}

const records = fc.array(
  fc.record({
    day: fc.constantFrom('2026-11-23', '2026-11-24', '2026-11-25'),
    visitor: fc.oneof(fc.bigInt(0n, 3n), fc.bigInt(0n, 2n ** 64n - 1n)),
    timeMs: fc.integer({ min: 1_795_521_600_000, max: 1_795_521_602_000 }),
    page: fc.string({ unit: 'grapheme', maxLength: 20 }),
  }),
  { minLength: 1, maxLength: 60 },
)

describe('a batch', () => {
  it('holds every record once, in the order of day, visitor and millisecond, numbered from 0', async () => {
    await fc.assert(
      fc.asyncProperty(records, async (rows) => {
        const lines = rows.map((row, id) => recordOf(id, row))
        const batch = await buildHere('77', [Buffer.from(lines.join(''))], undefined)
        // The model: the records sorted as text, as JavaScript's stable sort does it.
        const sorted = lines.toSorted((a, b) =>
          a.slice(0, 45) < b.slice(0, 45) ? -1 : Number(a.slice(0, 45) > b.slice(0, 45)),
        )
        const expected = sorted.map((line, row) => `77\t${row}\t${stored(line)}`)
        expect(batch.lines(0, batch.rows).toString()).toBe(expected.join(''))
        expect(batch.rows).toBe(rows.length)
        const days = batch.slices.flatMap(({ day, from, to }) => Array.from({ length: to - from }, () => day))
        expect(days).toEqual(sorted.map((line) => line.slice(0, 10)))
        expect(new Set(batch.slices.map(({ day }) => day)).size).toBe(batch.slices.length)
      }),
      { numRuns: 200 },
    )
  })

  it('is the same however the records are cut into blocks, and another with other records', async () => {
    const lines = Array.from({ length: 50 }, (_, id) => recordOf(id))
    const whole = await buildHere('77', [Buffer.from(lines.join(''))], undefined)
    const cut = await buildHere(
      '77',
      lines.map((line) => Buffer.from(line)),
      undefined,
    )
    expect(cut.sha256).toBe(whole.sha256)
    expect(cut.lines(0, 50)).toEqual(whole.lines(0, 50))
    const less = await buildHere(
      '77',
      lines.slice(1).map((line) => Buffer.from(line)),
      undefined,
    )
    expect(less.sha256).not.toBe(whole.sha256)
  })

  it('gives single rows, and those of some days only', async () => {
    const lines = Array.from({ length: 9 }, (_, id) =>
      recordOf(id, { visitor: BigInt(id), day: `2026-11-2${id % 3}` }),
    )
    const batch = await buildHere('77', [Buffer.from(lines.join(''))], ['2026-11-20', '2026-11-22'])
    expect(batch.slices).toEqual([
      { day: '2026-11-20', from: 0, to: 3 },
      { day: '2026-11-22', from: 3, to: 6 },
    ])
    const picked = batch.pick([1, 5]).toString().split('\n')
    expect(picked.map((line) => line.split('\t')[6])).toEqual(['3', '8', undefined])
  })
})
