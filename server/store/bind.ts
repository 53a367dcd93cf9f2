import { UserError } from '../errors.ts'

/** What libsql can take without ending the process, rounding or cutting. */
export type Bound = string | bigint | Uint8Array | null

/**
 * The one guard every value passes on its way into a statement. Without it libsql aborts the process at a boolean,
 * cuts a text at NUL when it reads it back, stores NaN as NULL, and binds every number as a float, so that 5 in a
 * TEXT column becomes `5.0`.
 *
 * Integers beyond 2^53 become text: their column must be TEXT, since libsql rounds them when it reads a BIGINT.
 * Throws UserError for a text with NUL (it can come from outside), TypeError for what no caller should pass, fractions
 * among it: no column is for them, SQLite keeps them in a BIGINT all the same, and PostgreSQL refuses them.
 */
export function bind(value: unknown): Bound {
  if (value === null || value instanceof Uint8Array) return value
  if (typeof value === 'boolean') return value ? 1n : 0n
  if (typeof value === 'bigint') return isExact(value) ? value : value.toString()
  if (typeof value === 'number' && Number.isInteger(value)) return bind(BigInt(value))
  if (typeof value === 'number' && Number.isFinite(value)) {
    throw new TypeError(`The store keeps whole numbers: round ${value} before it is bound.`)
  }
  if (typeof value === 'string') {
    if (value.includes('\0')) throw new UserError('A text holds the character NUL: send it without.')
    return value
  }
  throw new TypeError(
    `The store takes text, numbers, claims, bytes and null, not ${Object.prototype.toString.call(value)}.`,
  )
}

function isExact(value: bigint): boolean {
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER
}
