import type { EventDetail } from '../../schema/rows.ts'

/**
 * What browsers of the demo's visitors remember of their own visits, as tracker/visits.ts tells it: some are new, the
 * others were first here in an earlier week, the fewer the longer ago.
 */

const NEW = 0.62
/** Of those who come back, the share that was first here one week before, two weeks before, and so on. */
const BACK_AFTER_WEEKS = [0.46, 0.26, 0.16, 0.12]

/** Bits of a first visit of the day, week, month and year. */
const [DAY, WEEK, MONTH, YEAR] = [1, 2, 4, 8]

/** @param day of the visit @param first the demo's first day: nobody was here before it */
export function demoMemory(random: () => number, day: string, first: string): EventDetail {
  const weeks = random() < NEW ? 0 : weeksBack(random())
  const cohort = mondayOf(day, weeks)
  const begun = mondayOf(first)
  // The demo's first week may be a day long: few come back of few.
  const isLikely = cohort > begun || (cohort === begun && random() < daysLeft(first) / 7)
  const isNew = weeks === 0 || !isLikely
  return {
    name: isNew ? mondayOf(day) : cohort,
    value: isNew ? DAY | WEEK | MONTH | YEAR : DAY | WEEK,
    revenue: '0',
    currency: '',
    props: isNew ? {} : { recency: weeks === 1 ? '2-7' : '8-30' },
    status: 0,
  }
}

function weeksBack(drawn: number): number {
  let left = drawn
  for (const [index, share] of BACK_AFTER_WEEKS.entries()) {
    left -= share
    if (left < 0) return index + 1
  }
  return BACK_AFTER_WEEKS.length
}

/** Days from one to the end of its week, itself included. */
function daysLeft(day: string): number {
  return 7 - ((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7)
}

/** The Monday of a day's week, or of one so many weeks before. */
function mondayOf(day: string, weeksBefore = 0): string {
  const at = new Date(`${day}T00:00:00Z`)
  at.setUTCDate(at.getUTCDate() - ((at.getUTCDay() + 6) % 7) - 7 * weeksBefore)
  return at.toISOString().slice(0, 10)
}
