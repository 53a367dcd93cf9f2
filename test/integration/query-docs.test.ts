import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Site } from '../../schema/site.ts'
import { DIMENSIONS, METRICS } from '../../schema/query.ts'
import { UserError } from '../../server/errors.ts'
import { projectRoot } from '../../server/project-root.ts'
import { toCsv } from '../../server/query/csv.ts'
import { parseQuery, withDefaults } from '../../server/query/parse.ts'
import { createQueries, type Queries } from '../../server/query/run.ts'
import { startTestEngine, type TestEngine } from '../support/engine.ts'
import type { OracleEvent } from '../support/oracle.ts'
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
    for (const [index, { seen, ...facts }] of PEOPLE.slice(0, count).entries()) {
      const start =
        Date.parse(`${day}T08:00:00Z`) + index * 3_600_000 - (day === '2026-11-24' ? 15 * 60_000 : 0)
      for (const [page, minute] of seen) {
        add(day, index + 1, start + minute * 60_000, { ...facts, page })
      }
      const [last = '/', minute = 0] = seen.at(-1) ?? []
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
  return events
}

let engine: TestEngine
let queries: Queries
beforeAll(async () => {
  engine = await startTestEngine()
  await storeEvents(engine.clickhouse.write, history())
  queries = createQueries({
    read: engine.clickhouse.read,
    clock: { now: () => NOW, monotonic: () => performance.now() },
    freshness: () => '2026-11-24T13:49:59.000Z',
  })
})
afterAll(async () => {
  await engine.stop()
})

async function answerTo({ question, kind }: Example): Promise<unknown> {
  try {
    const query = parseQuery(question)
    const answer = await queries.run(SITE, query)
    return kind === 'csv' ? toCsv(answer, withDefaults(query)).replaceAll('\r\n', '\n') : answer
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
      'Realtime',
      'Faults',
      'CSV',
    ]) {
      expect(kinds).toContain(kind)
    }
  })

  it('names every metric and dimension', () => {
    for (const name of [...METRICS, ...DIMENSIONS]) expect(manual).toContain(`\`${name}\``)
  })
})
