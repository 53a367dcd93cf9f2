import type { EventDetail } from '../../schema/rows.ts'
import type { OracleEvent } from './oracle.ts'
import { storedEvent } from './stored-events.ts'

const NONE: EventDetail = { name: '', value: 0, revenue: '0', currency: '', props: {}, status: 0 }

/** Rows of the manual's days, of nobody. On each: what became of two campaigns, and 24 and 21 people of two ages, with three of another. */
export function adsAndTraits(site: number, first: number): OracleEvent[] {
  const events: OracleEvent[] = []
  const add = (count: number, type: 'ad' | 'trait', detail: Partial<EventDetail>): void => {
    for (const day of ['2026-11-23', '2026-11-24']) {
      for (let index = 0; index < count; index++) {
        events.push(
          storedEvent(site, 1n, first + events.length, {
            day,
            visitor: 0n,
            timeMs: Date.parse(`${day}T08:00:00Z`),
            type,
            page: '',
            hostname: '',
            detail: { ...NONE, ...detail },
          }),
        )
      }
    }
  }
  const ad = (name: string, action: string, count: number, value = 1, more = {}): void =>
    add(count, 'ad', { name, value, props: { action, ...more } })
  ad('spring', 'impression', 40)
  ad('spring', 'click', 6)
  ad('spring', 'conversion', 2, 3, { event: 'Signup', days: '2' })
  ad('spring', 'conversion', 1, 9, { event: 'Played a video', days: '0' })
  ad('autumn', 'impression', 25)
  ad('autumn', 'click', 1)
  for (const [value, count] of [
    ['25-34', 24],
    ['35-44', 21],
    ['65+', 3],
  ] as const) {
    add(count, 'trait', { name: 'age', props: { value } })
  }
  return events
}
