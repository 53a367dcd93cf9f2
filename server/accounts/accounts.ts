import { randomBytes } from 'node:crypto'
import type { Transaction } from 'kysely'
import type { Actor } from '../audit/entry.ts'
import type { AuditLog } from '../audit/log.ts'
import type { Clock } from '../clock.ts'
import { UserError } from '../errors.ts'
import { createMirror } from '../store/mirror.ts'
import type { Store } from '../store/open.ts'
import { ROLES, type AccountTable, type Role, type Tables } from '../store/tables.ts'
import { checkEmail } from './email.ts'
import type { Sealed } from './sealed.ts'

/** Who does something, and in whose words why. */
export interface By {
  readonly actor: Actor
  readonly reason?: string | undefined
}

/** Sites that somebody may see: ids, or all there are and will be. */
export type Grants = 'all' | ReadonlySet<number>

export interface Account {
  readonly id: string
  readonly role: Role
  readonly sites: Grants
}

/** An account as it can be shown to whoever manages them. */
export interface AccountRecord extends Account {
  readonly email: string
  /** Password and authenticator are set. */
  readonly isSetUp: boolean
  /** Unix milliseconds. */
  readonly createdAt: number
}

export interface AccountChange {
  readonly role?: Role | undefined
  readonly sites?: Grants | undefined
}

/** People who may sign in. What another process changes is known within 50 ms. */
export interface Accounts {
  /** Asked by every request. */
  find(id: string): Account | undefined
  /** Throws UserError 404. */
  get(id: string): AccountRecord
  /** By address; throws UserError 404, which does not repeat it. */
  byEmail(email: string): AccountRecord
  /** Oldest first. */
  list(): AccountRecord[]
  /** Whether somebody who may do everything can sign in. */
  hasOwner(): boolean
  /** Throws UserError 409 when the address has an account. */
  add(account: { email: string; role: Role; sites: Grants }, by: By): Promise<AccountRecord>
  /** Ends the account's sessions too, which were made under other rights. Throws UserError for the last owner. */
  set(id: string, change: AccountChange, by: By): Promise<AccountRecord>
  /** Deletes the account with all that is known of it; the audit log keeps its id. Throws UserError for the last owner. */
  remove(id: string, by: By): Promise<void>
  /** After somebody else in this process has changed an account. */
  forget(): void
}

const OWNS_ALL = "role = 'owner' AND all_sites = 1 AND password_hash IS NOT NULL"

export function createAccounts(parts: {
  store: Store
  clock: Clock
  sealed: Sealed
  audit: AuditLog
}): Accounts {
  const { store, clock, sealed, audit } = parts
  const rowById = store.prepareRow('account', 'WHERE id = ?')
  const rowByIndex = store.prepareRow('account', 'WHERE email_index = ?')
  const anOwner = store.prepareRow('account', `WHERE ${OWNS_ALL} LIMIT 1`)

  const grantsOf = (row: AccountTable): Grants => {
    if (row.all_sites === 1) return 'all'
    const granted = store.readRows('account_site', `ORDER BY site_id`)
    return new Set(granted.filter((one) => one.account_id === row.id).map((one) => one.site_id))
  }
  const accountOf = (row: AccountTable): Account => ({ id: row.id, role: row.role, sites: grantsOf(row) })
  const recordOf = (row: AccountTable): AccountRecord => ({
    ...accountOf(row),
    email: sealed.email(row),
    isSetUp: row.password_hash !== null,
    createdAt: row.created_at,
  })
  const mirror = createMirror({
    store,
    clock,
    load: (id: string) => {
      const row = rowById(id)
      return row && accountOf(row)
    },
  })
  const get = (id: string): AccountRecord => {
    const row = rowById(id)
    if (!row) throw new UserError('There is no such account: `sluice user list` shows them.', 404)
    return recordOf(row)
  }

  return {
    find: (id) => mirror.get(id),
    get,
    byEmail: (email) => {
      const row = rowByIndex(sealed.indexOf(checkEmail(email)))
      if (!row)
        throw new UserError('Nobody has an account by this address: `sluice user list` shows who has.', 404)
      return recordOf(row)
    },
    list: () => store.readRows('account', 'ORDER BY created_at, id').map(recordOf),
    hasOwner: () => anOwner() !== undefined,
    add: async ({ email, role, sites }, by) => {
      const id = await store.transaction(async (transaction) => {
        const added = await addAccount(transaction, sealed, {
          email: checkEmail(email),
          role,
          sites,
          now: clock.now(),
        })
        await audit.append(transaction, {
          ...by,
          action: 'account.invited',
          subject: added,
          detail: { role, sites: said(sites) },
        })
        return added
      })
      mirror.forget()
      return get(id)
    },
    set: async (id, change, by) => {
      await store.transaction(async (transaction) => {
        const before = get(id)
        const { role = before.role, sites = before.sites } = change
        await transaction
          .updateTable('account')
          .set({ role, all_sites: sites === 'all' ? 1 : 0 })
          .where('id', '=', id)
          .execute()
        await transaction.deleteFrom('account_site').where('account_id', '=', id).execute()
        await grant(transaction, id, sites)
        await transaction.deleteFrom('session').where('account_id', '=', id).execute()
        await keepAnOwner(transaction)
        await audit.append(transaction, {
          ...by,
          action: 'account.changed',
          subject: id,
          detail: { role, sites: said(sites) },
        })
      })
      mirror.forget()
      return get(id)
    },
    remove: async (id, by) => {
      get(id)
      await store.transaction(async (transaction) => {
        await transaction.deleteFrom('account').where('id', '=', id).execute()
        await keepAnOwner(transaction)
        await audit.append(transaction, { ...by, action: 'account.removed', subject: id })
      })
      mirror.forget()
      // The address must not be read from older states of the row.
      await store.purge(['account', 'recovery_code', 'passkey', 'set_up_link', 'session'])
    },
    forget: () => mirror.forget(),
  }

  /** Whoever removes the last one who may do everything locks everybody out of that. */
  async function keepAnOwner(transaction: Transaction<Tables>): Promise<void> {
    if (anOwner() === undefined || (await ownerIn(transaction))) return
    throw new UserError('This is the last owner of all sites: make another one first.', 409)
  }
}

/** Whether somebody who may do everything can sign in, as a transaction sees it. */
export async function ownerIn(transaction: Transaction<Tables>): Promise<boolean> {
  const owner = await transaction
    .selectFrom('account')
    .select('id')
    .where('role', '=', 'owner')
    .where('all_sites', '=', 1)
    .where('password_hash', 'is not', null)
    .limit(1)
    .executeTakeFirst()
  return owner !== undefined
}

/** A new account without a password, and its id. Throws UserError 409 when the address has one. */
export async function addAccount(
  transaction: Transaction<Tables>,
  sealed: Sealed,
  account: { email: string; role: Role; sites: Grants; now: number },
): Promise<string> {
  const { email, role, sites, now } = account
  const id = randomBytes(8).toString('hex')
  const added = await transaction
    .insertInto('account')
    .values({
      id,
      email: sealed.sealEmail(id, email),
      email_index: sealed.indexOf(email),
      role,
      all_sites: sites === 'all' ? 1 : 0,
      password_hash: null,
      totp_secret: null,
      totp_step: 0,
      created_at: now,
    })
    .onConflict((conflict) => conflict.column('email_index').doNothing())
    .returning('id')
    .executeTakeFirst()
  if (!added) {
    throw new UserError('Somebody has an account by this address already: `sluice user set` changes it.', 409)
  }
  await grant(transaction, id, sites)
  return id
}

/** Throws UserError for a role there is none of. */
export function checkRole(text: string): Role {
  const role = ROLES.find((known) => known === text)
  if (role === undefined) {
    throw new UserError(`${JSON.stringify(text.slice(0, 80))} is not a role: choose ${ROLES.join(', ')}.`)
  }
  return role
}

async function grant(transaction: Transaction<Tables>, id: string, sites: Grants): Promise<void> {
  if (sites === 'all' || sites.size === 0) return
  const rows = [...sites].map((siteId) => ({ account_id: id, site_id: siteId }))
  await transaction.insertInto('account_site').values(rows).execute()
}

/** Grants for the log: sites by their ids, which outlive their domains. */
function said(sites: Grants): string | string[] {
  return sites === 'all' ? 'all' : [...sites].map(String)
}
