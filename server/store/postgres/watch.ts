import type pg from 'pg'
import type { Clock } from '../../clock.ts'
import { describe, type Log } from '../../log.ts'
import { SERVER_LOCK } from '../dialect.ts'
import type { Store } from '../open.ts'
import { RESIDENT_TABLES, type ResidentTable } from '../tables.ts'
import type { Copy, Replacement } from './copy.ts'
import { unreachable } from './faults.ts'
import { changeOf, CHANNEL, KEY_OF, type Changed } from './resident.ts'

/** How long a change made by another process may go unnoticed where no word of it came: as with SQLite. */
const NOTICE_MS = 50
/** A server that does not answer the smallest question for so long is taken as lost. */
const ANSWER_MS = 2_000
/** How often a lost connection is tried again. */
const RETRY_MS = 500

/** A lock of the connection: it goes with it, and with the process. Nobody asks for it alone, so nobody waits. */
const HOLD = `SELECT pg_advisory_lock_shared(${SERVER_LOCK})`
const COUNT = `
  WITH held AS (SELECT * FROM (VALUES (${SERVER_LOCK})) AS lock (kind, schema))
  SELECT count(*)::int AS count FROM pg_locks, held
  WHERE locktype = 'advisory' AND granted AND objsubid = 2
    AND classid::bigint = kind AND objid::bigint = schema
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`

/** Keeps the copy as new as the database: one connection that is told which table has changed, and reads it again. */
export interface Watch extends Pick<Store, 'catchUp' | 'pending' | 'isReachable' | 'serve' | 'servers'> {
  close(): Promise<void>
}

/** Rejects with the driver's error where what is connected first does not answer; closes it then. */
export async function openWatch(parts: {
  first: pg.Client
  /** Makes another connection after one was lost. */
  connect: () => Promise<pg.Client>
  copy: Pick<Copy, 'replace'>
  clock: Pick<Clock, 'monotonic'>
  log: Pick<Log, 'info' | 'warn'>
}): Promise<Watch> {
  const { first, connect, copy, clock, log } = parts
  const stale = new Map<ResidentTable, Set<string>>()
  /** Undefined while it is lost. */
  let client: pg.Client | undefined
  let confirmedAt = 0
  let retry: NodeJS.Timeout | undefined
  let isClosed = false
  let isServer = false
  /** The check that is under way or was the last, and the one that begins after it. */
  let running: Promise<void> = Promise.resolve()
  let next: Promise<void> | undefined
  let isRunning = false

  async function follow(fresh: pg.Client): Promise<void> {
    try {
      fresh.on('notification', ({ payload }) => note(payload ?? ''))
      // Listening before reading: what is committed in between is told, and read once more.
      await fresh.query(`LISTEN ${CHANNEL}`)
      if (isServer) await fresh.query(HOLD)
      stale.clear()
      await read(
        fresh,
        RESIDENT_TABLES.map((table) => [table, 'all']),
      )
      await readStale(fresh)
    } catch (error) {
      await fresh.end()
      throw error
    }
    fresh.on('end', () => lose(fresh, undefined))
    client = fresh
  }

  function note(told: string): void {
    const change = changeOf(told)
    if (change === undefined) return
    const keys = stale.get(change.table) ?? new Set()
    stale.set(change.table, keys.add(change.key))
    // Until it follows, a connection reads by itself what it is told.
    if (client !== undefined) inBackground()
  }

  async function read(
    from: pg.Client,
    changes: readonly (readonly [ResidentTable, Changed])[],
  ): Promise<void> {
    const replacements: Replacement[] = []
    await from.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    for (const [table, changed] of changes) {
      const { rows } = await from.query<Record<string, unknown>>(
        `SELECT * FROM ${table} WHERE $1::text[] IS NULL OR "${KEY_OF[table]}"::text = ANY ($1)`,
        [changed === 'all' ? null : [...changed]],
      )
      replacements.push({ table, changed, rows })
    }
    await from.query('COMMIT')
    copy.replace(replacements)
  }

  async function readStale(from: pg.Client): Promise<void> {
    while (stale.size > 0) {
      const changes = [...stale]
      stale.clear()
      await read(from, changes)
    }
  }

  async function check(): Promise<void> {
    if (isClosed) throw new Error('the store is closed')
    const from = clock.monotonic()
    if (client === undefined) {
      try {
        await follow(await connect())
      } catch (error) {
        retryLater()
        throw unreachable(error)
      }
      log.info({}, 'PostgreSQL is reached again')
    } else await ask(client)
    confirmedAt = from
  }

  async function ask(following: pg.Client): Promise<void> {
    try {
      // The server tells what was committed before the question before it answers it.
      await following.query({ text: 'SELECT 1', query_timeout: ANSWER_MS } as pg.QueryConfig)
      await readStale(following)
    } catch (error) {
      lose(following, error)
      throw unreachable(error)
    }
  }

  function lose(lost: pg.Client, error: unknown): void {
    if (client !== lost) return
    client = undefined
    if (isClosed) return
    log.warn(
      error === undefined ? {} : { err: describe(error) },
      'PostgreSQL cannot be reached: pages are served from what was known last, until it is back',
    )
    lost.end(() => undefined)
    retryLater()
  }

  function retryLater(): void {
    if (!isClosed)
      retry ??= setTimeout(() => {
        retry = undefined
        if (client === undefined) inBackground()
      }, RETRY_MS)
  }

  const begin = async (): Promise<void> => {
    next = undefined
    isRunning = true
    try {
      await check()
    } finally {
      isRunning = false
    }
  }
  // One that is under way may have asked before the caller's change was committed: each call waits for the next one.
  const catchUp = (): Promise<void> => (next ??= running = running.then(begin, begin))
  const inBackground = (): void => void quietly(catchUp())

  function connected(): pg.Client {
    if (client === undefined) throw unreachable()
    return client
  }

  await follow(first)
  return {
    catchUp,
    pending: () => {
      if (client === undefined) return undefined
      if (isRunning) return quietly(running)
      return clock.monotonic() - confirmedAt >= NOTICE_MS ? quietly(catchUp()) : undefined
    },
    isReachable: () => client !== undefined,
    serve: async () => {
      if (isServer) return
      isServer = true
      await connected().query(HOLD)
    },
    servers: async () => {
      const { rows } = await connected().query<{ count: number }>(COUNT)
      return rows[0]?.count ?? 0
    },
    close: async () => {
      isClosed = true
      clearTimeout(retry)
      await quietly(running)
      const last = client
      client = undefined
      await last?.end()
    },
  }
}

/** For whoever does not need the database: a fault was told by `lose`, and whoever does sees it. */
function quietly(waiting: Promise<void>): Promise<void> {
  return waiting.then(nothing, nothing)
}

function nothing(): void {}
