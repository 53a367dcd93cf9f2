import type { Steer } from './scheduler.ts'

/** Numbers that look random and are the same for the same seed: mulberry32. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Things go wrong now and then, not at every turn. */
const CRASHES = 1 / 25
const MISHAPS = 0.3

/** Decides by chance: one order of all that there are. */
export function steerByChance(next: () => number): Steer {
  return {
    visit: () => true,
    keep: () => undefined,
    kept: () => undefined,
    pick: (options, what) => {
      if (what === 'who') return Math.floor(next() * options)
      if (next() >= (what === 'crash' ? CRASHES : MISHAPS)) return 0
      return 1 + Math.floor(next() * (options - 1))
    },
  }
}

/** What an exploration came to. */
export interface Explored {
  /** Runs of the code. */
  readonly runs: number
  /** Steps that were taken in them for the first time. */
  readonly steps: number
  /** States that differ. */
  readonly states: number
  /** Orders from beginning to end whose every state was run: paths through the states. */
  readonly orders: bigint
  /** No order is left out. */
  readonly isComplete: boolean
}

type Frame =
  | { readonly is: 'state'; readonly key: number; readonly reached: unknown; orders: bigint }
  | { readonly is: 'pick'; readonly options: number; at: number; orders: bigint }

/**
 * Runs every order there is: depth first, each from the beginning since a run cannot be copied; what a transaction on
 * the way there did is known and done again without its code. Where a run comes to a state that was explored before it
 * ends: what follows is known, and so is in how many orders.
 */
export async function explore(
  run: (steer: Steer) => Promise<void>,
  mostRuns = Infinity,
  mostMs = Infinity,
): Promise<Explored> {
  const known = new Map<number, bigint>()
  const frames: Frame[] = []
  const until = performance.now() + mostMs
  let [runs, steps] = [0, 0]
  do {
    let [at, reached]: [number, unknown] = [0, undefined]
    let follows = 1n
    await run({
      visit: (key) => {
        const frame = frames[at++]
        if (frame) {
          if (frame.is === 'state' && frame.key === key) return true
          throw new Error('the same steps led elsewhere: a run depends on more than its steps')
        }
        steps++
        const before = known.get(key)
        if (before === undefined) {
          frames.push({ is: 'state', key, reached, orders: 0n })
          reached = undefined
          return true
        }
        follows = before
        return false
      },
      keep: (what) => {
        reached = what
      },
      kept: () => {
        let next = at
        while (frames[next]?.is === 'pick') next++
        const frame = frames[next]
        if (frame?.is !== 'state' || frame.reached === undefined) return undefined
        at = next
        return frame.reached
      },
      pick: (options) => {
        const frame = frames[at++]
        if (!frame) {
          frames.push({ is: 'pick', options, at: 0, orders: 0n })
          return 0
        }
        if (frame.is === 'pick' && frame.options === options) return frame.at
        throw new Error('the same steps led elsewhere: a run depends on more than its steps')
      },
    })
    runs++
    for (let last = frames.at(-1); last; last = frames.at(-1)) {
      last.orders += follows
      if (last.is === 'pick' && ++last.at < last.options) break
      frames.pop()
      follows = last.orders
      if (last.is === 'state') known.set(last.key, follows)
      if (frames.length === 0) {
        return { runs, steps, states: known.size, orders: follows, isComplete: true }
      }
    }
  } while (runs < mostRuns && performance.now() < until)
  const orders = frames.reduce((sum, frame) => sum + frame.orders, 0n)
  return { runs, steps, states: known.size, orders, isComplete: false }
}
