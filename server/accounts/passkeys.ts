import { randomBytes } from 'node:crypto'
import type { Transaction } from 'kysely'
import type { AuditLog } from '../audit/log.ts'
import type { Clock } from '../clock.ts'
import { UserError } from '../errors.ts'
import type { Store } from '../store/open.ts'
import type { PasskeyTable, Tables } from '../store/tables.ts'
import type { Challenges } from './challenges.ts'
import { credentialIdIn, type Credential, type RelyingParty } from './relying-party.ts'
import type { Sealed } from './sealed.ts'

/** A passkey as its owner sees it. */
export interface PasskeyRecord {
  readonly id: string
  readonly name: string
  /** Unix milliseconds. */
  readonly createdAt: number
  readonly lastUsedAt: number | null
}

/** A passkey that was just shown. It counts once `take` has taken it. */
export interface ShownPasskey {
  readonly id: string
  readonly accountId: string
  readonly counter: number
}

/**
 * Passkeys of accounts. `holder` is whoever a challenge is for (challenges.ts): what was signed for one is good for
 * nobody else, once, and for five minutes.
 */
export interface Passkeys {
  /** Oldest first. */
  list(accountId: string): PasskeyRecord[]
  /** Options for making one, as JSON. Throws UserError 409 where the public address allows none, or there are enough. */
  askToMake(
    holder: string,
    person: { readonly handle: string; readonly name: string },
    accountId?: string,
  ): Promise<object>
  /** What a browser has made. Throws UserError 400 when it is not what was asked for. */
  made(holder: string, response: unknown): Promise<Credential>
  /** Keeps it. Throws UserError 400 for a name that cannot be taken, 409 where it is kept already. */
  add(transaction: Transaction<Tables>, accountId: string, name: string, made: Credential): Promise<void>
  /** Options for showing one, as JSON: any of the account, or of whomever. Throws UserError 409 as askToMake. */
  askToShow(holder: string, accountId?: string): Promise<object>
  /** The passkey that was shown; undefined where it is unknown, or not shown as it was asked for. */
  shown(holder: string, response: unknown): Promise<ShownPasskey | undefined>
  /**
   * Takes it, with its counter. False where it was removed meanwhile, or its counter has not moved on: then there is a
   * copy of it, and the audit log says so.
   */
  take(transaction: Transaction<Tables>, shown: ShownPasskey): Promise<boolean>
  /** Throws UserError 404 where the account has none of this id, 409 for its only second factor. */
  remove(accountId: string, id: string): Promise<void>
}

/** More than anybody has; each is a way in. */
const MOST = 20
const MAX_NAME = 60

export function createPasskeys(parts: {
  store: Store
  clock: Pick<Clock, 'now'>
  sealed: Sealed
  audit: AuditLog
  challenges: Challenges
  relyingParty: RelyingParty
}): Passkeys {
  const { store, clock, sealed, audit, challenges, relyingParty } = parts
  const rowByIndex = store.prepareRow('passkey', 'WHERE credential_index = ?')
  const rowsOf = (accountId: string): PasskeyTable[] =>
    store.readRows('passkey', 'ORDER BY created_at, id').filter((row) => row.account_id === accountId)
  const idsOf = (accountId: string | undefined): string[] =>
    accountId === undefined ? [] : rowsOf(accountId).map((row) => sealed.passkey(row).credentialId)

  const checkPossible = (): void => {
    if (relyingParty.isPossible) return
    throw new UserError(
      'Passkeys need a host name, and https unless it is localhost: set PUBLIC_URL to such an address.',
      409,
    )
  }

  return {
    list: (accountId) =>
      rowsOf(accountId).map((row) => ({
        id: row.id,
        name: sealed.passkey(row).name,
        createdAt: row.created_at,
        lastUsedAt: row.last_used_at,
      })),
    askToMake: async (holder, person, accountId) => {
      checkPossible()
      const known = idsOf(accountId)
      if (known.length >= MOST) {
        throw new UserError(`You have ${MOST} passkeys: remove one before you add another.`, 409)
      }
      return relyingParty.askToMake(challenges.make('make', holder), person, known)
    },
    made: async (holder, response) => {
      const challenge = challenges.take('make', holder)
      const made = challenge === undefined ? undefined : await relyingParty.made(challenge, response)
      if (!made) throw new UserError('The passkey was not made as it was asked for, or too late: try again.')
      return made
    },
    add: async (transaction, accountId, name, { id: credentialId, publicKey, counter }) => {
      const id = randomBytes(8).toString('hex')
      const added = await transaction
        .insertInto('passkey')
        .values({
          id,
          account_id: accountId,
          ...sealed.sealPasskey(id, { credentialId, name: checkName(name) }),
          public_key: publicKey,
          counter,
          created_at: clock.now(),
          last_used_at: null,
        })
        .onConflict((conflict) => conflict.column('credential_index').doNothing())
        .returning('id')
        .executeTakeFirst()
      if (!added) throw new UserError('This passkey is known already: make another one.', 409)
      await audit.append(transaction, {
        actor: `account:${accountId}`,
        action: 'passkey.added',
        subject: accountId,
        detail: { passkey: id },
      })
    },
    askToShow: async (holder, accountId) => {
      checkPossible()
      return relyingParty.askToShow(challenges.make('show', holder), idsOf(accountId))
    },
    shown: async (holder, response) => {
      const challenge = challenges.take('show', holder)
      const credentialId = credentialIdIn(response)
      if (challenge === undefined || credentialId === undefined) return undefined
      const row = rowByIndex(sealed.indexOfCredential(credentialId))
      if (!row) return undefined
      const known = { id: credentialId, publicKey: row.public_key }
      const counter = await relyingParty.shown(challenge, response, known)
      return counter === undefined ? undefined : { id: row.id, accountId: row.account_id, counter }
    },
    take: async (transaction, { id, accountId, counter }) => {
      const taken = await transaction
        .updateTable('passkey')
        .set({ counter, last_used_at: clock.now() })
        .where('id', '=', id)
        // Synced passkeys count nothing and always sign a 0 (WebAuthn, 6.1.1).
        .where('counter', counter === 0 ? '=' : '<', counter)
        .returning('id')
        .executeTakeFirst()
      if (taken) return true
      const known = await transaction
        .selectFrom('passkey')
        .select('id')
        .where('id', '=', id)
        .executeTakeFirst()
      if (known) {
        await audit.append(transaction, {
          actor: 'nobody',
          action: 'passkey.refused',
          subject: accountId,
          detail: { passkey: id },
        })
      }
      return false
    },
    remove: async (accountId, id) => {
      await store.transaction(async (transaction) => {
        const removed = await transaction
          .deleteFrom('passkey')
          .where('account_id', '=', accountId)
          .where('id', '=', id)
          .returning('id')
          .executeTakeFirst()
        if (!removed) throw new UserError('You have no such passkey: it was removed already.', 404)
        const left = await transaction
          .selectFrom('passkey')
          .select('id')
          .where('account_id', '=', accountId)
          .executeTakeFirst()
        const account = await transaction
          .selectFrom('account')
          .select(['id', 'totp_secret'])
          .where('id', '=', accountId)
          .executeTakeFirst()
        if (!left && account && sealed.totp(account) === undefined) {
          throw new UserError(
            'This is your only second factor: add another passkey before you remove it.',
            409,
          )
        }
        await audit.append(transaction, {
          actor: `account:${accountId}`,
          action: 'passkey.removed',
          subject: accountId,
          detail: { passkey: id },
        })
      })
      // What it was called must not be read from older states of the row.
      await store.purge(['passkey'])
    },
  }
}

/** Throws UserError for none, or for one that does not fit a line. */
function checkName(text: string): string {
  const name = text.trim()
  if (name === '' || name.length > MAX_NAME || /\p{C}/u.test(name)) {
    throw new UserError(`Give the passkey a name of 1 to ${MAX_NAME} characters, like the device it is on.`)
  }
  return name
}
