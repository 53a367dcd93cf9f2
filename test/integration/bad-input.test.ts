import { readFileSync } from 'node:fs'
import net from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { corpusLines } from '../support/corpora.ts'
import {
  addSite,
  ask,
  CHROME,
  eventually,
  pageview,
  send,
  startProduct,
  type Product,
} from '../support/product.ts'

const site = 'rough.example'

/** One sentence: begins in upper case, ends in a full stop, and shows nothing of the machine. */
function expectSentence(text: string): void {
  const { error } = JSON.parse(text) as { error: string }
  expect(error).toMatch(/^[A-Z].{8,300}\.$/)
  expect(error).not.toMatch(/\bat .*:\d+|node_modules|\.ts\b|\.js\b|\/[a-z]+\/[a-z]+\/|Error:/)
}

describe('bad input', () => {
  let product: Product
  let key: string
  beforeAll(async () => {
    product = await startProduct()
    key = await addSite(product, site)
  })
  afterAll(() => product.dispose())

  const post = (body: Buffer | string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${product.url}/e`, {
      method: 'POST',
      body: typeof body === 'string' ? body : new Uint8Array(body),
      headers: { origin: `https://${site}`, 'user-agent': CHROME, 'content-type': 'text/plain', ...headers },
    })
  const stored = async (page: string): Promise<number> => {
    const filters = [{ dimension: 'page' as const, is: [page] }]
    return Number(
      (await ask(product.url, key, { site, period: 'today', metrics: ['pageviews'], filters })).totals
        .pageviews,
    )
  }

  it.each([
    ['nothing', ''],
    ['cut off JSON', '{"version":1,"site":"rough.example","events":[{"type":"pagev'],
    ['a list', '[]'],
    ['a text', '"hello"'],
    ['null', 'null'],
    ['another version', JSON.stringify({ version: 2, site, events: [] })],
    ['no version', JSON.stringify({ site, events: [] })],
    ['no site', JSON.stringify({ version: 1, events: [] })],
    ['a number as site', JSON.stringify({ version: 1, site: 7, events: [] })],
    ['a site of 10,000 characters', JSON.stringify({ version: 1, site: 'x'.repeat(10_000), events: [] })],
    ['events that are no list', JSON.stringify({ version: 1, site, events: { length: 3 } })],
    ['1,001 events', JSON.stringify({ version: 1, site, events: Array.from({ length: 1001 }, () => 0) })],
    ['deep nesting', `{"version":1,"site":"${site}","events":${'['.repeat(60_000)}`],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00, 0xc3, 0x28])],
  ])('answers 400 to %s', async (_name, body) => {
    const answer = await post(body)
    expect(answer.status).toBe(400)
    expectSentence(await answer.text())
  })

  it('answers 413 to 10 MB and reads no further, however the length is told', async () => {
    const announced = await raw(
      product.port,
      `POST /e HTTP/1.1\r\nhost: x\r\norigin: https://${site}\r\ncontent-length: 10485760\r\n\r\n`,
    )
    expect(announced).toMatch(/^HTTP\/1\.1 413 /)
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`
    const chunked = await raw(
      product.port,
      `POST /e HTTP/1.1\r\nhost: x\r\norigin: https://${site}\r\ntransfer-encoding: chunked\r\n\r\n${chunk.repeat(8)}`,
    )
    expect(chunked).toMatch(/^HTTP\/1\.1 413 /)
  })

  it('answers 415 to compressed bodies, a bomb among them', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000))
    for (const encoding of ['gzip', 'br', 'deflate', 'gzip, gzip']) {
      const answer = await post(bomb, { 'content-encoding': encoding })
      expect(answer.status, encoding).toBe(415)
      expectSentence(await answer.text())
    }
  })

  it('answers 403 to unknown sites and to pages of other origins', async () => {
    const body = JSON.stringify({ version: 1, site, events: [pageview(site, '/forged')] })
    for (const origin of [
      'https://evil.example',
      'null',
      `https://${site}.evil.example`,
      `https://evil.example/${site}`,
      `ftp://${site}`,
      'rough',
      `https://www.${site}`,
    ]) {
      const answer = await post(body, { origin })
      expect(answer.status, origin).toBe(403)
      expectSentence(await answer.text())
    }
    const without = await raw(
      product.port,
      `POST /e HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    )
    expect(without).toMatch(/^HTTP\/1\.1 403 /)
    const unknown = await send(product.url, 'unknown.example', [pageview('unknown.example', '/')])
    expect(unknown.status).toBe(403)
    expectSentence(await unknown.text())
    expect(await stored('/forged')).toBe(0)
  })

  it('answers 405 to other methods, and a preflight without credentials', async () => {
    for (const method of ['GET', 'PUT', 'DELETE', 'PATCH']) {
      expect((await fetch(`${product.url}/e`, { method })).status, method).toBe(405)
    }
    const preflight = await fetch(`${product.url}/e`, {
      method: 'OPTIONS',
      headers: { origin: 'https://a.example' },
    })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*')
    expect(preflight.headers.get('access-control-allow-credentials')).toBeNull()
    const answer = await post('')
    expect(answer.headers.get('access-control-expose-headers')).toBe('retry-after')
  })

  it('keeps the neighbours of each bad event, and loses none', async () => {
    const bad: unknown[] = [
      null,
      7,
      'pageview',
      [],
      {},
      { ...pageview(site, '/x'), type: 'unheard-of' },
      { ...pageview(site, '/x'), id: 5 },
      { ...pageview(site, '/x'), id: '' },
      { ...pageview(site, '/x'), time: '2026' },
      { ...pageview(site, '/x'), time: null },
      { ...pageview(site, '/x'), url: 'not an address' },
      { ...pageview(site, '/x'), url: 'javascript:alert(1)' },
      { ...pageview(site, '/x'), url: `https://evil.example/x` },
      { ...pageview(site, '/x'), url: `https://${site}/${'x'.repeat(5000)}` },
      { ...pageview(site, '/x'), type: 'engagement', visibleMs: '9', scrollPercent: 4 },
      { ...pageview(site, '/x'), type: 'engagement', visibleMs: Infinity, scrollPercent: 4 },
      JSON.parse('{"__proto__":{"type":"pageview"},"constructor":1}'),
    ]
    const events = bad.flatMap((event) => [event, pageview(site, '/neighbour')])
    const answer = await send(product.url, site, events)
    expect(answer.status).toBe(202)
    expect(await answer.json()).toEqual({ accepted: bad.length, dropped: bad.length })
    await eventually(
      () => stored('/neighbour'),
      (count) => count === bad.length,
    )
    expect(await stored('/x')).toBe(0)
    expect(Object.prototype).not.toHaveProperty('type')
  })

  it('stamps times of 1970, 2200 and 9999, and integers beyond 2^53, with today', async () => {
    const times = [0, -1, 1, 7_258_118_400_000, 253_402_300_799_000, 2 ** 54, 1e300, -1e300]
    const answer = await send(
      product.url,
      site,
      times.map((time) => pageview(site, '/when', { time })),
    )
    expect(await answer.json()).toEqual({ accepted: times.length, dropped: 0 })
    await eventually(
      () => stored('/when'),
      (count) => count === times.length,
    )
  })

  it('stores text with NUL, lone surrogates, tabs and line breaks without harm to its row', async () => {
    const odd = [
      '\u0000',
      '\ud800',
      '\udfff\ud800',
      'a\tb',
      'a\nb\\N',
      '\u202e',
      '\ufeff',
      '%00%0a%09',
      '%ff%fe',
      '🦝',
    ]
    const events = odd.map((text) =>
      pageview(site, `/odd?utm_source=${text}`, {
        referrer: `https://${text}.example/`,
        language: text,
        screen: text,
      }),
    )
    const answer = await send(product.url, site, [...events, pageview(site, '/odd')])
    expect(await answer.json()).toEqual({ accepted: odd.length + 1, dropped: 0 })
    await eventually(
      () => stored('/odd'),
      (count) => count === odd.length + 1,
    )
    const sources = await ask(product.url, key, {
      site,
      period: 'today',
      breakdown: 'utmSource',
      metrics: ['visits'],
    })
    expect(JSON.stringify(sources.rows)).not.toMatch(/\\u0000|\\ud800/)
  })

  it('parses what is JSON and refuses what is not (corpus)', async () => {
    const own = [
      {
        name: 'y_own',
        expect: 'y',
        base64: Buffer.from(' {"a":[1.5e+3,true,null,"\\u00e9"]} ').toString('base64'),
      },
      { name: 'n_own', expect: 'n', base64: Buffer.from('{"a":1,}').toString('base64') },
    ]
    const cases = [...own, ...corpusLines<(typeof own)[number]>('hostile/json-parsing.jsonl')]
    for (const { name, expect: expected, base64 } of cases) {
      const answer = await post(Buffer.from(base64, 'base64'))
      const text = await answer.text()
      expect(answer.status, name).toBeLessThan(500)
      if (expected === 'n') expect(answer.status, name).toBe(400)
      if (expected === 'y') expect(text, name).not.toMatch(/not JSON|valid JSON/i)
    }
  })

  it('stays flat in memory under bad input and goes on counting', async () => {
    const rss = (): number =>
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${product.pid()}/status`, 'utf8'))?.[1]) / 1024
    const big = Buffer.alloc(200_000, '[')
    const round = async (): Promise<void> => {
      const answers = await Promise.all(Array.from({ length: 20 }, () => post(big)))
      for (const answer of answers) expect(answer.status).toBe(400)
    }
    for (let count = 0; count < 10; count++) await round()
    const before = rss()
    for (let count = 0; count < 40; count++) await round()
    expect(rss() - before).toBeLessThan(80)
    expect((await send(product.url, site, [pageview(site, '/after')])).status).toBe(202)
    await eventually(
      () => stored('/after'),
      (count) => count === 1,
    )
  })
})

/** Sends bytes as they are and returns what comes back until the connection ends or an answer is whole. */
function raw(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = net.connect(port, '127.0.0.1', () => socket.write(bytes))
    socket.on('data', (chunk) => {
      answer += chunk.toString()
      if (answer.includes('\r\n\r\n')) socket.destroy()
    })
    socket.on('close', () => resolve(answer))
    socket.on('error', (error: NodeJS.ErrnoException) => (answer === '' ? reject(error) : resolve(answer)))
  })
}
