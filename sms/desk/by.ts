import type { Actor } from '../ports.ts'

/** Who decides something, and why: both are in the audit log. */
export interface By {
  readonly actor: Actor
  /** Without a number in it. */
  readonly reason: string
}
