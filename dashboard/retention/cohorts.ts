import type { QueryAnswer } from '../../schema/query.ts'
import { addDays, bucketOf, localTime } from '../calendar.ts'

/** Browsers that were here for the first time in one week, and what became of them. */
export interface Cohort {
  /** Monday of that week. */
  week: string
  /** How many they are; null where that may not be told. */
  size: number | null
  /** From week 1. */
  weeks: Return[]
}

/** How many came back in one week, and their share; null where it may not be told. */
export interface Return {
  visitors: number | null
  rate: number | null
  /** The week is under way. */
  isOpen: boolean
}

function numberOrNull(value: string | number | null | undefined): number | null {
  return typeof value === 'number' ? value : null
}

/** The cohorts of an answer, oldest first. @param now the server's clock, milliseconds */
export function cohortsOf(answer: QueryAnswer, now: number): Cohort[] {
  const current = bucketOf(localTime(now, answer.meta.timezone), 'week')
  const cohorts = new Map<string, Cohort>()
  for (const row of answer.rows) {
    const week = String(row['cohort'])
    const cohort = cohorts.get(week) ?? { week, size: null, weeks: [] }
    cohorts.set(week, cohort)
    const number = Number(row['week'])
    const visitors = numberOrNull(row.visitors)
    if (number === 0) cohort.size = visitors
    else {
      const isOpen = addDays(week, 7 * number) === current
      cohort.weeks[number - 1] = { visitors, rate: numberOrNull(row['rate']), isOpen }
    }
  }
  return [...cohorts.values()]
}

/**
 * The share that came back after so many weeks, over all cohorts whose week is over and of which it may be told; null where
 * there is none. @param after from 1
 */
export function meanRate(cohorts: readonly Cohort[], after: number): number | null {
  let [whole, back] = [0, 0]
  for (const { size, weeks } of cohorts) {
    const one = weeks[after - 1]
    if (!size || !one || one.isOpen || one.visitors === null) continue
    whole += size
    back += one.visitors
  }
  return whole === 0 ? null : back / whole
}
