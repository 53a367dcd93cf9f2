import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import type { SiteEntry } from '../api.ts'
import { useSurroundings } from '../context.ts'
import { fill } from '../text/text.ts'
import type { Beat } from './beat.ts'
import { Controls, type ControlName } from './controls.tsx'
import { Filters } from './filters.tsx'
import { Freshness, type Told } from './freshness.tsx'
import { usePeriodName } from './period-name.ts'

export interface FrameProps {
  site: SiteEntry
  /** Name of the view. */
  title: string
  /** One or two sentences: what is counted, and how. Prose, not help. */
  about?: string
  /** An answer of the view, from which freshness and dates are told. Absent: neither is, as where no question is asked. */
  told?: Told | undefined
  beat: Beat
  /** Controls that mean nothing here. What they are set to stays in the address, for other views. */
  without?: readonly ControlName[]
  /** Of a view that looks again by itself: whether it rests, and how to change that. */
  live?: { isPaused: boolean; pause: (isPaused: boolean) => void }
  children: ComponentChildren
}

/** What every view but the overview has around its own: title, period, comparison, filters, freshness. */
export function Frame({ site, title, about, told, beat, without = [], live, children }: FrameProps) {
  const { text, view, announce } = useSurroundings()
  const period = usePeriodName()(view.period)
  const hasPeriod = !without.includes('period')
  useEffect(() => {
    document.title = [title, site.domain, ...(hasPeriod ? [period] : []), text.product].join(' · ')
  }, [title, site.domain, hasPeriod, period, text])
  useEffect(() => announce(title), [title])

  return (
    <>
      <h1 class="view-title">{title}</h1>
      {about !== undefined && <p class="view-about quiet">{about}</p>}
      <div class="bar">
        <Controls told={told} without={without} />
        {!without.includes('filters') && <Filters />}
        <Freshness
          latest={told}
          refresh={beat.now}
          {...(live ?? { isPaused: false, pause: beat.now })}
          isLive={live !== undefined}
        />
      </div>
      <div class="cards">{children}</div>
      <p class="foot">{fill(text.foot, { timezone: site.timezone })}</p>
    </>
  )
}
