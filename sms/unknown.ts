/** Reads what others send: nothing of it may be relied on, and more may be in it than is known. */

/** A field, or undefined where it is nothing that fields can be read of. */
export function field(value: unknown, ...path: string[]): unknown {
  return path.reduce(
    (at, key) =>
      typeof at === 'object' && at !== null && Object.hasOwn(at, key)
        ? (at as Record<string, unknown>)[key]
        : undefined,
    value,
  )
}

/** Text, or a number written as one: ids are told as both. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** A time in ISO 8601, with however many digits, in Unix milliseconds. */
export function timeOf(value: unknown): number | undefined {
  const time = typeof value === 'string' ? Date.parse(value) : NaN
  return Number.isNaN(time) ? undefined : time
}
