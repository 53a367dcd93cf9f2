import { useRef, useState } from 'preact/hooks'
import { NAMED_PERIODS, type DayRange, type NamedPeriod } from '../../schema/query.ts'
import { addDays, localTime } from '../calendar.ts'
import { useSurroundings } from '../context.ts'
import { CalendarTool } from '../period/calendar-tool.tsx'
import { COMPARISONS, isDay, isRange } from '../state.ts'
import { fill } from '../text/text.ts'
import type { Told } from './freshness.tsx'
import { Select } from './select.tsx'

export type ControlName = 'period' | 'realtime' | 'compare' | 'filters'

export interface ControlsProps {
  /** The last answer: where the reader's own dates start from, and which day it is. */
  told: Told | undefined
  /** What means nothing in a view is left out; `realtime` is a period. */
  without?: readonly ControlName[]
}

/** Which time, and what it is compared with. */
export function Controls({ told, without = [] }: ControlsProps) {
  const { text, view, go } = useSurroundings()
  const named = NAMED_PERIODS.filter((name) => name !== 'realtime' || !without.includes(name)).map(
    (name) => [name, text.period[name]] as const,
  )
  const period = isRange(view.period) ? 'custom' : view.period

  function choose(name: NamedPeriod | 'custom') {
    if (name !== 'custom') go({ period: name, interval: undefined })
    else go({ period: rangeNow(told), interval: undefined })
  }

  if (without.includes('period')) return null
  return (
    <>
      <Select
        label={text.period.label}
        value={period}
        options={[...named, ['custom', text.period.custom] as const]}
        change={choose}
      />
      {view.period !== 'realtime' && !without.includes('compare') && (
        <Select
          label={text.compare.label}
          value={view.compare}
          options={COMPARISONS.map((name) => [name, text.compare[name]] as const)}
          change={(compare) => go({ compare })}
        />
      )}
      {isRange(view.period) && (
        <>
          <Dates key={`${view.period.from} ${view.period.to}`} {...view.period} />
          <CalendarTool range={view.period} today={todayOf(told)} />
        </>
      )}
    </>
  )
}

/** The day it is on the site; before there is an answer, in UTC. */
function todayOf(told: Told | undefined): string {
  return localTime(told?.now ?? Date.now(), told?.answer.meta.timezone ?? 'UTC').slice(0, 10)
}

/** The dates on the page, or the last seven days before there is an answer. */
function rangeNow(told: Told | undefined) {
  const today = todayOf(told)
  const { from, to } = told?.answer.meta ?? { from: addDays(today, -6), to: today }
  return { from: from.slice(0, 10), to: to.slice(0, 10) }
}

function Dates({ from, to }: DayRange) {
  const { text, go } = useSurroundings()
  const firstDay = useRef<HTMLInputElement>(null)
  const lastDay = useRef<HTMLInputElement>(null)
  const [fault, setFault] = useState('')

  function submit(event: SubmitEvent) {
    event.preventDefault()
    const [first = '', last = ''] = [firstDay.current?.value, lastDay.current?.value]
    if (!isDay(first) || !isDay(last)) setFault(fill(text.period.incomplete, { example: to }))
    else if (first > last) setFault(text.period.wrongOrder)
    else go({ period: { from: first, to: last }, interval: undefined })
  }

  return (
    <form class="dates" onSubmit={submit} noValidate>
      <label>
        <span>{text.period.from}</span>
        <input ref={firstDay} type="date" name="from" defaultValue={from} required />
      </label>
      <label>
        <span>{text.period.to}</span>
        <input ref={lastDay} type="date" name="to" defaultValue={to} required />
      </label>
      <button type="submit" class="button">
        {text.period.show}
      </button>
      {fault && (
        <p class="fault" role="alert">
          {fault}
        </p>
      )}
    </form>
  )
}
