/** Time is injected: tests move it, nothing else in the server reads the system's clock. */
export interface Clock {
  /** Wall time, Unix milliseconds: for stamping only. */
  now(): number
  /** Monotonic milliseconds: for durations and time-outs. */
  monotonic(): number
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
}
