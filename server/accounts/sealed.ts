import type { DataKeys } from '../store/data-keys.ts'
import { createBlindIndex, createEnvelope, type Place } from '../store/envelope.ts'
import type { AccountTable, PasskeyTable, SetUpLinkTable } from '../store/tables.ts'

/**
 * What of an account is sealed in the store: its address, the secret of its authenticator, and which passkeys it
 * has. Seal within the transaction that keeps it (DataKeys).
 */
export interface Sealed {
  /** By which an address is found. */
  indexOf(email: string): string
  sealEmail(accountId: string, email: string): string
  email(row: Pick<AccountTable, 'id' | 'email'>): string
  /** @param secret empty: the account has no authenticator */
  sealTotp(accountId: string, secret: string): string
  /** Undefined until the account is set up, and where it has passkeys alone. */
  totp(row: Pick<AccountTable, 'id' | 'totp_secret'>): string | undefined
  sealLink(tokenHash: string, secret: string): string
  link(row: Pick<SetUpLinkTable, 'token_hash' | 'totp_secret'>): string
  /** By which a credential id is found. */
  indexOfCredential(credentialId: string): string
  sealPasskey(
    id: string,
    known: KnownPasskey,
  ): Pick<PasskeyTable, 'credential_id' | 'credential_index' | 'name'>
  passkey(row: Pick<PasskeyTable, 'id' | 'credential_id' | 'name'>): KnownPasskey
}

/** What of a passkey is sealed. */
export interface KnownPasskey {
  /** Base64url. */
  readonly credentialId: string
  readonly name: string
}

export function createSealed(keys: DataKeys): Sealed {
  const envelope = createEnvelope(keys)
  const indexOfCredential = createBlindIndex(keys.lasting, 'passkey')
  return {
    indexOf: createBlindIndex(keys.lasting, 'account e-mail'),
    sealEmail: (id, email) => envelope.seal(email, place('account', id, 'email')),
    email: ({ id, email }) => envelope.open(email, place('account', id, 'email')),
    sealTotp: (id, secret) => envelope.seal(secret, place('account', id, 'totp_secret')),
    totp: ({ id, totp_secret: secret }) =>
      secret === null ? undefined : envelope.open(secret, place('account', id, 'totp_secret')) || undefined,
    sealLink: (hash, secret) => envelope.seal(secret, place('set_up_link', hash, 'totp_secret')),
    link: ({ token_hash: hash, totp_secret: secret }) =>
      envelope.open(secret, place('set_up_link', hash, 'totp_secret')),
    indexOfCredential,
    sealPasskey: (id, { credentialId, name }) => ({
      credential_id: envelope.seal(credentialId, place('passkey', id, 'credential_id')),
      credential_index: indexOfCredential(credentialId),
      name: envelope.seal(name, place('passkey', id, 'name')),
    }),
    passkey: ({ id, credential_id: credentialId, name }) => ({
      credentialId: envelope.open(credentialId, place('passkey', id, 'credential_id')),
      name: envelope.open(name, place('passkey', id, 'name')),
    }),
  }
}

function place(table: string, row: string, column: string): Place {
  return { table, row, column }
}
