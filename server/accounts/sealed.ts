import type { DataKeys } from '../store/data-keys.ts'
import { createBlindIndex, createEnvelope, type Place } from '../store/envelope.ts'
import type { AccountTable, SetUpLinkTable } from '../store/tables.ts'

/**
 * What of an account is sealed in the store: its address and the secret of its authenticator. Seal within the transaction
 * that keeps it (DataKeys).
 */
export interface Sealed {
  /** By which an address is found. */
  indexOf(email: string): string
  sealEmail(accountId: string, email: string): string
  email(row: Pick<AccountTable, 'id' | 'email'>): string
  sealTotp(accountId: string, secret: string): string
  /** Undefined until the account is set up. */
  totp(row: Pick<AccountTable, 'id' | 'totp_secret'>): string | undefined
  sealLink(tokenHash: string, secret: string): string
  link(row: Pick<SetUpLinkTable, 'token_hash' | 'totp_secret'>): string
}

export function createSealed(keys: DataKeys): Sealed {
  const envelope = createEnvelope(keys)
  return {
    indexOf: createBlindIndex(keys.lasting, 'account e-mail'),
    sealEmail: (id, email) => envelope.seal(email, place('account', id, 'email')),
    email: ({ id, email }) => envelope.open(email, place('account', id, 'email')),
    sealTotp: (id, secret) => envelope.seal(secret, place('account', id, 'totp_secret')),
    totp: ({ id, totp_secret: secret }) =>
      secret === null ? undefined : envelope.open(secret, place('account', id, 'totp_secret')),
    sealLink: (hash, secret) => envelope.seal(secret, place('set_up_link', hash, 'totp_secret')),
    link: ({ token_hash: hash, totp_secret: secret }) =>
      envelope.open(secret, place('set_up_link', hash, 'totp_secret')),
  }
}

function place(table: string, row: string, column: string): Place {
  return { table, row, column }
}
