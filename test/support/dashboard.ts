/** The dashboard in a real browser, against made-up visits. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { BrowserContextOptions, Locator, Page } from 'playwright-core'
import { expect, onTestFinished, vi } from 'vitest'
import { sharedBrowser } from './browser.ts'
import { bundle } from './bundle-dashboard.ts'
import { startFakeApi, type FakeApi, type FakeApiOptions } from './fake-api.ts'

// A browser on a machine that does other things as well may take its time.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

/** `expect` of what is not so yet, but will be. */
export function soon(ask: () => unknown): ReturnType<typeof expect.poll> {
  return expect.poll(ask, { timeout: 20_000 })
}

export interface Opened {
  page: Page
  api: FakeApi
  /** What must stay empty: errors in the page and breaches of its security policy. */
  faults: string[]
  /** Requests that left the page's origin. */
  foreign: string[]
}

export interface Dashboards {
  /** Opens the page in a browser context of its own, which is closed when the test is over. `search` is the query string, `?period=7d`. */
  open: (search?: string, options?: OpenOptions) => Promise<Opened>
}

export interface OpenOptions extends Partial<Omit<FakeApiOptions, 'publicDir'>> {
  /** Of the browser. Default: British, light, 1440 × 900. */
  browser?: BrowserContextOptions
  /** The clock of the page stands at the API's and is moved by the test. */
  holdsClock?: boolean
  /** Before the page is opened. */
  prepare?: (api: FakeApi) => void
}

/** Errors that a browser logs for an answer such as 401 or 503, which tests cause on purpose. */
const FAILED_ANSWER = /^Failed to load resource/

/** The page made from today's source, once for each process of tests. */
let bundled: Promise<string> | undefined

async function bundleOnce(): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'sluice-dashboard-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  await bundle(folder)
  return folder
}

export async function startDashboards(): Promise<Dashboards> {
  bundled ??= bundleOnce()
  const publicDir = await bundled

  async function open(search = '', options: OpenOptions = {}): Promise<Opened> {
    const { browser: context, holdsClock, prepare, ...rest } = options
    const api = await startFakeApi({ publicDir, ...rest })
    prepare?.(api)
    const own = await (
      await sharedBrowser()
    ).newContext({
      locale: 'en-GB',
      colorScheme: 'light',
      viewport: { width: 1440, height: 900 },
      ...context,
    })
    // Pages left open would slow down every test that follows.
    onTestFinished(async () => {
      await own.close()
      await api.close()
    })
    const page = await own.newPage()
    if (holdsClock) await page.clock.install()
    const { faults, foreign } = await watch(page, new URL(api.url).origin)
    await page.goto(api.url + search)
    await settled(page)
    return { page, api, faults, foreign }
  }

  return { open }
}

async function watch(page: Page, origin: string): Promise<{ faults: string[]; foreign: string[] }> {
  const faults: string[] = []
  const foreign: string[] = []
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`))
  page.on('console', (message) => {
    const isFault = message.type() === 'error' || message.type() === 'warning'
    if (isFault && !FAILED_ANSWER.test(message.text())) faults.push(`console: ${message.text()}`)
  })
  page.on('dialog', (dialog) => {
    faults.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== origin) foreign.push(request.url())
  })
  await page.exposeFunction('tellBreach', (breach: string) => faults.push(`policy: ${breach}`))
  await page.addInitScript(() => {
    const tell = (window as unknown as { tellBreach: (breach: string) => void }).tellBreach
    document.addEventListener('securitypolicyviolation', (event) =>
      tell(`${event.violatedDirective} ${event.blockedURI}`),
    )
  })
  return { faults, foreign }
}

/** Until every part that is loading has loaded. */
export async function settled(page: Page): Promise<void> {
  await page.locator('main').waitFor()
  await soon(() => page.locator('[aria-busy="true"]').count()).toBe(0)
}

/** Leads to another address in the same document, as back and forward do. */
export function follow(page: Page, search: string): Promise<void> {
  return page.evaluate((address) => {
    history.pushState(null, '', address)
    dispatchEvent(new PopStateEvent('popstate'))
  }, search)
}

/**
 * Shows another view, one with another heading, in the same document: to load one, and axe-core into it, takes longer
 * than to look at it.
 */
export async function turnTo(page: Page, search: string): Promise<void> {
  const heading = page.getByRole('heading', { level: 1 })
  const before = await heading.textContent()
  await follow(page, search)
  await soon(() => heading.textContent()).not.toBe(before)
  await settled(page)
}

/** The cells of a panel's table, row by row, without its head. */
export async function rowsOf(part: Locator): Promise<string[][]> {
  return part
    .locator('tbody tr')
    .evaluateAll((rows) =>
      rows.map((row) =>
        [...row.querySelectorAll('th .row-name bdi, th bdi.row-name, th button, td')].map(
          (cell) => cell.textContent ?? '',
        ),
      ),
    )
}

export function panel(page: Page, name: string): Locator {
  return page.getByRole('region', { name, exact: true })
}

/** A headline number: its button tells name, value and change. */
export function metric(page: Page, name: string): Locator {
  return page.getByRole('button', { name: new RegExp(`^${name} `) })
}
