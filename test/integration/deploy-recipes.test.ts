import { once } from 'node:events'
import http, { type IncomingHttpHeaders } from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { RECIPES, SITE_PAGE, type Recipe } from '../support/recipes.ts'
import { eventually } from '../support/product.ts'

/** The visitor comes from here: loopback is a whole network. */
const VISITOR = '127.0.0.42'
const MADE_UP = '81.2.69.142'
const AGENT = 'Sentinel/7.1 (Zq7x)'
const RECEIPT = '/_s/c/receipt-Zq7xSentinel'
const SESSION = '__Secure-sluice_session=owner-Zq7x'
const COOKIES = `cart=cart-Zq7x; ${SESSION}; _ga=ga-Zq7x`

interface Received {
  method: string
  url: string
  headers: IncomingHttpHeaders
  body: string
}

interface Answer {
  status: number
  headers: IncomingHttpHeaders
  body: string
}

/** What stands where Sluice would: it keeps all that arrives. */
async function startUpstream(): Promise<{
  port: number
  received: Received[]
  /** What it answers; by default a script that may be kept, or JSON that may not. */
  answer: { status: number; headers: http.OutgoingHttpHeaders } | undefined
  stop(): Promise<void>
}> {
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      upstream.received.push({ method, url, headers, body: Buffer.concat(chunks).toString() })
      const isScript = /\.(?:js|css)(?:\?|$)/.test(url)
      const { status, headers: answered } = upstream.answer ?? {
        status: 200,
        headers: { 'cache-control': isScript ? 'public, max-age=3600' : 'no-store' },
      }
      response.statusCode = status
      // One by one, so that whoever looks at answers of this process sees that this is no JSON.
      for (const [header, value] of Object.entries({ 'content-type': 'text/plain', ...answered })) {
        if (value !== undefined) response.setHeader(header, value)
      }
      response.end(`answer to ${url}`)
    })
  })
  server.keepAliveTimeout = 65_000
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const upstream: Awaited<ReturnType<typeof startUpstream>> = {
    port: (server.address() as AddressInfo).port,
    received: [],
    answer: undefined,
    async stop() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
  return upstream
}

describe.each(Object.entries(RECIPES))('the recipe for %s', (name, start) => {
  let upstream: Awaited<ReturnType<typeof startUpstream>>
  let recipe: Recipe
  beforeAll(async () => {
    upstream = await startUpstream()
    recipe = await start({ sluicePort: upstream.port })
  })
  beforeEach(() => {
    upstream.received.splice(0)
    upstream.answer = undefined
  })
  afterAll(async () => {
    await recipe.stop()
    await upstream.stop()
  })

  function send(
    route: string,
    options: { method?: string; headers?: http.OutgoingHttpHeaders; body?: string | Buffer } = {},
  ): Promise<Answer> {
    const { ca, port } = recipe
    const { method = 'GET', headers = {}, body } = options
    return new Promise((resolve, reject) => {
      const request = (ca === undefined ? http : https).request({
        host: '127.0.0.1',
        port,
        path: route,
        method,
        localAddress: VISITOR,
        agent: false,
        ...(ca !== undefined && { ca, servername: 'example.com' }),
        headers: { host: `example.com:${port}`, 'user-agent': AGENT, ...headers },
      })
      request.on('error', reject)
      request.on('response', (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () => {
          const { statusCode: status = 0, headers: answered } = response
          resolve({ status, headers: answered, body: Buffer.concat(chunks).toString() })
        })
      })
      request.end(body)
    })
  }

  it('passes on what a page sends, for the address that it saw itself', async () => {
    const body = JSON.stringify({ version: 1, events: ['ü'] })
    const { status, body: answered } = await send('/_s/e?x=1', {
      method: 'POST',
      body,
      headers: {
        'content-type': 'text/plain',
        origin: 'https://example.com',
        'sec-gpc': '1',
        'sec-purpose': 'prefetch',
        // Whatever a visitor writes about their address is thrown away.
        'x-forwarded-for': `${MADE_UP}, 10.0.0.1`,
        'x-real-ip': MADE_UP,
        forwarded: `for=${MADE_UP}`,
      },
    })
    expect([status, answered]).toEqual([200, 'answer to /e?x=1'])
    expect(upstream.received).toHaveLength(1)
    const [{ method, url, headers, body: arrived } = {} as Received] = upstream.received
    expect([method, url, arrived]).toEqual(['POST', '/e?x=1', body])
    expect(headers).toMatchObject({
      host: `example.com:${recipe.port}`,
      'x-forwarded-for': VISITOR,
      'user-agent': AGENT,
      origin: 'https://example.com',
      'content-type': 'text/plain',
      'sec-gpc': '1',
      'sec-purpose': 'prefetch',
    })
    expect(JSON.stringify(headers)).not.toContain(MADE_UP)
  })

  it.each([
    ['/_s/e', undefined],
    ['/_s/s/example.com.json', undefined],
    ['/_s/sluice-ui.js', undefined],
    ['/_s/', undefined],
    [RECEIPT, undefined],
    ['/.well-known/gpc.json', undefined],
    ['/_s/api/session', SESSION],
    ['/_s/api/query?x=1', SESSION],
    ['/_s/c', COOKIES],
    ['/_s/privacy/choices?site=example.com', COOKIES],
  ])('passes on cookies only where they are needed: %s', async (route, cookies) => {
    await send(route, { headers: { cookie: COOKIES } })
    expect(upstream.received.map(({ headers }) => headers.cookie || undefined)).toEqual([cookies])
  })

  it('takes its own path off, keeps the slash that pages need, and leaves the site alone', async () => {
    for (const [route, arrives] of [
      ['/_s/', '/'],
      ['/_s/privacy/choices?site=example.com&state=saved', '/privacy/choices?site=example.com&state=saved'],
      ['/_s/c/notice/abc', '/c/notice/abc'],
      ['/.well-known/gpc.json', '/.well-known/gpc.json'],
      [
        '/.well-known/sluice-consent.json?site=example.com',
        '/.well-known/sluice-consent.json?site=example.com',
      ],
    ]) {
      await send(route as string)
      expect(upstream.received.splice(0).map(({ url }) => url)).toEqual([arrives])
    }
    const { status, headers } = await send('/_s')
    expect(status).toBe(308)
    expect(new URL(headers.location ?? '', recipe.origin).pathname).toBe('/_s/')
    expect((await send('/')).body).toBe(SITE_PAGE)
    expect((await send('/_sluice/e')).status).toBe(404)
    expect((await send('/.well-known/other.json')).status).toBe(404)
    expect(upstream.received).toEqual([])
  })

  it('passes answers through as they are: refusals with their time to wait, and every cookie line', async () => {
    const lines = [
      '_ga=; Max-Age=0; Path=/; Secure; Partitioned',
      '_ga=; Max-Age=0; Path=/; Domain=example.com',
    ]
    upstream.answer = { status: 503, headers: { 'retry-after': '5', 'set-cookie': lines } }
    const refused = await send('/_s/c', { method: 'POST', body: '{}' })
    expect([refused.status, refused.headers['retry-after']]).toEqual([503, '5'])
    expect(refused.headers['set-cookie']).toEqual(lines)
    expect(refused.body).toBe('answer to /c')
    expect(upstream.received).toHaveLength(1)
    for (const status of [202, 303, 403, 409, 413, 429]) {
      upstream.answer = { status, headers: { location: 'choices?state=saved' } }
      const answer = await send('/_s/privacy/choices')
      expect([answer.status, answer.headers.location]).toEqual([status, 'choices?state=saved'])
    }
  })

  it('lets the largest manifest through and stops what is larger', async () => {
    const largest = Buffer.alloc(1_048_576, 'a')
    const taken = await send('/_s/api/sites/example.com/policy', { method: 'PUT', body: largest })
    expect(taken.status).toBe(200)
    expect(upstream.received.splice(0)[0]?.body).toHaveLength(largest.length)
    const body = Buffer.concat([largest, largest])
    for (const headers of [{}, { 'transfer-encoding': 'chunked' }]) {
      const refused = await send('/_s/e', { method: 'POST', body, headers }).catch((error: Error) => error)
      // Who still sends may find the connection closed before they read the answer.
      if (refused instanceof Error) expect(refused.message).toMatch(/ECONNRESET|EPIPE/)
      else expect(name === 'caddy' ? [413, 502] : [413]).toContain(refused.status)
    }
    expect(upstream.received.filter(({ body: arrived }) => arrived.length > largest.length)).toEqual([])
  })

  it('has scripts cached as long as Sluice says, and nothing else', async () => {
    const script = await send('/_s/sluice.js')
    expect([script.status, script.headers['cache-control']]).toEqual([200, 'public, max-age=3600'])
    await send('/_s/sluice.js?v=2')
    await send('/_s/s/example.com.json')
    await send('/_s/s/example.com.json')
    const asked = upstream.received.map(({ url }) => url)
    const configs = asked.filter((url) => url === '/s/example.com.json')
    expect(configs).toHaveLength(2)
    // nginx keeps them itself as well, whatever the query; the others leave that to the browser.
    expect(asked.filter((url) => url.startsWith('/sluice.js'))).toHaveLength(name === 'nginx' ? 1 : 2)
    if (name !== 'nginx') return
    upstream.answer = { status: 503, headers: {} }
    expect((await send('/_s/sluice-ui.css')).status).toBe(503)
    expect((await send('/_s/sluice.js')).body).toBe('answer to /sluice.js')
  })

  it('R8.1 writes no address, agent, cookie, query or receipt anywhere, nor when Sluice does not answer', async () => {
    const headers = {
      cookie: COOKIES,
      'x-forwarded-for': MADE_UP,
      referer: 'https://example.com/a?mail=Zq7x',
    }
    const routes = ['/?mail=Zq7x', '/_s/e?mail=Zq7x', RECEIPT, '/nowhere?mail=Zq7x', '/.well-known/gpc.json']
    for (const route of routes) await send(route, { headers })
    const hasLog = name === 'nginx' || name === 'caddy'
    if (hasLog)
      await eventually(
        () => Promise.resolve(recipe.logs()),
        (text) => /\b404\b/.test(text),
      )
    await upstream.stop()
    for (const route of routes.slice(1, 3))
      expect([502, 503]).toContain((await send(route, { headers })).status)
    if (name === 'caddy') {
      await eventually(
        () => Promise.resolve(recipe.logs()),
        (text) => text.includes('http.log.error'),
      )
    }
    for (const secret of [VISITOR, MADE_UP, 'Zq7x', 'Sentinel']) expect(recipe.logs()).not.toContain(secret)
  })
})
