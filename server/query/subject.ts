import type { Site } from '../../schema/site.ts'
import type { Fold } from './minimum-group.ts'
import type { ParsedQuery } from './parse.ts'
import type { Span } from './plan.ts'
import type { Primary } from './primary.ts'
import type { Units } from './units.ts'

/** What statements are made for: a question about a span of days, and how its answer is folded. */
export interface Subject {
  readonly query: ParsedQuery
  readonly site: Site
  readonly span: Span
  readonly fold: Fold | undefined
  readonly units: Units
  /** Days whose filtered answer is told; undefined where all are. */
  readonly releasedDays: readonly string[] | undefined
  /** Days that are not read from events, and those that are. Undefined: all are read from events. */
  readonly sealed: SealedDays | undefined
  /** See EventsFrame. */
  readonly isOnce: boolean
  readonly primary: Primary
  /** Of the data. Undefined where it is not known. */
  readonly version?: DataVersion
}

/** Texts that are others as soon as the data are. */
export interface DataVersion {
  readonly rollups: string
  /** Of rollups, and of the events of the span. */
  readonly events: string
}

export interface SealedDays {
  /** What sealed days are read from. */
  readonly from: 'rollup' | 'visits'
  readonly sealed: readonly string[]
  readonly open: readonly string[]
}

/** Whether a question is answered without events. */
export function isAllSealed({ sealed }: Pick<Subject, 'sealed'>): boolean {
  return sealed?.open.length === 0
}

/** Whether a question is answered from rollups alone. */
export function isOfRollups(subject: Pick<Subject, 'sealed'>): boolean {
  return subject.sealed?.from === 'rollup' && isAllSealed(subject)
}
