import type { Found } from './found.ts'

/**
 * Finds e-mail addresses: something before the sign, a domain with a dot and a name of letters as its last label
 * after it. So `react@18.2.0` and `/@jane/post` are pages, `user@example.com` is a person. Linear: the search goes on
 * behind each domain.
 */
export function findEmails(text: string, found: Found): void {
  let from = 0
  for (let sign = text.indexOf('@'); sign >= 0; sign = text.indexOf('@', sign + 1)) {
    const end = endOfDomain(text, sign + 1)
    if (end < 0) continue
    const start = startOfName(text, sign, from)
    if (start === sign) continue
    found(start, end, 'email')
    from = end
    sign = end - 1
  }
}

/** Where the name before the sign begins; a quoted name (`"jane doe"@example.com`) from its first quote. */
function startOfName(text: string, sign: number, from: number): number {
  if (text[sign - 1] === '"') {
    const quote = text.lastIndexOf('"', sign - 2)
    return quote >= from ? quote : sign - 1
  }
  let start = sign
  while (start > from && isNamePart(text.charCodeAt(start - 1))) start--
  return start
}

/** RFC 5322 atoms and dots, and all beyond ASCII. */
function isNamePart(code: number): boolean {
  if (code >= 0x80) return true
  return isAlphanumeric(code) || ".!#$%&'*+-=?^_`{|}~".includes(String.fromCharCode(code))
}

function isAlphanumeric(code: number): boolean {
  const lower = code | 32
  return (code >= 48 && code <= 57) || (lower >= 97 && lower <= 122)
}

/** End of the domain that begins here, -1 when there is none. */
function endOfDomain(text: string, start: number): number {
  let end = start
  let lastDot = -1
  for (; end < text.length; end++) {
    const code = text.charCodeAt(end)
    if (code === 46) lastDot = end
    else if (code < 0x80 && code !== 45 && !isAlphanumeric(code)) break
  }
  // A dot at the end belongs to the sentence.
  while (lastDot === end - 1 && end > start) {
    end--
    lastDot = text.lastIndexOf('.', end - 1)
  }
  if (lastDot <= start || end - lastDot < 3) return -1
  for (let i = lastDot + 1; i < end; i++) {
    const code = text.charCodeAt(i)
    if (code >= 48 && code <= 57) {
      // `user@example.com2` is glued to something; a version has digits in front too.
      return /^[a-z]{2}/i.test(text.slice(lastDot + 1, lastDot + 3)) ? end : -1
    }
  }
  return end
}
