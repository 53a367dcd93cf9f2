/** Percent-encoding of path segments: read for what hides in it, written so that people can read it. */

/** A percent sign is encoded once more by each program that passes an address on. */
const MAX_DECODINGS = 4
const ENCODED = /(?:%[\da-f]{2})+/gi
const ENCODED_LETTERS = /(?:%[89a-f][\da-f])+/gi
/** What cannot be seen or turns text around stays encoded: nobody could tell two such pages apart. */
const UNSEEN = /[\p{C}\p{Z}]/gu
const LONE_SURROGATE = /\p{Cs}/gu
const NEEDS_ENCODING = /[^\w\-.~!$&'()*+,;=:@\u{80}-\u{10ffff}]|[\p{C}\p{Z}]/gu

/** Decoded until there is nothing more to decode; what is no UTF-8 stays encoded. */
export function decodeFully(segment: string): string {
  let text = segment
  for (let i = 0; i < MAX_DECODINGS && text.includes('%'); i++) {
    const decoded = decodeOnce(text)
    if (decoded === text) break
    text = decoded
  }
  return text
}

function decodeOnce(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // Some of it is broken: read the rest piece by piece.
    return text.replace(
      ENCODED,
      (run) => decodeRun(run) ?? run.replace(/%[2-7][\da-f]/gi, decodeURIComponent),
    )
  }
}

function decodeRun(run: string): string | undefined {
  try {
    return decodeURIComponent(run)
  } catch {
    return undefined
  }
}

/** Letters beyond ASCII become readable, `/caf%C3%A9` is `/café`; everything else stays as it is. */
export function decodeLetters(segment: string): string {
  return segment.replace(ENCODED_LETTERS, (run) => decodeRun(run)?.replace(UNSEEN, encodeURIComponent) ?? run)
}

export function encodeSegment(text: string): string {
  return text.replace(LONE_SURROGATE, '\ufffd').replace(NEEDS_ENCODING, encodeURIComponent)
}

/** At most so many characters, without half of an encoded byte or of a character at the end. */
export function cutCleanly(path: string, most: number): string {
  return path.length <= most ? path : path.slice(0, most).replace(/(?:%[\da-f]?|[\ud800-\udbff])$/i, '')
}
