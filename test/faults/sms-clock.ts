import type { Clock } from '../../server/clock.ts'

/** A time that was moved, and goes several times as fast where much of a test would be waiting. */
export interface Moved {
  /** Milliseconds, on top of the machine's time times `speed`. */
  readonly shift: number
  readonly speed: number
}

/** Ten in the morning in New York: the time of a test is moved there, so that no quiet hours are in its way. */
export function toMorning(speed = 1): Moved {
  return { shift: Date.parse('2026-11-24T15:00:00Z') - Date.now() * speed, speed }
}

/** All processes of a test have the same. */
export function clockOf({ shift, speed }: Moved): Clock {
  return { now: () => Date.now() * speed + shift, monotonic: () => performance.now() }
}
