import { randomBytes } from 'node:crypto'
import type { AuditLog } from '../audit/log.ts'
import type { Clock } from '../clock.ts'
import { UserError } from '../errors.ts'
import type { Log } from '../log.ts'
import { createMirror } from '../store/mirror.ts'
import type { Store } from '../store/open.ts'
import { KEY_SCOPES, type ApiKeyTable, type KeyScope } from '../store/tables.ts'
import type { By } from './accounts.ts'
import { createBackground } from './background.ts'
import { hashSecret, newSecret, sameHash } from './secret.ts'

/** What a good key allows: one scope on one site. */
export interface VerifiedKey {
  readonly id: string
  readonly siteId: number
  readonly scope: KeyScope
}

/** A key as it can be shown: the key itself is kept nowhere. Times are Unix milliseconds. */
export interface KeyRecord extends VerifiedKey {
  readonly createdAt: number
  /** UTC day, `2026-11-24`; absent: never used. */
  readonly lastUsedDay?: string
  readonly revokedAt?: number
  /** From which it is refused; absent: it does not expire. */
  readonly expiresAt?: number
}

/** API keys, `slk_<scope>_<secret>`, each for one site and one scope. */
export interface KeyRing {
  /**
   * Makes a key. This answer is the only place where it ever appears.
   * @param key `expiresAt`: Unix milliseconds, absent: never
   */
  create(
    key: { siteId: number; scope: KeyScope; expiresAt?: number | undefined },
    by?: By,
  ): Promise<{ id: string; key: string }>
  /** Keys of a site, or of all, revoked ones too, oldest first. */
  list(siteId?: number): KeyRecord[]
  /** Throws UserError when there is no such key. Revoking again changes nothing. */
  revoke(id: string, by?: By): Promise<void>
  /**
   * The key of an Authorization header (`Bearer slk_…`, or the bare key) if it is good for this very scope, else
   * undefined. Never throws; a key revoked by another process is refused within 50 ms.
   */
  verify(authorization: string | undefined, scope: KeyScope): VerifiedKey | undefined
  /** Resolves when the last use of every key is written: before the store closes. */
  settled(): Promise<void>
}

/** Who has a shell on the server. */
const TERMINAL: By = { actor: 'terminal' }

const KEY = /^(?:bearer +)?(slk_[a-z]+_[A-Za-z0-9_-]{43})$/i
/** Longest text that can be a header with a key. */
const MAX_HEADER = 100

/** Without a log nothing is recorded: for tests of other parts. */
export function createKeyRing(parts: {
  store: Store
  clock: Clock
  log: Pick<Log, 'warn'>
  audit?: AuditLog
}): KeyRing {
  const { store, clock, audit } = parts
  const background = createBackground(parts.log)
  const rowByHash = store.prepareRow('api_key', 'WHERE key_hash = ? AND revoked_at IS NULL')
  const goodKeys = createMirror({ store, clock, load: (hash: string) => rowByHash(hash) })

  const noteUse = (row: ApiKeyTable): void => {
    const day = new Date(clock.now()).toISOString().slice(0, 10)
    if (row.last_used_day === day) return
    row.last_used_day = day
    background.run('the day a key was last used could not be written', () =>
      store.db.updateTable('api_key').set({ last_used_day: day }).where('id', '=', row.id).execute(),
    )
  }

  return {
    create: async ({ siteId, scope, expiresAt }, by = TERMINAL) => {
      const id = randomBytes(8).toString('hex')
      const key = `slk_${scope}_${newSecret()}`
      await store.transaction(async (transaction) => {
        await transaction
          .insertInto('api_key')
          .values({
            id,
            site_id: siteId,
            scope,
            key_hash: hashSecret(key),
            created_at: clock.now(),
            last_used_day: null,
            revoked_at: null,
            expires_at: expiresAt ?? null,
          })
          .execute()
        await audit?.append(transaction, {
          ...by,
          action: 'key.created',
          subject: id,
          detail: { scope, site: String(siteId) },
        })
      })
      return { id, key }
    },
    list: (siteId) =>
      store
        .readRows('api_key', 'ORDER BY created_at, id')
        .filter((row) => siteId === undefined || row.site_id === siteId)
        .map(recordOf),
    revoke: async (id, by = TERMINAL) => {
      await store.transaction(async (transaction) => {
        const known = await transaction
          .selectFrom('api_key')
          .select('revoked_at')
          .where('id', '=', id)
          .executeTakeFirst()
        if (!known) {
          throw new UserError(
            `There is no key with the id ${JSON.stringify(id.slice(0, 80))}: \`sluice key list\` shows them.`,
            404,
          )
        }
        if (known.revoked_at !== null) return
        await transaction
          .updateTable('api_key')
          .set({ revoked_at: clock.now() })
          .where('id', '=', id)
          .execute()
        await audit?.append(transaction, { ...by, action: 'key.revoked', subject: id })
      })
      goodKeys.forget()
    },
    verify: (authorization, scope) => {
      if (authorization === undefined || authorization.length > MAX_HEADER) return undefined
      const key = KEY.exec(authorization)?.[1]
      if (key === undefined) return undefined
      const hash = hashSecret(key)
      // The search by hash tells by its time at most something of the hash of a guess, which the guesser knows.
      const row = goodKeys.get(hash)
      if (!row || !sameHash(row.key_hash, hash) || row.scope !== scope) return undefined
      if (row.expires_at !== null && clock.now() >= row.expires_at) return undefined
      noteUse(row)
      return { id: row.id, siteId: row.site_id, scope: row.scope }
    },
    settled: () => background.settled(),
  }
}

/** Throws UserError for a scope there is none of. */
export function checkScope(text: string): KeyScope {
  const scope = KEY_SCOPES.find((known) => known === text)
  if (scope === undefined) {
    throw new UserError(
      `${JSON.stringify(text.slice(0, 80))} is not a scope: choose ${KEY_SCOPES.join(', ')}.`,
    )
  }
  return scope
}

/** Longest that a key or link may be made for, in days. */
const MAX_KEY_DAYS = 3_650

/** `90d` from now, in Unix milliseconds. Throws UserError for another text. */
export function expiryOf(text: string, now: number): number {
  const days = Number(/^(\d{1,4})d$/.exec(text)?.[1] ?? 0)
  if (days < 1 || days > MAX_KEY_DAYS) {
    throw new UserError(`It can expire after 1 to ${MAX_KEY_DAYS} days: write it like 90d.`)
  }
  return now + days * 86_400_000
}

function recordOf(row: ApiKeyTable): KeyRecord {
  return {
    id: row.id,
    siteId: row.site_id,
    scope: row.scope,
    createdAt: row.created_at,
    ...(row.last_used_day !== null && { lastUsedDay: row.last_used_day }),
    ...(row.revoked_at !== null && { revokedAt: row.revoked_at }),
    ...(row.expires_at !== null && { expiresAt: row.expires_at }),
  }
}
