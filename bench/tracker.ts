import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { build } from 'esbuild'
import { chromium, type Browser, type CDPSession } from 'playwright-core'
import { projectRoot } from '../server/project-root.ts'

/**
 * `npm run bench:tracker`: what a tracker costs its page, with the processor slowed down four times: time of the main
 * thread from the first byte until the page is at rest, and for 1,000 things that a visitor does (clicks, steps of
 * scrolling, pages of an application); requests and bytes of brotli for one page view; tasks of more than 50 ms. Beside it
 * in the same run: the page without one, and the scripts of Plausible and Counterscale. Medians of the rounds; ROUNDS sets
 * their number.
 */
const ROUNDS = Number(process.env['ROUNDS'] ?? 7)
const SLOWDOWN = 4
/** Until the last script has come and told what it has to tell. */
const REST_MS = 1_200

const SITE = 'shop.test'
const GRANTED = {
  categories: ['essential', 'performance'],
  revision: 1,
  day: '2026-11-24',
  until: '2099-01-01',
  token: `1~${SITE}~1~1~0~2026-11-24T13~2026-11-25T13~2027-05-25~${'m'.repeat(32)}`,
  hour: Math.floor(Date.now() / 3_600_000),
  calendar: [Math.floor(Date.now() / 86_400_000), Math.ceil(Date.now() / 86_400_000) * 1_440],
}

interface Variant {
  readonly name: string
  readonly tag: string
  /** What the visitor chose before. */
  readonly record?: object
}

/** Everything it can measure by itself is on, for each of them. */
const VARIANTS: readonly Variant[] = [
  { name: 'no tracker', tag: '' },
  {
    name: 'Sluice, all events',
    tag: `<script defer src="/sluice.js" data-site="${SITE}" data-events="outbound download form error vital click"></script>`,
    record: GRANTED,
  },
  {
    name: 'Sluice, as it comes',
    tag: `<script defer src="/sluice.js" data-site="${SITE}"></script>`,
    record: GRANTED,
  },
  {
    name: 'Sluice, refused',
    tag: `<script defer src="/sluice.js" data-site="${SITE}"></script>`,
    record: { categories: ['essential'], revision: 1, day: '2026-11-24', until: '2099-01-01' },
  },
  { name: 'Plausible 0.4.6', tag: '<script defer src="/plausible.js"></script>' },
  { name: 'Counterscale 3.4.1', tag: '<script defer src="/counterscale.js"></script>' },
]

const page = (tag: string): string =>
  `<!doctype html><html lang="en"><title>Shop</title>${tag}<button>Buy</button><a href="#more">More</a>${'<p>Bicycles and what belongs to them.</p>'.repeat(300)}</html>`

/** A peer as its documentation has it put into a page, in the smallest form. */
async function bundled(code: string): Promise<Buffer> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: projectRoot },
    bundle: true,
    minify: true,
    format: 'iife',
    write: false,
    logLevel: 'error',
  })
  return Buffer.from(outputFiles[0]?.contents ?? [])
}

const PEERS: Readonly<Record<string, Buffer>> = {
  '/plausible.js': await bundled(
    `import { init } from '@plausible-analytics/tracker'
init({ domain: '${SITE}', endpoint: '/api/event', outboundLinks: true, fileDownloads: true, formSubmissions: true, captureOnLocalhost: true, logging: false })`,
  ),
  '/counterscale.js': await bundled(
    `import * as Counterscale from '@counterscale/tracker'
Counterscale.init({ siteId: '${SITE}', deploymentUrl: location.origin })`,
  ),
}

function fileOf(address: string): Buffer | undefined {
  if (address in PEERS) return PEERS[address]
  const own = /^\/(sluice[\w-]*\.js)$/.exec(address)?.[1]
  return own === undefined ? undefined : readFileSync(path.join(projectRoot, 'dist', 'public', own))
}

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost')
  request.resume()
  const file = fileOf(pathname)
  if (file) {
    const headers = { 'content-type': 'text/javascript', 'content-encoding': 'br' }
    response.writeHead(200, headers).end(brotliCompressSync(file))
  } else if (pathname === '/page') {
    const tag = VARIANTS[Number(searchParams.get('variant'))]?.tag ?? ''
    response.writeHead(200, { 'content-type': 'text/html' }).end(page(tag))
  } else if (request.method === 'POST') {
    response.writeHead(202, { 'content-type': 'application/json' }).end('{"accepted":1,"dropped":0}')
  } else {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  }
}).listen(0, '127.0.0.1')
await once(server, 'listening')
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

interface Cost {
  readonly loadMs: number
  readonly useMs: number
  readonly longTasks: number
  readonly requests: number
  readonly bytes: number
}

/** Seconds that the main thread was at work, as milliseconds. */
async function busyMs(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics')
  return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1_000
}

/** A thousand things that a visitor does. */
const USE = `(async () => {
  const button = document.querySelector('button')
  for (let step = 1; step <= 1_000; step++) {
    if (step % 100 === 0) history.pushState(null, '', '/page/' + step + location.search)
    else if (step % 10 === 0) scrollTo(0, step)
    else button.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }))
    if (step % 50 === 0) await new Promise((resolve) => requestAnimationFrame(resolve))
  }
})()`

async function measure(browser: Browser, rank: number): Promise<Cost> {
  const record = VARIANTS[rank]?.record
  const context = await browser.newContext({ userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Chrome/142.0.0.0' })
  try {
    if (record) {
      const value = encodeURIComponent(JSON.stringify(record))
      await context.addCookies([{ name: 'cc_cookie', value, url: origin }])
    }
    const tab = await context.newPage()
    const session = await context.newCDPSession(tab)
    // Time of the processor, so that what else the machine does is not counted.
    await session.send('Performance.enable', { timeDomain: 'threadTicks' })
    await session.send('Network.enable')
    await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWDOWN })
    await tab.addInitScript(
      `window.long = 0; new PerformanceObserver((list) => { window.long += list.getEntries().length }).observe({ type: 'longtask' })`,
    )
    let [requests, bytes] = [0, 0]
    session.on('Network.responseReceived', ({ response }) => {
      if (!response.url.includes('/page')) requests++
    })
    session.on('Network.loadingFinished', ({ encodedDataLength }) => {
      bytes += encodedDataLength
    })
    await tab.goto(`${origin}/page?variant=${rank}`)
    await tab.waitForTimeout(REST_MS)
    const loadMs = await busyMs(session)
    const seen = { requests, bytes }
    await tab.evaluate(USE)
    await tab.waitForTimeout(REST_MS)
    const useMs = (await busyMs(session)) - loadMs
    return { loadMs, useMs, longTasks: await tab.evaluate<number>('window.long'), ...seen }
  } finally {
    await context.close()
  }
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN

const script = new URL('../../scripts/ensure-browser.mjs', import.meta.url).href
const { ensureBrowser } = (await import(script)) as { ensureBrowser: () => string }
const browser = await chromium.launch({
  executablePath: ensureBrowser(),
  args: ['--no-sandbox', '--disable-gpu'],
})
try {
  const costs = VARIANTS.map((): Cost[] => [])
  // In turn, so that what the machine does besides is spread over all.
  for (let round = 0; round < ROUNDS; round++) {
    for (const [rank, own] of costs.entries()) own.push(await measure(browser, rank))
  }
  const figure = (rank: number, of: (cost: Cost) => number): number => median((costs[rank] ?? []).map(of))
  console.log(
    `Main thread at ${SLOWDOWN}× slowdown, medians of ${ROUNDS} rounds; in brackets what is more than without a tracker`,
  )
  for (const [rank, { name }] of VARIANTS.entries()) {
    const [load, use] = [figure(rank, ({ loadMs }) => loadMs), figure(rank, ({ useMs }) => useMs)]
    const more = (value: number, of: (cost: Cost) => number): string =>
      rank === 0 ? '' : ` (+${(value - figure(0, of)).toFixed(0)})`
    console.log(
      [
        name.padEnd(20),
        `load ${load.toFixed(0)} ms${more(load, ({ loadMs }) => loadMs)}`,
        `1,000 interactions ${use.toFixed(0)} ms${more(use, ({ useMs }) => useMs)}`,
        `long tasks ${figure(rank, ({ longTasks }) => longTasks)}`,
        `requests ${figure(rank, ({ requests }) => requests)}`,
        `${figure(rank, ({ bytes }) => bytes) - figure(0, ({ bytes }) => bytes)} bytes`,
      ].join(' · '),
    )
  }
} finally {
  await browser.close()
  server.close()
}
