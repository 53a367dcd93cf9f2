import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import express from 'express'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { WireLog } from '../../schema/log.ts'
import type { MetricValues, Query, QueryAnswer } from '../../schema/query.ts'
import { openRequestLog, type RequestLog, type RequestLogOptions } from '../../server/express/index.ts'
import { projectRoot } from '../../server/project-root.ts'
import { addSite, ask, CHROME, eventually, freePort, useProduct } from '../support/product.ts'

/** Of documentation networks, so that no table knows them; 8.8.8.8 is one that it knows. */
const ADDRESSES = ['192.0.2.17', '198.51.100.23', '8.8.8.8'] as const
const SENTINELS = /192\.0\.2|198\.51\.100|8\.8\.8|Mozilla|AppleWebKit|secret-query|ada@example/

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'sluice-express-'))
  closing.push(async () => rmSync(made, { recursive: true, force: true }))
  return made
}

function serve(server: Server): Promise<string> {
  closing.push(async () => {
    server.closeAllConnections()
    server.close()
  })
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
  })
}

/** A real application of Express with the log in front; gives its address. */
async function startApp(options: RequestLogOptions): Promise<{ url: string; log: RequestLog }> {
  const log = await openRequestLog(options)
  closing.push(() => log.close(0))
  const app = express()
  app.set('trust proxy', 'loopback')
  app.use(log)
  const router = express.Router()
  router.get('/orders', (_request, response) => void response.send('orders'))
  app.use('/account', router)
  app.get('/', (_request, response) => void response.send('<h1>Hello</h1>'))
  app.get('/slow', (_request, response) => void setTimeout(() => response.send('at last'), 300))
  app.get('/broken', () => {
    throw new Error('broken')
  })
  app.use((_error: unknown, _request: unknown, response: express.Response, _next: unknown) => {
    response.status(500).send('no')
  })
  return { url: await serve(createServer(app)), log }
}

function get(url: string, address: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, { headers: { 'user-agent': CHROME, 'x-forwarded-for': address, ...headers } })
}

function filesIn(spool: string): string[] {
  return readdirSync(spool, { recursive: true, encoding: 'utf8' })
    .map((name) => path.join(spool, name))
    .filter((name) => statSync(name).isFile())
}

describe('sluice/express', () => {
  const used = useProduct('example.com')
  const ingest = new Map<string, string>()
  async function keyOf(site: string): Promise<string> {
    const answer = await used.product.cli('key', 'create', '--site', site, '--scope', 'ingest', '--json')
    return (JSON.parse(answer) as { key: string }).key
  }
  beforeAll(async () => void ingest.set('example.com', await keyOf('example.com')))

  async function asked(more: Partial<Query>, site = 'example.com', key = used.key): Promise<QueryAnswer> {
    return ask(used.product.url, key, { site, period: '7d', ...more })
  }

  it('R8.7 R8.1 R8.2 R8.4 logs what an application of Express answers, each request once', async () => {
    const { url, log } = await startApp({
      server: used.product.url,
      key: ingest.get('example.com') ?? '',
      spool: folder(),
      skip: (request) => request.url === '/health',
    })
    const google = { referer: 'https://www.google.com/search?q=secret-query' }
    expect(
      await (await get(`${url}/?utm_source=news&mail=ada@example.com`, ADDRESSES[2], google)).text(),
    ).toBe('<h1>Hello</h1>')
    await get(`${url}/account/orders`, ADDRESSES[2])
    await get(`${url}/slow`, ADDRESSES[0])
    await get(`${url}/missing.css`, ADDRESSES[1])
    await get(`${url}/health`, ADDRESSES[1])
    expect((await get(`${url}/broken`, ADDRESSES[1])).status).toBe(500)
    await get(`${url}/`, ADDRESSES[1], { 'user-agent': 'Googlebot/2.1 (+http://www.google.com/bot.html)' })
    const metrics = ['requests', 'pageviews', 'visitors', 'visits'] as const
    const { totals } = await eventually(
      () => asked({ metrics: [...metrics] }),
      (answer) => answer.totals.requests === 6,
    )
    expect(totals).toEqual({ requests: 6, pageviews: 3, visitors: 2, visits: 2 } satisfies MetricValues)
    const by = async (breakdown: Query['breakdown'], metric: 'requests' | 'pageviews'): Promise<unknown> => {
      const { rows } = await asked({ breakdown: breakdown as 'status', metrics: [metric] })
      return Object.fromEntries(
        rows.filter((row) => row[metric] !== 0).map((row) => [row[breakdown as string], row[metric]]),
      )
    }
    expect(await by('status', 'requests')).toEqual({ 200: 4, 404: 1, 500: 1 })
    expect(await by('page', 'pageviews')).toEqual({ '/': 1, '/account/orders': 1, '/slow': 1 })
    expect(await by('source', 'pageviews')).toEqual({ news: 2, Direct: 1 })
    expect(await by('browser', 'pageviews')).toEqual({ Chrome: 3 })
    expect(await by('network', 'pageviews')).toMatchObject({ 'Google LLC': 2 })
    expect(await by('collector', 'pageviews')).toEqual({ log: 3 })
    expect(log.counts()).toEqual({ requests: 6, kept: 6, sent: 6, refused: 0, dropped: 0 })
  })

  it('R8.1 lets neither address nor user agent out of the process, nor onto its disk', async () => {
    const bodies: string[] = []
    const spool = folder()
    const sink = createServer((request, response) => {
      let body = ''
      request.on('data', (chunk: Buffer) => (body += chunk.toString()))
      request.on('end', () => {
        bodies.push(JSON.stringify(request.headers), body)
        response.writeHead(bodies.length < 3 ? 503 : 202, { 'content-type': 'application/json' })
        response.end('{"accepted":1,"dropped":0,"faults":[]}')
      })
    })
    const { url, log } = await startApp({ server: await serve(sink), key: 'k', spool })
    const own = { referer: 'https://192.0.2.99/x', 'user-agent': `${CHROME} ada@example.com` }
    for (const address of ADDRESSES) await get(`${url}/?q=secret-query&mail=ada@example.com`, address, own)
    await eventually(
      async () => log.counts().kept,
      (kept) => kept === 3,
    )
    const onDisk = filesIn(spool)
      .map((name) => readFileSync(name, 'utf8'))
      .join('\n')
    expect(onDisk).toContain('"country"')
    expect(onDisk).not.toMatch(SENTINELS)
    await eventually(
      async () => log.counts().sent,
      (sent) => sent === 3,
    )
    const wire = bodies.join('\n')
    expect(wire).not.toMatch(SENTINELS)
    const lines = (bodies.at(-1) ?? '')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as WireLog)
    expect(new Set(lines.map(({ client }) => client?.visitor)).size).toBe(3)
    expect(lines.map(({ client, url: page }) => [client?.browser, client?.country, page])).toContainEqual([
      'Chrome',
      'US',
      '/',
    ])
    // A bunch that was refused comes again with the ids it had.
    expect(bodies[3]).toContain(JSON.parse((bodies[1] ?? '').split('\n')[0] ?? '{}').id)
  })

  it('counts once where answers are lost on the way', async () => {
    const site = 'lost.example'
    const key = await addSite(used.product, site)
    let passed = 0
    const pass = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      const answer = await fetch(`${used.product.url}${request.url ?? ''}`, {
        method: 'POST',
        headers: { authorization: request.headers.authorization ?? '' },
        body: Buffer.concat(chunks),
      })
      const text = await answer.text()
      if (++passed <= 2) {
        request.socket.destroy()
        return
      }
      response.writeHead(answer.status, { 'content-type': 'application/json' })
      response.end(text)
    }
    const lossy = createServer((request, response) => void pass(request, response))
    const { url, log } = await startApp({
      server: await serve(lossy),
      key: await keyOf(site),
      spool: folder(),
    })
    for (let number = 0; number < 20; number++) await get(`${url}/`, ADDRESSES[0])
    await eventually(
      async () => log.counts().sent,
      (sent) => sent === 20,
    )
    expect(passed).toBeGreaterThanOrEqual(3)
    const { totals } = await eventually(
      () => asked({ metrics: ['requests', 'pageviews'] }, site, key),
      (answer) => Number(answer.totals.requests) >= 20,
    )
    expect(totals).toEqual({ requests: 20, pageviews: 20 })
  })

  it('goes on answering with a full spool, one that is gone, and a collector that knows no such key', async () => {
    const faults: string[] = []
    const spool = folder()
    const { url, log } = await startApp({
      server: used.product.url,
      key: 'wrong',
      spool,
      maxDiskBytes: 2_000,
      onFault: (message) => void faults.push(message),
    })
    for (let number = 0; number < 30; number++) expect((await get(`${url}/`, ADDRESSES[0])).status).toBe(200)
    const { kept, dropped } = await eventually(
      async () => log.counts(),
      (counts) => counts.kept + counts.dropped === 30,
    )
    expect(dropped).toBeGreaterThan(0)
    expect(
      filesIn(spool).reduce((sum, name) => sum + (name.endsWith('.ndjson') ? statSync(name).size : 0), 0),
    ).toBeLessThanOrEqual(2_000)
    expect(kept).toBe(30 - dropped)
    await eventually(
      async () => faults.toSorted(),
      (told) => told.length === 2,
    )
    expect(faults.toSorted()).toEqual([
      'The collector does not know the key: make one with `sluice key create --scope ingest`.',
      'The spool is full: requests are dropped until the collector takes them again.',
    ])
    rmSync(spool, { recursive: true })
    expect((await get(`${url}/`, ADDRESSES[0])).status).toBe(200)
    await eventually(
      async () => log.counts().dropped,
      (lost) => lost === dropped + 1,
    )
  })

  it('R4.2 refuses to speak plain http to another machine', async () => {
    await expect(
      openRequestLog({ server: 'http://stats.example.com', key: 'k', spool: folder() }),
    ).rejects.toThrow('with https unless it is on this machine')
  })
})

describe('an application that is killed', () => {
  const used = useProduct('killed.example')
  let running: ChildProcess | undefined
  afterAll(() => running?.kill('SIGKILL'))

  interface App {
    readonly url: string
    end(signal: NodeJS.Signals): Promise<void>
  }

  /** The application of examples/express, as a process of its own. */
  async function startExample(spool: string, key: string, server: string): Promise<App> {
    const port = await freePort()
    const child = spawn(process.execPath, [path.join(projectRoot, 'examples/express/server.mjs')], {
      env: {
        ...process.env,
        PORT: String(port),
        SLUICE_URL: server,
        SLUICE_INGEST_KEY: key,
        SLUICE_SPOOL: spool,
      },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    running = child
    await once(child.stdout, 'data')
    return {
      url: `http://127.0.0.1:${port}`,
      async end(signal) {
        const exited = once(child, 'exit')
        child.kill(signal)
        await exited
      },
    }
  }

  it('R8.7 loses nothing that it kept, and counts nothing twice, whatever ends first', async () => {
    const answer = await used.product.cli(
      'key',
      'create',
      '--site',
      'killed.example',
      '--scope',
      'ingest',
      '--json',
    )
    const { key } = JSON.parse(answer) as { key: string }
    const spool = folder()
    let [asked, kept] = [0, 0]
    for (const isAway of [false, true, true, false]) {
      if (isAway) await used.product.stop()
      const app = await startExample(spool, key, used.product.url)
      // It is killed while it answers and writes.
      let own = 0
      while (own < 20) {
        const some = Array.from({ length: 10 }, () => get(`${app.url}/`, ADDRESSES[0]))
        for (const { status } of await Promise.all(some)) expect(status).toBe(200)
        own = ((await (await fetch(`${app.url}/counts`)).json()) as { kept: number }).kept
        asked += some.length + 1
      }
      kept += own
      const late = Array.from({ length: 10 }, () => get(`${app.url}/`, ADDRESSES[0]).catch(() => undefined))
      asked += late.length
      await app.end('SIGKILL')
      await Promise.all(late)
      if (isAway) await used.product.restart()
    }
    // The next start sends what the others left, and ends in order.
    const app = await startExample(spool, key, used.product.url)
    const question = { site: 'killed.example', period: '7d', metrics: ['requests'] } as Query
    const { totals } = await eventually(
      () => ask(used.product.url, used.key, question),
      () => !filesIn(spool).some((name) => name.endsWith('.ndjson')),
    )
    await app.end('SIGTERM')
    const counted = await eventually(
      () => ask(used.product.url, used.key, question),
      (now) => Number(now.totals.requests) >= Math.max(kept, Number(totals.requests)),
    )
    expect(kept).toBeGreaterThan(0)
    expect(Number(counted.totals.requests)).toBeGreaterThanOrEqual(kept)
    expect(Number(counted.totals.requests)).toBeLessThanOrEqual(asked)
    expect(JSON.stringify(filesIn(spool))).not.toContain('ndjson')
  })
})
