import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CATEGORY_BIT } from '../../schema/consent.ts'
import { VERDICTS, type EmailType, type Verdict } from '../../schema/email.ts'
import type { EventDetail } from '../../schema/rows.ts'
import type { Site } from '../../schema/site.ts'
import {
  AD_DIMENSIONS,
  AD_METRICS,
  CHOICE_DIMENSIONS,
  CHOICE_METRICS,
  CONSENT_STATES,
  DIMENSIONS,
  DROP_DIMENSIONS,
  DROP_METRICS,
  MAIL_DIMENSIONS,
  MAIL_METRICS,
  METRICS,
  type ConsentState,
} from '../../schema/query.ts'
import { addCount, createCounts } from '../../server/consent/counts.ts'
import { addGranted } from '../../server/consent/granted.ts'
import { createWriter } from '../../server/consent/writer.ts'
import type { CountedCell } from '../../server/drops/cell.ts'
import { addCells, readDrops } from '../../server/drops/counts.ts'
import { DROP_REASONS } from '../../schema/outcome.ts'
import { UserError } from '../../server/errors.ts'
import { projectRoot } from '../../server/project-root.ts'
import { silentLog } from '../../server/log.ts'
import type { ReadChoices } from '../../server/query/choices.ts'
import { toCsv } from '../../server/query/csv.ts'
import { parseQuestion, shapeOf } from '../../server/query/parse.ts'
import { createQueries, type Queries } from '../../server/query/run.ts'
import { openStore, type Store } from '../../server/store/open.ts'
import { startTestEngine, type TestEngine } from '../support/engine.ts'
import type { OracleEvent } from '../support/oracle.ts'
import { adsAndTraits } from '../support/ads-and-traits.ts'
import { storedEvent, storeEvents } from '../support/stored-events.ts'

/** Every question and answer of docs/api.md, asked of the data that its first paragraph tells of. */
const manual = readFileSync(path.join(projectRoot, 'docs/api.md'), 'utf8')

interface Example {
  title: string
  question: unknown
  answer: string
  kind: string
}

/** A block `json question` and the block after it, `json answer` or `csv answer`. */
function examples(text: string): Example[] {
  const found: Example[] = []
  let title = ''
  let question: unknown
  for (const match of text.matchAll(/^#+ (.+)$|^```(json|csv) (question|answer)\n([\s\S]*?)^```$/gm)) {
    const [, heading, kind = '', role, body = ''] = match
    if (heading !== undefined) title = heading
    else if (role === 'question') question = JSON.parse(body)
    else found.push({ title, question, answer: body, kind })
  }
  return found
}

const SITE: Site = {
  id: 77,
  domain: 'example.com',
  timezone: 'Europe/Berlin',
  preConsent: 'anonymous',
  subdomains: false,
  eventWindowDays: 396,
  minimumGroup: 5,
  minimumGroupScope: 'close',
  properties: ['plan'],
  traits: ['age'],
  goals: [
    { name: 'Signed up', event: 'Signup' },
    { name: 'Read the manual', page: '/docs/**' },
  ],
}
const NOW = Date.parse('2026-11-24T13:50:00Z')

interface Person {
  source: string
  channel: string
  country: string
  city: string
  browser: string
  /** Pages and the minutes after the first at which they were seen. */
  seen: readonly (readonly [page: string, minute: number])[]
  /** On the last page: the plan that was signed up for, and what it cost in euros. */
  signup?: readonly [plan: string, amount: string]
  /** Whether a script fails on the first page. */
  fails?: boolean
}

const PEOPLE: readonly Person[] = [
  ...Array.from({ length: 6 }, (_, index): Person => ({
    source: 'Google',
    channel: 'Organic Search',
    country: 'DE',
    city: 'Berlin',
    browser: index % 2 === 0 ? 'Chrome' : 'Safari',
    seen: [
      ['/', 0],
      ['/pricing', 2],
    ],
    signup: index < 5 ? ['pro', '29.00'] : ['free', '0'],
    fails: true,
  })),
  ...Array.from({ length: 2 }, (): Person => ({
    source: 'Direct',
    channel: 'Direct',
    country: 'DE',
    city: 'Jena',
    browser: 'Chrome',
    seen: [['/docs/start', 0]],
  })),
  ...Array.from({ length: 3 }, (): Person => ({
    source: 'news.example',
    channel: 'Referral',
    country: 'FR',
    city: 'Lyon',
    browser: 'Firefox',
    seen: [
      ['/docs/start', 0],
      ['/docs/api', 3],
      ['/pricing', 5],
    ],
  })),
]

const NONE: EventDetail = { name: '', value: 0, revenue: '0', currency: '', props: {}, status: 0 }

/** On two days the same eleven people come, an hour apart from nine o'clock; only six of them on the second. */
function history(): OracleEvent[] {
  const events: OracleEvent[] = []
  const add = (day: string, visitor: number, ms: number, given: Partial<OracleEvent>): void => {
    events.push(
      storedEvent(SITE.id, 1n, events.length, { ...given, day, visitor: BigInt(visitor), timeMs: ms }),
    )
  }
  for (const [day, count] of [
    ['2026-11-23', 11],
    ['2026-11-24', 7],
  ] as const) {
    for (const [index, { seen, signup, fails, ...facts }] of PEOPLE.slice(0, count).entries()) {
      const start =
        Date.parse(`${day}T08:00:00Z`) + index * 3_600_000 - (day === '2026-11-24' ? 15 * 60_000 : 0)
      for (const [page, minute] of seen) {
        add(day, index + 1, start + minute * 60_000, { ...facts, page })
      }
      const [last = '/', minute = 0] = seen.at(-1) ?? []
      const happens = (type: string, page: string, ms: number, detail: Partial<EventDetail>): void =>
        add(day, index + 1, ms, {
          ...facts,
          source: '',
          channel: '',
          page,
          type,
          detail: { ...NONE, ...detail },
        })
      if (fails === true) {
        happens('error', seen[0]?.[0] ?? '/', start + 1_000, {
          name: 'TypeError: x is undefined (/app.js:10:5)',
        })
      }
      if (signup) {
        // The browsers remember: on the second day they are here for the second time this week.
        const isBack = day === '2026-11-24'
        const firsts = isBack ? 1 : index < 2 ? 15 : 7
        const recency = isBack ? { recency: '1' } : index < 2 ? {} : { recency: '8-30' }
        happens('visit', last, start, { name: '2026-11-16', value: firsts, props: recency })
        happens('vital', last, start + 2_000, { name: 'LCP', value: 1_600 + index * 250 })
        const [plan, revenue] = signup
        const money = revenue === '0' ? {} : { revenue, currency: 'EUR' }
        happens('event', last, start + minute * 60_000 + 10_000, {
          name: 'Signup',
          props: { plan },
          ...money,
        })
      }
      add(day, index + 1, start + minute * 60_000 + 40_000, {
        ...facts,
        source: '',
        channel: '',
        page: last,
        type: 'engagement',
        visibleMs: 30_000 + index * 1_000,
        scrollPercent: 60 + index,
      })
    }
  }
  return [...events, ...adsAndTraits(SITE.id, events.length)]
}

/** Mails that went out, and what became of them. */
const SENDS = [
  { campaign: 'Spring offer', day: '2026-11-23', sends: 40 },
  { campaign: 'Board letter', day: '2026-11-23', sends: 3 },
]
const FETCHES: readonly [day: string, type: EmailType, campaign: string, verdict: Verdict, count: number][] =
  [
    ['2026-11-23', 'fetch', 'Spring offer', 'human', 6],
    ['2026-11-23', 'fetch', 'Spring offer', 'proxy', 3],
    ['2026-11-23', 'fetch', 'Spring offer', 'prefetch', 8],
    ['2026-11-23', 'fetch', 'Spring offer', 'scanner', 2],
    ['2026-11-23', 'fetch', 'Board letter', 'human', 2],
    ['2026-11-23', 'follow', 'Spring offer', 'human', 3],
    ['2026-11-24', 'fetch', 'Spring offer', 'human', 2],
    ['2026-11-24', 'follow', 'Spring offer', 'scanner', 1],
  ]

function fetches(): OracleEvent[] {
  const all = FETCHES.flatMap(([day, type, name, verdict, count]) =>
    Array.from({ length: count }, () => ({ day, type, detail: { ...NONE, name, props: { verdict } } })),
  )
  return all.map((given, row) =>
    storedEvent(SITE.id, 2n, row, {
      ...given,
      visitor: 0n,
      timeMs: Date.parse(`${given.day}T00:00:00Z`),
      collector: 'email',
    }),
  )
}

/** What these and others chose. */
const CHOICES: readonly [day: string, country: string, state: ConsentState, count: number][] = [
  ['2026-11-23', 'DE', 'shown', 10],
  ['2026-11-23', 'FR', 'shown', 4],
  ['2026-11-23', 'DE', 'accepted', 5],
  ['2026-11-23', 'FR', 'accepted', 1],
  ['2026-11-23', 'DE', 'rejected', 3],
  ['2026-11-23', 'FR', 'rejected', 2],
  ['2026-11-23', 'DE', 'custom', 1],
  ['2026-11-24', 'DE', 'shown', 6],
  ['2026-11-24', 'DE', 'accepted', 2],
  ['2026-11-24', 'DE', 'withdrawn', 1],
]

/** The counts of a store that holds these choices. */
async function countedChoices(store: Store): Promise<ReadChoices> {
  await store.db
    .insertInto('site')
    .values({
      id: SITE.id,
      domain: SITE.domain,
      timezone: SITE.timezone,
      next_timezone: null,
      next_timezone_from: null,
      pre_consent: SITE.preConsent,
      subdomains: 0,
      event_window_days: SITE.eventWindowDays,
      minimum_group: SITE.minimumGroup,
      minimum_group_scope: SITE.minimumGroupScope,
      properties: '',
      traits: '',
      goals: '[]',
      added_at: NOW,
      removed_at: null,
    })
    .execute()
  const writer = createWriter(store)
  await writer.write(async (transaction) => {
    for (const [day, country, state, count] of CHOICES) {
      await addCount(transaction, { siteId: SITE.id, day, country, language: 'de', state }, count)
    }
    const cell = { siteId: SITE.id, day: '2026-11-23', gpc: true }
    await addGranted(transaction, { ...cell, state: 'rejected', granted: 0 }, 3)
    await addGranted(transaction, { ...cell, state: 'custom', granted: CATEGORY_BIT.performance }, 1)
    await addGranted(transaction, { ...cell, gpc: false, state: 'rejected', granted: 0 }, 2)
  })
  return createCounts({ store, writer, clock: { now: () => NOW }, log: silentLog }).read
}

/** What the collector did not store as it was sent. */
const DROPS: readonly [
  day: string,
  hour: number,
  kind: CountedCell['kind'],
  reason: string,
  count: number,
][] = [
  ['2026-11-23', 9, 'dropped', 'bot', 14],
  ['2026-11-23', 10, 'dropped', 'bot', 9],
  ['2026-11-23', 10, 'dropped', 'no_consent', 4],
  ['2026-11-23', 10, 'scrubbed', 'email', 2],
  ['2026-11-23', 11, 'late', '', 1],
  ['2026-11-24', 8, 'dropped', 'bot', 6],
  ['2026-11-24', 9, 'dropped', 'duplicate', 3],
]

let engine: TestEngine
let store: Store
let folder: string
let queries: Queries
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'sluice-docs-'))
  store = await openStore({ dataDir: folder, log: silentLog })
  engine = await startTestEngine()
  await storeEvents(engine.clickhouse.write, [...history(), ...fetches()])
  queries = createQueries({
    read: engine.clickhouse.read,
    clock: { now: () => NOW, monotonic: () => performance.now() },
    freshness: () => '2026-11-24T13:49:59.000Z',
    choices: await countedChoices(store),
    drops: (of) => readDrops(store.db, of),
    sends: () => Promise.resolve(SENDS),
  })
  await store.transaction((transaction) =>
    addCells(
      transaction,
      DROPS.map(([day, hour, kind, reason, count]) => ({ siteId: SITE.id, day, hour, kind, reason, count })),
    ),
  )
})
afterAll(async () => {
  await engine.stop()
  await store.close()
  rmSync(folder, { recursive: true })
})

async function answerTo({ question, kind }: Example): Promise<unknown> {
  try {
    const query = parseQuestion(question)
    const answer = await queries.run(SITE, query)
    return kind === 'csv' ? toCsv(answer, shapeOf(query)).replaceAll('\r\n', '\n') : answer
  } catch (error) {
    if (error instanceof UserError) return { error: error.message }
    throw error
  }
}

describe('docs/api.md', () => {
  const all = examples(manual)

  it.each(all.map((example, index) => [index + 1, example.title, example] as const))(
    'R9.1 example %i, %s',
    async (_number, _title, example) => {
      const answer = await answerTo(example)
      expect(answer).toEqual(example.kind === 'csv' ? example.answer : JSON.parse(example.answer))
    },
  )

  it('R9.1 has an example of every kind of question', () => {
    const kinds = all.map(({ title }) => title)
    for (const kind of [
      'Sums',
      'Trends',
      'Breakdowns',
      'Filters',
      'Comparisons',
      'Funnels',
      'Flows',
      'Realtime',
      'Consent choices',
      'Drops',
      'E-mails',
      'Faults',
      'CSV',
    ]) {
      expect(kinds).toContain(kind)
    }
  })

  it('names every metric and dimension', () => {
    for (const name of [
      ...METRICS,
      ...DIMENSIONS,
      ...CHOICE_METRICS,
      ...CHOICE_DIMENSIONS,
      ...CONSENT_STATES,
      ...DROP_METRICS,
      ...DROP_DIMENSIONS,
      ...Object.keys(DROP_REASONS),
      ...MAIL_METRICS,
      ...AD_METRICS,
      ...AD_DIMENSIONS,
      ...MAIL_DIMENSIONS,
      ...VERDICTS,
    ])
      expect(manual).toContain(`\`${name}\``)
  })
})
