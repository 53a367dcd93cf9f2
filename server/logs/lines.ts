import { isAscii } from 'node:buffer'
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

/** Bytes that become one text. Larger ones are made page by page of memory that is asked of the system anew. */
const TEXT_BYTES = 32 * 1024

const NEWLINE = 10
const RETURN = 13
const SPACE = 32
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
    return isBlank(plain) ? undefined : { number, text: plain }
  }
  const hold = (bytes: Buffer): void => {
    restBytes += bytes.length
    if (restBytes > maxLineBytes) rest = []
    else rest.push(bytes)
  }

  /** The lines that end in a chunk, behind the first. */
  const split = (chunk: Buffer, lines: NumberedLine[]): void => {
    for (let from = 0, end = 0; from < chunk.length; from = end + 1) {
      end = chunk.indexOf(NEWLINE, from)
      const line = take(chunk.subarray(from, end))
      if (line) lines.push(line)
    }
  }
  /** The same where a byte is a character: they are read all at once, and lines are pieces of one text. */
  const splitAscii = (chunk: Buffer, lines: NumberedLine[]): void => {
    for (let from = 0, end = 0; from < chunk.length; from = end) {
      end = chunk.lastIndexOf(NEWLINE, from + TEXT_BYTES) + 1
      // A line of its own where one is longer than that.
      if (end <= from) end = chunk.indexOf(NEWLINE, from) + 1
      splitText(chunk.subarray(from, end), lines)
    }
  }
  const splitText = (chunk: Buffer, lines: NumberedLine[]): void => {
    const text = chunk.toString('latin1')
    for (let from = 0, end = 0; from < text.length; from = end + 1) {
      end = text.indexOf('\n', from)
      const line = text.slice(from, text.charCodeAt(end - 1) === RETURN ? end - 1 : end)
      number++
      if (end - from > maxLineBytes) lines.push({ number, text: undefined })
      else if (!isBlank(line)) lines.push({ number, text: line })
    }
  }

  for await (const chunk of unpacked(source)) {
    const lines: NumberedLine[] = []
    const first = chunk.indexOf(NEWLINE)
    const end = chunk.lastIndexOf(NEWLINE) + 1
    if (first >= 0) {
      const line = take(chunk.subarray(0, first))
      if (line) lines.push(line)
      const whole = chunk.subarray(first + 1, end)
      if (isAscii(whole)) splitAscii(whole, lines)
      else split(whole, lines)
    }
    if (end < chunk.length) hold(chunk.subarray(end))
    if (lines.length > 0) yield lines
  }
  const last = restBytes > 0 ? take(Buffer.alloc(0)) : undefined
  if (last) yield [last]
}

function isBlank(line: string): boolean {
  return line === '' || (line.charCodeAt(0) <= SPACE && line.trim() === '')
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
