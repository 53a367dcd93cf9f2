import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Query } from '../../schema/query.ts'
import { silentLog } from '../../server/log.ts'
import { parseQuery } from '../../server/query/parse.ts'
import { rollupRows } from '../../server/query/rollup-rows.ts'
import { createQueries } from '../../server/query/run.ts'
import { sealDays } from '../../server/seal/seal-days.ts'
import { startTestEngine, type TestEngine } from '../support/engine.ts'
import { makeSite } from '../support/facts.ts'
import type { OracleEvent } from '../support/oracle.ts'
import { storedEvent, storeEvents } from '../support/stored-events.ts'

/** What is kept of the visits of a day, and that people are counted alike from it (whole dashboards: query-dashboard.test.ts). */

const DAY = '2026-08-01'
const [SITE, OTHER_SITE] = [30, 31]

let engine: TestEngine
beforeAll(async () => {
  engine = await startTestEngine()
})
afterAll(() => engine.stop())

it('R8.5 says of a row whether it is the only one of its visitor, and of its visit', async () => {
  let row = 0
  const view = (visitor: bigint, time: string, more: Partial<OracleEvent> = {}, site = SITE): OracleEvent =>
    storedEvent(site, 1n, row++, { day: DAY, timeMs: Date.parse(`${DAY}T${time}:00Z`), visitor, ...more })
  await storeEvents(engine.clickhouse.write, [
    // One visit of two pages, which the same key has made on another site, too.
    view(1n, '09:00', { page: '/a' }),
    view(1n, '09:05', { page: '/b' }),
    view(1n, '09:00', {}, OTHER_SITE),
    // Two visits.
    view(2n, '09:00'),
    view(2n, '11:00'),
    // One visit in two languages.
    view(3n, '09:00', { language: 'de-DE' }),
    view(3n, '09:05', { language: 'en-GB' }),
    // Nobody, alike and not.
    view(0n, '09:00'),
    view(0n, '09:05'),
  ])
  const { write } = engine.clickhouse
  await sealDays({ write, rows: rollupRows, timezoneOf: () => 'UTC', log: silentLog }, [DAY])
  const answer = await write.query({
    query: `SELECT site, visitor, is_alone, is_whole, row_views, length(pages) FROM visits WHERE site != 0 ORDER BY site, visitor, visit, language`,
    format: 'JSONCompactEachRow',
  })
  expect(await answer.json()).toEqual([
    [SITE, 0, false, true, 2, 1],
    [SITE, 1, true, true, 2, 2],
    [SITE, 2, false, true, 1, 1],
    [SITE, 2, false, true, 1, 1],
    [SITE, 3, false, false, 1, 1],
    [SITE, 3, false, false, 1, 1],
    [OTHER_SITE, 1, true, true, 1, 1],
  ])
})

const FOLDED_SITE = 32
const FOLDED_DAYS = ['2026-08-03', '2026-08-04', '2026-08-05']

/** Few people in each place, most of whom come once: whether a place is told hangs on one more or less of them. */
function fewPeople(day: string, batch: bigint): OracleEvent[] {
  let row = 0
  return Array.from({ length: 60 }, (_, person) => {
    // Squares leave remainders as uneven as places are.
    const draw = (person * person + 7 * Number(batch) * person) % 61
    const views = person % 2 === 0 ? 1 + (draw % 3) : 1
    return Array.from({ length: views }, (_view, at) =>
      storedEvent(FOLDED_SITE, batch, row++, {
        day,
        visitor: person % 15 === 14 ? 0n : BigInt(person + 1),
        timeMs: Date.parse(`${day}T09:00:00Z`) + person * 60_000 + at * (draw % 2 === 0 ? 60_000 : 3_600_000),
        country: draw % 5 < 3 ? 'DE' : 'FR',
        // Some move between their page views.
        city: `City ${String(Math.floor((draw + (draw % 5 === 0 ? 9 * at : 0)) ** 2 / 700))}`,
        page: `/${String((draw + at) % 4)}`,
        source: draw % 3 === 0 ? 'Google' : 'Direct',
        channel: 'Direct',
      }),
    )
  }).flat()
}

it('R8.5 tells of places under filters from visits what it tells from events', async () => {
  const { write, read } = engine.clickhouse
  for (const [at, day] of FOLDED_DAYS.entries()) await storeEvents(write, fewPeople(day, BigInt(at + 10)))
  const filters: NonNullable<Query['filters']> = [
    { dimension: 'country', is: ['DE'] },
    { dimension: 'page', is: ['/1', '/2'] },
    { dimension: 'source', is: ['Google'] },
    { dimension: 'city', isNot: ['City 0'] },
  ]
  const period = { from: FOLDED_DAYS[0] ?? '', to: FOLDED_DAYS.at(-1) ?? '' }
  const chosen = filters.flatMap((filter, at) => [[filter], filters.slice(at, at + 2)]).slice(0, -1)
  const questions = chosen.flatMap((some): Query[] => [
    { site: 'example.com', period, metrics: ['visitors', 'pageviews'], breakdown: 'city', filters: some },
    { site: 'example.com', period, metrics: ['visits'], breakdown: 'city', filters: some },
    { site: 'example.com', period, metrics: ['visitors'], interval: 'day', filters: some },
  ])
  const answers = async (): Promise<unknown[]> => {
    const queries = createQueries({
      read,
      clock: { now: () => Date.parse('2026-11-24T13:00:00Z'), monotonic: () => 0 },
      freshness: () => '2026-11-24T13:00:00.000Z',
    })
    const sites = [3, 5].map((minimumGroup) =>
      makeSite({ id: FOLDED_SITE, timezone: 'UTC', minimumGroup, minimumGroupScope: 'close' }),
    )
    const told: unknown[] = []
    for (const site of sites)
      for (const question of questions) {
        const { rows, totals, meta } = await queries.run(site, parseQuery(question))
        told.push([site.minimumGroup, question, rows, totals, meta.foldedRows])
      }
    return told
  }
  const fromEvents = await answers()
  await sealDays({ write, rows: rollupRows, timezoneOf: () => 'UTC', log: silentLog }, FOLDED_DAYS)
  const fromVisits = await answers()
  expect(fromVisits).toEqual(fromEvents)
  // Some places are told, and some are not.
  expect(fromEvents.filter((one) => JSON.stringify(one).includes('"city":"City '))).not.toEqual([])
  expect(fromEvents.filter((one) => JSON.stringify(one).includes('"city":"(other)"'))).not.toEqual([])
})
