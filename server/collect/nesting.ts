/** Deeper than any event is, and deep enough for what a later version may add. */
const MOST = 16

const QUOTE = 0x22
const BACKSLASH = 0x5c

/**
 * Whether JSON is nested deeper than 16. Asked before it is parsed: a body of nothing but brackets costs the parser
 * twenty times as long as one of the same size that holds events.
 */
export function isTooDeep(body: Uint8Array): boolean {
  let depth = 0
  let inText = false
  for (let at = 0; at < body.length; at++) {
    const byte = body[at] as number
    if (inText) {
      if (byte === BACKSLASH) at++
      else if (byte === QUOTE) inText = false
    } else if (byte === QUOTE) inText = true
    // [ and { are 0x5b and 0x7b, ] and } are 0x5d and 0x7d: they differ from each other in one bit.
    else if ((byte | 0x20) === 0x7b) {
      if (++depth > MOST) return true
    } else if ((byte | 0x20) === 0x7d) depth--
  }
  return false
}
