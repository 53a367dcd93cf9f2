import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Query } from '../../schema/query.ts'
import type { Site } from '../../schema/site.ts'
import { openFoldedSites, type FoldedSites } from '../support/folded-sites.ts'

let sites: FoldedSites
beforeAll(async () => {
  sites = await openFoldedSites()
})
afterAll(async () => {
  await sites.stop()
})

/** Each run tries 24 days. */
const RUNS = Number(process.env['SLUICE_QUERY_RUNS'] ?? 1)

/**
 * Attacks from outside. Visitor number n sees 2ⁿ pages, so a count of page views tells exactly whose they are: the
 * best an attacker can hope for. No answer, no complement, and no difference of nested answers may be 1 to k−1 people.
 * Many days are tried in one question: each is released alone.
 */
const MINIMUM = 3
const PEOPLE = 9
const CITIES = ['Aachen', 'Bonn', 'Calw', 'Daun']
const DATES = Array.from({ length: 24 }, (_, index) => `2026-11-${String(index + 1).padStart(2, '0')}`)
const PERIOD = { from: DATES[0] ?? '', to: DATES.at(-1) ?? '' }

const person = fc.record({
  city: fc.constantFrom('Aachen', 'Aachen', 'Aachen', ...CITIES),
  browser: fc.constantFrom('Chrome', 'Chrome', 'Safari'),
  network: fc.constantFrom('Alpha', 'Alpha', 'Beta'),
})
const history = fc.array(fc.array(person, { minLength: PEOPLE, maxLength: PEOPLE }), {
  minLength: DATES.length,
  maxLength: DATES.length,
})

type Filters = NonNullable<Query['filters']>
type Days = Map<string, number>

function count(views: number): number {
  return views.toString(2).replaceAll('0', '').length
}
function isSafe(people: number): boolean {
  return people === 0 || people >= MINIMUM
}
/** Views that are in one and not in the other; 0 where the other is no part of it. */
function difference(whole: number, part: number): number {
  return (whole & part) === part ? whole - part : 0
}
function on(days: Days | undefined, date: string): number {
  return days?.get(date) ?? 0
}

async function viewsOf(site: Site, filters: Filters): Promise<Days> {
  const answer = await sites.ask(site, { period: PERIOD, metrics: ['pageviews'], interval: 'day', filters })
  return new Map(answer.rows.map((row) => [String(row['time']), Number(row['pageviews'])]))
}
async function rowsOf(
  site: Site,
  breakdown: 'city' | 'browser',
  filters: Filters,
): Promise<Map<string, Days>> {
  const answer = await sites.ask(site, {
    period: PERIOD,
    metrics: ['pageviews'],
    interval: 'day',
    breakdown,
    filters,
  })
  const found = new Map<string, Days>()
  for (const row of answer.rows) {
    const days = found.get(String(row[breakdown])) ?? new Map<string, number>()
    found.set(String(row[breakdown]), days.set(String(row['time']), Number(row['pageviews'])))
  }
  return found
}

async function populate(
  site: Site,
  days: readonly { city: string; browser: string; network: string }[][],
): Promise<void> {
  await sites.store(
    site,
    days.flatMap((people, index) =>
      people.flatMap((one, number) =>
        Array.from({ length: 2 ** number }, () => ({
          ...one,
          day: DATES[index] ?? '',
          visitor: BigInt(number + 1),
        })),
      ),
    ),
  )
}

describe('R1.5 attacks', () => {
  it('R1.5 neither lists, complements nor the rest of the rows isolate anybody by one dimension', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (days) => {
        const site = sites.site(MINIMUM)
        await populate(site, days)
        const all = await viewsOf(site, [])
        const told = [all, await viewsOf(site, [{ dimension: 'city', contains: ['n'] }])]
        for (const city of CITIES) {
          told.push(await viewsOf(site, [{ dimension: 'city', is: [city] }]))
          told.push(await viewsOf(site, [{ dimension: 'city', isNot: [city] }]))
          told.push(await viewsOf(site, [{ dimension: 'city', is: ['Aachen', city] }]))
        }
        const rows = [...(await rowsOf(site, 'city', [])).values()]
        let released = 0
        for (const date of DATES) {
          expect(rows.reduce((sum, row) => sum + on(row, date), 0)).toBe(on(all, date))
          const answers = [...told, ...rows].map((answer) => on(answer, date))
          for (const whole of answers) {
            expect(isSafe(count(whole))).toBe(true)
            for (const part of answers) expect(isSafe(count(difference(whole, part)))).toBe(true)
          }
          released += answers.filter((views) => views > 0).length
        }
        expect(released).toBeGreaterThan(DATES.length * 4)
      }),
      { numRuns: RUNS, endOnFailure: true },
    )
  }, 300_000)

  it('R1.5 neither a filter more nor a filter less isolates anybody', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (days) => {
        const site = sites.site(MINIMUM)
        await populate(site, days)
        const city: Filters = [{ dimension: 'city', is: ['Aachen'] }]
        const browser: Filters = [{ dimension: 'browser', is: ['Chrome'] }]
        const network: Filters = [{ dimension: 'network', isNot: ['Beta'] }]
        // A browser alone is plain, so it is told as it is: what an attacker knows.
        const answers = {
          all: await viewsOf(site, []),
          city: await viewsOf(site, city),
          browser: await viewsOf(site, browser),
          network: await viewsOf(site, network),
          cityAndBrowser: await viewsOf(site, [...city, ...browser]),
          cityAndNetwork: await viewsOf(site, [...city, ...network]),
          three: await viewsOf(site, [...city, ...browser, ...network]),
        }
        const nested = [
          ['city', 'all'],
          ['network', 'all'],
          ['cityAndBrowser', 'city'],
          ['cityAndBrowser', 'browser'],
          ['cityAndNetwork', 'city'],
          ['cityAndNetwork', 'network'],
          ['three', 'cityAndBrowser'],
          ['three', 'cityAndNetwork'],
          ['three', 'browser'],
        ] as const
        const cities = await rowsOf(site, 'city', [])
        const crossed = await rowsOf(site, 'city', browser)
        const browsers = await rowsOf(site, 'browser', city)
        for (const date of DATES) {
          for (const [part, whole] of nested) {
            const [fewer, more] = [on(answers[part], date), on(answers[whole], date)]
            expect(isSafe(count(fewer))).toBe(true)
            expect(isSafe(count(fewer > 0 ? difference(more, fewer) : 0))).toBe(true)
          }
          for (const [name, row] of [...crossed, ...browsers]) {
            const views = on(row, date)
            expect(isSafe(count(views))).toBe(true)
            const alone = name === '(other)' ? 0 : on(cities.get(name), date)
            expect(isSafe(count(views > 0 ? difference(alone, views) : 0))).toBe(true)
          }
          for (const [rows, whole] of [
            [crossed, answers.browser],
            [browsers, answers.city],
          ] as const) {
            const sum = [...rows.values()].reduce((total, row) => total + on(row, date), 0)
            expect([0, on(whole, date)]).toContain(sum)
          }
        }
      }),
      { numRuns: RUNS, endOnFailure: true },
    )
  }, 300_000)

  it('R1.5 a longer period is the sum of its days, so that comparing periods tells nothing', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (days) => {
        const site = sites.site(MINIMUM)
        await populate(site, days)
        const filters: Filters = [{ dimension: 'network', is: ['Alpha'] }]
        const byDay = await rowsOf(site, 'city', filters)
        for (const [from, to] of [
          [0, 23],
          [0, 22],
          [3, 9],
        ] as const) {
          const dates = DATES.slice(from, to + 1)
          const range = await sites.ask(site, {
            period: { from: dates[0] ?? '', to: dates.at(-1) ?? '' },
            metrics: ['pageviews'],
            breakdown: 'city',
            filters,
          })
          const expected = [...byDay]
            .map(([name, row]) => [name, dates.reduce((sum, date) => sum + on(row, date), 0)] as const)
            .filter(([, views]) => views > 0)
          expect(new Map(range.rows.map((row) => [row['city'], row['pageviews']]))).toEqual(new Map(expected))
        }
      }),
      { numRuns: RUNS, endOnFailure: true },
    )
  }, 300_000)
})
