import { HELD_FOR, type Wait } from './gate.ts'

/**
 * What is kept with a decision about a message: since when it waits for a person to look at its text or pictures, if it
 * does. It is found by that alone, without reading what else is queued or was sent.
 * @param before what was kept with the last decision
 */
export function heldAt(
  decision: { readonly verdict: string; readonly for?: readonly Wait[] },
  before: number | null,
  now: number,
): { held_at: number | null } {
  const isHeld = decision.for?.some((one) => HELD_FOR.includes(one)) === true
  return { held_at: isHeld ? (before ?? now) : null }
}

/** As it is kept of a message that waits for nobody any more. */
export const NOT_HELD = { held_at: null } as const
