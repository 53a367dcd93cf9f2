import type { Transaction } from 'kysely'
import type { ChoiceDimension, ConsentState } from '../../schema/query.ts'
import type { Site } from '../../schema/site.ts'
import type { Clock } from '../clock.ts'
import { describe, type Log } from '../log.ts'
import { localDay } from '../sites/site-day.ts'
import type { Store } from '../store/open.ts'
import type { Tables } from '../store/tables.ts'
import { isOfGrants, readGranted } from './granted.ts'
import { knownLanguage } from './known-language.ts'
import type { Writer } from './writer.ts'

/**
 * How often a choice was offered and what came of it: whole numbers by site, day, language and country. There is no
 * visitor in them, not even a hashed one, so no group is folded: a cell of one says that one choice was made, and that
 * country and language, which the query API calls plain, are all that is said of it. What was granted, and whether under
 * Global Privacy Control, is counted apart, without either.
 */
export interface ConsentCounts {
  /** The choice was offered. Kept in memory for up to a second: a crash loses that second, a stop does not. */
  shown(site: Site, facts: { country: string; language: string }): void
  /** Sums of the days from one to the other, both included, kept apart by day and by what is asked for. */
  read(question: CountQuestion): Promise<CountRow[]>
  /** Writes what is in memory. */
  flush(): Promise<void>
  /** Writes what is in memory and stops. Idempotent. */
  stop(): Promise<void>
}

export type CountDimension = ChoiceDimension

export interface CountQuestion {
  readonly site: Pick<Site, 'id'>
  /** Days of the site. */
  readonly from: string
  readonly to: string
  /** What is known of grants and what is known of countries and languages is never together in one question. */
  readonly by: readonly CountDimension[]
}

/** `count` choices of a day; a dimension that was not asked for is absent. */
export type CountRow = { day: string; count: number } & Partial<Record<CountDimension, string>>

interface Cell {
  readonly siteId: number
  readonly day: string
  readonly language: string
  readonly country: string
  readonly state: ConsentState
}

const FLUSH_MS = 1_000

const COLUMNS = { consentState: 'outcome', language: 'language', country: 'country' } as const

export function createCounts(parts: {
  store: Pick<Store, 'db'>
  writer: Pick<Writer, 'write'>
  clock: Pick<Clock, 'now'>
  log: Pick<Log, 'warn'>
}): ConsentCounts {
  const { store, writer, clock, log } = parts
  let cells = new Map<string, { cell: Cell; count: number }>()
  let timer: NodeJS.Timeout | undefined
  let flushing: Promise<void> = Promise.resolve()
  let isStopped = false

  const add = (cell: Cell, count: number): void => {
    const key = `${cell.siteId} ${cell.day} ${cell.language} ${cell.country} ${cell.state}`
    const known = cells.get(key)
    if (known) known.count += count
    else cells.set(key, { cell, count })
  }

  async function write(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    if (cells.size === 0) return
    const batch = [...cells.values()]
    cells = new Map()
    try {
      await writer.write(async (transaction) => {
        for (const { cell, count } of batch) await addCount(transaction, cell, count)
      })
    } catch (error) {
      for (const { cell, count } of batch) add(cell, count)
      throw error
    }
  }

  // One after the other: a flush that ends has written all that was there when it was asked for. One that failed has
  // told whoever asked for it, and left its counts to the next.
  const flush = (): Promise<void> => {
    flushing = flushing.catch(() => undefined).then(write)
    return flushing
  }

  const schedule = (): void => {
    timer ??= setTimeout(() => {
      flush().catch((error: unknown) => {
        log.warn({ err: describe(error) }, 'counts of offered choices could not be written; they are kept')
        if (!isStopped) schedule()
      })
    }, FLUSH_MS)
  }

  return {
    shown(site, { country, language }) {
      if (isStopped) return
      const day = localDay(site.timezone, clock.now())
      add({ siteId: site.id, day, language: knownLanguage(language), country, state: 'shown' }, 1)
      schedule()
    },
    async read(question) {
      if (isOfGrants(question.by)) return readGranted(store.db, question)
      await flush()
      const { site, from, to } = question
      const by = question.by.filter(isKnown)
      const columns = by.map((dimension) => COLUMNS[dimension])
      const rows = await store.db
        .selectFrom('consent_count')
        .select(['day', ...columns])
        .select((column) => column.fn.sum<number>('count').as('sum'))
        .where('site_id', '=', site.id)
        .where('day', '>=', from)
        .where('day', '<=', to)
        .groupBy(['day', ...columns])
        .orderBy('day')
        .execute()
      return rows.map((row) => {
        const values = Object.fromEntries(by.map((dimension) => [dimension, row[COLUMNS[dimension]] ?? '']))
        return Object.assign(values, { day: row.day, count: row.sum })
      })
    },
    flush,
    async stop() {
      isStopped = true
      await flush()
    },
  }
}

function isKnown(dimension: CountDimension): dimension is keyof typeof COLUMNS {
  return dimension in COLUMNS
}

/** Adds to a cell, within a transaction. */
export async function addCount(transaction: Transaction<Tables>, cell: Cell, count: number): Promise<void> {
  const { siteId, day, language, country, state } = cell
  await transaction
    .insertInto('consent_count')
    .values({ site_id: siteId, day, language, country, outcome: state, count })
    .onConflict((conflict) =>
      conflict
        .columns(['site_id', 'day', 'language', 'country', 'outcome'])
        .doUpdateSet((row) => ({ count: row('consent_count.count', '+', count) })),
    )
    .execute()
}
