import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { chromium, type Browser, type BrowserContextOptions } from 'playwright-core'
import { median } from './median.ts'
import { freePort, root } from './product.ts'

/**
 * `npm run bench:dashboard`: how long the dashboard of `sluice demo` takes from its address to its numbers, with nothing of
 * it in the browser's cache and the browser's processor slowed down four times; the server is not. It is interactive when
 * its controls are there and the last task of more than 50 ms is over. The promise is a second. Beside it a page that is one
 * line of text, which is what the browser itself takes. Medians and worst of the rounds; ROUNDS sets their number.
 */
const ROUNDS = Number(process.env['ROUNDS'] ?? 9)
const SLOWDOWN = 4
const LIMIT_MS = 1_000
/** What comes after the last number has been shown for so long belongs to no load. */
const REST_MS = 500

const VIEWS: Readonly<Record<string, string>> = {
  Overview: '',
  'Overview, a month': '?period=30d',
  Realtime: '?show=realtime',
  Funnels: '?show=funnels',
}

/** Moments since the page was asked for, in milliseconds. */
interface Load {
  /** Something is painted. */
  readonly painted: number
  /** The picker of a period can be pressed. */
  readonly controls: number
  /** No part is on its way any more. */
  readonly numbers: number
  /** The last task of more than 50 ms is over; not before the controls are there. */
  readonly interactive: number
  /** The longest task. */
  readonly longest: number
}

/** Runs in the page before all else. */
const WATCH = `(() => {
  const seen = (window.seen = { controls: 0, numbers: 0, busyUntil: 0, longest: 0 })
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) {
      seen.busyUntil = Math.max(seen.busyUntil, startTime + duration)
      seen.longest = Math.max(seen.longest, duration)
    }
  }).observe({ type: 'longtask', buffered: true })
  const look = () => {
    if (!document.querySelector('main select, main button, header button')) return
    seen.controls ||= performance.now()
    if (document.querySelector('[aria-busy="true"]')) seen.numbers = 0
    else seen.numbers ||= performance.now()
  }
  new MutationObserver(look).observe(document, { childList: true, subtree: true, attributes: true, attributeFilter: ['aria-busy'] })
})()`

/** What was seen, as a Load. */
const TOLD = `({
  painted: performance.getEntriesByName('first-contentful-paint')[0].startTime,
  controls: seen.controls,
  numbers: seen.numbers,
  interactive: Math.max(seen.controls, seen.busyUntil),
  longest: seen.longest,
})`

interface Demo {
  readonly address: string
  readonly look: string
  stop(): Promise<void>
}

async function startDemo(data: string): Promise<Demo> {
  const env = { ...process.env, PORT: String(await freePort()), SLUICE_DATA: data, LOG_LEVEL: 'error' }
  const child = spawn(process.execPath, ['bin/sluice.mjs', 'demo'], {
    cwd: root,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  for await (const line of createInterface({ input: child.stderr })) {
    const look = /\S+#look=\S+/.exec(line)?.[0]
    if (look === undefined) continue
    child.stderr.resume()
    const stop = async (): Promise<void> => {
      child.kill()
      await once(child, 'exit')
    }
    return { address: new URL('/', look).href, look, stop }
  }
  throw new Error('The demo has not said where it can be looked at.')
}

/** A page with a line of text, for as long as the bench runs. */
async function emptyPage(): Promise<string> {
  const page =
    '<!doctype html><html lang="en"><title>Empty</title><main><button>Nothing</button></main></html>'
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end(page)
  }).listen(0, '127.0.0.1')
  server.unref()
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

type Session = NonNullable<BrowserContextOptions['storageState']>

async function signIn(browser: Browser, look: string): Promise<Session> {
  const context = await browser.newContext({ locale: 'en-GB' })
  const page = await context.newPage()
  await page.goto(look)
  await page.getByRole('button', { name: 'Sign out' }).waitFor()
  const session = await context.storageState()
  await context.close()
  return session
}

async function load(browser: Browser, address: string, storageState: Session): Promise<Load> {
  const context = await browser.newContext({
    locale: 'en-GB',
    storageState,
    viewport: { width: 1440, height: 900 },
  })
  try {
    const page = await context.newPage()
    const session = await context.newCDPSession(page)
    await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWDOWN })
    await page.addInitScript(WATCH)
    await page.goto(address)
    // Not by functions of the page: its policy lets no text become one.
    const told = async (expression: string): Promise<unknown> =>
      (await session.send('Runtime.evaluate', { expression, returnByValue: true })).result.value
    while (!(await told(`seen.numbers > 0 && performance.now() - seen.numbers > ${REST_MS}`)))
      await sleep(100)
    return (await told(TOLD)) as Load
  } finally {
    await context.close()
  }
}

const script = new URL('../../scripts/ensure-browser.mjs', import.meta.url).href
const { ensureBrowser } = (await import(script)) as { ensureBrowser: () => string }
const data = mkdtempSync(path.join(tmpdir(), 'sluice-bench-dashboard-'))
const browser = await chromium.launch({
  executablePath: ensureBrowser(),
  args: ['--no-sandbox', '--disable-gpu'],
})
const demo = await startDemo(data)
try {
  const session = await signIn(browser, demo.look)
  console.log(
    `At ${SLOWDOWN}× slowdown, medians (worst) of ${ROUNDS} rounds, in ms; interactive at most ${LIMIT_MS}`,
  )
  const views = Object.entries(VIEWS).map(([name, search]) => [name, demo.address + search] as const)
  for (const [name, address] of [['a page with nothing', await emptyPage()] as const, ...views]) {
    const loads: Load[] = []
    for (let round = 0; round < ROUNDS; round++) loads.push(await load(browser, address, session))
    const of = (what: keyof Load): string => {
      const values = loads.map((one) => one[what])
      return `${what} ${median(values).toFixed(0)} (${Math.max(...values).toFixed(0)})`
    }
    console.log(
      `${name.padEnd(20)} ${(['painted', 'controls', 'interactive', 'numbers', 'longest'] as const).map(of).join('  ')}`,
    )
  }
} finally {
  await browser.close()
  await demo.stop()
  rmSync(data, { recursive: true, force: true })
}
