const LIFETIME = /^([1-9]\d{0,3})(d|mo|y)$/
const UNITS = { d: 'day', mo: 'month', y: 'year' } as const
/** Average days of a unit: lifetimes are compared, not added to a date. */
const DAYS = { day: 1, month: 365.25 / 12, year: 365.25 } as const

interface Lifetime {
  count: number
  unit: (typeof UNITS)[keyof typeof UNITS]
}

/** A lifetime as a manifest writes it, or undefined for anything else. `session` is zero days. */
export function parseLifetime(text: string): Lifetime | undefined {
  if (text === 'session') return { count: 0, unit: 'day' }
  const [, count, unit] = LIFETIME.exec(text) ?? []
  return count === undefined ? undefined : { count: Number(count), unit: UNITS[unit as keyof typeof UNITS] }
}

/** Days of a lifetime, for comparing. Throws Error for what checkManifest would have refused. */
export function lifetimeDays(text: string): number {
  const { count, unit } = required(text)
  return count * DAYS[unit]
}

/** A lifetime in words, `13 months`, `13 Monate`, by the plural rules of the language; `session` by its own text. */
export function describeLifetime(text: string, language: string, session: string): string {
  if (text === 'session') return session
  const { count, unit } = required(text)
  return countOf(count, unit, language)
}

/** Making a format takes some 30 µs, and a notice needs one for each item. Languages are those of manifests: few. */
const formats = new Map<string, Intl.NumberFormat>()

/** `182 days`. */
export function countOf(count: number, unit: Lifetime['unit'], language: string): string {
  const key = `${unit} ${language}`
  const format =
    formats.get(key) ?? new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' })
  formats.set(key, format)
  return format.format(count)
}

function required(text: string): Lifetime {
  const lifetime = parseLifetime(text)
  if (!lifetime) throw new Error('a lifetime that no manifest can hold')
  return lifetime
}
