import { describe, type Log } from '../log.ts'
import { openDraft, type DraftParts } from './draft.ts'

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
  if (days.length === 0) return { days: sealed, duplicates }
  const draft = await openDraft(parts)
  try {
    for (const day of days) {
      if (isGivenUp() || inARow === FAILURES_IN_A_ROW) break
      try {
        const filled = await draft.fill(day)
        if (filled) {
          await draft.publish(day)
          sealed.push(day)
          duplicates += filled.duplicates
          tellDuplicates(day, filled.duplicates, log)
        }
        inARow = 0
      } catch (error) {
        if (isGivenUp()) break
        log.error({ day, err: describe(error) }, 'a day could not be sealed yet')
        failures.push(error)
        inARow++
      }
    }
  } finally {
    await draft.drop()
  }
  if (failures.length > 0) throw failures[0]
  return { days: sealed, duplicates }
}

function tellDuplicates(day: string, rows: number, log: Log): void {
  if (rows > 0) log.error({ day, rows }, 'events were in the table more than once; they count once')
}
