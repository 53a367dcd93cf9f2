import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Filter, Step } from '../../schema/query.ts'
import type { Site } from '../../schema/site.ts'
import { openFoldedSites, type FoldedSites, type Told } from '../support/folded-sites.ts'
import { choices } from '../support/oracle-funnel.ts'

let sites: FoldedSites
beforeAll(async () => {
  sites = await openFoldedSites()
})
afterAll(async () => {
  await sites.stop()
})

/** Each run tries this many days. */
const RUNS = Number(process.env['SLUICE_QUERY_RUNS'] ?? 1)
const DATES = Array.from({ length: 12 }, (_, index) => `2026-11-${String(index + 1).padStart(2, '0')}`)

/**
 * Attacks from outside. Visitor number n makes 2ⁿ visits that are all alike, so a count of visits tells exactly whose
 * they are: the best an attacker can hope for. No step, no drop-off, and no difference to a question that asks for less
 * may be one to k−1 people.
 */
const MINIMUM = 2
const PEOPLE = 5
/** More than half an hour from one visit to the next; what the many make fits a day. */
const VISIT_HOURS = 0.6

const PAGES = ['/a', '/b', '/c', '/d']

interface Person {
  readonly pages: readonly string[]
  readonly browser: string
}
const person: fc.Arbitrary<Person> = fc.record({
  pages: fc.oneof(
    { weight: 3, arbitrary: fc.constant([...PAGES]) },
    { weight: 2, arbitrary: fc.shuffledSubarray(PAGES) },
    { weight: 1, arbitrary: fc.subarray(PAGES) },
  ),
  browser: fc.constantFrom('Chrome', 'Chrome', 'Chrome', 'Safari'),
})
const days = fc.array(fc.array(person, { minLength: PEOPLE, maxLength: PEOPLE }), {
  minLength: DATES.length,
  maxLength: DATES.length,
})

function count(visits: number): number {
  return visits.toString(2).replaceAll('0', '').length
}
function isSafe(people: number): boolean {
  return people === 0 || people >= MINIMUM
}

function visitsOf(day: string, people: readonly Person[]): Told[] {
  return people.flatMap(({ pages, browser }, number) =>
    Array.from({ length: 2 ** number }, (_, visit) =>
      ['/', ...pages].map((page, index) => ({
        day,
        visitor: BigInt(number + 1),
        hour: visit * VISIT_HOURS + index / 100,
        page,
        browser,
      })),
    ).flat(),
  )
}

interface Asked {
  readonly steps: readonly Step[]
  readonly filters: readonly Filter[]
}

/** Visits of each day that a question with these steps tells of; those without any are told as totals. */
async function ask(site: Site, { steps, filters }: Asked, day: string): Promise<number> {
  const period = { from: day, to: day }
  if (steps.length === 0) {
    const { totals } = await sites.ask(site, { period, metrics: ['visits'], filters: [...filters] })
    return Number(totals.visits)
  }
  const funnel = steps.length === 1 ? [...steps, '/nowhere'] : [...steps]
  const { rows } = await sites.walk(site, { period, funnel, filters: [...filters] })
  return Number(rows[steps.length - 1]?.['visits'])
}

describe('R1.5 attacks on funnels', () => {
  it('R1.5 no step, no drop-off and no step left out isolates anybody', async () => {
    let told = 0
    let hidden = 0
    await fc.assert(
      fc.asyncProperty(days, async (history) => {
        const site = sites.site(MINIMUM)
        await sites.store(
          site,
          history.flatMap((people, index) => visitsOf(DATES[index] ?? '', people)),
        )
        const filters: Filter[] = [{ dimension: 'browser', is: ['Chrome'] }]
        for (const day of DATES) {
          const known = new Map<string, number>()
          const knows = async (asked: Asked): Promise<number> => {
            const key = JSON.stringify(asked)
            const visits = known.get(key) ?? (await ask(site, asked, day))
            known.set(key, visits)
            return visits
          }
          for (const [funnel, some] of [
            [['/a', '/b', '/c', '/d'], []],
            [['/a', '/b', '/c'], []],
            [['/a', '/c', '/d'], filters],
          ] as [Step[], Filter[]][]) {
            const { rows } = await sites.walk(site, {
              period: { from: day, to: day },
              funnel,
              filters: some,
            })
            for (const [index, row] of rows.entries()) {
              const visits = Number(row['visits'])
              if (visits === 0) hidden++
              else told++
              expect(isSafe(count(visits))).toBe(true)
              expect(Number(row['visitors'])).toBe(count(visits))
              if (visits === 0) continue
              // All that asks for less: some of the steps so far, some of the filters, or neither.
              for (const steps of choices(funnel.slice(0, index + 1))) {
                for (const fewer of choices(some)) {
                  const wider = await knows({ steps, filters: fewer })
                  const others = (wider & visits) === visits ? wider - visits : 0
                  expect({ day, funnel, index, steps, fewer, isSafe: isSafe(count(others)) }).toEqual({
                    day,
                    funnel,
                    index,
                    steps,
                    fewer,
                    isSafe: true,
                  })
                }
              }
            }
          }
        }
      }),
      { numRuns: RUNS, endOnFailure: true },
    )
    expect(told).toBeGreaterThan(DATES.length)
    expect(hidden).toBeGreaterThan(DATES.length)
  }, 300_000)

  it('R1.5 a drop-off of a few is not told, nor what comes after it', async () => {
    const site = sites.site(3)
    const people = (length: number, pages: readonly string[]): Person[] =>
      Array.from({ length }, () => ({ pages, browser: 'Chrome' }))
    const of = (day: string, all: readonly Person[]): Told[] =>
      all.flatMap(({ pages, browser }, index) =>
        pages.map((page, at) => ({ day, visitor: BigInt(index + 1), hour: 10 + at / 100, page, browser })),
      )
    await sites.store(site, [
      // Two leave before the second step.
      ...of('2026-11-01', [...people(9, ['/a', '/b', '/c']), ...people(2, ['/a']), ...people(4, ['/x'])]),
      // All is well.
      ...of('2026-11-02', [...people(9, ['/a', '/b', '/c']), ...people(3, ['/a']), ...people(4, ['/x'])]),
      // Two never saw the first page.
      ...of('2026-11-03', [...people(9, ['/a', '/b', '/c']), ...people(2, ['/x'])]),
      // Two got from the first to the third page without the second.
      ...of('2026-11-04', [
        ...people(9, ['/a', '/b', '/c']),
        ...people(2, ['/a', '/c']),
        ...people(1, ['/a']),
        ...people(4, ['/x']),
      ]),
    ])
    const visits = async (day: string): Promise<unknown[]> => {
      const answer = await sites.walk(site, { period: { from: day, to: day }, funnel: ['/a', '/b', '/c'] })
      return [...answer.rows.map((row) => row['visits']), answer.meta.foldedRows]
    }
    expect(await visits('2026-11-01')).toEqual([11, 0, 0, 2])
    expect(await visits('2026-11-02')).toEqual([12, 9, 9, 0])
    expect(await visits('2026-11-03')).toEqual([0, 0, 0, 3])
    expect(await visits('2026-11-04')).toEqual([12, 9, 0, 1])
    const all = await sites.walk(site, { funnel: ['/a', '/b', '/c'] })
    expect(all.rows.map((row) => row['visits'])).toEqual([35, 18, 9])
    expect(all.meta.foldedRows).toBe(6)
    const off = await sites.walk({ ...site, minimumGroup: 1 }, { funnel: ['/a', '/b', '/c'] })
    expect(off.rows.map((row) => row['visits'])).toEqual([9 * 4 + 8, 36, 36])
    expect(off.meta.foldedRows).toBe(0)
  })
})
