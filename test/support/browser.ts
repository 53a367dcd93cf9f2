import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  chromium,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
  type Request,
} from 'playwright-core'
import { expect } from 'vitest'

/** A browser on a desktop, as it names itself; headless Chromium tells that it is one and would be taken for a robot. */
export const DESKTOP_AGENT =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36'

/** Every `*.example` host is this machine, and nothing the browser does for itself goes out. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--host-resolver-rules=MAP *.example 127.0.0.1',
]

/** scripts/ensure-browser.mjs with types: scripts are plain JavaScript, so that they run before anything is built. */
async function browserPath(find: 'ensureBrowser' | 'ensureHeadlessShell'): Promise<string> {
  const script = new URL('../../scripts/ensure-browser.mjs', import.meta.url).href
  return ((await import(script)) as Record<typeof find, () => string>)[find]()
}

/** Chromium without its windows: pages open with half the work. Of a flag given twice the last counts. */
export async function launchBrowser(...flags: string[]): Promise<Browser> {
  return launch(await browserPath('ensureHeadlessShell'), flags)
}

/** Chromium with all that people's has, such as the back/forward cache, which test drivers switch off. */
export async function launchWholeBrowser(...flags: string[]): Promise<Browser> {
  return launch(await browserPath('ensureBrowser'), flags)
}

function launch(executablePath: string, flags: readonly string[]): Promise<Browser> {
  return chromium.launch({
    executablePath,
    headless: true,
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
    args: [...FLAGS, ...flags],
  })
}

/** A browser that starts when it is first asked for, and anew when it has broken down: the next test gets a sound one. */
function whenAsked(start: () => Promise<Browser>): () => Promise<Browser> {
  let browser: Promise<Browser | undefined> = Promise.resolve(undefined)
  return () => {
    const next = browser.then((known) => (known?.isConnected() ? known : start()), start)
    browser = next
    return next
  }
}

/**
 * The one that all files of a process of tests share, each test with contexts of its own: nobody closes it, it ends with
 * the process. To start one and end it takes as long as to open two pages.
 */
export const sharedBrowser = whenAsked(() => launchBrowser())
/** The same for what needs the whole Chromium. */
export const sharedWholeBrowser = whenAsked(() => launchWholeBrowser())

/**
 * Chromium that nobody drives, opened at an address: a driver keeps pages from being rendered ahead of time. What it
 * does is seen by the server alone. Answers the function that ends it.
 */
export async function launchAlone(url: string): Promise<() => Promise<void>> {
  const profile = mkdtempSync(join(tmpdir(), 'sluice-browser-'))
  const child = spawn(
    await browserPath('ensureBrowser'),
    [
      '--headless',
      '--remote-debugging-port=0',
      ...FLAGS,
      `--user-agent=${DESKTOP_AGENT}`,
      `--user-data-dir=${profile}`,
      url,
    ],
    { stdio: 'ignore', detached: true },
  )
  const exited = once(child, 'exit')
  return async () => {
    // The whole group: the browser's own children outlive it for a moment and go on writing into the profile.
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL')
    await exited
    rmSync(profile, { recursive: true, force: true, maxRetries: 20 })
  }
}

/**
 * Lets a page believe that its window has not the focus: no time of engagement runs, so that what is sent does not
 * depend on how long a test takes. A driven browser gives all its pages the focus at once.
 */
export const lookAway = (): void => {
  Document.prototype.hasFocus = () => false
}

/** A request as the browser made it. */
export interface Recorded {
  /** What it was for, in the browser's words: document, script, fetch, ping, image … */
  kind: string
  method: string
  url: string
  headers: Record<string, string>
  /** Undefined without a body; parsed where it is JSON. */
  body: unknown
}

/** One visitor: a page in a fresh profile, and all that it did. */
export interface Visitor {
  readonly page: Page
  readonly context: BrowserContext
  /** Requests of all pages of the profile, in order. */
  readonly requests: Recorded[]
  /** What pages wrote to the console as warnings or errors, and what they threw. */
  readonly complaints: string[]
  /** Until the page has nothing under way and nothing more to do at once. */
  settle(): Promise<void>
  leave(): Promise<void>
}

export async function openVisitor(browser: Browser, options: BrowserContextOptions = {}): Promise<Visitor> {
  const context = await browser.newContext({ userAgent: DESKTOP_AGENT, locale: 'en-GB', ...options })
  const requests: Recorded[] = []
  const complaints: string[] = []
  const underWay = new Set<Request>()
  context.on('request', (request) => {
    underWay.add(request)
    requests.push({
      kind: request.resourceType(),
      method: request.method(),
      url: request.url(),
      headers: request.headers(),
      body: parseBody(request.postData()),
    })
  })
  context.on('response', (response) => {
    // A page that does not read the answer's body never ends the request by the browser's account.
    if (response.request().method() === 'POST') underWay.delete(response.request())
  })
  context.on('requestfinished', (request) => underWay.delete(request))
  context.on('requestfailed', (request) => underWay.delete(request))
  context.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
  })
  context.on('weberror', (error) => complaints.push(error.error().message))
  const page = await context.newPage()
  page.on('framenavigated', (frame) => {
    // Nobody tells how requests end that outlive their page.
    if (frame !== page.mainFrame()) return
    for (const request of underWay) if (!request.isNavigationRequest()) underWay.delete(request)
  })
  return {
    page,
    context,
    requests,
    complaints,
    async settle() {
      let isQuiet = false
      while (!isQuiet) {
        // What is under way ends before the page is given time to ask for more.
        while (underWay.size > 0) await sleep(10)
        const before = requests.length
        // The tracker acts in the tick of an event or in the next one; what it asks for is told before this answer.
        await page.evaluate(async () => {
          // Not in single ticks: on a busy machine the body of an answer comes later than the word that it ended.
          for (let tick = 0; tick < 3; tick++) await new Promise((resolve) => setTimeout(resolve, 50))
        })
        isQuiet = before === requests.length && underWay.size === 0
      }
    },
    leave: () => context.close(),
  }
}

function parseBody(text: string | null): unknown {
  if (text === null) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** What a page asks for by itself, apart from loading. */
const BY_SCRIPT = new Set(['fetch', 'xhr', 'ping', 'cspviolationreport', 'eventsource', 'websocket', 'other'])

export interface ExpectedRequest {
  method: string
  url: string
  /** Compared as vitest's toEqual does; left out: no body. */
  body?: unknown
}

/**
 * States what a visitor's pages asked for: exactly the expected requests by script, in order, and of all requests
 * (documents, scripts and images too) none whose `METHOD url` fits a refuted pattern.
 */
export async function expectRequests(
  visitor: Visitor,
  stated: { expected: ExpectedRequest[]; refuted: RegExp[] },
): Promise<void> {
  await visitor.settle()
  const made = visitor.requests
    .filter(({ kind, url }) => BY_SCRIPT.has(kind) && !url.endsWith('/favicon.ico'))
    .map(({ method, url, body }) => (body === undefined ? { method, url } : { method, url, body }))
  expect(made).toEqual(stated.expected)
  for (const pattern of stated.refuted) {
    expect(
      visitor.requests.map(({ method, url }) => `${method} ${url}`).filter((line) => pattern.test(line)),
    ).toEqual([])
  }
}

/** All that a site keeps on the device. */
export interface Storage {
  cookies: string[]
  localStorage: string[]
  sessionStorage: string[]
  databases: string[]
  caches: string[]
  workers: string[]
}

export const NOTHING_STORED: Storage = {
  cookies: [],
  localStorage: [],
  sessionStorage: [],
  databases: [],
  caches: [],
  workers: [],
}

export async function readStorage({ page, context }: Visitor): Promise<Storage> {
  const kept = await page.evaluate(async () => ({
    localStorage: Object.keys(localStorage),
    sessionStorage: Object.keys(sessionStorage),
    databases: (await indexedDB.databases()).map(({ name }) => name ?? ''),
    // Plain http has no cache storage.
    caches: 'caches' in window ? await caches.keys() : [],
  }))
  const cookies = await context.cookies()
  return {
    cookies: cookies.map(({ name, domain }) => `${name} of ${domain}`),
    ...kept,
    workers: context.serviceWorkers().map((worker) => worker.url()),
  }
}

declare global {
  interface Window {
    /** Milliseconds by which `movableTime` runs ahead. */
    ahead: number
  }
}

/** Lets the test move the page's clock for durations, in which nobody waits. */
export const movableTime = (): void => {
  const now = performance.now.bind(performance)
  window.ahead = 0
  performance.now = () => now() + window.ahead
  // In the back/forward cache a page sleeps for ten minutes.
  document.addEventListener('freeze', () => (window.ahead += 600_000))
}

/** Lets time pass on a page with `movableTime`. */
export const passSeconds = (page: Page, seconds: number): Promise<void> =>
  page.evaluate((by) => void (window.ahead += by * 1_000), seconds)
