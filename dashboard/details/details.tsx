import { DIMENSIONS, type AnyDimension, type Dimension, type Metric } from '../../schema/query.ts'
import { useAnswer } from '../answers.ts'
import { useSurroundings } from '../context.ts'
import { ownValue, withOwn } from '../own.ts'
import { breakdownQuestion, type Column, type Columns } from '../questions.ts'
import type { ViewProps } from '../registry.ts'
import { dimensionText, fill } from '../text/text.ts'
import { wordsIn } from '../text/words.ts'
import { useBeat } from '../views/beat.ts'
import { Breakdown } from '../views/breakdown.tsx'
import { Card } from '../views/card.tsx'
import { Frame } from '../views/frame.tsx'
import { Notice } from '../views/notice.tsx'
import { Search } from '../views/search.tsx'
import { Select } from '../views/select.tsx'
import { Wide } from '../views/wide.tsx'
import { DETAILS_TEXT } from './text.ts'

const ROWS = 50

/** Dimensions that answer to other metrics than visits, and have views of their own. */
const ELSEWHERE: readonly AnyDimension[] = ['error', 'vital', 'status', 'direction', 'outcome', 'collector']

/** What happened besides page views: only those who did it are counted, so that rates of whole visits would mislead. */
const HAPPENED: readonly AnyDimension[] = [
  'event',
  'goal',
  'outbound',
  'download',
  'form',
  'element',
  'currency',
]
/** Pages, about which more is known than about visits. */
const SEEN: readonly AnyDimension[] = ['page', 'hostname']

function metricsFor(dimension: AnyDimension): readonly Metric[] {
  if (HAPPENED.includes(dimension) || dimension.startsWith('prop:')) {
    return ['visitors', 'visits', 'events', 'conversionRate', 'revenue']
  }
  if (SEEN.includes(dimension)) {
    return ['visitors', 'visits', 'pageviews', 'bounceRate', 'timeOnPage', 'scrollDepth']
  }
  return ['visitors', 'visits', 'pageviews', 'viewsPerVisit', 'bounceRate', 'visitDuration']
}

/** Columns of the whole list, sorted by one of them. */
export function detailColumns(dimension: AnyDimension, wanted: string | undefined): Columns {
  const metrics = metricsFor(dimension)
  const by = metrics.find((metric) => metric === wanted) ?? metrics[0] ?? 'visitors'
  return { by, besides: metrics.filter((metric) => metric !== by) }
}

/** The full list of one dimension: searched, sorted, page by page. */
export function Details({ site }: ViewProps) {
  const { text, view, go } = useSurroundings()
  const words = wordsIn(DETAILS_TEXT)
  const beat = useBeat(view.period === 'realtime')
  const { own } = view
  const asked = ownValue(own, 'of') ?? 'page'
  const known: readonly Dimension[] = DIMENSIONS.filter((one) => !ELSEWHERE.includes(one))
  const properties = site.properties.map((name) => `prop:${name}` as const)
  const all: AnyDimension[] = [...known, ...properties]
  const dimension = all.find((one) => one === asked) ?? 'page'
  const search = ownValue(own, 'search') ?? ''
  const number = Math.max(1, Math.min(1_000, Math.trunc(Number(ownValue(own, 'page')) || 1)))
  const columns = detailColumns(dimension, ownValue(own, 'sort'))
  const offset = (number - 1) * ROWS
  const question = breakdownQuestion(view, site.domain, dimension, { limit: ROWS, offset, search }, columns)
  const asking = useAnswer(question, beat.count)
  const meta = asking.latest?.answer.meta
  const title = dimensionText(text, dimension)
  const say = (change: Record<string, string | undefined>) =>
    go({ own: withOwn(own, { page: undefined, ...change }) })

  return (
    <Frame
      site={site}
      title={fill(text.details.of, { name: title })}
      told={asking.latest}
      beat={beat}
      without={['compare']}
    >
      <Card
        title={title}
        asking={asking}
        meta={meta}
        isEmpty={({ answer }) => answer.rows.length === 0}
        nothing={
          search !== '' && (meta?.foldedRows ?? 0) === 0 ? (
            <Notice title={fill(words.nothing, { search })} sentence={text.nothing.short} />
          ) : undefined
        }
        draw={({ answer }) => (
          <Wide label={title}>
            <Breakdown
              dimension={dimension}
              answer={answer}
              columns={columns}
              sort={(by: Column) => say({ sort: by === 'visitors' ? undefined : by })}
            />
            {meta && meta.rowCount > ROWS && <Pages meta={meta} offset={offset} number={number} />}
          </Wide>
        )}
        csv={{ ...question, limit: 1_000, offset: 0 }}
        tools={
          <>
            <Select
              label={words.of}
              class="select-quiet"
              value={dimension}
              options={all.map((one) => [one, dimensionText(text, one)] as const)}
              change={(of) => say({ of, sort: undefined, search: undefined })}
            />
            <Search
              label={fill(text.search.label, { name: title })}
              value={search}
              search={(typed) => say({ search: typed === '' ? undefined : typed })}
            />
          </>
        }
      />
    </Frame>
  )
}

function Pages({ meta, offset, number }: { meta: { rowCount: number }; offset: number; number: number }) {
  const { format, view, go } = useSurroundings()
  const words = wordsIn(DETAILS_TEXT)
  const last = Math.min(meta.rowCount, offset + ROWS)
  const turn = (to: number) => go({ own: withOwn(view.own, { page: to > 1 ? String(to) : undefined }) })
  return (
    <nav class="pages" aria-label={words.pages}>
      <Turn isEnd={number <= 1} turn={() => turn(number - 1)}>
        {words.before}
      </Turn>
      <span class="quiet">
        {fill(words.page, {
          first: format.exact(Math.min(offset + 1, last)),
          last: format.exact(last),
          count: format.exact(meta.rowCount),
        })}
      </span>
      <Turn isEnd={last >= meta.rowCount} turn={() => turn(number + 1)}>
        {words.next}
      </Turn>
    </nav>
  )
}

/** Not disabled at the end: it would lose the keyboard's place when the last rows are reached. */
function Turn({ isEnd, turn, children }: { isEnd: boolean; turn: () => void; children: string }) {
  return (
    <button
      type="button"
      class="button"
      aria-disabled={isEnd}
      onClick={() => {
        if (!isEnd) turn()
      }}
    >
      {children}
    </button>
  )
}
