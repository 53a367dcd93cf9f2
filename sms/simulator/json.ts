/** What is answered: JSON with integers of any size, as the real API has them. */
export type Json = string | number | bigint | boolean | null | undefined | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [key: string]: Json
}

/** As JSON; a `bigint` becomes a number with all its digits, which most readers round. */
export function writeJson(value: Json): string {
  if (typeof value === 'bigint') return String(value)
  if (Array.isArray(value)) return `[${value.map((item: Json) => writeJson(item ?? null)).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null)
  const entries = Object.entries(value).filter(([, item]) => item !== undefined)
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${writeJson(item)}`).join(',')}}`
}
