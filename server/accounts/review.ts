import { lastTimes } from '../audit/last.ts'
import type { Clock } from '../clock.ts'
import { csvText } from '../csv.ts'
import { listShares, type ShareRecord } from '../shares/links.ts'
import type { Sites } from '../sites/registry.ts'
import type { Store } from '../store/open.ts'
import type { Accounts } from './accounts.ts'
import type { KeyRecord, KeyRing } from './keys.ts'
import { OF_SHARES, permissionsOf, permissionsOfScope, type Permission } from './roles.ts'
import { shownAccount, type ShownAccount } from './shown.ts'

/** Who may do what on which site, and what of it somebody should look at. */
export interface AccessReview {
  /** ISO 8601. */
  readonly made: string
  readonly accounts: ReviewedAccount[]
  /** Those that open something: neither revoked nor expired. */
  readonly keys: ReviewedKey[]
  /** The same of share links. */
  readonly shares: ReviewedShare[]
}

export interface ReviewedAccount extends ShownAccount {
  readonly may: readonly Permission[]
  /** Whether a second factor is set: without one nobody signs in. */
  readonly secondFactor: boolean
  readonly recoveryCodes: number
  readonly passkeys: number
  /** ISO 8601, by the audit log; null: never. */
  readonly lastSignIn: string | null
  /** A sentence each; empty: nothing. */
  readonly standsOut: string[]
}

export interface ReviewedKey {
  readonly id: string
  readonly site: string
  readonly scope: string
  readonly may: readonly Permission[]
  /** ISO 8601. */
  readonly created: string
  /** UTC day; null: never. */
  readonly lastUsed: string | null
  /** ISO 8601; null: it does not. */
  readonly expires: string | null
  readonly standsOut: string[]
}

export interface ReviewedShare {
  readonly id: string
  readonly site: string
  readonly name: string
  readonly may: readonly Permission[]
  readonly hasPassword: boolean
  /** ISO 8601. */
  readonly created: string
  /** UTC day; null: never. */
  readonly lastOpened: string | null
  /** ISO 8601; null: it does not. */
  readonly expires: string | null
  readonly standsOut: string[]
}

/** After so long without use somebody should ask whether it is still needed. */
const UNUSED_DAYS = 90
const DAY_MS = 86_400_000

export async function reviewAccess(parts: {
  store: Pick<Store, 'db' | 'readRows'>
  accounts: Pick<Accounts, 'list'>
  keys: Pick<KeyRing, 'list'>
  sites: Pick<Sites, 'byId'>
  clock: Pick<Clock, 'now'>
}): Promise<AccessReview> {
  const { store, sites } = parts
  const now = parts.clock.now()
  // Setting an account up signs in as well.
  const lastSignIn = await lastTimes(store, ['sign-in', 'account.set-up'])
  const codes = countByAccount(store.readRows('recovery_code', 'ORDER BY account_id'))
  const passkeys = countByAccount(store.readRows('passkey', 'ORDER BY account_id'))
  const known = parts.accounts.list()
  const owners = known.filter(({ role, sites: all, isSetUp }) => role === 'owner' && all === 'all' && isSetUp)

  const accounts: ReviewedAccount[] = []
  for (const account of known) {
    const last = lastSignIn.get(account.id) ?? null
    const left = codes.get(account.id) ?? 0
    const standsOut: string[] = []
    if (!account.isSetUp) standsOut.push('not set up: no password and no second factor')
    else if (last === null) standsOut.push('never signed in')
    else if (isLongAgo(Date.parse(last), now)) standsOut.push(`no sign-in for ${UNUSED_DAYS} days`)
    if (account.isSetUp && left === 0) standsOut.push('no recovery code left')
    if (account.sites !== 'all' && account.sites.size === 0) standsOut.push('may see no site')
    if (owners.length === 1 && owners[0]?.id === account.id) standsOut.push('the only owner of all sites')
    accounts.push({
      ...shownAccount(account, sites),
      may: permissionsOf(account.role, account.sites === 'all'),
      secondFactor: account.isSetUp,
      recoveryCodes: left,
      passkeys: passkeys.get(account.id) ?? 0,
      lastSignIn: last,
      standsOut,
    })
  }
  const keys = parts.keys
    .list()
    .filter((key) => isOpen(key, now))
    .map((key) => reviewedKey(key, sites.byId(key.siteId)?.domain ?? '', now))
  const shares = listShares(store)
    .filter((share) => isOpen(share, now))
    .map((share) => reviewedShare(share, sites.byId(share.siteId)?.domain ?? '', now))
  return { made: new Date(now).toISOString(), accounts, keys, shares }
}

function countByAccount(rows: readonly { account_id: string }[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { account_id: id } of rows) counts.set(id, (counts.get(id) ?? 0) + 1)
  return counts
}

function isOpen({ revokedAt, expiresAt }: Pick<KeyRecord, 'revokedAt' | 'expiresAt'>, now: number): boolean {
  return revokedAt === undefined && (expiresAt ?? Infinity) > now
}

function reviewedShare(share: ShareRecord, site: string, now: number): ReviewedShare {
  const { id, name, hasPassword, createdAt, lastOpenedDay, expiresAt } = share
  const standsOut: string[] = []
  if (lastOpenedDay === undefined) standsOut.push('never opened')
  else if (isLongAgo(Date.parse(lastOpenedDay), now)) standsOut.push(`not opened for ${UNUSED_DAYS} days`)
  if (!hasPassword) standsOut.push('no password')
  if (expiresAt === undefined) standsOut.push('does not expire')
  return {
    id,
    site,
    name,
    may: OF_SHARES,
    hasPassword,
    created: new Date(createdAt).toISOString(),
    lastOpened: lastOpenedDay ?? null,
    expires: expiresAt === undefined ? null : new Date(expiresAt).toISOString(),
    standsOut,
  }
}

function reviewedKey(key: KeyRecord, site: string, now: number): ReviewedKey {
  const { id, scope, createdAt, lastUsedDay, expiresAt } = key
  const standsOut: string[] = []
  if (lastUsedDay === undefined) standsOut.push('never used')
  else if (isLongAgo(Date.parse(lastUsedDay), now)) standsOut.push(`not used for ${UNUSED_DAYS} days`)
  if (expiresAt === undefined) standsOut.push('does not expire')
  return {
    id,
    site,
    scope,
    may: permissionsOfScope(scope),
    created: new Date(createdAt).toISOString(),
    lastUsed: lastUsedDay ?? null,
    expires: expiresAt === undefined ? null : new Date(expiresAt).toISOString(),
    standsOut,
  }
}

function isLongAgo(then: number, now: number): boolean {
  return now - then >= UNUSED_DAYS * DAY_MS
}

const COLUMNS = [
  'kind',
  'id',
  'e-mail',
  'role, scope or name',
  'sites',
  'may',
  'second factor',
  'recovery codes',
  'passkeys',
  'created',
  'last used',
  'expires',
  'stands out',
]

/** One line for each account, key and share link. */
export function reviewCsv({ accounts, keys, shares }: AccessReview): string {
  return csvText([
    COLUMNS,
    ...accounts.map((one) => [
      'account',
      one.id,
      one.email,
      one.role,
      sitesOf(one),
      one.may.join(' '),
      one.secondFactor ? 'yes' : 'no',
      one.recoveryCodes,
      one.passkeys,
      one.created,
      one.lastSignIn ?? '',
      '',
      one.standsOut.join('; '),
    ]),
    ...keys.map((one) => [
      'key',
      one.id,
      '',
      one.scope,
      one.site,
      one.may.join(' '),
      '',
      '',
      '',
      one.created,
      one.lastUsed ?? '',
      one.expires ?? '',
      one.standsOut.join('; '),
    ]),
    ...shares.map((one) => [
      'share link',
      one.id,
      '',
      one.name,
      one.site,
      one.may.join(' '),
      '',
      '',
      '',
      one.created,
      one.lastOpened ?? '',
      one.expires ?? '',
      one.standsOut.join('; '),
    ]),
  ])
}

/** Sites in one cell. */
export function sitesOf({ sites }: Pick<ShownAccount, 'sites'>): string {
  return sites === 'all' ? 'all' : sites.join(' ')
}
