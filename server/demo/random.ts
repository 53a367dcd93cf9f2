/** Values with how often each is picked, beside the others. */
export type Weighted<T> = readonly (readonly [weight: number, value: T])[]

export function pick<T>(random: () => number, choices: Weighted<T>): T {
  let left = random() * choices.reduce((sum, [weight]) => sum + weight, 0)
  for (const [weight, value] of choices) {
    left -= weight
    if (left < 0) return value
  }
  const last = choices.at(-1)
  if (!last) throw new Error('nothing to choose from')
  return last[1]
}

/** Mulberry32: small, and good enough for a picture. */
export function seeded(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
