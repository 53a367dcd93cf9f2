import { useEffect, useState } from 'preact/hooks'
import { useAnswer } from '../answers.ts'
import type { SiteEntry } from '../api.ts'
import { useSurroundings } from '../context.ts'
import { everQuestion, seriesQuestion } from '../questions.ts'
import { PANEL_NAMES } from '../state.ts'
import { fill } from '../text/text.ts'
import { useBeat } from './beat.ts'
import { Controls } from './controls.tsx'
import { Filters } from './filters.tsx'
import { Freshness } from './freshness.tsx'
import { Header } from './header.tsx'
import { Headline } from './headline.tsx'
import { Notice } from './notice.tsx'
import { Panel } from './panel.tsx'
import { usePeriodName } from './period-name.ts'
import { Welcome } from './welcome.tsx'

export interface DashboardProps {
  /** At least one. */
  sites: SiteEntry[]
  hasAccount: boolean
  signOut: () => void
}

/** One site: its headline and line, and a panel for each question. Every part asks by itself, all at once. */
export function Dashboard({ sites, hasAccount, signOut }: DashboardProps) {
  const { text, format, view, announce } = useSurroundings()
  const periodName = usePeriodName()
  const [isPaused, setPaused] = useState(false)
  const wanted = view.site ?? sites[0]?.domain ?? ''
  const site = sites.find(({ domain }) => domain === wanted)

  const [isWaiting, setWaiting] = useState(false)
  const beat = useBeat(isWaiting || (view.period === 'realtime' && !isPaused))
  const series = useAnswer(site && seriesQuestion(view, wanted), beat.count)
  const totals = series.latest?.answer.totals
  const isEmpty = !series.isBusy && totals?.pageviews === 0 && view.filters.length === 0
  // Has the site had a page view at all? Asked only where this period has none, and again until there is one.
  const ever = useAnswer(site && isEmpty ? everQuestion(wanted) : undefined, beat.count)
  const hasNeverHad = ever.latest?.answer.totals.pageviews === 0
  useEffect(() => setWaiting(hasNeverHad), [hasNeverHad])

  const period = periodName(view.period)
  useEffect(() => {
    document.title = `${wanted} · ${period} · ${text.product}`
  }, [wanted, period, text])

  // Said when the question changed, not at each beat of realtime.
  const asked = series.isBusy ? '' : JSON.stringify(series.latest?.query ?? '')
  useEffect(() => {
    if (!asked || !totals) return
    const numbers = {
      visitors: format.count(totals.visitors ?? 0),
      pageviews: format.count(totals.pageviews ?? 0),
    }
    announce(fill(text.announce, { period, ...numbers }))
  }, [asked])

  return (
    <>
      <a class="skip" href="#numbers" onClick={skip}>
        {text.skip}
      </a>
      <Header sites={sites} site={wanted} hasAccount={hasAccount} signOut={signOut} />
      <main id="numbers" tabIndex={-1}>
        <h1 class="unseen">
          {wanted}, {period}
        </h1>
        {site === undefined ? (
          <section class="card plain-card">
            <Notice title={fill(text.unknownSite.title, { site: wanted })} sentence={text.unknownSite.how} />
          </section>
        ) : hasNeverHad ? (
          <Welcome site={site} />
        ) : (
          <>
            <div class="bar">
              <Controls shown={series.latest?.answer.meta} />
              <Filters />
              <Freshness latest={series.latest} refresh={beat.now} isPaused={isPaused} pause={setPaused} />
            </div>
            <Headline series={series} />
            <div class="panels">
              {PANEL_NAMES.map((name) => (
                <Panel key={name} name={name} site={wanted} beat={beat.count} />
              ))}
            </div>
            <p class="foot">{fill(text.foot, { timezone: site.timezone })}</p>
          </>
        )}
      </main>
    </>
  )
}

/** Moves to the numbers without touching the address: its hash is not part of the view. */
function skip(event: MouseEvent) {
  event.preventDefault()
  document.getElementById('numbers')?.focus()
}
