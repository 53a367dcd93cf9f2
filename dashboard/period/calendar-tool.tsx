import { useEffect, useRef, useState } from 'preact/hooks'
import type { DayRange } from '../../schema/query.ts'
import { useSurroundings } from '../context.ts'
import { OnDemand } from '../views/on-demand.tsx'

const loadGrid = async () => (await import('./month-grid.tsx')).MonthGrid

export interface CalendarToolProps {
  range: DayRange
  today: string
}

/** Opens a month of days beside the fields, which stay for those who type. */
export function CalendarTool({ range, today }: CalendarToolProps) {
  const { text, go } = useSurroundings()
  const [isOpen, setOpen] = useState(false)
  const tool = useRef<HTMLDivElement>(null)
  const button = useRef<HTMLButtonElement>(null)

  function close() {
    setOpen(false)
    button.current?.focus()
  }

  useEffect(() => {
    if (!isOpen) return undefined
    const leave = (event: Event) => {
      if (event.target instanceof Node && tool.current?.contains(event.target) === false) setOpen(false)
    }
    document.addEventListener('pointerdown', leave)
    return () => document.removeEventListener('pointerdown', leave)
  }, [isOpen])

  return (
    <div
      ref={tool}
      class="calendar-tool"
      onKeyDown={(event) => {
        if (isOpen && event.key === 'Escape') close()
      }}
    >
      <button
        ref={button}
        type="button"
        class="button"
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        {text.period.calendar}
      </button>
      {isOpen && (
        <div class="card calendar" role="dialog" aria-label={text.period.calendar}>
          <OnDemand
            load={loadGrid}
            props={{
              range,
              today,
              choose: (period: DayRange) => {
                close()
                go({ period, interval: undefined })
              },
            }}
          />
        </div>
      )}
    </div>
  )
}
