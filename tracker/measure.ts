import type { WireEvent } from '../schema/event.ts'
import type { Choice } from './gate.ts'
import type { Add } from './queue.ts'
import type { Options } from './script.ts'

/**
 * What follows the choice hands to what measures.
 *
 * NOTE: a browser can have the one of one release and the other of the next. Members are only added.
 */
export interface Tools {
  readonly options: Options
  readonly add: Add
  /** The name of the page shown now; empty where it is not measured. */
  readonly pageName: () => string
  /** Events that have not reached the collector. */
  readonly undelivered: () => WireEvent[]
  /** The choice as it stands, read anew. */
  readonly choice: () => Choice
  /** Whether this page was measured under consent from its beginning. */
  readonly isWhole: boolean
}

/** Parts that came in the same file. */
export interface Together {
  readonly vitals?: Promise<Pick<typeof import('./vitals.ts'), 'watchVitals'>>
}

/** What `sluice-events.js` gives to the page. */
export interface Measured {
  track(name: unknown, details?: unknown): void
  feedback(score: unknown, comment?: unknown): void
}

/** Kinds of events that are measured without a word of the page, by their names in `data-events`. */
export const AUTOMATIC = ['outbound', 'download', 'form', 'error', 'vital', 'click'] as const
export type Automatic = (typeof AUTOMATIC)[number]

/** An event before it has an id, a time and the address of its page. */
type Bare<Event> = Event extends WireEvent ? Omit<Event, 'id' | 'time' | 'url'> & { url?: string } : never

/** Sends an event of the page shown now, where there is one and it may be measured. */
export type Tell = (event: Bare<WireEvent> | undefined) => void
