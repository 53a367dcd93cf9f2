/** 64 bits that tell values apart, in two words. */
export type Digest = [number, number]

/** A hash of values in their order: fast, and against nobody's will. */
export function digest(...values: readonly unknown[]): Digest {
  let [a, b] = [0x9e3779b9, 0x85ebca6b]
  for (const value of values) {
    const text = String(value)
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at)
      a = Math.imul(a ^ code, 0x9e3779b1)
      b = Math.imul(b ^ code, 0x5f356495)
    }
    // Where one value ends the next begins.
    a = Math.imul(a ^ 0x1f, 0x85ebca77) ^ (b >>> 13)
    b = Math.imul(b ^ 0x2f, 0xc2b2ae3d) ^ (a >>> 15)
  }
  return [mixed(a ^ (b >>> 7)), mixed(b ^ (a >>> 11))]
}

/** Goes on from what was seen before: the order counts. */
export function fold(into: Digest, [a, b]: Readonly<Digest>): void {
  into[0] = Math.imul(into[0] ^ a, 0x9e3779b1) ^ (into[1] >>> 16)
  into[1] = Math.imul(into[1] ^ b, 0x85ebca6b) ^ (into[0] >>> 15)
}

function mixed(word: number): number {
  const half = Math.imul(word ^ (word >>> 16), 0x21f0aaad)
  const most = Math.imul(half ^ (half >>> 15), 0x735a2d97)
  return most ^ (most >>> 15)
}
