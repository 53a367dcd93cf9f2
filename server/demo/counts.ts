import { CATEGORY_BIT } from '../../schema/consent.ts'
import type { DropReason } from '../../schema/outcome.ts'
import type { ConsentState } from '../../schema/query.ts'
import { addCount } from '../consent/counts.ts'
import { addGranted } from '../consent/granted.ts'
import type { CountedCell } from '../drops/cell.ts'
import { addCells } from '../drops/counts.ts'
import type { Store } from '../store/open.ts'
import { HOURS } from './people.ts'
import { pick, seeded, type Weighted } from './random.ts'
import { CAMPAIGNS } from './told.ts'

/** What the demo's visitors chose, and what of what was sent is not stored: made up, like its past. */

const COUNTRIES: Weighted<readonly [country: string, language: string]> = [
  [48, ['DE', 'de']],
  [11, ['NL', 'nl']],
  [9, ['GB', 'en']],
  [8, ['FR', 'fr']],
  [7, ['US', 'en']],
  [6, ['DK', 'da']],
  [4, ['AT', 'de']],
]

/** Of a hundred offers. */
const CHOICES: Weighted<ConsentState> = [
  [100, 'shown'],
  [38, 'accepted'],
  [19, 'rejected'],
  [6, 'custom'],
  [1.5, 'withdrawn'],
  [1, 'objected'],
]

const { performance, functionality, targeting } = CATEGORY_BIT

/** What each choice granted, and how many of them came with Global Privacy Control. */
const GRANTS: Readonly<
  Record<Exclude<ConsentState, 'shown'>, { granted: Weighted<number>; withSignal: number }>
> = {
  accepted: { granted: [[1, performance | functionality | targeting]], withSignal: 0.03 },
  rejected: { granted: [[1, 0]], withSignal: 0.24 },
  custom: {
    granted: [
      [5, performance],
      [3, performance | functionality],
      [1, functionality],
    ],
    withSignal: 0.15,
  },
  withdrawn: { granted: [[1, 0]], withSignal: 0.06 },
  objected: { granted: [[1, 0]], withSignal: 0.3 },
}

/** A day. */
const DROPS: Weighted<DropReason> = [
  [140, 'bot'],
  [46, 'no_consent'],
  [14, 'gpc'],
  [11, 'prefetch'],
  [9, 'duplicate'],
  [5, 'referrer_spam'],
  [3, 'consent_expired'],
  [2, 'foreign_origin'],
  [1, 'invalid_event'],
]
const SCRUBBED: Weighted<string> = [
  [6, 'email'],
  [4, 'token'],
  [2, 'phone'],
  [1, 'property'],
]

const DAY_MS = 86_400_000
/** Of all that happens in a day, the part of each hour. */
const IN_A_DAY = HOURS.reduce((sum, [weight]) => sum + weight, 0)

/** Adds the sums of some days up to one, `2026-11-24`. */
export async function seedCounts(
  store: Pick<Store, 'transaction'>,
  site: { id: number },
  last: { day: string; hour: number },
  days: number,
): Promise<void> {
  const cells: CountedCell[] = []
  await store.transaction(async (transaction) => {
    for (let age = 0; age < days; age++) {
      const day = new Date(Date.parse(last.day) - age * DAY_MS).toISOString().slice(0, 10)
      const random = seeded(Date.parse(day) / DAY_MS + 1)
      // As much of the last day as has passed.
      const passed = age === 0 ? HOURS.slice(0, last.hour + 1) : HOURS
      const part = passed.reduce((sum, [weight]) => sum + weight, 0) / IN_A_DAY
      const about = (amount: number): number => Math.round(amount * (0.7 + random() * 0.6))
      const chosen = new Map<keyof typeof GRANTS, number>()
      for (const [weight, [country, language]] of COUNTRIES) {
        for (const [rate, state] of CHOICES) {
          const count = about((weight * rate * part) / 80)
          if (count === 0) continue
          await addCount(transaction, { siteId: site.id, day, country, language, state }, count)
          if (state !== 'shown') chosen.set(state, (chosen.get(state) ?? 0) + count)
        }
      }
      for (const [state, count] of chosen) {
        const { granted, withSignal } = GRANTS[state]
        for (let choice = 0; choice < count; choice++) {
          const cell = { granted: pick(random, granted), gpc: random() < withSignal }
          await addGranted(transaction, { siteId: site.id, day, state, ...cell }, 1)
        }
      }
      for (const [share, hour] of passed) {
        const add = (kind: CountedCell['kind'], reason: string, daily: number): void => {
          const count = Math.floor((daily * share) / IN_A_DAY + random())
          if (count > 0) cells.push({ siteId: site.id, day, hour, kind, reason, count })
        }
        for (const [daily, reason] of DROPS) add('dropped', reason, daily * (0.7 + random() * 0.6))
        for (const [daily, kind] of SCRUBBED) add('scrubbed', kind, daily)
        add('late', '', 2)
      }
    }
    await addCells(transaction, cells)
    for (let age = 0; age < days; age++) {
      const day = new Date(Date.parse(last.day) - age * DAY_MS)
      const going = CAMPAIGNS.filter(({ weekday }) => weekday === day.getUTCDay())
      for (const { name, sends } of going) {
        await transaction
          .insertInto('email_send')
          .values({ site_id: site.id, campaign: name, day: day.toISOString().slice(0, 10), sends })
          .execute()
      }
    }
  })
}
