/** Names in a manifest may stand for several: `_ga_*` for every name that begins so, `*.example.com` for subdomains. */

/** Whether a name takes in everything that another one stands for. */
export function coversName(wide: string, narrow: string): boolean {
  return wide.endsWith('*') ? narrow.startsWith(wide.slice(0, -1)) : wide === narrow
}

/** Whether there is a name that both stand for. */
export function namesMeet(one: string, other: string): boolean {
  return coversName(one, other) || coversName(other, one) || bothBegin(one, other)
}

function bothBegin(one: string, other: string): boolean {
  if (!one.endsWith('*') || !other.endsWith('*')) return false
  const [a, b] = [one.slice(0, -1), other.slice(0, -1)]
  return a.startsWith(b) || b.startsWith(a)
}

/** Whether a host takes in everything that another one stands for. `*.example.com` does not take in `example.com`. */
export function coversHost(wide: string, narrow: string): boolean {
  return wide === narrow || (wide.startsWith('*.') && narrow.endsWith(wide.slice(1)))
}
