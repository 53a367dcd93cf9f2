import { useEffect, useMemo, useState } from 'preact/hooks'
import { useAnswer } from '../answers.ts'
import type { SiteEntry } from '../api.ts'
import { useSurroundings } from '../context.ts'
import { everQuestion, seriesQuestion } from '../questions.ts'
import { PANEL_NAMES } from '../state.ts'
import { fill } from '../text/text.ts'
import { useBeat } from './beat.ts'
import { Controls } from './controls.tsx'
import { Coverage } from './coverage.tsx'
import { Filters } from './filters.tsx'
import { Freshness } from './freshness.tsx'
import { Headline } from './headline.tsx'
import { Panel } from './panel.tsx'
import { usePeriodName } from './period-name.ts'
import { Welcome } from './welcome.tsx'

/** Headline and line, and a panel for each question. Every part asks by itself, all at once. */
export function Overview({ site }: { site: SiteEntry }) {
  const { text, format, view, announce } = useSurroundings()
  const periodName = usePeriodName()
  const [isPaused, setPaused] = useState(false)
  const { domain } = site

  const [isWaiting, setWaiting] = useState(false)
  const beat = useBeat(isWaiting || (view.period === 'realtime' && !isPaused))
  const series = useAnswer(seriesQuestion(view, domain), beat.count)
  const totals = series.latest?.answer.totals
  const isEmpty = !series.isBusy && totals?.pageviews === 0 && view.filters.length === 0
  // Has the site had a page view at all? Asked only where this period has none, and again until there is one.
  const ever = useAnswer(isEmpty ? everQuestion(domain) : undefined, beat.count)
  const hasNeverHad = ever.latest?.answer.totals.pageviews === 0
  useEffect(() => setWaiting(hasNeverHad), [hasNeverHad])

  const period = periodName(view.period)
  useEffect(() => {
    document.title = `${domain} · ${period} · ${text.product}`
  }, [domain, period, text])

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

  useEffect(() => format.prepare(site.timezone), [format, site.timezone])

  // The same elements as long as they would say the same: an answer of the headline draws no panel anew.
  const panels = useMemo(
    () => PANEL_NAMES.map((name) => <Panel key={name} name={name} site={domain} beat={beat.count} />),
    [domain, beat.count],
  )

  return (
    <>
      <h1 class="unseen">
        {domain}, {period}
      </h1>
      {hasNeverHad ? (
        <Welcome site={site} />
      ) : (
        <>
          <div class="bar">
            <Controls told={series.latest} />
            <Filters />
            <Freshness latest={series.latest} refresh={beat.now} isPaused={isPaused} pause={setPaused} />
          </div>
          <Headline series={series} />
          <Coverage site={domain} beat={beat.count} isNext={series.latest !== undefined} />
          <div class="panels">{panels}</div>
          <p class="foot">{fill(text.foot, { timezone: site.timezone })}</p>
        </>
      )}
    </>
  )
}
