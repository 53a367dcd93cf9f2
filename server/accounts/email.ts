import { UserError } from '../errors.ts'

/** RFC 5321, 4.5.3.1.3 allows 256 with the brackets. */
const MAX_EMAIL = 254

/** The form in which addresses are compared: small letters, no blanks around. Never throws. */
export function canonicalEmail(text: string): string {
  return text.trim().normalize('NFC').toLowerCase()
}

/** The same, of an address. Throws UserError for what is none. */
export function checkEmail(text: string): string {
  const email = canonicalEmail(text)
  if (email.length > MAX_EMAIL || !/^[^\s@<>"(),:;[\]\\]+@[^\s@.]+(\.[^\s@.]+)*$/u.test(email)) {
    throw new UserError('This is no e-mail address: write it like name@example.com.')
  }
  return email
}
