/** The dashboard's other side for tests: the built page and an API that answers from made-up visits, on loopback. */
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import path from 'node:path'
import type { BurstQuery, Query, QueryAnswer, Question } from '../../schema/query.ts'
import type { Goal, PreConsent } from '../../schema/site.ts'
import type { PipelineStatus } from '../../schema/status.ts'
import { answerFrom, TIMEZONE } from './fake-query.ts'
import { answerAboutCounts, isAboutCounts } from './fake-counts.ts'
import { answerAboutVisits, isAboutVisits } from './fake-visit-answers.ts'
import { makeVisits, NOW_MS, type Dataset, type FakeVisit } from './fake-visits.ts'

/** The policy under which the page has to work. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ')

/** What the made-up sites want reached. */
export const GOALS: readonly Goal[] = [
  { name: 'Signed up', event: 'Signup' },
  { name: 'Read the manual', page: '/docs/**' },
]

/** Everything that was accepted is in the numbers. */
const STATUS: PipelineStatus = {
  freshness: new Date(NOW_MS).toISOString(),
  spool: { accepts: true, bytes: 0, waiting: 0, lost: 0 },
  loader: { deadLetters: 0, twice: 0 },
  rollups: { sealed: 90, waiting: 0, failures: 0, audits: 3, differences: 0 },
  sharedAddress: false,
}

/** What happens to a question instead of an answer, or before it. */
export interface Behaviour {
  /** Answered with this status and body. */
  status?: number
  body?: unknown
  /** The answer waits for this. */
  until?: Promise<void>
  /** The connection breaks without an answer. */
  breaks?: boolean
}

/** An answer that waits until it is released. */
export function hold(): { until: Promise<void>; release: () => void } {
  const releases: (() => void)[] = []
  const until = new Promise<void>((resolve) => releases.push(resolve))
  return {
    until,
    release: () => {
      for (const release of releases) release()
    },
  }
}

export interface FakeApiOptions {
  /** Folder that holds `dashboard/`, as `bundleDashboard` fills it. */
  publicDir: string
  /** Made-up visits by domain; the first domain is the one the page shows first. Default: `{'example.com': 'much'}`. */
  sites?: Record<string, Dataset>
  preConsent?: PreConsent
  /** Where the page lives, `/` or `/stats/`. Default `/`. */
  prefix?: string
  isSignedIn?: boolean
  /** Folds every small group, as a site with the scope `all` does. */
  foldsAll?: boolean
}

export interface FakeApi {
  /** Address of the page. */
  url: string
  /** Every question so far. */
  queries: Query[]
  /** Answers with what a question would get. */
  answer: (query: Question) => QueryAnswer
  isSignedIn: boolean
  /** What the reader may do, as in docs/api.md. */
  may: string[]
  /** What other routes answer, by call: `GET sms/report`. */
  told: Record<string, unknown>
  /** Decides over each question; undefined: it is answered. */
  behave: (query: Query) => Behaviour | undefined
  /** From now on the site has these visits. */
  setData: (domain: string, dataset: Dataset) => void
  close: () => Promise<void>
}

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

const made = new Map<Dataset, FakeVisit[]>()

function visitsOf(dataset: Dataset): FakeVisit[] {
  const known = made.get(dataset) ?? makeVisits(dataset)
  made.set(dataset, known)
  return known
}

const answered = new Map<string, QueryAnswer>()

/** Tests ask the same few questions over and over, of visits that never change. */
function answerOnce(dataset: Dataset, query: Question, foldsAll: boolean): QueryAnswer {
  const key = JSON.stringify([dataset, foldsAll, query])
  const known = answered.get(key) ?? answerNow(dataset, query, foldsAll)
  answered.set(key, known)
  return known
}

function answerNow(dataset: Dataset, query: Question, foldsAll: boolean): QueryAnswer {
  const visits = visitsOf(dataset)
  if (isAboutVisits(query)) return answerAboutVisits(visits, query)
  if (isAboutCounts(query)) return answerAboutCounts(visits, query)
  if ('bursts' in query) return answerAboutBursts(visits, query)
  return answerFrom(visits, query as Query, foldsAll)
}

/** A scan in one hour, where there were visits at all. */
function answerAboutBursts(visits: readonly FakeVisit[], { site, period }: BurstQuery): QueryAnswer {
  const of: Query = { site, ...(period && { period }), metrics: ['pageviews'] }
  const { meta } = answerFrom([...visits], of, false)
  const burst = { time: '2026-11-24T03:00', network: 'Example Hosting', requests: 212 }
  const rows = [{ ...burst, probes: 180, refused: 21, limited: 9, failed: 2 }]
  return { meta, rows: visits.length === 0 ? [] : rows, totals: {} }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts).toString('utf8')
}

function send(response: ServerResponse, status: number, type: string, body: string | Buffer): void {
  response.writeHead(status, {
    'content-type': type,
    'content-security-policy': CONTENT_SECURITY_POLICY,
    'x-content-type-options': 'nosniff',
    // The clock of every test stands still.
    date: new Date(NOW_MS).toUTCString(),
  })
  response.end(body)
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  send(response, status, 'application/json; charset=utf-8', JSON.stringify(body))
}

export async function startFakeApi(options: FakeApiOptions): Promise<FakeApi> {
  const { publicDir, prefix = '/', preConsent = 'anonymous' } = options
  const sites: Record<string, Dataset> = { ...(options.sites ?? { 'example.com': 'much' }) }

  const api: FakeApi = {
    url: '',
    queries: [],
    answer: (asked) => answerOnce(sites[asked.site] ?? 'none', asked, options.foldsAll ?? false),
    isSignedIn: options.isSignedIn ?? true,
    told: { 'GET api/status': STATUS },
    may: ['sites.read', 'query', 'query.export', 'status.read'],
    behave: () => undefined,
    setData: (domain, dataset) => {
      sites[domain] = dataset
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }

  async function query(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = JSON.parse(await readBody(request)) as Query
    api.queries.push(asked)
    const behaviour = api.behave(asked)
    await behaviour?.until
    if (behaviour?.breaks) response.destroy()
    else if (behaviour?.status) sendJson(response, behaviour.status, behaviour.body ?? {})
    else sendJson(response, 200, api.answer(asked))
  }

  async function answerApi(route: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = `${request.method} ${route}`
    if (!api.isSignedIn) sendJson(response, 401, { error: 'Sign in first.' })
    else if (call === 'GET api/session') sendJson(response, 200, { signedIn: true, may: api.may })
    else if (call === 'GET api/sites') {
      const list = Object.keys(sites).map((domain) => ({
        domain,
        timezone: TIMEZONE,
        preConsent,
        goals: GOALS,
        properties: ['plan'],
      }))
      sendJson(response, 200, { sites: list })
    } else if (call === 'POST api/query') await query(request, response)
    else if (call === 'POST api/sign-out') {
      api.isSignedIn = false
      sendJson(response, 200, { signedIn: false })
    } else if (Object.hasOwn(api.told, call)) sendJson(response, 200, api.told[call])
    else sendJson(response, 404, { error: 'There is nothing here.' })
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://page')
    const route = pathname.startsWith(prefix) ? pathname.slice(prefix.length) : 'outside'
    const file = route === '' ? 'index.html' : /^[\w-]+\.(js|css|svg)$/.exec(route)?.[0]
    if (file) {
      const content = readFileSync(path.join(publicDir, 'dashboard', file))
      send(response, 200, TYPES[path.extname(file)] ?? 'text/plain', content)
    } else await answerApi(route, request, response)
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      sendJson(response, 500, { error: error instanceof Error ? error.message : 'unknown' })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  api.url = `http://127.0.0.1:${port}${prefix}`
  return api
}
