import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  DIMENSIONS,
  METRICS,
  type AnyDimension,
  type Dimension,
  type Filter,
  type Query,
  type QueryAnswer,
} from '../../schema/query.ts'
import type { EventDetail } from '../../schema/rows.ts'
import type { Site } from '../../schema/site.ts'
import { parseQuery } from '../../server/query/parse.ts'
import { rollupRows } from '../../server/query/rollup-rows.ts'
import { createQueries } from '../../server/query/run.ts'
import { isWaiting, readMarks } from '../../server/seal/marks.ts'
import { sealDays } from '../../server/seal/seal-days.ts'
import { silentLog } from '../../server/log.ts'
import { startTestEngine, type TestEngine } from '../support/engine.ts'
import { askOracle, type OracleEvent } from '../support/oracle.ts'
import { collectorOf } from '../support/oracle-collectors.ts'
import { wall } from '../support/oracle-days.ts'
import { storedEvent, storeEvents } from '../support/stored-events.ts'

let engine: TestEngine
beforeAll(async () => {
  engine = await startTestEngine()
})
afterAll(async () => {
  await engine.stop()
})

/** Histories to try, two at least, each with six to eight questions, and how long to go on trying. */
const RUNS = Number(process.env['SLUICE_QUERY_RUNS'] ?? 2)
/** A busy machine takes several times as long as a quiet one. */
const TRY_MS = RUNS * 20_000

let latestSite = 1_000

/** Asked and answered: what sealing must not change. */
interface Case {
  readonly site: Site
  readonly events: readonly OracleEvent[]
  readonly query: Query
  readonly now: number
}
const cases: Case[] = []

async function ask({ site, query, now }: Case, folding: Partial<Site> = {}): Promise<QueryAnswer> {
  const queries = createQueries({
    read: engine.clickhouse.read,
    clock: { now: () => now, monotonic: () => 0 },
    freshness: () => '2026-11-24T00:00:00.000Z',
  })
  return queries.run({ ...site, ...folding }, parseQuery(query))
}

/** As the model answers it. */
async function askLikeTheModel(one: Case, events = one.events): Promise<QueryAnswer['meta']['source']> {
  const { query, site, now } = one
  const { rows, totals, comparison, meta } = await ask(one)
  const expected = askOracle(events, query, { timezone: site.timezone, now, goals: site.goals })
  expect({ query, rows, totals, rowCount: meta.rowCount, comparison }).toEqual({ query, ...expected })
  return meta.source
}

/** Days on which clocks change, at night, at midnight and by half an hour, and some on which they do not. */
const MIDDAYS: readonly (readonly [timezone: string, midday: string])[] = [
  ['UTC', '2026-11-20'],
  ['Asia/Kathmandu', '2026-11-20'],
  ['America/St_Johns', '2026-03-08'],
  ['America/St_Johns', '2026-11-01'],
  ['Europe/Berlin', '2026-03-29'],
  ['Europe/Berlin', '2026-10-25'],
  ['Africa/Cairo', '2026-04-24'],
  ['America/Havana', '2026-11-01'],
  ['Australia/Lord_Howe', '2026-10-04'],
  ['Pacific/Kiritimati', '2026-12-31'],
]
const PAGES = ['/', '/docs', '/docs/a/b', '/docs/ä', `/o'b"\\{x}`]
const TEXTS = ['', 'Chrome', 'DE', `';DROP`, 'zwölf']

/** Few moments, close together: ties, gaps of half an hour to the second, and visits of many events. */
const moment = fc
  .tuple(
    fc.constantFrom(-130_000, -43_210, -43_200, -37_800, -600, 0, 43_190, 86_000, 120_000),
    fc.constantFrom(0, 0, 0, 1, 60, 1_739, 1_799, 1_800, 1_801, 3_600),
  )
  .map(([block, more]) => block + more)

/** What happens besides page views: few names, so that filters find them. */
const NAMES = ['Signup', 'Bought', `o'b"\\{x}`, 'link.example/a']
const DETAIL: EventDetail = { name: '', value: 0, revenue: '0', currency: '', props: {}, status: 0 }
const happenings: readonly { type: string; detail: EventDetail }[] = [
  ...NAMES.map((name) => ({ type: 'event', detail: { ...DETAIL, name } })),
  ...['29.00', '-0.0001', '99999999999.99'].map((revenue) => ({
    type: 'event',
    detail: { ...DETAIL, name: 'Bought', revenue, currency: 'EUR', props: { plan: 'pro', note: "a'b\\" } },
  })),
  {
    type: 'event',
    detail: { ...DETAIL, name: 'Bought', revenue: '7', currency: 'JPY', props: { plan: 'free' } },
  },
  ...['outbound', 'download', 'form', 'click', 'error', 'vital', 'beacon', 'fetch', 'follow'].map((type) => ({
    type,
    detail: { ...DETAIL, name: NAMES[3] ?? '', value: 5 },
  })),
  { type: 'error', detail: { ...DETAIL, name: 'Signup' } },
  ...[0, 3, 15].map((value) => ({ type: 'visit', detail: { ...DETAIL, name: '2026-11-23', value } })),
  { type: 'visit', detail: { ...DETAIL, name: '2025-01-06', value: 15, props: { recency: '91+' } } },
  ...[0, 7, 10].map((value) => ({ type: 'feedback', detail: { ...DETAIL, value } })),
  ...[120, 2_500, 4_000].map((value) => ({ type: 'vital', detail: { ...DETAIL, name: 'LCP', value } })),
  { type: 'pageview', detail: { ...DETAIL, status: 404 } },
  ...[200, 404].map((status) => ({
    type: 'request',
    detail: { ...DETAIL, name: 'GET', value: 1_015, status },
  })),
  ...['in', 'out'].map((direction) => ({
    type: 'call',
    detail: { ...DETAIL, name: 'answered', value: 90, props: { direction } },
  })),
]

const event = fc.record({
  visitor: fc.constantFrom(0n, 1n, 1n, 1n, 2n, 2n, 2n ** 64n - 1n),
  second: moment,
  what: fc.oneof(
    { weight: 4, arbitrary: fc.record({ type: fc.constantFrom('pageview', 'pageview', 'engagement') }) },
    { weight: 3, arbitrary: fc.constantFrom(...happenings) },
  ),
  hostname: fc.constantFrom('example.com', 'www.example.com'),
  page: fc.constantFrom('/', '/', ...PAGES),
  source: fc.constantFrom(...TEXTS),
  channel: fc.constantFrom('', 'Direct'),
  utmCampaign: fc.constantFrom('', 'spring'),
  country: fc.constantFrom('DE', 'FR', ''),
  city: fc.constantFrom(...TEXTS),
  browser: fc.constantFrom('Chrome', 'Firefox'),
  visibleMs: fc.integer({ min: 0, max: 90_000 }),
  scrollPercent: fc.integer({ min: 0, max: 100 }),
  batchId: fc.constantFrom(1n, 2n, 2n ** 63n + 5n),
  /** Whether a log tells of it, where it is a page view. */
  isLogged: fc.boolean(),
})

/** From which second on the tracker was there; undefined: there are no logs. */
const trackedFrom = fc.constantFrom(undefined, undefined, -200_000, -40_000, 43_000, 200_000)

const history = fc.record({
  place: fc.constantFrom(...MIDDAYS),
  trackedFrom,
  events: fc.array(event, { minLength: 60, maxLength: 120, size: 'max' }),
})

/** Values that there are, and some that there are not. */
const VALUES: Partial<Record<AnyDimension, readonly string[]>> = {
  page: PAGES,
  entryPage: ['', ...PAGES],
  exitPage: ['', ...PAGES],
  hostname: ['example.com', 'www.example.com'],
  source: TEXTS,
  city: TEXTS,
  channel: ['', 'Direct'],
  utmCampaign: ['', 'spring'],
  country: ['DE', 'FR', ''],
  browser: ['Chrome', 'Firefox'],
  weekday: ['Friday', 'Saturday', 'Sunday'],
  hourOfDay: ['00', '01', '02', '11', '12', '23'],
  event: NAMES,
  outbound: NAMES,
  error: NAMES,
  vital: ['LCP', 'link.example/a'],
  goal: ['Signed up', 'Read on', 'No such goal'],
  currency: ['EUR', 'JPY', ''],
  status: ['404', '500'],
  'prop:plan': ['pro', 'free', ''],
}
const GLOBS = ['/docs/*', '/**', '*', '**', '*o*', '*e', '0*', '/o*']
const PARTS = ['o', '/', 'e', 'D', '0', '.']

function list(pool: readonly string[]): fc.Arbitrary<string[]> {
  return fc.array(fc.constantFrom(...pool), { minLength: 1, maxLength: 3 })
}

/** Metrics that can be asked of any period. */
const SUMMED = METRICS.filter((metric) => metric !== 'weeklyVisitors' && metric !== 'monthlyVisitors')
const IN_ROLLUPS = SUMMED.slice(0, METRICS.indexOf('revenue') + 1)

const ALL_DIMENSIONS: readonly AnyDimension[] = [...DIMENSIONS, 'prop:plan', 'prop:note']

const filter: fc.Arbitrary<Filter> = fc
  .oneof(
    fc.constantFrom<Dimension>('page', 'source', 'entryPage', 'exitPage', 'country', 'city', 'hourOfDay'),
    fc.constantFrom<AnyDimension>('event', 'goal', 'currency', 'prop:plan', 'vital'),
    fc.constantFrom(...ALL_DIMENSIONS),
  )
  .chain((dimension) => {
    const known = VALUES[dimension] ?? ['', 'tracker', 'log', 'anonymous', 'other']
    return fc.oneof(
      list(known).map((is): Filter => ({ dimension, is })),
      list(known).map((isNot): Filter => ({ dimension, isNot })),
      list(PARTS).map((contains): Filter => ({ dimension, contains })),
      list([...GLOBS, ...known]).map((matches): Filter => ({ dimension, matches })),
    )
  })

const question = fc.record(
  {
    metrics: fc.shuffledSubarray(SUMMED, { minLength: 4 }),
    breakdown: fc.oneof(
      fc.constantFrom<AnyDimension>('page', 'source', 'country', 'event', 'goal', 'collector'),
      fc.constantFrom(...ALL_DIMENSIONS),
    ),
    interval: fc.constantFrom('hour', 'day', 'week', 'month', 'minute'),
    filters: fc.oneof(
      { weight: 3, arbitrary: fc.tuple(filter) },
      { weight: 1, arbitrary: fc.array(filter, { minLength: 2, maxLength: 3 }) },
    ),
    compare: fc.constantFrom('previous', 'year'),
    limit: fc.integer({ min: 1, max: 4 }),
    offset: fc.integer({ min: 0, max: 2 }),
  },
  { requiredKeys: ['metrics'] },
)
const asked = fc.record({
  question,
  days: fc.constantFrom([-2, 2], [-1, 1], [0, 0], [-1, 0], 'realtime' as const),
  // Soon after something happened, so that realtime sees it.
  nowSecond: moment,
})

function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
}

it(
  'R8.5 answers every question as the model does, to the last digit',
  async () => {
    let answered = 0
    await fc.assert(
      fc.asyncProperty(history, fc.array(asked, { minLength: 6, maxLength: 8 }), async (past, questions) => {
        const [timezone, midday] = past.place
        const middle = Date.parse(`${midday}T12:00:00Z`)
        const site: Site = { ...SITE, id: ++latestSite, timezone }
        // Every fourth history is a short one.
        const length = site.id % 4 === 0 ? site.id % 6 : past.events.length
        const events = past.events
          .slice(0, length)
          .map(({ second, batchId, what, isLogged, ...rest }, row): OracleEvent => {
            const facts = { type: what.type, visitor: rest.visitor, second, isLogged }
            const given = { ...rest, ...what, ...collectorOf(facts, past.trackedFrom) }
            const timeMs = middle + second * 1000 + (row % 1000)
            return storedEvent(site.id, batchId, row, { ...given, timeMs, day: wall(timezone, timeMs).day })
          })
        if (events.length > 0) await storeEvents(engine.clickhouse.write, events)
        const period = { from: addDays(midday, -2), to: addDays(midday, 2) }
        // Every other one of each history, which is enough over all of them.
        for (const more of ALWAYS.filter((_, number) => number % 2 === site.id % 2)) {
          cases.push({ site, events, now: middle, query: { site: site.domain, period, ...more } })
        }
        for (const { question: shape, days, nowSecond } of questions) {
          const now = middle + nowSecond * 1_000 + 20_000
          const query: Query = { ...fit(shape, days), site: site.domain }
          query.period =
            days === 'realtime'
              ? 'realtime'
              : { from: addDays(midday, Number(days[0])), to: addDays(midday, Number(days[1])) }
          const one: Case = { site, events, query, now }
          await askLikeTheModel(one)
          // Filters are about single events, sealed or not.
          if (query.filters === undefined) cases.push(one)
          answered++
        }
      }),
      { numRuns: RUNS, endOnFailure: true },
    )
    expect(answered).toBeGreaterThanOrEqual(6)
  },
  TRY_MS + 60_000,
)

/** Asked of histories once days are sealed. */
const ALWAYS: readonly Partial<Query>[] = [
  { metrics: IN_ROLLUPS, breakdown: 'page' },
  { metrics: IN_ROLLUPS, interval: 'hour' },
  { metrics: IN_ROLLUPS, breakdown: 'event' },
  { metrics: ['revenue', 'visitors', 'events'], breakdown: 'currency' },
  { metrics: ['errors', 'events', 'visitors'], breakdown: 'error' },
  { metrics: IN_ROLLUPS, breakdown: 'collector' },
  { filters: [{ dimension: 'collector', is: ['log', 'server'] }], breakdown: 'page' },
  { filters: [{ dimension: 'page', is: ['/'] }] },
]

async function seal(days: readonly string[]): Promise<void> {
  const zones = new Map(cases.map(({ site }) => [String(site.id), site.timezone]))
  const timezoneOf = (site: string): string => zones.get(site) ?? 'UTC'
  await sealDays({ write: engine.clickhouse.write, rows: rollupRows, timezoneOf, log: silentLog }, days)
}

async function waitingDays(): Promise<string[]> {
  const marks = await readMarks(engine.clickhouse.write, '2100-01-01')
  return marks.filter(isWaiting).map(({ day }) => day)
}

it(
  'R8.5 answers the same from sealed days, half of them or all, and after late events and second deliveries',
  async () => {
    expect(cases.length).toBeGreaterThanOrEqual(5)
    const folding: Partial<Site>[] = [
      { minimumGroup: 2 },
      { minimumGroup: 2, minimumGroupScope: 'all' },
      { minimumGroup: 3, minimumGroupScope: 'all' },
    ]
    const folded: { one: Case; fold: Partial<Site>; before: QueryAnswer }[] = []
    for (const [index, one] of cases.entries()) {
      const { breakdown, interval, filters = [] } = one.query
      if (filters.length > 0 || (breakdown && (interval === 'hour' || interval === 'minute'))) continue
      const fold = folding[index % folding.length] ?? {}
      folded.push({ one, fold, before: await ask(one, fold) })
    }
    const compareFolded = async (): Promise<void> => {
      for (const { one, fold, before } of folded) {
        const { meta, ...after } = await ask(one, fold)
        const { source: _, ...rest } = meta
        expect({ query: one.query, fold, ...after, meta: rest }).toEqual({
          query: one.query,
          fold,
          ...before,
          meta: { ...before.meta, source: undefined },
        })
      }
    }
    const sources = new Set<string>()
    for (const half of [0, 1]) {
      await seal((await waitingDays()).filter((_, index) => half === 1 || index % 2 === 0))
      for (const one of cases) sources.add(await askLikeTheModel(one))
      await compareFolded()
    }
    expect(await waitingDays()).toEqual([])
    expect([...sources].toSorted()).toEqual(['both', 'events', 'rollup'])

    // More events of one site, and the same events of another once more.
    const [late, twice] = [...new Set(cases.map(({ events }) => events))].filter(({ length }) => length > 30)
    if (!late || !twice) throw new Error('the histories are too short')
    const grown = late.concat(late.slice(0, 20).map((one, row) => again(one, row, row % 3 === 0)))
    await storeEvents(engine.clickhouse.write, grown.slice(late.length))
    const eventsOf = (one: Case): readonly OracleEvent[] => (one.events === late ? grown : one.events)
    for (const one of cases.filter(({ events }) => events === late)) await askLikeTheModel(one, grown)
    await storeEvents(
      engine.clickhouse.write,
      // In a later batch than any: the first delivery counts.
      twice.slice(0, 20).map((one, row) => ({ ...one, batchId: 2n ** 63n + 9n, row })),
    )
    expect(await waitingDays()).not.toEqual([])
    await seal(await waitingDays())
    for (const one of cases) await askLikeTheModel(one, eventsOf(one))
  },
  60_000 + 5 * TRY_MS,
)

/** Another event like one that was there, later, of another visitor where `isOther`. What a server told stays nobody's. */
function again(known: OracleEvent, row: number, isOther: boolean): OracleEvent {
  const visitor = isOther && known.visitor !== 0n ? 77n : known.visitor
  return { ...known, batchId: 2n ** 63n + 7n, row, visitor, eventId: 7_000_000n + BigInt(row) }
}

const SITE: Omit<Site, 'id' | 'timezone'> = {
  domain: 'example.com',
  preConsent: 'none',
  subdomains: false,
  eventWindowDays: 396,
  minimumGroup: 1,
  minimumGroupScope: 'close',
  properties: ['plan', 'note'],
  traits: [],
  goals: [
    { name: 'Signed up', event: 'Signup' },
    { name: 'Bought or not', event: 'Bought' },
    { name: 'Read on', page: '/docs/**' },
    { name: 'Read', page: '/docs**' },
  ],
}

/** Leaves out what does not go with the period. */
function fit(shape: Partial<Query>, days: readonly number[] | 'realtime'): Partial<Query> {
  const { interval, compare, ...rest } = shape
  if (days === 'realtime') return interval === undefined ? rest : { ...rest, interval: 'minute' }
  const isFitting = interval !== undefined && (interval !== 'minute' || days[0] === days[1])
  return { ...rest, ...(compare && { compare }), ...(isFitting && { interval }) }
}
