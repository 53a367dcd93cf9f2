/**
 * The one way to write a value as JSON, so that equal values have equal hashes: no blanks, keys sorted by UTF-16 code
 * unit, numbers and texts as JSON.stringify writes them (RFC 8785, JSON Canonicalization Scheme).
 *
 * Throws TypeError for whatever JSON would lose or change: undefined (as a property too), NaN and the infinities,
 * functions, symbols, bigints, lone surrogates, and objects that are no plain ones.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return quote(value)
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value)
  // Array.from reads the holes of a sparse array as undefined, which is refused like any other.
  if (Array.isArray(value)) return `[${Array.from(value, canonicalJson).join(',')}]`
  if (isPlain(value)) {
    const members = Object.keys(value).sort()
    return `{${members.map((key) => `${quote(key)}:${canonicalJson(value[key])}`).join(',')}}`
  }
  throw new TypeError(`Canonical JSON cannot hold ${Object.prototype.toString.call(value)}.`)
}

/** With the flag `u` a pair is one character, so that only half of one is found. */
const LONE_SURROGATE = /\p{Surrogate}/u

function quote(text: string): string {
  if (LONE_SURROGATE.test(text)) throw new TypeError('Canonical JSON cannot hold a lone surrogate.')
  return JSON.stringify(text)
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
