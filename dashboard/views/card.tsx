import type { ComponentChildren } from 'preact'
import { useId, useState } from 'preact/hooks'
import type { Question, QueryAnswer } from '../../schema/query.ts'
import type { Pending } from '../answers.ts'
import { useSurroundings } from '../context.ts'
import { fill } from '../text/text.ts'
import { CsvLink } from './csv-link.tsx'
import { FailureNotice } from './notice.tsx'
import { Nothing } from './nothing.tsx'
import { Wide } from './wide.tsx'

export interface CardProps<T> {
  title: string
  asking: Pending<T>
  /** Of the answer, where it came from the query API: what is empty or folded is told from it. */
  meta?: QueryAnswer['meta'] | undefined
  /** Whether an answer has nothing to draw. Default: it never has. */
  isEmpty?: (latest: T) => boolean
  /** In place of the ordinary words for an empty answer. */
  nothing?: ComponentChildren
  /** The answer, drawn. */
  draw: (latest: T, showTable: () => void) => ComponentChildren
  /** The same numbers as a table, one key away; absent where `draw` is a table already. */
  table?: (latest: T, showDrawing: () => void) => ComponentChildren
  /** The question whose answer is offered as CSV. */
  csv?: Question | undefined
  /** What folding means for this answer, in place of the words that fit a list of groups; `{minimum}` is filled in. */
  foldedWhy?: string
  /** Controls of this card, beside its title. */
  tools?: ComponentChildren
  /** What stands between title and answer, such as the form that the question comes from. */
  before?: ComponentChildren
  /** What stands in place of an answer while there is no question. */
  instead?: ComponentChildren
}

/** One answer on a surface of its own: loading, failed, empty, folded, drawn or as a table. */
export function Card<T>(props: CardProps<T>) {
  const { title, asking, meta, csv, tools, table } = props
  const { text, format } = useSurroundings()
  const id = useId()
  const [isTable, setTable] = useState(false)
  const { latest, isBusy, failure } = asking
  const isNoteworthy = meta !== undefined && meta.foldedRows > 0

  return (
    <section class="card answer" aria-labelledby={id} aria-busy={isBusy}>
      <div class="panel-head">
        <h2 id={id}>{title}</h2>
        <div class="answer-tools">
          {tools}
          {table && (
            <button
              type="button"
              class="button button-quiet"
              aria-pressed={isTable}
              onClick={() => setTable(!isTable)}
            >
              {text.chart.table}
            </button>
          )}
          {csv && <CsvLink question={csv} title={title} />}
        </div>
      </div>
      {props.before}
      <div class="answer-body">{props.instead ?? body()}</div>
      {isNoteworthy && latest && (
        <p class="answer-foot quiet">
          {fill(text.folded.note, { count: format.count(meta.foldedRows) })}
          {'. '}
          {fill(props.foldedWhy ?? text.folded.why, { minimum: String(meta.minimumGroup) })}
        </p>
      )}
    </section>
  )

  function body() {
    if (failure) return <FailureNotice failure={failure} again={asking.again} />
    if (latest === undefined) return <p class="waiting">{text.loading}</p>
    if (props.isEmpty?.(latest)) {
      // What is kept back for being too few is not called nothing.
      const isWithheld = meta !== undefined && meta.foldedRows > 0
      const words = isWithheld ? undefined : props.nothing
      return words ?? (meta ? <Nothing meta={meta} /> : text.nothing.short)
    }
    return isTable && table ? (
      <Wide label={title}>{table(latest, () => setTable(false))}</Wide>
    ) : (
      props.draw(latest, () => setTable(true))
    )
  }
}
