import { describe, expect, it } from 'vitest'
import { createApi, type Api } from '../../../dashboard/api.ts'

interface Sent {
  url: string
  init: RequestInit | undefined
}

function apiThatGets(answer: () => Response): { api: Api; sent: Sent[] } {
  const sent: Sent[] = []
  const send: typeof fetch = (url, init) => {
    sent.push({ url: url instanceof URL ? url.href : 'not an address', init })
    return new Promise((resolve) => resolve(answer()))
  }
  return { api: createApi(new URL('https://example.com/stats/'), send), sent }
}

const json =
  (status: number, body: unknown, headers: Record<string, string> = {}) =>
  () =>
    new Response(JSON.stringify(body), { status, headers })
const never = new AbortController().signal

async function failureOf(answer: () => Response) {
  const reply = await apiThatGets(answer).api.sites()
  return reply.ok ? 'no failure' : reply.failure
}

describe('the client', () => {
  it('stays below the prefix that the page lives under', async () => {
    const { api, sent } = apiThatGets(json(200, {}))
    await api.session()
    await api.sites()
    await api.query({ site: 'example.com' }, never)
    await api.signOut()
    expect(sent.map(({ url, init }) => `${init?.method ?? 'GET'} ${url}`)).toEqual([
      'GET https://example.com/stats/api/session',
      'GET https://example.com/stats/api/sites',
      'POST https://example.com/stats/api/query',
      'POST https://example.com/stats/api/sign-out',
    ])
    expect(sent.every(({ init }) => init?.credentials === 'same-origin')).toBe(true)
  })

  it('tells the server’s clock with the answer', async () => {
    const { api } = apiThatGets(json(200, { signedIn: true }, { date: 'Tue, 24 Nov 2026 13:32:00 GMT' }))
    expect(await api.session()).toEqual({
      ok: true,
      value: { signedIn: true },
      now: Date.parse('2026-11-24T13:32:00Z'),
    })
  })

  it('knows what happens daily by kind', async () => {
    expect(await failureOf(json(401, { error: 'Sign in first.' }))).toEqual({ kind: 'signed-out' })
    expect(await failureOf(json(503, {}))).toEqual({ kind: 'busy' })
    expect(await failureOf(json(429, {}))).toEqual({ kind: 'busy' })
    expect(await failureOf(json(400, { error: 'There is no dimension “x”.' }))).toEqual({
      kind: 'refused',
      status: 400,
      message: 'There is no dimension “x”.',
    })
    expect(await failureOf(json(500, { unexpected: 1 }))).toEqual({
      kind: 'refused',
      status: 500,
      message: undefined,
    })
    expect(
      await failureOf(() => {
        throw new TypeError('failed to fetch')
      }),
    ).toEqual({ kind: 'unreachable' })
  })

  it('takes a page of somebody in between for no answer', async () => {
    const { api } = apiThatGets(() => new Response('<h1>Log in to the hotel</h1>', { status: 200 }))
    expect(await api.sites()).toEqual({
      ok: false,
      failure: { kind: 'refused', status: 200, message: undefined },
    })
  })

  it('cuts a sentence that is too long for a page', async () => {
    const { api } = apiThatGets(json(400, { error: 'x'.repeat(5_000) }))
    const reply = await api.sites()
    expect(reply).toMatchObject({ failure: { message: 'x'.repeat(300) } })
  })
})
