import * as fc from 'fast-check'
import type { Filter, Step } from '../../schema/query.ts'
import type { Site } from '../../schema/site.ts'
import { wall } from './oracle-days.ts'
import type { OracleEvent } from './oracle.ts'
import { storedEvent } from './stored-events.ts'

/** Random histories of visits for funnels and flows, and histories that are told page by page. */

/** The same with another kind of event, of the page before it, where a step is no page. */
export function actions(site: Site, visitor: number, steps: readonly Step[]): OracleEvent[] {
  const names = steps.map((step) => (typeof step === 'string' ? step : ''))
  return walk(site, visitor, names).map((event, index) => {
    const step = steps[index] ?? ''
    if (typeof step === 'string') return event
    const [kind = '', name = ''] = Object.entries(step)[0] ?? []
    const page = names.slice(0, index).findLast((one) => one !== '') ?? '/'
    const detail = { name, value: 0, revenue: '0', currency: '', props: {}, status: 0 }
    return { ...event, type: kind === 'element' ? 'click' : kind, page, detail }
  })
}

/** One page view each, in the order of the list, a minute apart from `hour` on. */
export function walk(
  site: Site,
  visitor: number,
  pages: readonly string[],
  day = '2026-11-20',
  hour = 10,
): OracleEvent[] {
  return pages.map((page, index) =>
    storedEvent(site.id, BigInt(visitor * 100 + hour), index, {
      day,
      visitor: BigInt(visitor),
      timeMs: Date.parse(`${day}T00:00:00Z`) + hour * 3_600_000 + index * 60_000,
      page,
    }),
  )
}

const MIDDAYS: readonly (readonly [timezone: string, midday: string])[] = [
  ['UTC', '2026-11-20'],
  ['Asia/Kathmandu', '2026-11-20'],
  ['America/St_Johns', '2026-11-01'],
  ['Europe/Berlin', '2026-10-25'],
  ['Africa/Cairo', '2026-04-24'],
  ['Pacific/Kiritimati', '2026-12-31'],
]
export const PAGES = ['/', '/a', '/b', '/b/c']

/** Close together, so that there are ties, gaps of half an hour to the second, and visits over midnight. */
const moment = fc
  .tuple(
    fc.constantFrom(-86_000, -43_200, -37_800, 0, 43_190, 86_000),
    fc.constantFrom(0, 0, 1, 60, 90, 1_799, 1_800, 1_801, 3_600),
  )
  .map(([block, more]) => block + more)
const event = fc.record({
  visitor: fc.constantFrom(0n, 1n, 1n, 2n, 2n, 3n, 4n, 2n ** 64n - 1n),
  second: moment,
  type: fc.constantFrom('pageview', 'pageview', 'pageview', 'engagement', 'event'),
  page: fc.constantFrom(...PAGES),
  source: fc.constantFrom('', 'News'),
  country: fc.constantFrom('DE', 'FR'),
  browser: fc.constantFrom('Chrome', 'Firefox'),
  // Two of one second, one of the next.
  batchId: fc.constantFrom(1n, 2n, 2n ** 32n, 2n ** 63n + 5n),
})
export const history = fc.record({
  place: fc.constantFrom(...MIDDAYS),
  events: fc.array(event, { minLength: 40, maxLength: 160, size: 'max' }),
})
/** Filters that such histories make a difference to. */
export const filter: fc.Arbitrary<Filter> = fc.constantFrom(
  { dimension: 'country', is: ['DE'] },
  { dimension: 'page', contains: ['b'] },
  { dimension: 'source', isNot: ['News'] },
  { dimension: 'entryPage', is: ['/', '/a'] },
  { dimension: 'browser', is: ['Chrome'] },
)
/** The events of a random history, and the day in the middle of it. */
export function eventsOf(
  past: typeof history extends fc.Arbitrary<infer History> ? History : never,
  siteId: number,
): { events: OracleEvent[]; timezone: string; day(offset: number): string } {
  const [timezone, midday] = past.place
  const events = past.events.map(({ second, batchId, ...given }, row) => {
    const timeMs = Date.parse(`${midday}T12:00:00Z`) + second * 1_000 + (row % 1_000)
    return storedEvent(siteId, batchId, row, { ...given, timeMs, day: wall(timezone, timeMs).day })
  })
  const day = (offset: number): string =>
    new Date(Date.parse(`${midday}T00:00:00Z`) + offset * 86_400_000).toISOString().slice(0, 10)
  return { events, timezone, day }
}
