import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Filter } from '../../schema/query.ts'
import type { Site } from '../../schema/site.ts'
import type { By } from '../accounts/accounts.ts'
import { createBackground } from '../accounts/background.ts'
import type { Passwords } from '../accounts/password.ts'
import { hashSecret, newSecret, sameHash } from '../accounts/secret.ts'
import type { AuditLog } from '../audit/log.ts'
import type { Clock } from '../clock.ts'
import { UserError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { LastingKey } from '../store/data-keys.ts'
import { deriveKey } from '../store/key-file.ts'
import { createMirror } from '../store/mirror.ts'
import type { Store } from '../store/open.ts'
import type { ShareLinkTable } from '../store/tables.ts'
import { checkWanted, type WantedShare } from './wanted.ts'

/** A link as it can be shown: what opens it is kept nowhere. Times are Unix milliseconds. */
export interface ShareRecord {
  readonly id: string
  readonly siteId: number
  readonly name: string
  readonly hasPassword: boolean
  readonly filters: readonly Filter[]
  /** Origins whose pages may frame it. */
  readonly embed: readonly string[]
  readonly createdAt: number
  readonly expiresAt?: number
  readonly revokedAt?: number
  /** UTC day; absent: never. */
  readonly lastOpenedDay?: string
}

/** What the holder of a link may look at. */
export interface SharedView {
  readonly linkId: string
  readonly siteId: number
  readonly filters: readonly Filter[]
}

/** What opening a link comes to. */
export type Opening =
  /** `access` is sent as a bearer token; `until`: Unix milliseconds. */
  | { readonly kind: 'open'; readonly access: string; readonly siteId: number; readonly until: number }
  | { readonly kind: 'wants-password' }
  | { readonly kind: 'wrong-password' }
  /** Never made, revoked, ended, or the part behind the `#` is another. */
  | { readonly kind: 'gone' }

/**
 * Links that show one site, read-only, to whoever holds them. The link holds an id, which says who may frame it and
 * opens nothing, and behind the `#` 256 random bits, which browsers send to nobody but in the body of one request. That
 * answers an access token; nothing is kept of who looks. What another process revokes is refused within 50 ms.
 */
export interface ShareLinks {
  /** This answer is the only place where the link ever appears. Throws UserError for what cannot be. */
  create(
    site: Pick<Site, 'id' | 'domain'>,
    wanted: WantedShare,
    by?: By,
  ): Promise<{ id: string; link: string }>
  /** Links of a site, or of all, ended ones too, oldest first. */
  list(siteId?: number): ShareRecord[]
  /** Throws UserError 404 where the site has no such link. Revoking again changes nothing. */
  revoke(siteId: number, id: string, by?: By): Promise<void>
  /** @param password empty: none was typed */
  open(given: { id: string; token: string; password: string }): Promise<Opening>
  /** What the access token of an Authorization header shows, while its link does. Never throws. */
  verify(authorization: string | undefined): SharedView | undefined
  /** Who may frame the page of a link: empty for one that is gone. */
  embedOf(id: string): readonly string[]
  /** Resolves when everything is written: before the store closes. */
  settled(): Promise<void>
}

/** Who has a shell on the server. */
const TERMINAL: By = { actor: 'terminal' }
/** How long an access token is good, so that a page left open overnight asks for the password again. */
const ACCESS_MS = 12 * 3_600_000
const ID = /^[\da-f]{16}$/
const ACCESS = /^bearer sls_([\da-f]{16})_([\da-z]{1,11})_([\w-]{43})$/i

export function createShareLinks(parts: {
  store: Store
  clock: Clock
  log: Pick<Log, 'warn'>
  lasting: LastingKey
  audit: AuditLog
  passwords: Pick<Passwords, 'hash' | 'verify'>
  publicUrl: string
}): ShareLinks {
  const { store, clock, audit, passwords } = parts
  const key = deriveKey(parts.lasting, 'share access', 32)
  const background = createBackground(parts.log)
  const rowById = store.prepareRow('share_link', 'WHERE id = ? AND revoked_at IS NULL')
  const rows = createMirror({ store, clock, load: (id: string) => rowById(id) })

  const find = (id: string): ShareLinkTable | undefined => {
    const row = ID.test(id) ? rows.get(id) : undefined
    return row && (row.expires_at === null || clock.now() < row.expires_at) ? row : undefined
  }
  /** Another password or another link under the same id would make another one. */
  const sign = (row: ShareLinkTable, until: string): Buffer =>
    createHmac('sha256', key)
      .update([row.id, until, row.token_hash, row.password_hash ?? ''].join('\0'))
      .digest()

  const noteOpened = (row: ShareLinkTable): void => {
    const day = new Date(clock.now()).toISOString().slice(0, 10)
    if (row.last_opened_day === day) return
    row.last_opened_day = day
    background.run('the day a share link was last opened could not be written', () =>
      store.db.updateTable('share_link').set({ last_opened_day: day }).where('id', '=', row.id).execute(),
    )
  }

  return {
    create: async (site, wanted, by = TERMINAL) => {
      const { name, password, expiresAt, filters, embed } = checkWanted(wanted, site)
      const [id, token] = [randomBytes(8).toString('hex'), newSecret()]
      const passwordHash = password === undefined ? null : await passwords.hash(password)
      await store.transaction(async (transaction) => {
        await transaction
          .insertInto('share_link')
          .values({
            id,
            site_id: site.id,
            token_hash: hashSecret(token),
            name,
            password_hash: passwordHash,
            filters: JSON.stringify(filters),
            embed: embed.join(' '),
            created_at: clock.now(),
            expires_at: expiresAt ?? null,
            revoked_at: null,
            last_opened_day: null,
          })
          .execute()
        await audit.append(transaction, {
          ...by,
          action: 'share.created',
          subject: id,
          site: site.domain,
          detail: { password: passwordHash !== null, filters: filters.length, embed },
        })
      })
      rows.forget()
      return { id, link: `${parts.publicUrl}/?share=${id}#${token}` }
    },
    list: (siteId) => listShares(store, siteId),
    revoke: async (siteId, id, by = TERMINAL) => {
      await store.transaction(async (transaction) => {
        const known = await transaction
          .selectFrom('share_link')
          .select('revoked_at')
          .where('id', '=', id)
          .where('site_id', '=', siteId)
          .executeTakeFirst()
        if (!known) throw new UserError('This site has no share link with this id.', 404)
        if (known.revoked_at !== null) return
        await transaction
          .updateTable('share_link')
          .set({ revoked_at: clock.now() })
          .where('id', '=', id)
          .execute()
        await audit.append(transaction, { ...by, action: 'share.revoked', subject: id })
      })
      rows.forget()
    },
    open: async ({ id, token, password }) => {
      const row = find(id)
      if (!row || !sameHash(row.token_hash, hashSecret(token))) return { kind: 'gone' }
      if (row.password_hash !== null) {
        if (password === '') return { kind: 'wants-password' }
        if (!(await passwords.verify(row.password_hash, password))) return { kind: 'wrong-password' }
      }
      noteOpened(row)
      const until = Math.min(clock.now() + ACCESS_MS, row.expires_at ?? Infinity)
      const ends = until.toString(36)
      const access = `sls_${row.id}_${ends}_${sign(row, ends).toString('base64url')}`
      return { kind: 'open', access, siteId: row.site_id, until }
    },
    verify: (authorization) => {
      const [, id = '', ends = '', mac = ''] = ACCESS.exec(authorization ?? '') ?? []
      const row = find(id)
      if (!row || clock.now() >= parseInt(ends, 36)) return undefined
      const given = Buffer.from(mac, 'base64url')
      const right = sign(row, ends)
      if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined
      return { linkId: row.id, siteId: row.site_id, filters: filtersOf(row) }
    },
    embedOf: (id) => {
      const row = find(id)
      return row ? embedOf(row) : []
    },
    settled: () => background.settled(),
  }
}

/** Links of a site, or of all, ended ones too, oldest first. */
export function listShares(store: Pick<Store, 'readRows'>, siteId?: number): ShareRecord[] {
  return store
    .readRows('share_link', 'ORDER BY created_at, id')
    .filter((row) => siteId === undefined || row.site_id === siteId)
    .map(recordOf)
}

/** Written above, of what was checked. */
function filtersOf(row: ShareLinkTable): Filter[] {
  return JSON.parse(row.filters) as Filter[]
}

function embedOf(row: ShareLinkTable): string[] {
  return row.embed.split(' ').filter((origin) => origin !== '')
}

function recordOf(row: ShareLinkTable): ShareRecord {
  return {
    id: row.id,
    siteId: row.site_id,
    name: row.name,
    hasPassword: row.password_hash !== null,
    filters: filtersOf(row),
    embed: embedOf(row),
    createdAt: row.created_at,
    ...(row.expires_at !== null && { expiresAt: row.expires_at }),
    ...(row.revoked_at !== null && { revokedAt: row.revoked_at }),
    ...(row.last_opened_day !== null && { lastOpenedDay: row.last_opened_day }),
  }
}
