import { randomBytes } from 'node:crypto'
import { hashSecret } from './secret.ts'

/** How many somebody gets: each is good once, in place of a code of the authenticator. */
const COUNT = 10
/** Crockford's alphabet: no I, L, O, U, so that nothing is misread from paper. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** Ten texts of 80 random bits, `9F3K-…`: beyond guessing, so that a plain hash is enough to keep them by. */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: COUNT }, () => {
    const letters = Array.from(randomBytes(16), (byte) => ALPHABET[byte % 32]).join('')
    return (letters.match(/.{4}/g) ?? []).join('-')
  })
}

/** What is kept of a code, however it was typed; undefined for a text that can be none. */
export function recoveryHash(text: string): string | undefined {
  const letters = text.toUpperCase().replace(/[\s-]/g, '').replace(/[IL]/g, '1').replaceAll('O', '0')
  return /^[0-9A-HJKMNP-TV-Z]{16}$/.test(letters) ? hashSecret(letters) : undefined
}
