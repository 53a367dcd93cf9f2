/** Random numbers that a seed tells in advance (mulberry32): for a simulation, never for a secret. */
export interface Random {
  /** From 0 up to but not including 1. */
  share(): number
  /** So many hexadecimal digits. */
  hex(digits: number): string
  /** So many decimal digits, the first of them not 0. */
  digits(count: number): string
  /** In the form of a UUID. */
  uuid(): string
}

export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  const share = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const digit = (base: number): string => Math.floor(share() * base).toString(base)
  const hex = (digits: number): string => Array.from({ length: digits }, () => digit(16)).join('')
  return {
    share,
    hex,
    digits: (count) =>
      String(1 + Math.floor(share() * 9)) + Array.from({ length: count - 1 }, () => digit(10)).join(''),
    uuid: () => [8, 4, 4, 4, 12].map(hex).join('-'),
  }
}
