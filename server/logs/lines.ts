import { createGunzip } from 'node:zlib'
import { UserError } from '../errors.ts'

/** A line of a log. */
export interface NumberedLine {
  /** From 1. */
  readonly number: number
  /** Without its end. Undefined: it is too long. */
  readonly text: string | undefined
}

/** A request line of 8 kB with a referrer of the same length, twice over. */
export const MAX_LINE_BYTES = 64 * 1024

const NEWLINE = 10
const RETURN = 13
const GZIP = [0x1f, 0x8b]
const BOM = '\ufeff'

/**
 * The lines of a stream, in bunches as they come; empty ones are left out. What is packed with gzip is unpacked, which is
 * seen from its first bytes. Of a line that is too long nothing is kept. Bytes that are no UTF-8 become U+FFFD.
 * Throws UserError where gzip ends early or is damaged.
 */
export async function* readLines(
  source: AsyncIterable<Buffer>,
  maxLineBytes: number = MAX_LINE_BYTES,
): AsyncGenerator<NumberedLine[]> {
  let number = 0
  let rest: Buffer[] = []
  let restBytes = 0

  const take = (end: Buffer): NumberedLine | undefined => {
    number++
    const bytes = restBytes + end.length
    const whole = rest.length === 0 ? end : Buffer.concat([...rest, end])
    rest = []
    restBytes = 0
    if (bytes > maxLineBytes) return { number, text: undefined }
    const text = whole.toString('utf8', 0, whole.at(-1) === RETURN ? whole.length - 1 : whole.length)
    const plain = number === 1 && text.startsWith(BOM) ? text.slice(1) : text
    return plain.trim() === '' ? undefined : { number, text: plain }
  }
  const hold = (bytes: Buffer): void => {
    restBytes += bytes.length
    if (restBytes > maxLineBytes) rest = []
    else rest.push(bytes)
  }

  for await (const chunk of unpacked(source)) {
    const lines: NumberedLine[] = []
    let from = 0
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      const line = take(chunk.subarray(from, end))
      if (line) lines.push(line)
      from = end + 1
    }
    if (from < chunk.length) hold(chunk.subarray(from))
    if (lines.length > 0) yield lines
  }
  const last = restBytes > 0 ? take(Buffer.alloc(0)) : undefined
  if (last) yield [last]
}

async function* unpacked(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const chunks = source[Symbol.asyncIterator]()
  let head: Buffer = Buffer.alloc(0)
  while (head.length < GZIP.length) {
    const next = await chunks.next()
    if (next.done === true) break
    head = Buffer.concat([head, next.value])
  }
  const all = beginningWith(head, chunks)
  if (GZIP.every((byte, at) => head[at] === byte)) yield* gunzip(all)
  else yield* all
}

async function* beginningWith(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value
}

async function* gunzip(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const unpack = createGunzip()
  const feeding = feed(packed, unpack)
  try {
    for await (const chunk of unpack as AsyncIterable<Buffer>) yield chunk
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? ''
    if (!code.startsWith('Z_')) throw error
    throw new UserError(
      'The log is damaged: what gzip packed cannot be unpacked to its end. What was read before is kept.',
    )
  } finally {
    unpack.destroy()
    await feeding
  }
}

/** Writes all into the unpacker, waiting where it is full. A fault of the source comes out at its other end. */
async function feed(packed: AsyncIterable<Buffer>, unpack: ReturnType<typeof createGunzip>): Promise<void> {
  try {
    for await (const chunk of packed) {
      if (unpack.destroyed) return
      if (!unpack.write(chunk))
        await new Promise((resolve) => unpack.once('drain', resolve).once('close', resolve))
    }
    unpack.end()
  } catch (error) {
    unpack.destroy(error as Error)
  }
}
