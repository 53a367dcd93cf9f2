import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import type { IngestAnswer, ServerEvent, WireLog } from '../../schema/log.ts'
import type { MetricValues, Query } from '../../schema/query.ts'
import { askEngine } from '../support/installation.ts'
import { ask, CHROME, eventually, useProduct } from '../support/product.ts'

const site = 'example.com'

describe('what a site’s own server tells', () => {
  const used = useProduct(site)
  let ingest: string
  beforeAll(async () => {
    const answer = await used.product.cli('key', 'create', '--site', site, '--scope', 'ingest', '--json')
    ingest = (JSON.parse(answer) as { key: string }).key
  })

  const id = (): string => randomBytes(16).toString('base64url')

  function post(
    path: '/logs' | '/events',
    body: string | Uint8Array<ArrayBuffer>,
    key = ingest,
  ): Promise<Response> {
    return fetch(`${used.product.url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}` },
      body,
    })
  }

  async function tell(path: '/logs' | '/events', lines: readonly unknown[]): Promise<IngestAnswer> {
    const response = await post(path, lines.map((line) => JSON.stringify(line)).join('\n'))
    expect(response.status).toBe(202)
    return (await response.json()) as IngestAnswer
  }

  function totals(metrics: Query['metrics'], more: Partial<Query> = {}): () => Promise<MetricValues> {
    const query = { site, period: '7d', metrics, ...more } as Query
    return async () => (await ask(used.product.url, used.key, query)).totals
  }

  function call(more: Partial<ServerEvent> = {}): ServerEvent {
    return {
      type: 'call',
      id: id(),
      time: Date.now(),
      direction: 'in',
      duration: 90,
      outcome: 'answered',
      ...more,
    } as ServerEvent
  }

  function request(more: Partial<WireLog> = {}): WireLog {
    return {
      id: id(),
      time: Date.now(),
      method: 'GET',
      url: '/pricing?utm_source=x&name=Ada',
      status: 200,
      bytes: 10,
      userAgent: CHROME,
      address: '192.0.2.7',
      ...more,
    }
  }

  it('R1.3 counts calls, their minutes, direction and outcome, and keeps no number', async () => {
    const calls = [
      call(),
      call({ direction: 'out', outcome: 'missed', duration: 0 }),
      { ...call({ duration: 30 }), number: '+4930123456', caller: 'Ada Lovelace' },
    ]
    expect(await tell('/events', calls)).toEqual({ accepted: 3, dropped: 0, faults: [] })
    // A retry counts once, also when it comes with more.
    expect(await tell('/events', [...calls, call({ duration: 60 })])).toEqual({
      accepted: 1,
      dropped: 3,
      faults: [],
    })
    const counted = await eventually(
      totals(['calls', 'callMinutes', 'visitors', 'pageviews']),
      ({ calls: all }) => all === 4,
    )
    expect(counted).toEqual({ calls: 4, callMinutes: 3, visitors: 0, pageviews: 0 })
    // 0, 30, 60 and 90 seconds.
    expect(await totals(['callMinutes', 'p50', 'p75', 'p95'])()).toEqual({
      callMinutes: 3,
      p50: 30,
      p75: 60,
      p95: 90,
    })
    const incoming = { filters: [{ dimension: 'direction', is: ['in'] }] } satisfies Partial<Query>
    expect(await totals(['p50', 'p95'], incoming)()).toEqual({ p50: 60, p95: 90 })
    for (const [breakdown, rows] of [
      [
        'direction',
        [
          { direction: 'in', calls: 3 },
          { direction: 'out', calls: 1 },
        ],
      ],
      [
        'outcome',
        [
          { outcome: 'answered', calls: 3 },
          { outcome: 'missed', calls: 1 },
        ],
      ],
    ] as const) {
      const answer = await ask(used.product.url, used.key, {
        site,
        period: '7d',
        metrics: ['calls'],
        breakdown,
      })
      expect(answer.rows).toEqual(rows)
    }
    const stored = await askEngine(used.product.data, 'SELECT * FROM sluice.events')
    expect(JSON.stringify(stored)).not.toMatch(/4930123456|Lovelace/)
  })

  it('R1.2 takes custom events with money, and errors', async () => {
    const events: ServerEvent[] = [
      {
        type: 'event',
        id: id(),
        time: Date.now(),
        name: 'Renewal',
        props: { plan: 'pro', secret: 'x' },
        revenue: { amount: '29.00', currency: 'EUR' },
      },
      {
        type: 'event',
        id: id(),
        time: Date.now() - 3 * 86_400_000,
        name: 'Renewal',
        url: `https://${site}/billing`,
        revenue: { amount: '0.50', currency: 'EUR' },
      },
      { type: 'error', id: id(), time: Date.now(), message: 'Error: the printer is on fire' },
    ]
    // As `POST /e` takes them, in one object.
    const response = await post('/events', JSON.stringify({ version: 1, site, events }))
    expect([response.status, await response.json()]).toEqual([202, { accepted: 3, dropped: 0, faults: [] }])
    const counted = await eventually(
      totals(['events', 'revenue', 'errors', 'visitors']),
      // Days come one after the other, and which currencies there are is asked once a second.
      ({ events: there, errors, revenue }) => there === 2 && errors === 1 && revenue !== null,
    )
    expect(counted).toEqual({ events: 2, revenue: '29.50', errors: 1, visitors: 0 })
    const plans = await ask(used.product.url, used.key, {
      site,
      period: '7d',
      metrics: ['events'],
      breakdown: 'collector',
    })
    expect(plans.rows).toContainEqual({ collector: 'server', events: 2 })
  })

  it('R8.7 takes requests of logs: every one counts, and a document is a page view', async () => {
    const lines = [
      request(),
      request({ url: '/style.css' }),
      request({ url: '/gone', status: 404, address: '2001:db8::1' }),
      request({ userAgent: 'Googlebot/2.1' }),
      request({
        time: Date.now() - 86_400_000,
        url: `https://${site}/yesterday`,
        referrer: 'https://www.google.com/',
      }),
    ]
    expect(await tell('/logs', lines)).toEqual({ accepted: 5, dropped: 0, faults: [] })
    expect(await tell('/logs', lines.slice(0, 2))).toEqual({ accepted: 0, dropped: 2, faults: [] })
    const counted = await eventually(
      totals(['requests', 'pageviews', 'visitors']),
      ({ requests }) => requests === 5,
    )
    // A day that is over has no key for a visitor.
    expect(counted).toEqual({ requests: 5, pageviews: 2, visitors: 1 })
    const statuses = await ask(used.product.url, used.key, {
      site,
      period: '7d',
      metrics: ['requests'],
      breakdown: 'status',
    })
    expect(statuses.rows).toEqual([
      { status: '200', requests: 4 },
      { status: '404', requests: 1 },
    ])
    const stored = JSON.stringify(await askEngine(used.product.data, 'SELECT * FROM sluice.events'))
    expect(stored).not.toMatch(/192\.0\.2\.7|2001:db8|KHTML|Ada/)
    expect(stored).toContain('/yesterday')
  })

  it('tells by line what it cannot take, and takes the others', async () => {
    const other = { type: 'event', id: id(), time: Date.now(), name: 'x', url: 'https://other.example/' }
    const body = [
      JSON.stringify(call()),
      '{"type":',
      '[]',
      JSON.stringify({ ...call(), outcome: 'eaten' }),
      JSON.stringify({ type: 'pageview', id: id(), time: Date.now(), url: `https://${site}/` }),
      JSON.stringify(call({ time: Date.now() - 1_000 * 86_400_000 })),
      JSON.stringify(other),
      '',
      JSON.stringify({ type: 'event', id: 'short', time: Date.now(), name: 'x' }),
      JSON.stringify(call()),
      'x'.repeat(600_000),
    ].join('\n')
    const response = await post('/events', new Uint8Array(gzipSync(body)))
    expect([response.status, await response.json()]).toEqual([
      202,
      {
        accepted: 2,
        dropped: 8,
        faults: [
          { line: 2, reason: 'it is no JSON object' },
          { line: 3, reason: 'it is no JSON object' },
          { line: 4, reason: 'its field "outcome" is missing or cannot be read' },
          { line: 5, reason: 'its field "type" is none of event, error, call' },
          { line: 6, reason: 'its time is before the event window of the site' },
          { line: 7, reason: 'its url is not on the site or its allowed subdomains' },
          { line: 9, reason: 'its field "id" is missing or cannot be read' },
          { line: 11, reason: 'it is too long' },
        ],
      },
    ])
    const logs = await tell('/logs', [request({ url: 'https://other.example/' }), request({ status: 1_000 })])
    expect(logs).toMatchObject({ accepted: 0, dropped: 2 })
  })

  it('reads more lines than one request of the page may have', async () => {
    const before = Number((await totals(['requests'])()).requests)
    const lines = Array.from({ length: 20_000 }, () => request({ url: '/many' }))
    expect(await tell('/logs', lines)).toEqual({ accepted: 20_000, dropped: 0, faults: [] })
    await eventually(totals(['requests']), ({ requests }) => requests === before + 20_000)
  })

  it('asks for a key of the scope ingest', async () => {
    expect((await post('/events', '{}', used.key)).status).toBe(401)
    expect((await post('/logs', '{}', 'slk_ingest_none')).status).toBe(401)
    expect((await fetch(`${used.product.url}/logs`)).status).toBe(405)
  })
})
