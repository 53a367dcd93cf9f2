import type { QueryAnswer } from '../../schema/query.ts'
import { useSurroundings } from '../context.ts'
import { fill } from '../text/text.ts'
import { Notice } from './notice.tsx'

export interface NothingProps {
  meta: QueryAnswer['meta']
  /** One line under the title, for a panel: the chart already says what to do. */
  isShort?: boolean
}

/** An answer without anything in it. What is kept back for being too few is not called nothing. */
export function Nothing({ meta, isShort = false }: NothingProps) {
  const { text, view } = useSurroundings()
  const { nothing } = text
  if (meta.foldedRows > 0) {
    const why = fill(nothing.withheldWhy, { minimum: String(meta.minimumGroup) })
    return <Notice title={nothing.withheld} sentence={why} />
  }
  const isFiltered = view.filters.length > 0
  const title = isFiltered ? nothing.filtered : nothing.title
  if (isShort) return <Notice title={title} sentence={nothing.short} />
  if (isFiltered) return <Notice title={title} sentence={nothing.unfilter} />
  return <Notice title={title} sentence={view.period === 'realtime' ? nothing.realtime : nothing.widen} />
}
