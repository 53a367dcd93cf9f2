import type { Log } from '../log.ts'
import { openDraft, type DraftParts } from './draft.ts'

/** What sealing came to. */
export interface Sealed {
  /** Days that were sealed, `2026-11-24`. */
  readonly days: readonly string[]
  /** Rows of events in them that were there more often than once. */
  readonly duplicates: number
}

/**
 * Computes the rollups of days from events and puts each in its place, as a whole. Doing it again gives the same; a kill
 * at any moment leaves each day as it was or as it is to be. What cannot be sealed rejects, after the days before it.
 */
export async function sealDays(
  parts: DraftParts & { log: Log; signal?: AbortSignal },
  days: readonly string[],
): Promise<Sealed> {
  const sealed: string[] = []
  let duplicates = 0
  if (days.length === 0) return { days: sealed, duplicates }
  const draft = await openDraft(parts)
  try {
    for (const day of days) {
      if (parts.signal?.aborted === true) break
      const filled = await draft.fill(day)
      if (!filled) continue
      await draft.publish(day)
      sealed.push(day)
      duplicates += filled.duplicates
      if (filled.duplicates > 0) {
        parts.log.error(
          { day, rows: filled.duplicates },
          'events were in the table more than once; they count once',
        )
      }
    }
  } finally {
    await draft.drop()
  }
  return { days: sealed, duplicates }
}
