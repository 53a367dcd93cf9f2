import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { VERDICTS } from '../../schema/email.ts'
import {
  COUNT_INTERVALS,
  MAIL_DIMENSIONS,
  MAIL_METRICS,
  type MailQuery,
  type QueryAnswer,
} from '../../schema/query.ts'
import type { Site } from '../../schema/site.ts'
import { parseQuestion } from '../../server/query/parse.ts'
import { createQueries, type Queries } from '../../server/query/run.ts'
import { startTestEngine, type TestEngine } from '../support/engine.ts'
import { makeSite } from '../support/facts.ts'
import { askMailOracle, type MailEvent } from '../support/oracle-mails.ts'
import { storedEvent, storeEvents } from '../support/stored-events.ts'

let engine: TestEngine
beforeAll(async () => {
  engine = await startTestEngine()
})
afterAll(async () => {
  await engine.stop()
})

let latestSite = 30_000
const TIMEZONE = 'Europe/Berlin'

/** Stores what became of mails, beside what visitors did, and answers a way to ask. */
async function told(events: readonly MailEvent[]): Promise<{ site: Site; queries: Queries }> {
  const site = makeSite({ id: ++latestSite, timezone: TIMEZONE })
  const rows = events
    .filter(({ what }) => what !== 'send')
    .map(({ day, campaign, what, verdict }, row) =>
      storedEvent(site.id, 7n, row, {
        day,
        visitor: 0n,
        timeMs: Date.parse(`${day}T00:00:00Z`),
        type: what,
        collector: 'email',
        detail: { name: campaign, value: 0, revenue: '0', currency: '', props: { verdict }, status: 0 },
      }),
    )
  const view = storedEvent(site.id, 8n, 0, {
    day: '2026-11-10',
    visitor: 1n,
    timeMs: Date.parse('2026-11-10T10:00:00Z'),
  })
  // The loader may have stored a batch twice: an event counts once all the same.
  await storeEvents(engine.clickhouse.write, [...rows, ...rows.slice(0, 3), view])
  const sends = events.filter(({ what }) => what === 'send')
  const queries = createQueries({
    read: engine.clickhouse.read,
    clock: { now: () => Date.parse('2026-11-20T15:10:00Z'), monotonic: () => performance.now() },
    freshness: () => '2026-11-20T15:10:00.000Z',
    sends: (_site, to) =>
      Promise.resolve(
        sends
          .filter(({ day }) => day <= to)
          .map(({ campaign, day, count }) => ({ campaign, day, sends: count })),
      ),
  })
  return { site, queries }
}

const CAMPAIGNS = ['Spring', `o'b"\\{x}`, 'zwölf 💌']
const day = fc.integer({ min: 1, max: 12 }).map((number) => `2026-11-${String(number).padStart(2, '0')}`)
const event: fc.Arbitrary<MailEvent> = fc.record({
  day,
  campaign: fc.constantFrom(...CAMPAIGNS),
  what: fc.constantFrom<MailEvent['what']>('send', 'fetch', 'fetch', 'follow'),
  count: fc.constant(1),
  verdict: fc.constantFrom(...VERDICTS),
})
const history = fc.array(event, { minLength: 10, maxLength: 80, size: 'max' })
const filter = fc.oneof(
  fc.record({
    dimension: fc.constant('emailCampaign' as const),
    is: fc.subarray([...CAMPAIGNS, '(other)'], { minLength: 1 }),
  }),
  fc.record({
    dimension: fc.constant('emailCampaign' as const),
    isNot: fc.subarray(CAMPAIGNS, { minLength: 1 }),
  }),
  fc.record({ dimension: fc.constant('verdict' as const), is: fc.subarray([...VERDICTS], { minLength: 1 }) }),
  fc.record({
    dimension: fc.constant('verdict' as const),
    isNot: fc.subarray([...VERDICTS], { minLength: 1 }),
  }),
)
const question = fc.record(
  {
    metrics: fc.shuffledSubarray([...MAIL_METRICS], { minLength: 1 }),
    breakdown: fc.constantFrom(...MAIL_DIMENSIONS),
    interval: fc.constantFrom(...COUNT_INTERVALS),
    filters: fc.array(filter, { maxLength: 2 }),
  },
  { requiredKeys: ['metrics'] },
)

describe('R9.1 R7.1 questions about mails', () => {
  it('R9.1 are answered as a model does that has no SQL, with and without a minimum group', async () => {
    await fc.assert(
      fc.asyncProperty(
        history,
        fc.array(question, { minLength: 4, maxLength: 6 }),
        fc.constantFrom(1, 2, 5),
        async (events, questions, minimumGroup) => {
          const { site, queries } = await told(events)
          for (const asked of questions) {
            const query = { ...asked, site: site.domain, period: { from: '2026-11-03', to: '2026-11-11' } }
            const answer = await queries.run({ ...site, minimumGroup }, parseQuestion(query))
            const expected = askMailOracle(events, query, minimumGroup, TIMEZONE)
            const { rows, totals, meta } = answer
            expect({ query, rows, totals, rowCount: meta.rowCount }).toEqual({ query, ...expected })
          }
        },
      ),
      { numRuns: 12 },
    )
  }, 60_000)

  const send = (campaign: string, count: number, on = '2026-11-10'): MailEvent => ({
    day: on,
    campaign,
    what: 'send',
    count,
    verdict: 'unknown',
  })
  const fetched = (campaign: string, on = '2026-11-10'): MailEvent => ({
    day: on,
    campaign,
    what: 'fetch',
    count: 1,
    verdict: 'human',
  })
  type Asked = Omit<MailQuery, 'site'>
  const ask = ({ site, queries }: Awaited<ReturnType<typeof told>>, query: Asked): Promise<QueryAnswer> => {
    const metrics = ['sends', 'fetches', 'likelyHuman']
    return queries.run(site, parseQuestion({ period: '30d', metrics, ...query, site: site.domain }))
  }

  it('R1.5 R7.1 say nothing of who opened a mail to fewer than the minimum group, by any difference', async () => {
    const before = [send('Large', 20), fetched('Large'), send('Few', 4), fetched('Few')]
    const scene = await told(before)
    const totals = async (query: Asked) => (await ask(scene, query)).totals
    // The one who opened it is in no figure: not in totals, not in the rest, not by verdict or day.
    expect(await totals({})).toEqual({ sends: 24, fetches: 1, likelyHuman: 1 })
    for (const filters of [
      [{ dimension: 'emailCampaign', is: ['Few'] }],
      [{ dimension: 'emailCampaign', isNot: ['Large'] }],
      [
        { dimension: 'emailCampaign', contains: ['e'] },
        { dimension: 'emailCampaign', isNot: ['Large'] },
      ],
      [{ dimension: 'emailCampaign', is: ['(other)'] }],
    ] as MailQuery['filters'][]) {
      expect((await totals({ metrics: ['fetches'], filters: filters ?? [] })).fetches).toBe(0)
    }
    const byVerdict = await ask(scene, { metrics: ['fetches'], breakdown: 'verdict' })
    expect(byVerdict.rows).toEqual([{ verdict: 'human', fetches: 1 }])
    expect(byVerdict.meta.foldedRows).toBe(1)
    // Whoever asks for it in the strict scope, or of a single campaign, is told no more.
    const alone = await told([send('Only', 1), fetched('Only')])
    expect((await ask(alone, {})).totals).toEqual({ sends: 1, fetches: 0, likelyHuman: 0 })
  })

  it('R1.5 a day that was told, or was not, stays so when more mails go out', async () => {
    const scene = await told([
      send('News', 3, '2026-11-08'),
      fetched('News', '2026-11-09'),
      send('News', 2, '2026-11-10'),
      fetched('News', '2026-11-10'),
    ])
    const { rows } = await ask(scene, {
      period: { from: '2026-11-08', to: '2026-11-10' },
      interval: 'day',
      metrics: ['fetches'],
    })
    expect(rows).toEqual([
      { time: '2026-11-08', fetches: 0 },
      { time: '2026-11-09', fetches: 0 },
      { time: '2026-11-10', fetches: 1 },
    ])
  })

  it('R9.1 compare with the period before, and keep apart from visitors', async () => {
    const scene = await told([send('News', 9, '2026-11-09'), send('News', 5), fetched('News')])
    const period = { from: '2026-11-10', to: '2026-11-10' }
    expect((await ask(scene, { period, compare: 'previous' })).comparison).toEqual({
      totals: { sends: 9, fetches: 0, likelyHuman: 0 },
      from: '2026-11-09',
      to: '2026-11-09',
    })
    const { site, queries } = scene
    const views = await queries.run(
      site,
      parseQuestion({ site: site.domain, period, metrics: ['pageviews', 'visitors', 'events', 'requests'] }),
    )
    expect(views.totals).toEqual({ pageviews: 1, visitors: 1, events: 0, requests: 0 })
    for (const wrong of [
      { metrics: ['fetches', 'visitors'] },
      { metrics: ['visitors'], breakdown: 'emailCampaign' },
      { metrics: ['fetches'], breakdown: 'country' },
      { breakdown: 'emailCampaign', interval: 'hour' },
      { metrics: ['fetches'], period: 'realtime' },
    ]) {
      expect(() => parseQuestion({ site: site.domain, ...wrong })).toThrow(/^Of mails: /)
    }
  })
})
