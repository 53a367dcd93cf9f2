/** A text or a number; within texts nothing is a number. */
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g
/** Doubles are exact up to 15 digits. */
const LONG = /^-?\d{16,}$/

/**
 * Reads JSON; integers that a double would round become texts with all their digits. The ids of messages and
 * conversations are such. Undefined for what is no JSON.
 */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(TOKEN, (token) => (LONG.test(token) ? `"${token}"` : token))) as unknown
  } catch {
    return undefined
  }
}
