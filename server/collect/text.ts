const UNCLEAN = /[\p{Cc}\p{Cs}]/u
const CONTROLS = /\p{Cc}/gu
const LONE_SURROGATES = /\p{Cs}/gu

/**
 * Text as it may be stored: at most so many UTF-16 units, no control characters (a NUL cuts text short in many
 * programs), and half a character, which no database takes, becomes U+FFFD.
 */
export function cleanText(text: string, most: number): string {
  const cut = text.length > most ? text.slice(0, most) : text
  return UNCLEAN.test(cut) ? cut.replace(CONTROLS, '').replace(LONE_SURROGATES, '\ufffd') : cut
}
