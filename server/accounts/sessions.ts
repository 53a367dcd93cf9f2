import { randomBytes } from 'node:crypto'
import type { Transaction } from 'kysely'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { createMirror } from '../store/mirror.ts'
import type { Store } from '../store/open.ts'
import type { SessionTable, Tables } from '../store/tables.ts'
import { createBackground } from './background.ts'
import type { SessionCookie } from './cookie.ts'
import { hashSecret, newSecret } from './secret.ts'

const MINUTE_MS = 60_000
/**
 * A session ends an hour after the last request, and a day after it began: the longest that NIST SP 800-63B-4, 2.2.3
 * recommends where a second factor is asked for.
 */
const IDLE_MS = 60 * MINUTE_MS
const LIFE_MS = 24 * 60 * MINUTE_MS
/** When a session was last seen is written this often, not with every request. */
const SEEN_MS = 5 * MINUTE_MS

/** Somebody who is signed in. */
export interface Session {
  /** What it is listed and revoked by. */
  readonly name: string
  readonly accountId: string
  /** Unix milliseconds. */
  readonly createdAt: number
  readonly lastSeenAt: number
  /** When the second factor was last shown. */
  readonly secondFactorAt: number
  /** After which it ends without a request. */
  readonly endsAt: number
}

/** Sessions: 256 random bits in a cookie, of which the store keeps a hash. */
export interface Sessions {
  /**
   * Begins one in place of the one that the browser had: text of the Set-Cookie header. The second factor was just
   * shown.
   * @param createdAt when the one that goes on began, Unix milliseconds: its day does not begin anew
   */
  begin(
    transaction: Transaction<Tables>,
    accountId: string,
    cookieHeader: string | undefined,
    createdAt?: number,
  ): Promise<string>
  /** The session of a Cookie header, or undefined. Never throws; one ended by another process is refused within 50 ms. */
  verify(cookieHeader: string | undefined): Session | undefined
  /** The sessions of an account that have not ended, the newest first. */
  list(accountId: string): Session[]
  /** Ends one of an account's sessions. False where there is none of this name. */
  revoke(transaction: Transaction<Tables>, accountId: string, name: string): Promise<boolean>
  /** Text of the Set-Cookie header that forgets the session. */
  clear(): string
  /** After sessions were begun or ended. */
  forget(): void
  /** Resolves when everything is written: before the store closes. */
  settled(): Promise<void>
}

export function createSessions(parts: {
  store: Store
  clock: Clock
  log: Pick<Log, 'warn'>
  cookie: SessionCookie
}): Sessions {
  const { store, clock, cookie } = parts
  const background = createBackground(parts.log)
  const rowByHash = store.prepareRow('session', 'WHERE id_hash = ?')
  const mirror = createMirror({ store, clock, load: (hash: string) => rowByHash(hash) })

  const noteSeen = (row: SessionTable, now: number): void => {
    if (now - row.last_seen_at < SEEN_MS) return
    row.last_seen_at = now
    background.run('the time a session was last seen could not be written', () =>
      store.db.updateTable('session').set({ last_seen_at: now }).where('id_hash', '=', row.id_hash).execute(),
    )
  }

  return {
    begin: async (transaction, accountId, cookieHeader, createdAt) => {
      const now = clock.now()
      const from = createdAt ?? now
      const before = cookie.read(cookieHeader)
      await transaction
        .deleteFrom('session')
        .where((where) =>
          where.or([
            where('id_hash', '=', before === undefined ? '' : hashSecret(before)),
            where('created_at', '<=', now - LIFE_MS),
            where('last_seen_at', '<=', now - IDLE_MS),
          ]),
        )
        .execute()
      const session = newSecret()
      await transaction
        .insertInto('session')
        .values({
          id_hash: hashSecret(session),
          name: randomBytes(8).toString('hex'),
          account_id: accountId,
          created_at: from,
          last_seen_at: now,
          second_factor_at: now,
        })
        .execute()
      return cookie.set(session, Math.ceil((from + LIFE_MS - now) / 1000))
    },
    verify: (cookieHeader) => {
      const session = cookie.read(cookieHeader)
      const row = session === undefined ? undefined : mirror.get(hashSecret(session))
      const now = clock.now()
      if (!row || now >= endOf(row)) return undefined
      noteSeen(row, now)
      return sessionOf(row)
    },
    list: (accountId) =>
      store
        .readRows('session', 'ORDER BY created_at DESC')
        .filter((row) => row.account_id === accountId && clock.now() < endOf(row))
        .map(sessionOf),
    revoke: async (transaction, accountId, name) => {
      const ended = await transaction
        .deleteFrom('session')
        .where('account_id', '=', accountId)
        .where('name', '=', name)
        .returning('name')
        .executeTakeFirst()
      return ended !== undefined
    },
    clear: () => cookie.clear(),
    forget: () => mirror.forget(),
    settled: () => background.settled(),
  }
}

function sessionOf(row: SessionTable): Session {
  return {
    name: row.name,
    accountId: row.account_id,
    createdAt: row.created_at,
    lastSeenAt: row.last_seen_at,
    secondFactorAt: row.second_factor_at,
    endsAt: endOf(row),
  }
}

function endOf(row: SessionTable): number {
  return Math.min(row.created_at + LIFE_MS, row.last_seen_at + IDLE_MS)
}
