import { useRef, useState } from 'preact/hooks'
import { NAMED_PERIODS, type DayRange, type NamedPeriod, type QueryAnswer } from '../../schema/query.ts'
import { addDays } from '../calendar.ts'
import { useSurroundings } from '../context.ts'
import { COMPARISONS, isDay, isRange } from '../state.ts'
import { fill } from '../text/text.ts'
import { Select } from './select.tsx'

export interface ControlsProps {
  /** What the last answer covers: where the reader's own dates start from. */
  shown: QueryAnswer['meta'] | undefined
}

/** Which time, and what it is compared with. */
export function Controls({ shown }: ControlsProps) {
  const { text, view, go } = useSurroundings()
  const named = NAMED_PERIODS.map((name) => [name, text.period[name]] as const)
  const period = isRange(view.period) ? 'custom' : view.period

  function choose(name: NamedPeriod | 'custom') {
    if (name !== 'custom') go({ period: name, interval: undefined })
    else go({ period: rangeNow(shown), interval: undefined })
  }

  return (
    <>
      <Select
        label={text.period.label}
        value={period}
        options={[...named, ['custom', text.period.custom] as const]}
        change={choose}
      />
      {view.period !== 'realtime' && (
        <Select
          label={text.compare.label}
          value={view.compare}
          options={COMPARISONS.map((name) => [name, text.compare[name]] as const)}
          change={(compare) => go({ compare })}
        />
      )}
      {isRange(view.period) && <Dates key={`${view.period.from} ${view.period.to}`} {...view.period} />}
    </>
  )
}

/** The dates on the page, or the last seven days before there is an answer. */
function rangeNow(shown: QueryAnswer['meta'] | undefined) {
  const today = new Date().toISOString().slice(0, 10)
  const from = shown?.from.slice(0, 10) ?? addDays(today, -6)
  const to = shown?.to.slice(0, 10) ?? today
  return { from, to }
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
