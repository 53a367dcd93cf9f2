import type { MetricValues, QueryAnswer, QueryRow } from '../../schema/query.ts'
import type { AnsweredRow } from './ask.ts'
import type { Plan } from './plan.ts'
import type { Primary } from './primary.ts'
import type { Statement } from './sql.ts'

/** Asks the database. */
export type Asking = (statement: Statement) => Promise<AnsweredRow[]>

export type Source = 'rollup' | 'events'

/** The answer of a span of days. */
export interface SpanAnswer {
  rows: QueryRow[]
  totals: MetricValues
  rowCount: number
  folded: number
  from: readonly Source[]
  /** Whose page views it is made of; undefined where that is no question. */
  primary?: Primary | undefined
}

export interface Compared {
  readonly comparison: NonNullable<QueryAnswer['comparison']>
  readonly from: readonly Source[]
}

/** A question as it will be answered. */
export interface Planned {
  readonly plan: Plan
  answer(asking: Asking): Promise<{
    own: SpanAnswer
    compared: Compared | undefined
    /** See QueryAnswer. */
    currencies?: string[] | undefined
  }>
}
