/**
 * SipHash-2-4 with a 64-bit result: a keyed hash for short inputs (Aumasson and Bernstein, 2012), in 32-bit
 * arithmetic since that is what JavaScript computes fast. The key is read from its bytes at each call and copied
 * nowhere, so wiping those bytes destroys it.
 */

const [out32, out64] = resultWords()
/** Where the low and the high half lie in `out32`: machines differ. */
const [LOW, HIGH] =
  new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? ([0, 1] as const) : ([1, 0] as const)

function resultWords(): readonly [Uint32Array, BigUint64Array] {
  const words = new Uint32Array(2)
  return [words, new BigUint64Array(words.buffer)]
}

function word(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  )
}

/** 64 bits in two halves of 32, unsigned: a BigInt for each value costs as much as a hash. */
export interface Words {
  high: number
  low: number
}

/** Hashes the first `length` bytes. Only the first 16 bytes of the key are used. */
export function sipHash(key: Uint8Array, bytes: Uint8Array, length: number = bytes.length): bigint {
  compute(key, bytes, length)
  return out64[0] as bigint
}

/** Leaves the hash in `out32`. */
function compute(key: Uint8Array, bytes: Uint8Array, length: number): void {
  if (key.length < 16) throw new RangeError('SipHash needs a key of 16 bytes')
  const [k0l, k0h, k1l, k1h] = [word(key, 0), word(key, 4), word(key, 8), word(key, 12)]
  let v0l = k0l ^ 0x70736575
  let v0h = k0h ^ 0x736f6d65
  let v1l = k1l ^ 0x6e646f6d
  let v1h = k1h ^ 0x646f7261
  let v2l = k0l ^ 0x6e657261
  let v2h = k0h ^ 0x6c796765
  let v3l = k1l ^ 0x79746573
  let v3h = k1h ^ 0x74656462

  const whole = length >>> 3
  let low = 0
  // Step `whole` takes the bytes left over and the length; the two behind it are the four rounds of the finish. The two
  // rounds of a step stand one after the other: a loop around them costs a quarter more.
  for (let step = 0; step <= whole + 2; step++) {
    let ml = 0
    let mh = 0
    if (step < whole) {
      ml = word(bytes, step << 3)
      mh = word(bytes, (step << 3) + 4)
    } else if (step === whole) {
      for (let i = length - 1; i >= whole << 3; i--) {
        mh = (mh << 8) | (ml >>> 24)
        ml = (ml << 8) | (bytes[i] as number)
      }
      mh |= length << 24
    } else if (step === whole + 1) v2l ^= 0xff
    v3l ^= ml
    v3h ^= mh

    low = (v0l + v1l) | 0
    v0h = (v0h + v1h + (low >>> 0 < v1l >>> 0 ? 1 : 0)) | 0
    v0l = low
    low = (v1l << 13) | (v1h >>> 19)
    v1h = ((v1h << 13) | (v1l >>> 19)) ^ v0h
    v1l = low ^ v0l
    low = v0l
    v0l = v0h
    v0h = low

    low = (v2l + v3l) | 0
    v2h = (v2h + v3h + (low >>> 0 < v3l >>> 0 ? 1 : 0)) | 0
    v2l = low
    low = (v3l << 16) | (v3h >>> 16)
    v3h = ((v3h << 16) | (v3l >>> 16)) ^ v2h
    v3l = low ^ v2l

    low = (v0l + v3l) | 0
    v0h = (v0h + v3h + (low >>> 0 < v3l >>> 0 ? 1 : 0)) | 0
    v0l = low
    low = (v3l << 21) | (v3h >>> 11)
    v3h = ((v3h << 21) | (v3l >>> 11)) ^ v0h
    v3l = low ^ v0l

    low = (v2l + v1l) | 0
    v2h = (v2h + v1h + (low >>> 0 < v1l >>> 0 ? 1 : 0)) | 0
    v2l = low
    low = (v1l << 17) | (v1h >>> 15)
    v1h = ((v1h << 17) | (v1l >>> 15)) ^ v2h
    v1l = low ^ v2l
    low = v2l
    v2l = v2h
    v2h = low

    low = (v0l + v1l) | 0
    v0h = (v0h + v1h + (low >>> 0 < v1l >>> 0 ? 1 : 0)) | 0
    v0l = low
    low = (v1l << 13) | (v1h >>> 19)
    v1h = ((v1h << 13) | (v1l >>> 19)) ^ v0h
    v1l = low ^ v0l
    low = v0l
    v0l = v0h
    v0h = low

    low = (v2l + v3l) | 0
    v2h = (v2h + v3h + (low >>> 0 < v3l >>> 0 ? 1 : 0)) | 0
    v2l = low
    low = (v3l << 16) | (v3h >>> 16)
    v3h = ((v3h << 16) | (v3l >>> 16)) ^ v2h
    v3l = low ^ v2l

    low = (v0l + v3l) | 0
    v0h = (v0h + v3h + (low >>> 0 < v3l >>> 0 ? 1 : 0)) | 0
    v0l = low
    low = (v3l << 21) | (v3h >>> 11)
    v3h = ((v3h << 21) | (v3l >>> 11)) ^ v0h
    v3l = low ^ v0l

    low = (v2l + v1l) | 0
    v2h = (v2h + v1h + (low >>> 0 < v1l >>> 0 ? 1 : 0)) | 0
    v2l = low
    low = (v1l << 17) | (v1h >>> 15)
    v1h = ((v1h << 17) | (v1l >>> 15)) ^ v2h
    v1l = low ^ v2l
    low = v2l
    v2l = v2h
    v2h = low

    v0l ^= ml
    v0h ^= mh
  }
  out32[LOW] = v0l ^ v1l ^ v2l ^ v3l
  out32[HIGH] = v0h ^ v1h ^ v2h ^ v3h
}

/** From so many characters on the system copies faster than a loop. */
const LONG_TEXT = 32

/** Collects what is to be hashed. */
export interface HashInput {
  byte(value: number): void
  /** Four bytes, low byte first. */
  word(value: number): void
  /** UTF-8 bytes of a text. */
  text(value: string): void
  /** Hashes what was collected and wipes it: nothing of a visitor stays behind. */
  hash(key: Uint8Array): bigint
  /** Hashes what was collected so far, into `words`, and keeps it for more. */
  hashSoFar(key: Uint8Array, words: Words): void
  /** Wipes what was collected. */
  wipe(): void
}

/** @param bytes where it is collected; a larger place is taken when it is needed */
export function createHashInput(bytes: Buffer = Buffer.alloc(1_024)): HashInput {
  let length = 0

  function reserve(more: number): void {
    if (length + more <= bytes.length) return
    const larger = Buffer.alloc(2 * (length + more))
    bytes.copy(larger, 0, 0, length)
    bytes.fill(0)
    bytes = larger
  }
  function wipe(): void {
    bytes.fill(0, 0, length)
    length = 0
  }

  return {
    byte(value) {
      reserve(1)
      bytes[length++] = value
    },
    word(value) {
      reserve(4)
      bytes[length++] = value
      bytes[length++] = value >>> 8
      bytes[length++] = value >>> 16
      bytes[length++] = value >>> 24
    },
    text(value) {
      reserve(3 * value.length)
      const start = length
      if (value.length >= LONG_TEXT) {
        length = start + bytes.write(value, start, 'utf8')
        return
      }
      for (let i = 0; i < value.length; i++) {
        const code = value.charCodeAt(i)
        if (code > 0x7f) {
          length = start + bytes.write(value, start, 'utf8')
          return
        }
        bytes[length++] = code
      }
    },
    hash(key) {
      const hashed = sipHash(key, bytes, length)
      wipe()
      return hashed
    },
    hashSoFar(key, words) {
      compute(key, bytes, length)
      words.high = out32[HIGH] as number
      words.low = out32[LOW] as number
    },
    wipe,
  }
}
