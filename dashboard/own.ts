/** What one view says in the address besides what all of them say: `step=/pricing&step=event:Signup`. */

/** Names and values in their order; a name may come more than once. */
export type Own = readonly (readonly [name: string, value: string])[]

export function ownValues(own: Own, name: string): string[] {
  return own.filter(([known]) => known === name).map(([, value]) => value)
}

export function ownValue(own: Own, name: string): string | undefined {
  return ownValues(own, name)[0]
}

/** With these values in place of those of the same names; undefined takes a name out. */
export function withOwn(
  own: Own,
  change: Readonly<Record<string, string | readonly string[] | undefined>>,
): Own {
  const rest = own.filter(([name]) => !Object.hasOwn(change, name))
  const added = Object.entries(change).flatMap(([name, value = []]) =>
    (typeof value === 'string' ? [value] : value).map((one) => [name, one] as const),
  )
  return [...rest, ...added]
}
