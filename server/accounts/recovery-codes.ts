import { randomBytes } from 'node:crypto'
import type { Transaction } from 'kysely'
import type { Tables } from '../store/tables.ts'
import { hashSecret } from './secret.ts'

/** How many somebody gets: each is good once, in place of a code of the authenticator. */
const COUNT = 10
/** Crockford's alphabet: no I, L, O, U, so that nothing is misread from paper. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** Ten texts of 80 random bits, `9F3K-…`: beyond guessing, so that a plain hash is enough to keep them by. */
function newRecoveryCodes(): string[] {
  return Array.from({ length: COUNT }, () => {
    const letters = Array.from(randomBytes(16), (byte) => ALPHABET[byte % 32]).join('')
    return (letters.match(/.{4}/g) ?? []).join('-')
  })
}

/** New codes in place of those that an account has: only their hashes are kept, so this is where they are shown. */
export async function replaceRecoveryCodes(
  transaction: Transaction<Tables>,
  accountId: string,
): Promise<string[]> {
  const codes = newRecoveryCodes()
  await transaction.deleteFrom('recovery_code').where('account_id', '=', accountId).execute()
  await transaction
    .insertInto('recovery_code')
    .values(codes.map((code) => ({ account_id: accountId, code_hash: recoveryHash(code) ?? '' })))
    .execute()
  return codes
}

/** What is kept of a code, however it was typed; undefined for a text that can be none. */
export function recoveryHash(text: string): string | undefined {
  const letters = text.toUpperCase().replace(/[\s-]/g, '').replace(/[IL]/g, '1').replaceAll('O', '0')
  return /^[0-9A-HJKMNP-TV-Z]{16}$/.test(letters) ? hashSecret(letters) : undefined
}
