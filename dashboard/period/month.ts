/** Days of a month as a grid of weeks, and where a key leads from one of them. Days are `2026-11-24`. */
import { addDays, asUtc } from '../calendar.ts'

/** Monday is 1, Sunday 7, as Intl counts. */
export type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7

const MONDAY: Weekday = 1

/** On which day weeks begin where a language is spoken; Monday, as ISO 8601 says, where the browser does not know. */
export function firstWeekday(locale: string): Weekday {
  // Firefox has had the method since 2025; Safari and older Chromium had a property of the same meaning.
  const known = new Intl.Locale(locale) as Intl.Locale & {
    getWeekInfo?: () => { firstDay: Weekday }
    weekInfo?: { firstDay: Weekday }
  }
  return (known.getWeekInfo?.() ?? known.weekInfo)?.firstDay ?? MONDAY
}

/** How many days after the first of its week a day comes. */
function placeInWeek(day: string, first: Weekday): number {
  return (new Date(asUtc(day)).getUTCDay() + 7 - (first % 7)) % 7
}

/** The weeks that a month touches, each with seven places; undefined where the day is of another month. */
export function weeksOf(month: string, first: Weekday): (string | undefined)[][] {
  const start = `${month}-01`
  const grid = addDays(start, -placeInWeek(start, first))
  const weeks: (string | undefined)[][] = []
  for (let week = grid; week.slice(0, 7) <= month; week = addDays(week, 7)) {
    const days = Array.from({ length: 7 }, (_, place) => addDays(week, place))
    weeks.push(days.map((day) => (day.startsWith(month) ? day : undefined)))
  }
  return weeks
}

/** The same day some months on; the last of that month where it is shorter. */
export function addMonths(day: string, months: number): string {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number)
  const last = new Date(Date.UTC(year, month + months, 0))
  last.setUTCDate(Math.min(date, last.getUTCDate()))
  return last.toISOString().slice(0, 10)
}

/**
 * Where a key leads, as the ARIA Authoring Practices say of date pickers: a day, a week, an end of the week, a month, with
 * Shift a year. Undefined for other keys.
 */
export function dayAt(key: string, isShifted: boolean, day: string, first: Weekday): string | undefined {
  const place = placeInWeek(day, first)
  const months = isShifted ? 12 : 1
  switch (key) {
    case 'ArrowLeft':
      return addDays(day, -1)
    case 'ArrowRight':
      return addDays(day, 1)
    case 'ArrowUp':
      return addDays(day, -7)
    case 'ArrowDown':
      return addDays(day, 7)
    case 'Home':
      return addDays(day, -place)
    case 'End':
      return addDays(day, 6 - place)
    case 'PageUp':
      return addMonths(day, -months)
    case 'PageDown':
      return addMonths(day, months)
    default:
      return undefined
  }
}
