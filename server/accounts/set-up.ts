import type { Transaction } from 'kysely'
import type { AuditLog } from '../audit/log.ts'
import type { Clock } from '../clock.ts'
import { UserError } from '../errors.ts'
import type { Store } from '../store/open.ts'
import type { SetUpLinkTable, Tables } from '../store/tables.ts'
import { addAccount, ownerIn, type Accounts, type By } from './accounts.ts'
import { checkEmail } from './email.ts'
import type { Passkeys } from './passkeys.ts'
import type { Passwords } from './password.ts'
import { replaceRecoveryCodes } from './recovery-codes.ts'
import type { Sealed } from './sealed.ts'
import { hashSecret, newSecret } from './secret.ts'
import type { Sessions } from './sessions.ts'
import { newTotpSecret, stepOfCode, totpAddress } from './totp.ts'

/** A link is good for a day, and once. */
const LINK_MS = 24 * 60 * 60_000

/** What the page of a link shows. */
export interface SetUpOffer {
  /** Whose link it is; null: the first account's, who says it. */
  readonly email: string | null
  /** For the authenticator: base32, and as an address that an app takes in. */
  readonly secret: string
  readonly address: string
}

export interface SetUpAnswers {
  readonly token: string
  /** Read for the first account only. */
  readonly email: string
  readonly password: string
  /** Of the authenticator, which shows that it was enrolled. Not read where there is a passkey. */
  readonly code: string
  /** In place of the authenticator: what the browser has made, and what its owner calls it. */
  readonly passkey?: { readonly response: unknown; readonly name: string } | undefined
}

/**
 * One-time links that set password and second factor, an authenticator or a passkey: of the first account, of somebody invited, of somebody who has
 * lost either. The token stands behind the `#` of the address, which browsers send to nobody, so that no log of a
 * proxy and no preview of a chat ever holds it.
 */
export interface SetUp {
  /** The link of the first account; undefined once there is an owner. Earlier ones end with it. */
  firstLink(): Promise<string | undefined>
  /** A link for an account. Earlier ones of the same end with it; its password goes on until it is used. */
  makeLink(accountId: string, by: By): Promise<string>
  /** Throws UserError 404 for a used, old or wrong link. */
  look(token: string): SetUpOffer
  /**
   * Options for making a passkey in place of the authenticator, as JSON. `email` is read for the first account only.
   * Throws UserError 404 as look does, 409 where the public address allows none.
   */
  askForPasskey(given: { token: string; email: string }): Promise<object>
  /**
   * Uses the link up, ends all sessions and passkeys of the account and begins a session: recovery codes, which are shown this once, and
   * the text of the Set-Cookie header. Throws UserError for an answer that cannot be taken; the link stays good.
   */
  finish(
    answers: SetUpAnswers,
    cookieHeader: string | undefined,
  ): Promise<{ recoveryCodes: string[]; setCookie: string }>
}

export function createSetUp(parts: {
  store: Store
  clock: Clock
  sealed: Sealed
  audit: AuditLog
  accounts: Accounts
  passwords: Pick<Passwords, 'hash'>
  passkeys: Pick<Passkeys, 'askToMake' | 'made' | 'add'>
  sessions: Sessions
  publicUrl: string
}): SetUp {
  const { store, clock, sealed, audit, accounts, passwords, passkeys, sessions } = parts
  const linkByHash = store.prepareRow('set_up_link', 'WHERE token_hash = ?')

  const find = (token: string): SetUpLinkTable => {
    const row = linkByHash(hashSecret(token))
    const isLate = row !== undefined && clock.now() >= row.expires_at
    if (!row || isLate || (row.account_id === null && accounts.hasOwner())) throw usedUp()
    return row
  }

  async function keep(transaction: Transaction<Tables>, accountId: string | null): Promise<string> {
    const token = newSecret()
    const hash = hashSecret(token)
    await transaction
      .deleteFrom('set_up_link')
      .where('account_id', accountId === null ? 'is' : '=', accountId)
      .execute()
    await transaction
      .insertInto('set_up_link')
      .values({
        token_hash: hash,
        account_id: accountId,
        totp_secret: sealed.sealLink(hash, newTotpSecret()),
        expires_at: clock.now() + LINK_MS,
      })
      .execute()
    return `${parts.publicUrl}/#set-up=${token}`
  }

  return {
    firstLink: async () => {
      if (accounts.hasOwner()) return undefined
      return store.transaction((transaction) => keep(transaction, null))
    },
    makeLink: async (accountId, by) => {
      const { id } = accounts.get(accountId)
      return store.transaction(async (transaction) => {
        await audit.append(transaction, { ...by, action: 'account.link-made', subject: id })
        return keep(transaction, id)
      })
    },
    look: (token) => {
      const link = find(token)
      const email = link.account_id === null ? null : accounts.get(link.account_id).email
      const secret = sealed.link(link)
      const { host } = new URL(parts.publicUrl)
      return { email, secret, address: totpAddress(secret, email ?? host, 'Sluice') }
    },
    askForPasskey: async ({ token, email }) => {
      const { account_id: accountId, token_hash: hash } = find(token)
      const name = accountId === null ? checkEmail(email) : accounts.get(accountId).email
      return passkeys.askToMake(hash, { handle: accountId ?? hash, name })
    },
    finish: async ({ token, email, password, code, passkey }, cookieHeader) => {
      const link = find(token)
      const first = link.account_id === null ? checkEmail(email) : undefined
      // Before the work of hashing, and told apart from it: it is a right link's holder who asks.
      const made = passkey && (await passkeys.made(link.token_hash, passkey.response))
      const secret = made ? '' : sealed.link(link)
      const step = made ? 0 : stepOfCode(secret, code, clock.now())
      if (step === undefined) {
        throw new UserError('The code is not the one that the authenticator shows now: type the present one.')
      }
      const passwordHash = await passwords.hash(password)
      const done = await store.transaction(async (transaction) => {
        const used = await transaction
          .deleteFrom('set_up_link')
          .where('token_hash', '=', link.token_hash)
          .returning('account_id')
          .executeTakeFirst()
        if (!used || (first !== undefined && (await ownerIn(transaction)))) throw usedUp()
        const owner = { role: 'owner', sites: 'all', now: clock.now() } as const
        const id =
          used.account_id ?? (await addAccount(transaction, sealed, { ...owner, email: first ?? '' }))
        await transaction
          .updateTable('account')
          .set({ password_hash: passwordHash, totp_secret: sealed.sealTotp(id, secret), totp_step: step })
          .where('id', '=', id)
          .execute()
        await transaction.deleteFrom('session').where('account_id', '=', id).execute()
        await transaction.deleteFrom('passkey').where('account_id', '=', id).execute()
        const recoveryCodes = await replaceRecoveryCodes(transaction, id)
        await audit.append(transaction, {
          actor: `account:${id}`,
          action: 'account.set-up',
          subject: id,
          detail: { first: first !== undefined },
        })
        if (passkey && made) await passkeys.add(transaction, id, passkey.name, made)
        return { recoveryCodes, setCookie: await sessions.begin(transaction, id, cookieHeader) }
      })
      accounts.forget()
      sessions.forget()
      return done
    },
  }
}

function usedUp(): UserError {
  return new UserError(
    'This link was used, has ended or is incomplete: ask for a new one, or start sluice again for the first account.',
    404,
  )
}
