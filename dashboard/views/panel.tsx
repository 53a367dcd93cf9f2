import { useState } from 'preact/hooks'
import { useAnswer } from '../answers.ts'
import { useSurroundings } from '../context.ts'
import { breakdownQuestion } from '../questions.ts'
import { PANELS, type PanelDimension, type PanelName } from '../state.ts'
import { fill } from '../text/text.ts'
import { Breakdown, OTHER } from './breakdown.tsx'
import { Nothing } from './nothing.tsx'
import { FailureNotice } from './notice.tsx'
import { Tabs } from './tabs.tsx'

/** Rows before the reader asks for more; the panel's height is reserved for them, so that nothing jumps. */
const FEW_ROWS = 8
const MORE_ROWS = 100
/** Most rows that one question may ask for. */
const MOST_ROWS = 1_000

export interface PanelProps {
  name: PanelName
  site: string
  beat: number
}

export function Panel({ name, site, beat }: PanelProps) {
  const { text, view, go } = useSurroundings()
  const tabs: readonly PanelDimension[] = PANELS[name]
  const dimension = view.tabs[name]
  // How many rows the reader wants, of this breakdown only.
  const [wish, setWish] = useState({ dimension, rows: FEW_ROWS })
  const limit = wish.dimension === dimension ? wish.rows : FEW_ROWS
  const asking = useAnswer(breakdownQuestion(view, site, dimension, limit), beat)
  const { latest, isBusy, failure } = asking
  const meta = latest?.answer.meta
  // A row of its own, or the words of an empty panel, say it already.
  const rows = latest?.answer.rows ?? []
  const isNoteworthy =
    meta !== undefined &&
    meta.foldedRows > 0 &&
    rows.length > 0 &&
    !rows.some((row) => row[dimension] === OTHER)
  const left = (meta?.rowCount ?? 0) - rows.length
  const next = Math.min(MOST_ROWS, limit + MORE_ROWS)

  return (
    <section class="card panel" aria-labelledby={`${name}-title`} aria-busy={isBusy}>
      <div class="panel-head">
        <h2 id={`${name}-title`}>{text.panels[name]}</h2>
        {tabs.length > 1 && (
          <Tabs
            panel={name}
            tabs={tabs.map((tab) => [tab, text.tabs[tab]] as const)}
            chosen={dimension}
            choose={(tab) => go({ tabs: { ...view.tabs, [name]: tab } })}
          />
        )}
      </div>
      <div
        id={`${name}-panel`}
        class="panel-body"
        {...(tabs.length > 1 && { role: 'tabpanel', 'aria-labelledby': `${name}-${dimension}` })}
      >
        {body()}
      </div>
      <div class="panel-foot">
        {meta && isNoteworthy && (
          <span class="quiet">{fill(text.folded.note, { count: String(meta.foldedRows) })}</span>
        )}
        {left > 0 && limit < MOST_ROWS && (
          <button
            type="button"
            class="button button-quiet"
            onClick={() => setWish({ dimension, rows: next })}
          >
            {fill(text.more, {
              count: String(Math.min(left, next - limit)),
              total: String(meta?.rowCount ?? 0),
            })}
          </button>
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
