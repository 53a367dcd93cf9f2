import { useState } from 'preact/hooks'
import { useAnswer } from '../answers.ts'
import { withoutChosen } from '../conditions.ts'
import { useSurroundings } from '../context.ts'
import { breakdownQuestion, drilled } from '../questions.ts'
import { PANELS, type PanelDimension, type PanelName } from '../state.ts'
import { dimensionText, fill } from '../text/text.ts'
import { Breakdown, OTHER } from './breakdown.tsx'
import { CsvLink } from './csv-link.tsx'
import { Nothing } from './nothing.tsx'
import { FailureNotice } from './notice.tsx'
import { PageLink } from './page-link.tsx'
import { Search } from './search.tsx'
import { Tabs } from './tabs.tsx'

/** The panel's height is reserved for them, so that nothing jumps. The rest is in the details. */
const ROWS = 8

export interface PanelProps {
  name: PanelName
  site: string
  beat: number
}

export function Panel({ name, site, beat }: PanelProps) {
  const { text, view, go } = useSurroundings()
  const tabs: readonly PanelDimension[] = PANELS[name]
  const tab = view.tabs[name]
  // Of a dimension that is filtered by, a panel lists what is left of it, or all, to choose more of it.
  const others = withoutChosen(view.filters, tab)
  const isFiltered = others.length < view.filters.length
  const [isWide, setWide] = useState(false)
  const isListingAll = isFiltered && isWide
  const dimension = isListingAll ? tab : drilled(tab, view.filters)
  // What the reader searches for, in this breakdown only.
  const [wish, setWish] = useState({ dimension, search: '' })
  const search = wish.dimension === dimension ? wish.search : ''
  const asked = isListingAll ? { ...view, filters: others } : view
  const question = breakdownQuestion(asked, site, dimension, { limit: ROWS, search })
  const asking = useAnswer(question, beat, 'after the headline')
  const { latest, isBusy, failure } = asking
  const meta = latest?.answer.meta
  // A row of its own, or the words of an empty panel, say it already.
  const rows = latest?.answer.rows ?? []
  const isNoteworthy =
    meta !== undefined &&
    meta.foldedRows > 0 &&
    rows.length > 0 &&
    !rows.some((row) => row[dimension] === OTHER)
  const title = dimensionText(text, dimension)

  return (
    <section class="card panel" aria-labelledby={`${name}-title`} aria-busy={isBusy}>
      <div class="panel-head">
        <h2 id={`${name}-title`}>{text.panels[name]}</h2>
        <Tabs
          panel={name}
          tabs={tabs.map((one) => [one, text.tabs[one]] as const)}
          chosen={tab}
          choose={(one) => go({ tabs: { ...view.tabs, [name]: one } })}
        />
      </div>
      <div id={`${name}-panel`} class="panel-body" role="tabpanel" aria-labelledby={`${name}-${tab}`}>
        {body()}
      </div>
      <div class="panel-foot">
        <Search
          label={fill(text.search.label, { name: title })}
          value={search}
          search={(typed) => setWish({ dimension, search: typed })}
        />
        {isFiltered && (
          <button
            type="button"
            class="button button-quiet"
            aria-pressed={isListingAll}
            onClick={() => setWide(!isWide)}
          >
            {text.filter.others}
            <span class="unseen"> {title}</span>
          </button>
        )}
        <PageLink class="button button-quiet" to={{ show: 'details', own: [['of', dimension]] }}>
          {meta ? fill(text.details.all, { count: String(meta.rowCount) }) : text.details.link}
          <span class="unseen"> {title}</span>
        </PageLink>
        <CsvLink question={{ ...question, limit: 1_000 }} title={title} />
        {meta && isNoteworthy && (
          <span class="quiet panel-note">{fill(text.folded.note, { count: String(meta.foldedRows) })}</span>
        )}
      </div>
    </section>
  )

  function body() {
    if (failure) return <FailureNotice failure={failure} again={asking.again} />
    if (!latest) return <p class="waiting">{text.loading}</p>
    if (latest.answer.rows.length === 0) return <Nothing meta={latest.answer.meta} isShort />
    return <Breakdown dimension={dimension} answer={latest.answer} />
  }
}
