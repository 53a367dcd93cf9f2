import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  DIMENSIONS,
  type AnyDimension,
  type Filter,
  type Query,
  type QueryAnswer,
} from '../../schema/query.ts'
import type { EventDetail } from '../../schema/rows.ts'
import type { Site } from '../../schema/site.ts'
import { parseQuery } from '../../server/query/parse.ts'
import { rollupRows } from '../../server/query/rollup-rows.ts'
import { createQueries, type Queries } from '../../server/query/run.ts'
import { sealDays } from '../../server/seal/seal-days.ts'
import { silentLog } from '../../server/log.ts'
import { startTestEngine, type TestEngine } from '../support/engine.ts'
import { askOracle, type OracleAnswer, type OracleEvent } from '../support/oracle.ts'
import { storedEvent, storeEvents } from '../support/stored-events.ts'

/**
 * Whole dashboards, asked at one moment: their questions share statements, and each must be answered as by the model, or
 * as it is when it is asked alone.
 */

const SITE: Site = {
  id: 9_000,
  domain: 'example.com',
  timezone: 'Asia/Kathmandu',
  preConsent: 'none',
  subdomains: false,
  eventWindowDays: 396,
  minimumGroup: 1,
  minimumGroupScope: 'close',
  properties: ['plan'],
  traits: [],
  goals: [
    { name: 'Signed up', event: 'Signup' },
    { name: 'Read on', page: '/docs**' },
  ],
}
const DAYS = ['2026-11-18', '2026-11-19', '2026-11-20'] as const
const NOW = Date.parse('2026-11-20T12:00:00Z')
const PERIOD = { from: DAYS[0], to: DAYS[2] }
const DETAIL: EventDetail = { name: '', value: 0, revenue: '0', currency: '', props: {}, status: 0 }

const someone = fc.record({
  day: fc.constantFrom(...DAYS),
  visitor: fc.constantFrom(0n, 1n, 2n, 3n, 4n, 5n),
  // In Kathmandu the day began 5:45 h before it did in UTC.
  minute: fc.integer({ min: 0, max: 240 }),
  what: fc.constantFrom(
    { type: 'pageview' },
    { type: 'pageview' },
    { type: 'engagement' },
    { type: 'event', detail: { ...DETAIL, name: 'Signup', props: { plan: 'pro' } } },
    { type: 'event', detail: { ...DETAIL, name: 'Bought', revenue: '3.50', currency: 'EUR' } },
    { type: 'outbound', detail: { ...DETAIL, name: 'link.example/a' } },
    { type: 'error', detail: { ...DETAIL, name: 'oh' } },
  ),
  page: fc.constantFrom('/', '/docs', '/docs/a'),
  source: fc.constantFrom('', 'Google', 'Other'),
  channel: fc.constantFrom('', 'Direct'),
  country: fc.constantFrom('DE', 'FR'),
  city: fc.constantFrom('Kiel', 'Lyon', ''),
  browser: fc.constantFrom('Chrome', 'Firefox'),
  visibleMs: fc.integer({ min: 0, max: 90_000 }),
})

/** Some are the same person all day: their visits are one row where they are kept. */
const STEADY: readonly bigint[] = [1n, 2n]

const EVENTS: readonly OracleEvent[] = fc
  .sample(someone, { numRuns: 240, seed: 6 })
  .map(({ day, minute, what, ...rest }, row) =>
    storedEvent(SITE.id, 1n, row, {
      ...rest,
      ...what,
      ...(STEADY.includes(rest.visitor) && { country: 'DE', city: 'Kiel', browser: 'Chrome' }),
      day,
      timeMs: Date.parse(`${day}T00:00:00Z`) + minute * 60_000,
    }),
  )

const ALL: readonly AnyDimension[] = [...DIMENSIONS, 'prop:plan']
const FILTERS: readonly (readonly Filter[])[] = [
  [],
  [{ dimension: 'country', is: ['DE'] }],
  [{ dimension: 'source', isNot: ['Google'] }],
  [
    { dimension: 'page', contains: ['docs'] },
    { dimension: 'entryPage', is: ['/'] },
  ],
  [{ dimension: 'event', is: ['Signup'] }],
]
const FIGURES: NonNullable<Query['metrics']> = [
  'visitors',
  'visits',
  'pageviews',
  'bounceRate',
  'visitDuration',
]
const FEW: NonNullable<Query['metrics']> = ['visitors', 'pageviews']
const MANY: NonNullable<Query['metrics']> = [
  ...FIGURES,
  'viewsPerVisit',
  'timeOnPage',
  'events',
  'revenue',
  'errors',
]

/** All that a dashboard may show. */
function dashboard(filters: readonly Filter[], figures = [FEW, MANY]): Query[] {
  const about = {
    site: SITE.domain,
    period: PERIOD,
    ...(filters.length > 0 && { filters: [...filters] }),
  }
  return [
    { ...about, metrics: FIGURES, compare: 'previous' },
    { ...about, metrics: FIGURES, interval: 'day' },
    { ...about, metrics: FIGURES, interval: 'hour' },
    ...figures.flatMap((metrics) =>
      ALL.map((breakdown): Query => ({ ...about, breakdown, metrics, limit: 3 })),
    ),
  ]
}

let engine: TestEngine
beforeAll(async () => {
  engine = await startTestEngine()
  await storeEvents(engine.clickhouse.write, EVENTS)
})
afterAll(async () => {
  await engine.stop()
})

/** By the clock of those who ask. */
let elapsedMs = 0

/** Asks anew, and lists the texts of statements. */
function open(texts: string[] = []): Queries {
  const read = new Proxy(engine.clickhouse.read, {
    get: (client, name) =>
      name === 'query'
        ? (given: Parameters<typeof client.query>[0]) => {
            texts.push(given.query)
            return client.query(given)
          }
        : Reflect.get(client, name),
  })
  return createQueries({
    read,
    clock: { now: () => NOW, monotonic: () => elapsedMs },
    freshness: () => '2026-11-20T12:00:00.000Z',
  })
}

const asked = (queries: Queries, site: Site, query: Query, signal?: AbortSignal): Promise<QueryAnswer> =>
  queries.run(site, parseQuery(query), signal)

interface AtOnce {
  readonly answers: readonly object[]
  readonly expected: readonly object[]
  /** Statements for each question. */
  readonly share: number
}

/** A dashboard, and what the model says of each of its questions. */
async function askAtOnce(filters: readonly Filter[], questions = dashboard(filters)): Promise<AtOnce> {
  const texts: string[] = []
  const queries = open(texts)
  const answers = await Promise.all(
    questions.map(async (query) => {
      const { rows, totals, comparison, meta } = await asked(queries, SITE, query)
      return { query, rows, totals, rowCount: meta.rowCount, comparison }
    }),
  )
  const expected = questions.map((query) => ({ query, ...asTheModel(query) }))
  return { answers, expected, share: texts.length / questions.length }
}

function asTheModel(query: Query, events = EVENTS): OracleAnswer {
  return askOracle(events, query, { timezone: SITE.timezone, now: NOW, goals: SITE.goals })
}

/** Answers of what visits are kept for, under minimum groups. */
async function askFolded(): Promise<QueryAnswer[]> {
  const answers: QueryAnswer[] = []
  for (const folding of [
    { minimumGroup: 2 },
    { minimumGroup: 3, minimumGroupScope: 'all' },
  ] satisfies Partial<Site>[]) {
    const queries = open()
    const ofCity: Filter[] = [{ dimension: 'city', is: ['Kiel'] }]
    for (const filters of [...FILTERS.slice(1, 4), ofCity]) {
      const about = { site: SITE.domain, period: PERIOD, filters: [...filters], metrics: FIGURES }
      const questions: Query[] = [
        { ...about, interval: 'day' },
        ...(['page', 'entryPage', 'source', 'country', 'city'] as const).map((breakdown) => ({
          ...about,
          breakdown,
        })),
      ]
      const site = { ...SITE, ...folding }
      answers.push(...(await Promise.all(questions.map((query) => asked(queries, site, query)))))
    }
  }
  return answers
}

describe('R8.5 a whole dashboard, asked at one moment', () => {
  it('R8.5 tells what the model does, with filters and without, in fewer statements', async () => {
    for (const filters of FILTERS) {
      const { answers, expected, share } = await askAtOnce(filters)
      expect(answers).toEqual(expected)
      expect(share).toBeLessThan(1 / 4)
    }
  }, 120_000)

  it('R8.5 tells what each of its questions does alone under a minimum group', async () => {
    for (const folding of [
      { minimumGroup: 2 },
      { minimumGroup: 3, minimumGroupScope: 'all' },
    ] satisfies Partial<Site>[]) {
      const site = { ...SITE, ...folding }
      // Of hours no breakdown is folded; every third question shows what all of them would.
      const questions = dashboard([{ dimension: 'browser', is: ['Chrome'] }]).filter(
        ({ interval, metrics }, index) => interval !== 'hour' && metrics !== MANY && index % 3 === 0,
      )
      const queries = open()
      const answers = await Promise.all(questions.map((query) => asked(queries, site, query)))
      for (const [index, query] of questions.entries()) {
        expect({ query, answer: answers[index] }).toEqual({ query, answer: await asked(open(), site, query) })
      }
    }
  }, 180_000)

  it('is answered to all others when somebody leaves', async () => {
    const queries = open()
    const leaving = new AbortController()
    const about = { site: SITE.domain, period: PERIOD, filters: [...(FILTERS[1] ?? [])] }
    const questionOf = (breakdown: AnyDimension): Query => ({ ...about, breakdown, metrics: ['visitors'] })
    const left = asked(queries, SITE, questionOf('page'), leaving.signal)
    const stays = asked(queries, SITE, questionOf('browser'))
    leaving.abort(new Error('gone'))
    await expect(left).rejects.toThrow('gone')
    const { rows } = await stays
    expect(rows).toEqual(asTheModel(questionOf('browser')).rows)
  })

  it('R8.5 tells the same when some of its days are sealed, and when all are', async () => {
    const folded = await askFolded()
    // Some of it is not told, and some is.
    expect(folded.some(({ meta }) => meta.foldedRows > 0)).toBe(true)
    expect(folded.some(({ totals, meta }) => meta.foldedRows > 0 && Number(totals.visitors) > 0)).toBe(true)
    for (const days of [DAYS.slice(0, 2), DAYS.slice(2)]) {
      await seal(days)
      for (const filters of FILTERS.slice(0, 4)) {
        // Of visits that are kept where there are filters, which hold no more than these figures.
        const questions = dashboard(filters, filters.length === 0 ? [FEW, MANY] : [FEW, FIGURES])
        const { answers, expected } = await askAtOnce(filters, questions)
        expect(answers).toEqual(expected)
      }
      expect(await askFolded()).toEqual(folded)
    }
  }, 240_000)

  it('R8.5 tells of a day what it is beside the day before, and of what came since it was asked last', async () => {
    const texts: string[] = []
    const queries = open(texts)
    const [, day] = DAYS
    const about = { site: SITE.domain, period: { from: day, to: day }, metrics: FIGURES }
    const questions: Query[] = [
      { ...about, compare: 'previous' },
      { ...about, interval: 'day' },
    ]
    const answersOf = async (): Promise<object[]> => {
      elapsedMs += 2_000
      const told = questions.map((query) => asked(queries, SITE, query))
      return (await Promise.all(told)).map(({ rows, totals, comparison }) => ({ rows, totals, comparison }))
    }
    const expectedOf = (events: readonly OracleEvent[]): object[] =>
      questions.map((query) => {
        const { rows, totals, comparison } = asTheModel(query, events)
        return { rows, totals, comparison }
      })
    expect(await answersOf()).toEqual(expectedOf(EVENTS))
    const before = texts.length
    expect(await answersOf()).toEqual(expectedOf(EVENTS))
    // Which days are sealed is asked again, and nothing else.
    expect(texts.length - before).toBe(1)

    const late = [1, 2, 3].map((visitor) =>
      storedEvent(SITE.id, 2n, visitor, {
        type: 'pageview',
        day,
        visitor: BigInt(100 + visitor),
        timeMs: Date.parse(`${day}T01:00:00Z`),
      }),
    )
    await storeEvents(engine.clickhouse.write, late)
    expect(await answersOf()).toEqual(expectedOf([...EVENTS, ...late]))
    await seal([day])
    expect(await answersOf()).toEqual(expectedOf([...EVENTS, ...late]))
  }, 120_000)
})

function seal(days: readonly string[]): Promise<unknown> {
  const timezoneOf = (): string => SITE.timezone
  return sealDays({ write: engine.clickhouse.write, rows: rollupRows, timezoneOf, log: silentLog }, days)
}
