import { describe, type Log } from '../log.ts'
import { monthOf, openDraft, type DraftParts } from './draft.ts'
import { readMarks } from './marks.ts'

/** What sealing came to. */
export interface Sealed {
  /** Days that were sealed, `2026-11-24`. */
  readonly days: readonly string[]
  /** Rows of events in them that were there more often than once. */
  readonly duplicates: number
}

/** When so many days in a row cannot be sealed, it is the database and not the days. */
const FAILURES_IN_A_ROW = 3
/**
 * Days of one month are sealed together up to so many events: their statements are made once, which is what small days
 * take longest for, and nothing is lost by a stop but a few seconds.
 */
const EVENTS_TOGETHER = 100_000

/**
 * Computes the rollups of days from events and puts each in its place, as a whole. Doing it again gives the same; a kill
 * at any moment leaves each day as it was or as it is to be. A day that cannot be sealed keeps no other from it: rejects
 * with its error after the others. An aborted signal ends it, with what was sealed by then.
 */
export async function sealDays(parts: DraftParts & { log: Log }, days: readonly string[]): Promise<Sealed> {
  const { log, signal } = parts
  const sealed: string[] = []
  const failures: unknown[] = []
  let duplicates = 0
  let inARow = 0
  const isGivenUp = (): boolean => signal?.aborted === true
  const isOver = (): boolean => isGivenUp() || inARow === FAILURES_IN_A_ROW
  if (days.length === 0) return { days: sealed, duplicates }
  const draft = await openDraft(parts)

  async function seal(some: readonly string[]): Promise<void> {
    const filled = await draft.compute(some)
    if (filled.length > 0) await draft.publish(filled.map(({ day }) => day))
    for (const one of filled) {
      sealed.push(one.day)
      duplicates += one.duplicates
      tellDuplicates(one.day, one.duplicates, log)
    }
    inARow = 0
  }

  async function sealOne(day: string): Promise<void> {
    try {
      await seal([day])
    } catch (error) {
      if (isGivenUp()) return
      log.error({ day, err: describe(error) }, 'a day could not be sealed yet')
      failures.push(error)
      inARow++
    }
  }

  /** Whether they were. */
  async function sealTogether(some: readonly string[]): Promise<boolean> {
    try {
      await seal(some)
      return true
    } catch (error) {
      if (isGivenUp()) return true
      log.warn(
        { days: some.length, err: describe(error) },
        'days are sealed one by one: together they failed',
      )
      return false
    }
  }

  try {
    for (const some of await togetherOf(parts, days)) {
      if (isOver()) break
      if (some.length > 1 && (await sealTogether(some))) continue
      for (const day of some) {
        if (isOver()) break
        await sealOne(day)
      }
    }
  } finally {
    await draft.drop()
  }
  if (failures.length > 0) throw failures[0]
  return { days: sealed, duplicates }
}

/** Days in their order, those together that are sealed together. */
async function togetherOf({ write }: DraftParts, days: readonly string[]): Promise<string[][]> {
  const ordered = days.toSorted()
  const marks = await readMarks(write, ordered.at(-1) ?? '', ordered[0])
  const rows = new Map(marks.map((mark) => [mark.day, mark.rows]))
  const groups: string[][] = []
  let events = Infinity
  for (const day of ordered) {
    const last = groups.at(-1)
    events += rows.get(day) ?? 0
    if (last && events <= EVENTS_TOGETHER && monthOf(last[0] ?? '') === monthOf(day)) last.push(day)
    else {
      groups.push([day])
      events = rows.get(day) ?? 0
    }
  }
  return groups
}

function tellDuplicates(day: string, rows: number, log: Log): void {
  if (rows > 0) log.error({ day, rows }, 'events were in the table more than once; they count once')
}
