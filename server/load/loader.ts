import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../clock.ts'
import { describe, type Log } from '../log.ts'
import { buildHere, type BuildBatch } from './batch.ts'
import type { Cursor } from './cursor.ts'
import { loadBatch } from './load-batch.ts'
import type { RefusedRow } from './reject.ts'
import { endBatch, resumeBatch, sealNext, type OpenBatch, type Sealing } from './seal.ts'
import type { EventTable, RecordSource } from './table.ts'

/** Moves records from the spool into the table of events: in sealed batches, each exactly once. */
export interface Loader {
  /**
   * Resolves when every record that is in the spool now is in the table; batches do not wait to fill meanwhile.
   * Rejects when the loader is stopped before.
   */
  drained(): Promise<void>
  /** ISO time up to which accepted events are in the table. */
  freshness(): string
  stats(): LoaderStats
  /**
   * Stops. With `drainMs` it first loads what is in the spool, for at most that long. A batch that is under way is
   * taken up again at the next start. Can be called more than once.
   */
  stop(options?: { drainMs?: number }): Promise<void>
}

/** Since the start, but for the backlog. */
export interface LoaderStats {
  rows: number
  batches: number
  /** Attempts after the first one of a batch. */
  retries: number
  /** Rows the database refuses; they are set aside. */
  deadRows: number
  /** Rows that are in the table twice, found by counting; sealing the day takes them out. */
  surplusRows: number
  /** Records in the spool that are not in the table yet. */
  backlogRows: number
}

export interface LoaderLimits {
  /** A batch is sealed when its first record has waited this long. Default 1 s. */
  maxWaitMs: number
  /** Or when it has this many rows. Default 50,000. */
  maxRows: number
  /** Or this many bytes. Default 32 MiB. */
  maxBytes: number
  /** The pause after a failure doubles from the first to the second. Default 0.2 s and 10 s. */
  firstBackOffMs: number
  maxBackOffMs: number
}

const DEFAULT_LIMITS: LoaderLimits = {
  maxWaitMs: 1_000,
  maxRows: 50_000,
  maxBytes: 32 * 1024 * 1024,
  firstBackOffMs: 200,
  maxBackOffMs: 10_000,
}

export interface LoaderOptions {
  spool: RecordSource
  cursor: Cursor
  table: EventTable
  /** Default: batches of lines only, built in this thread. */
  build?: BuildBatch
  clock: Clock
  log: Log
  limits?: Partial<LoaderLimits>
  /** Sleeps, until the signal ends it. For tests. */
  wait?: (ms: number, signal: AbortSignal) => Promise<void>
  /** Below 1, for the jitter of pauses. For tests. */
  random?: () => number
}

export function startLoader(options: LoaderOptions): Loader {
  const { spool, cursor, table, build = buildHere, clock, log } = options
  const limits = { ...DEFAULT_LIMITS, ...options.limits }
  const wait = options.wait ?? pause
  const random = options.random ?? Math.random
  const stopping = new AbortController()
  const { signal } = stopping
  /** Ends the waiting for more rows. */
  let gathering = new AbortController()
  let waiters: { position: number; resolve: () => void; reject: (reason: Error) => void }[] = []
  let open: OpenBatch | undefined
  const counts = { rows: 0, batches: 0, retries: 0, deadRows: 0, surplusRows: 0 }
  const sealing: Sealing = { spool, cursor, table, build, clock, log, limits, signal }

  async function run(): Promise<void> {
    for (let failures = 0; !signal.aborted;) {
      try {
        await step()
        failures = 0
      } catch (error) {
        if (signal.aborted) return
        // The disk of the cursor, or a bug: the state on disk says where to go on, so try again.
        log.error({ err: describe(error) }, 'the loader failed and tries again')
        await backOff(failures++)
      }
    }
  }

  /** One batch: the one the cursor knows of, or the next. */
  async function step(): Promise<void> {
    if (!open && cursor.state().sealed) open = await resumeBatch(sealing)
    if (!open) {
      await gather()
      if (signal.aborted) return
      open = await sealNext(sealing)
    }
    if (open) await load(open)
    await forget()
  }

  /** Waits until there are rows, and then for more of them. */
  async function gather(): Promise<void> {
    const from = cursor.state().loaded
    await spool.beyond(from, signal)
    const since = spool.waitingSince(from)
    if (since === undefined || waiters.length > 0 || signal.aborted) return
    const left = since + limits.maxWaitMs - clock.monotonic()
    if (left <= 0) return
    gathering = new AbortController()
    await Promise.race([
      wait(left, gathering.signal),
      spool.beyond(from + limits.maxRows - 1, gathering.signal),
    ])
    gathering.abort()
  }

  async function load(batch: OpenBatch): Promise<void> {
    const dead = new Set(batch.sealed.dead)
    const isFresh = batch.isFresh
    batch.isFresh = false
    const surplus = await loadBatch(batch.batch, isFresh, {
      table,
      log,
      signal,
      dead,
      backOff,
      setAside: (day, rows) => setAside(batch, dead, day, rows),
      onRetry: () => counts.retries++,
    })
    if (surplus > 0) {
      counts.surplusRows += surplus
      log.error({ batch: batch.sealed.batchId, surplus }, 'rows are in the table twice')
    }
    await endBatch(sealing, batch)
    open = undefined
    counts.batches++
    counts.rows += batch.sealed.rows - dead.size
  }

  async function setAside(
    batch: OpenBatch,
    dead: Set<number>,
    day: string,
    rows: readonly RefusedRow[],
  ): Promise<void> {
    const { batchId } = batch.sealed
    const text = rows.map((row) => JSON.stringify({ batchId, day, ...row })).join('\n')
    await spool.setAside(`${batchId}-${day}-${rows[0]?.row}`, text)
    for (const { row } of rows) dead.add(row)
    batch.sealed = { ...batch.sealed, dead: [...dead] }
    await cursor.save({ ...cursor.state(), sealed: batch.sealed })
    counts.deadRows += rows.length
    log.error(
      { batch: batchId, rows: rows.length, code: rows[0]?.code },
      'the database refuses rows; they are set aside',
    )
  }

  /** Gives the space of what is loaded back, and tells who waits for it. */
  async function forget(): Promise<void> {
    const { loaded } = cursor.state()
    for (const { position, resolve } of waiters) if (position <= loaded) resolve()
    waiters = waiters.filter(({ position }) => position > loaded)
    try {
      await spool.release(loaded)
    } catch (error) {
      // Costs room on the disk and nothing else; the next release tries again.
      log.warn({ err: describe(error) }, 'loaded segments could not be removed')
    }
  }

  function backOff(attempt: number): Promise<void> {
    const most = Math.min(limits.maxBackOffMs, limits.firstBackOffMs * 2 ** Math.min(attempt, 30))
    return wait(most / 2 + (random() * most) / 2, signal)
  }

  function drained(): Promise<void> {
    const position = spool.position()
    if (cursor.state().loaded >= position) return Promise.resolve()
    if (signal.aborted) return Promise.reject(new Error('the loader is stopped'))
    return new Promise((resolve, reject) => {
      waiters.push({ position, resolve, reject })
      gathering.abort()
    })
  }

  async function stop(drainMs: number): Promise<void> {
    if (drainMs > 0) {
      const enough = new AbortController()
      await Promise.race([drained(), wait(drainMs, enough.signal)])
      enough.abort()
    }
    stopping.abort(new Error('the loader is stopped'))
    gathering.abort()
    await running
    for (const { reject } of waiters) reject(new Error('the loader is stopped'))
    waiters = []
  }

  function freshness(): number {
    const { loaded, time } = cursor.state()
    if (loaded === spool.position()) return clock.now()
    const since = spool.waitingSince(loaded)
    if (since !== undefined) return clock.now() - (clock.monotonic() - since)
    return (open?.time ?? time) * 1000
  }

  const running = forget().then(run)
  let stopped: Promise<void> | undefined

  return {
    drained,
    freshness: () => new Date(freshness()).toISOString(),
    stats: () => ({ ...counts, backlogRows: spool.position() - cursor.state().loaded }),
    stop: ({ drainMs = 0 } = {}) => (stopped ??= stop(drainMs)),
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal, ref: false })
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
