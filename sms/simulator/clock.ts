/** The simulator's time: all that happens later is asked of it. */
export interface SimulatorClock {
  /** Unix milliseconds. */
  now(): number
  /** Acts once, so many milliseconds later. */
  after(ms: number, act: () => void | Promise<void>): void
  /** Nothing happens any more. */
  close(): void
}

/** A clock that stands until it is moved: with the same seed and the same requests everything happens the same. */
export interface HandClock extends SimulatorClock {
  /** Moves on, and does on the way what is due, in order; resolves when that is done. */
  pass(ms: number): Promise<void>
}

/** @param shift milliseconds by which it goes before the machine's. Default 0 */
export function wallClock(shift = 0): SimulatorClock {
  const timers = new Set<NodeJS.Timeout>()
  return {
    now: () => Date.now() + shift,
    after(ms, act) {
      const timer = setTimeout(() => {
        timers.delete(timer)
        void act()
      }, ms)
      timers.add(timer)
    },
    close() {
      for (const timer of timers) clearTimeout(timer)
      timers.clear()
    },
  }
}

/** @param start Unix milliseconds */
export function handClock(start: number): HandClock {
  let now = start
  let waiting: { at: number; act: () => void | Promise<void> }[] = []
  return {
    now: () => now,
    after(ms, act) {
      const at = now + ms
      const later = waiting.findIndex((other) => other.at > at)
      waiting.splice(later < 0 ? waiting.length : later, 0, { at, act })
    },
    async pass(ms) {
      const end = now + ms
      for (let next = waiting[0]; next !== undefined && next.at <= end; next = waiting[0]) {
        waiting.shift()
        now = Math.max(now, next.at)
        await next.act()
      }
      now = end
    },
    close() {
      waiting = []
    },
  }
}
