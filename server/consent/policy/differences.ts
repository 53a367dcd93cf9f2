/** What differs between two values of JSON at one place, `services[2].purpose.en`. */
export interface Difference {
  place: string
  /** Absent: it was not there. */
  before?: unknown
  /** Absent: it is not there any more. */
  after?: unknown
}

/** Most that are told: beyond it a manifest is another one altogether. */
const MAX_DIFFERENCES = 200

/**
 * The places at which two documents differ, in the order of the new one. Entries of lists that have an `id`, or a `name`,
 * are held against those of the same; what is one text or number is told as a whole.
 */
export function differences(before: unknown, after: unknown): Difference[] {
  const found: Difference[] = []
  compare(before, after, '', found)
  return found.slice(0, MAX_DIFFERENCES)
}

function compare(before: unknown, after: unknown, place: string, found: Difference[]): void {
  if (Array.isArray(before) && Array.isArray(after)) {
    compareEntries(named(before, place), named(after, place), found)
  } else if (isObject(before) && isObject(after)) {
    compareEntries(fieldsOf(before, place), fieldsOf(after, place), found)
  } else if (JSON.stringify(before) !== JSON.stringify(after)) {
    found.push({ place, ...(before !== undefined && { before }), ...(after !== undefined && { after }) })
  }
}

/** By what they are held together: their place and value. */
type Entries = ReadonlyMap<string, { place: string; value: unknown }>

function compareEntries(before: Entries, after: Entries, found: Difference[]): void {
  for (const [key, { place, value }] of after) compare(before.get(key)?.value, value, place, found)
  for (const [key, { place, value }] of before) {
    if (!after.has(key)) compare(value, undefined, place, found)
  }
}

function fieldsOf(object: Record<string, unknown>, place: string): Entries {
  return new Map(
    Object.entries(object).map(([key, value]) => [
      key,
      { place: place === '' ? key : `${place}.${key}`, value },
    ]),
  )
}

function named(list: readonly unknown[], place: string): Entries {
  return new Map(
    list.map((value, index) => {
      const name = isObject(value) ? (value['id'] ?? value['name']) : value
      const key = typeof name === 'string' ? name : String(index)
      return [key, { place: `${place}[${index}]`, value }]
    }),
  )
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
