import { once } from 'node:events'
import { createServer, request as httpRequest, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { QueryAnswer, Question } from '../../../schema/query.ts'
import type { Site } from '../../../schema/site.ts'
import { UserError } from '../../../server/errors.ts'
import { createQueryRouter } from '../../../server/query/route.ts'

const SITE: Site = {
  id: 1,
  domain: 'example.com',
  timezone: 'UTC',
  preConsent: 'none',
  subdomains: false,
  eventWindowDays: 396,
  minimumGroup: 5,
  minimumGroupScope: 'close',
  properties: [],
  traits: [],
  goals: [],
}
const ANSWER: QueryAnswer = {
  rows: [{ page: '=/', visitors: 3 }],
  totals: { visitors: 3 },
  meta: {
    from: '2026-11-01',
    to: '2026-11-30',
    timezone: 'UTC',
    source: 'events',
    foldedRows: 0,
    rowCount: 1,
    visitors: 'daily-sum',
    minimumGroup: 5,
    freshness: '2026-11-30T00:00:00.000Z',
  },
}

let server: Server
let url: string
let asked: { site: Site; query: Question }[]
let run: (signal: AbortSignal) => Promise<QueryAnswer>

beforeEach(async () => {
  asked = []
  run = () => Promise.resolve(ANSWER)
  const app = express()
  app.use(
    createQueryRouter({
      queries: {
        run: (site, query, signal) => {
          asked.push({ site, query })
          return run(signal ?? new AbortController().signal)
        },
      },
      authorize: (request, domain) => {
        if (request.headers.authorization === undefined) throw new UserError('Sign in.', 401)
        if (domain !== SITE.domain) throw new UserError('Not this site.', 403)
        return SITE
      },
      conditions: ({ headers }) =>
        headers.authorization === 'Bearer part' ? [{ dimension: 'country', is: ['DE'] }] : [],
    }),
  )
  server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(async () => {
  server.close()
  server.closeAllConnections()
  await once(server, 'close')
})

function post(body: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${url}/api/query`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer key', ...headers },
    body,
  })
}

function get(
  query: string,
  headers: Record<string, string> = { authorization: 'Bearer key' },
): Promise<Response> {
  return fetch(`${url}/api/query.csv${query}`, { headers })
}

describe('POST /api/query', () => {
  it('answers a question, never to be kept', async () => {
    const response = await post('{"site":"example.com","breakdown":"page","metrics":["visitors"]}')
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual(ANSWER)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(asked).toEqual([
      { site: SITE, query: { site: 'example.com', breakdown: 'page', metrics: ['visitors'] } },
    ])
  })

  it.each([
    ['an unknown name', '{"site":"example.com","breakdown":"nonsense"}', {}, 400, 'nonsense'],
    ['broken JSON', '{"site":"example.com",', {}, 400, 'no valid JSON'],
    ['another site', '{"site":"other.example"}', {}, 403, 'Not this site'],
    ['no site', '{}', {}, 403, 'Not this site'],
    ['no object', '[]', {}, 403, 'Not this site'],
    ['a long body', `{"site":"${'x'.repeat(70_000)}"}`, {}, 413, 'longer than 64kb'],
    ['plain text', '{"site":"example.com"}', { 'content-type': 'text/plain' }, 415, 'application/json'],
  ])('answers %s with one sentence', async (_fault, body, headers, status, sentence) => {
    const response = await post(body, headers)
    expect(response.status).toBe(status)
    expect(((await response.json()) as { error: string }).error).toContain(sentence)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(asked).toEqual([])
  })

  it('finds out who asks before what is asked', async () => {
    const response = await fetch(`${url}/api/query`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"site":"example.com","breakdown":"nonsense"}',
    })
    expect(response.status).toBe(401)
    expect(await response.text()).not.toContain('nonsense')
  })

  it('R4.4 narrows what is asked to what whoever asks may see', async () => {
    const filters = [{ dimension: 'country', is: ['DE'] }]
    for (const [authorization, narrowed] of [
      ['Bearer part', { filters }],
      ['Bearer key', {}],
    ] as const) {
      await post('{"site":"example.com","metrics":["visitors"]}', { authorization })
      expect(asked.at(-1)?.query).toEqual({ site: 'example.com', metrics: ['visitors'], ...narrowed })
    }
  })

  it('says when to come again', async () => {
    run = () => Promise.reject(new UserError('Too many questions.', 503))
    const response = await post('{"site":"example.com"}')
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5'])
  })

  it('takes no other method', async () => {
    const response = await fetch(`${url}/api/query`, { headers: { authorization: 'Bearer key' } })
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
  })

  it('cancels the question of who has gone', async () => {
    const gone = new Promise<void>((resolve) => {
      run = (signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            reject(signal.reason as Error)
            resolve()
          })
          request.destroy()
        })
    })
    const request = httpRequest(`${url}/api/query`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer key' },
    })
    request.on('error', () => undefined)
    request.end('{"site":"example.com"}')
    await gone
    expect(asked).toHaveLength(1)
  })
})

describe('GET /api/query.csv', () => {
  const question = `?query=${encodeURIComponent('{"site":"example.com","breakdown":"page","metrics":["visitors"]}')}`

  it('answers the same question as a file', async () => {
    const response = await get(question)
    expect(response.status).toBe(200)
    expect(await response.text()).toBe('"page","visitors"\r\n"\'=/","3"\r\n')
    expect(response.headers.get('content-type')).toMatch(/^text\/csv; charset=utf-8/)
    expect(response.headers.get('content-disposition')).toBe(
      'attachment; filename="sluice-2026-11-01-2026-11-30.csv"',
    )
    expect(response.headers.get('cache-control')).toBe('no-store')
  })

  it.each([
    ['', 400, 'in the parameter query'],
    ['?query={', 400, 'no valid JSON'],
    ['?query=%7B%22site%22%3A%22example.com%22%2C%22limit%22%3A0%7D', 400, 'whole number'],
  ])('answers %s with one sentence', async (query, status, sentence) => {
    const response = await get(query)
    expect(response.status).toBe(status)
    expect(((await response.json()) as { error: string }).error).toContain(sentence)
  })

  it('is for those who may ask', async () => {
    expect((await get(question, {})).status).toBe(401)
  })
})
