import path from 'node:path'
import type { DropReason } from '../../schema/outcome.ts'
import type { Site } from '../../schema/site.ts'
import type { Clock } from '../clock.ts'
import { describe, type Log } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import { siteHour } from '../sites/site-hour.ts'
import { nodeFs } from '../spool/fs.ts'
import type { Store } from '../store/open.ts'
import type { CountedCell, DropCell, DropKind } from './cell.ts'
import { addCells, DROP_DAYS, readDrops, removeDropsBefore, type DropRow } from './counts.ts'
import { openJournal, type JournalFile, type JournalFs } from './journal.ts'

/**
 * The drop ledger: whatever ends other than being stored as it was sent is counted by site, hour and reason, before it
 * is answered. First in a journal on this machine's disk, so that a request waits for one sync at most and never for
 * the store; from there it moves to the store every few seconds, each file of the journal exactly once.
 */
export interface DropLedger {
  /** The counts of one request about a site; without one, of the installation. */
  tally(site: Pick<Site, 'id' | 'timezone'> | undefined): Tally
  /** Sums of the days from one to the other, both included, with all that was answered so far. */
  read(question: Parameters<typeof readDrops>[1]): Promise<DropRow[]>
  /** Moves what is in the journal to the store. */
  flush(): Promise<void>
  /** Moves the rest and stops. Idempotent. */
  close(): Promise<void>
}

export interface Tally {
  /** Events that are not stored. */
  dropped(reason: DropReason, count?: number): void
  /** An event that is stored with the start of its day in place of its own time. */
  late(): void
  /** A value that was taken out of an event that is stored, by its kind. */
  scrubbed(kind: string): void
  /**
   * Resolves once all of it is on disk; undefined where there is nothing to wait for. Rejects when the disk refuses it:
   * then the request must not be answered as taken.
   */
  keep(): Promise<void> | undefined
}

export interface DropLedgerParts {
  /** The journal is in its folder `drops`. */
  dataDir: string
  /** For tests. */
  fs?: JournalFs
  store: Pick<Store, 'db' | 'transaction'>
  metrics: Pick<Metrics, 'dropped' | 'scrubbed' | 'late'>
  clock: Pick<Clock, 'now'>
  log: Pick<Log, 'warn'>
}

const FLUSH_MS = 2_000
/** How often it is looked for sums of which the time has passed. */
const EXPIRE_MS = 3_600_000
const DAY_MS = 86_400_000
/** Of the installation: no site is known. */
const NO_SITE = { id: 0, timezone: 'UTC' }

/** Takes over what an earlier process left. The data folder must be this process's alone: the spool's lease says so. */
export async function openDropLedger(parts: DropLedgerParts): Promise<DropLedger> {
  const { store, clock, log } = parts
  const journal = await openJournal({
    folder: path.join(parts.dataDir, 'drops'),
    fs: parts.fs ?? nodeFs,
    log,
  })
  /** Files that the store may not have yet. */
  const waiting: JournalFile[] = await journal.left()
  /** Files that the store has and that are gone from the disk: their ids need not be known any more. */
  let settled: string[] = []
  let timer: NodeJS.Timeout | undefined
  let flushing: Promise<void> = Promise.resolve()
  let isClosed = false

  async function move(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    for (;;) {
      // While the store is away the journal goes on with one file.
      if (waiting.length === 0) {
        const cut = await journal.cut()
        if (!cut) return
        waiting.push(cut)
      }
      const [file] = waiting
      if (!file) return
      const { id, cells } = file
      const forgotten = settled
      await store.transaction(async (transaction) => {
        if (forgotten.length > 0)
          await transaction.deleteFrom('drop_file').where('id', 'in', forgotten).execute()
        const isNew = await transaction
          .insertInto('drop_file')
          .values({ id })
          .onConflict((conflict) => conflict.column('id').doNothing())
          .returning('id')
          .executeTakeFirst()
        if (isNew) await addCells(transaction, cells)
      })
      settled = settled.filter((one) => !forgotten.includes(one))
      await journal.remove(file)
      waiting.shift()
      settled.push(id)
    }
  }

  // One after the other: a flush that ends has moved all that was there when it was asked for.
  const flush = (): Promise<void> => {
    flushing = flushing.catch(() => undefined).then(move)
    return flushing
  }

  const schedule = (): void => {
    timer ??= setTimeout(() => {
      flush().catch((error: unknown) => {
        log.warn(
          { err: describe(error) },
          'the drop ledger could not be written to the store; its journal keeps it',
        )
        if (!isClosed) schedule()
      })
    }, FLUSH_MS)
  }

  const append = (cells: readonly CountedCell[]): Promise<void> => {
    if (!isClosed) schedule()
    return journal.append(cells)
  }

  const expire = (): Promise<void> =>
    store.transaction(async (transaction) => {
      const first = new Date(clock.now() - DROP_DAYS * DAY_MS).toISOString().slice(0, 10)
      await removeDropsBefore(transaction, first)
    })

  await flush()
  await expire()
  const expiring = setInterval(() => {
    expire().catch((error: unknown) =>
      log.warn({ err: describe(error) }, 'old drop counts could not be removed'),
    )
  }, EXPIRE_MS)

  return {
    tally: (site = NO_SITE) => createTally(site, clock, parts.metrics, append),
    async read(question) {
      await flush()
      return readDrops(store.db, question)
    },
    flush,
    async close() {
      isClosed = true
      clearInterval(expiring)
      await flush()
    },
  }
}

function createTally(
  site: Pick<Site, 'id' | 'timezone'>,
  clock: Pick<Clock, 'now'>,
  metrics: DropLedgerParts['metrics'],
  append: (cells: readonly CountedCell[]) => Promise<void>,
): Tally {
  let cells: CountedCell[] | undefined
  const add = (kind: DropKind, reason: string, count: number): void => {
    const cell: DropCell = { siteId: site.id, ...siteHour(site.timezone, clock.now()), kind, reason }
    cells ??= []
    cells.push({ ...cell, count })
  }
  return {
    dropped(reason, count = 1) {
      metrics.dropped[reason] += count
      if (count > 0) add('dropped', reason, count)
    },
    late() {
      metrics.late++
      add('late', '', 1)
    },
    scrubbed(kind) {
      metrics.scrubbed.set(kind, (metrics.scrubbed.get(kind) ?? 0) + 1)
      add('scrubbed', kind, 1)
    },
    keep: () => cells && append(cells),
  }
}
