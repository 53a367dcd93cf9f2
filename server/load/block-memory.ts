/**
 * Memory in which blocks of the Native format (native.ts) are made, batch after batch: fifteen megabytes that are asked of
 * the system anew for each batch cost twenty times what filling them does.
 */
export interface BlockMemory {
  /** What was made before may be written over. */
  clear(): void
  /** Begins a block; those before it stay. */
  begin(): void
  /** Bytes of this block so far. */
  written(): number
  bytes(piece: Uint8Array): void
  /** The same bytes so many times. */
  repeat(piece: Uint8Array, times: number): void
  /** Room for bytes that the caller fills, which count as written. Valid until more is written. */
  room(bytes: number): Buffer
  /** A text with its length in front. */
  text(text: string): void
  /** Bytes of this block once more. */
  again(from: number, to: number): void
  /** Room within this block to be written once more. */
  at(from: number, to: number): Buffer
  /** Numbers to work with, of any value: the same for each call with the same `use`. */
  numbers(use: 0 | 1, count: number): Uint32Array
  /** This block. Valid until `clear`. */
  block(): Buffer
}

/** A hundred thousand rows of a log come to twelve times as many; it grows. */
const FIRST_BYTES = 2 ** 20
/** Shorter texts are copied faster by a loop, and their length is one byte. */
const SHORT = 0x80
const LAST_ASCII = 0x7f

export function createBlockMemory(): BlockMemory {
  let memory = Buffer.alloc(0)
  let start = 0
  let end = 0
  const scratch = [new Uint32Array(0), new Uint32Array(0)]

  /** Blocks before this one keep the memory that they lie in. */
  function reserve(more: number): void {
    if (end + more <= memory.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(FIRST_BYTES, 2 * (end - start + more)))
    memory.copy(larger, 0, start, end)
    memory = larger
    end -= start
    start = 0
  }
  function bytes(piece: Uint8Array): void {
    reserve(piece.length)
    memory.set(piece, end)
    end += piece.length
  }
  function shortAscii(text: string): boolean {
    reserve(1 + text.length)
    memory[end] = text.length
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index)
      if (code > LAST_ASCII) return false
      memory[end + 1 + index] = code
    }
    end += 1 + text.length
    return true
  }

  return {
    clear() {
      start = 0
      end = 0
    },
    begin() {
      start = end
    },
    written: () => end - start,
    bytes,
    repeat(piece, times) {
      const count = piece.length * times
      reserve(count)
      memory.fill(piece, end, end + count)
      end += count
    },
    room(count) {
      reserve(count)
      end += count
      return memory.subarray(end - count, end)
    },
    text(text) {
      if (text.length < SHORT && shortAscii(text)) return
      const encoded = Buffer.from(text)
      bytes(varint(encoded.length))
      bytes(encoded)
    },
    again(from, to) {
      reserve(to - from)
      // Few bytes at a time: a loop is quicker here than calls that copy.
      for (let at = start + from; at < start + to; at++) memory[end++] = memory[at] as number
    },
    at: (from, to) => memory.subarray(start + from, start + to),
    numbers(use, count) {
      if ((scratch[use]?.length ?? 0) < count) scratch[use] = new Uint32Array(count)
      return (scratch[use] as Uint32Array).subarray(0, count)
    },
    block: () => memory.subarray(start, end),
  }
}

/** A whole number in seven bits a byte, the lowest first. */
export function varint(number: number): Buffer {
  const bytes: number[] = []
  let rest = number
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80)
  return Buffer.from([...bytes, rest])
}
