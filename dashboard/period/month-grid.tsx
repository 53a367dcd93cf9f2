import { useEffect, useId, useRef, useState } from 'preact/hooks'
import type { DayRange } from '../../schema/query.ts'
import { addDays, asUtc } from '../calendar.ts'
import { useSurroundings } from '../context.ts'
import { fill } from '../text/text.ts'
import { wordsIn } from '../text/words.ts'
import { addMonths, dayAt, firstWeekday, weeksOf } from './month.ts'
import { CALENDAR_TEXT } from './text.ts'

export interface MonthGridProps {
  /** The days that are shown now. */
  range: DayRange
  /** Of the site: later days have no numbers yet and cannot be chosen. */
  today: string
  /** Called with both days, in their order. */
  choose: (range: DayRange) => void
}

/** A month of days, of which the first and then the last of a period are chosen: with a pointer, a thumb or the keys. */
export function MonthGrid({ range, today, choose }: MonthGridProps) {
  const { announce } = useSurroundings()
  const words = wordsIn(CALENDAR_TEXT)
  const locale = document.documentElement.lang
  const id = useId()
  const grid = useRef<HTMLTableElement>(null)
  const isMoving = useRef(true)
  const [reached, setReached] = useState(range.to < today ? range.to : today)
  const [first, setFirst] = useState<string>()
  const month = reached.slice(0, 7)
  const isLast = month >= today.slice(0, 7)
  const weekBegins = firstWeekday(locale)
  const weeks = weeksOf(month, weekBegins)
  const written = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', ...options })
    return (day: string) => format.format(asUtc(day))
  }
  const fullDate = written({ dateStyle: 'full' })
  const chosen = first === undefined ? range : { from: first, to: first }

  useEffect(() => {
    if (!isMoving.current) return
    isMoving.current = false
    grid.current?.querySelector<HTMLElement>('[tabindex="0"]')?.focus()
  }, [reached])

  /** Goes to a day, or to today where that has not come yet. */
  function reach(day: string) {
    setReached(day < today ? day : today)
  }

  function press(event: KeyboardEvent) {
    const day = dayAt(event.key, event.shiftKey, reached, weekBegins)
    if (day === undefined) return
    event.preventDefault()
    isMoving.current = true
    reach(day)
  }

  function pick(day: string) {
    setReached(day)
    if (first === undefined) {
      setFirst(day)
      announce(fill(words.chooseLast, { day: fullDate(day) }))
    } else choose(day < first ? { from: day, to: first } : { from: first, to: day })
  }

  return (
    <>
      <div class="month-head">
        <button
          type="button"
          class="button button-quiet"
          aria-label={words.earlier}
          onClick={() => reach(addMonths(reached, -1))}
        >
          <span aria-hidden="true">‹</span>
        </button>
        <h2 id={id} aria-live="polite">
          {written({ month: 'long', year: 'numeric' })(reached)}
        </h2>
        <button
          type="button"
          class="button button-quiet"
          aria-label={words.later}
          // Not disabled: it would lose the keyboard's place when the month that is under way is reached.
          aria-disabled={isLast}
          onClick={() => {
            if (!isLast) reach(addMonths(reached, 1))
          }}
        >
          <span aria-hidden="true">›</span>
        </button>
      </div>
      <table
        ref={grid}
        class="month"
        role="grid"
        aria-labelledby={id}
        aria-multiselectable="true"
        onKeyDown={press}
      >
        <thead>
          <tr>
            {Array.from({ length: 7 }, (_, place) => {
              // A Monday.
              const day = addDays('2024-01-01', weekBegins - 1 + place)
              return (
                <th key={place} scope="col" abbr={written({ weekday: 'long' })(day)}>
                  {written({ weekday: 'short' })(day)}
                </th>
              )
            })}
          </tr>
        </thead>
        <tbody>
          {weeks.map((week, index) => (
            <tr key={index}>
              {week.map((day, place) =>
                day === undefined ? (
                  <td key={place} role="gridcell" />
                ) : (
                  <td
                    key={place}
                    role="gridcell"
                    class={day === chosen.from || day === chosen.to ? 'month-end' : ''}
                    aria-selected={day >= chosen.from && day <= chosen.to}
                  >
                    <button
                      type="button"
                      tabIndex={day === reached ? 0 : -1}
                      aria-label={fullDate(day)}
                      aria-current={day === today ? 'date' : undefined}
                      disabled={day > today}
                      onClick={() => pick(day)}
                    >
                      {Number(day.slice(8))}
                    </button>
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
      <p class="quiet">
        {first === undefined ? words.chooseFirst : fill(words.chooseLast, { day: fullDate(first) })}
      </p>
    </>
  )
}
