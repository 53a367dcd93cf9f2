import { z } from 'zod'
import { CONSENT_VERSION, OPTIONAL_CATEGORIES } from '../../schema/consent.ts'
import { EVENT_TYPES, MAX_EVENTS, WIRE_VERSION } from '../../schema/event.ts'
import { BODIES } from '../accounts/bodies.ts'
import { WIRE_SCHEMAS } from '../collect/wire.ts'
import { DECISION, RENEWAL } from '../consent/parse.ts'
import { MANIFEST } from '../consent/policy/manifest.ts'
import { wireCall, wireLog } from '../logs/wire.ts'
import { CHOICE_QUERY, QUERY } from '../query/question.ts'
import { FLOW_QUERY, FUNNEL_QUERY, RETENTION_QUERY } from '../query/visit-question.ts'

/** What `/api/openapi.json` says of each route. The shapes are those that the routes read with. */

export interface DescribedRoute {
  readonly summary: string
  readonly tag: 'query' | 'collect' | 'consent' | 'policy' | 'accounts' | 'server'
  /** Who may ask: anybody, somebody signed in, that or a key with a scope, or (`ingest`) such a key alone. */
  readonly by: 'anybody' | 'session' | 'query' | 'admin' | 'ingest'
  readonly body?: z.ZodType
  /** Default `application/json`. */
  readonly sentAs?: 'text/plain' | 'application/x-ndjson'
  /** Parameters behind `?`. */
  readonly query?: z.ZodObject
  /** Of the body, or of a parameter that holds JSON. */
  readonly examples?: Readonly<Record<string, unknown>>
  /** What a good answer is; default 200. */
  readonly status?: number
  readonly answer: string
  /** Default `application/json`. */
  readonly answeredAs?: 'text/csv' | 'text/plain'
}

const QUESTION = z.union([QUERY, CHOICE_QUERY, FUNNEL_QUERY, FLOW_QUERY, RETENTION_QUERY])
const QUESTIONS = {
  sums: { site: 'example.com', period: '30d', metrics: ['visitors', 'visits', 'pageviews'] },
  breakdown: {
    site: 'example.com',
    breakdown: 'page',
    filters: [{ dimension: 'country', is: ['DE', 'FR'] }],
    limit: 10,
  },
  trend: {
    site: 'example.com',
    period: { from: '2026-11-01', to: '2026-11-30' },
    interval: 'day',
    compare: 'previous',
  },
  choices: { site: 'example.com', breakdown: 'consentState' },
  funnel: { site: 'example.com', funnel: ['/pricing', { event: 'Signup' }] },
  flow: { site: 'example.com', flow: { from: '/pricing', steps: 2 } },
  retention: { site: 'example.com', retention: 'week' },
}

const ENVELOPE = z.object({
  version: z.literal(WIRE_VERSION),
  site: z.string().min(1).max(253),
  consent: z.string().max(2_048).nullish().describe('the consent token; absent before a choice'),
  events: z.array(z.union(EVENT_TYPES.map((type) => WIRE_SCHEMAS[type]))).max(MAX_EVENTS),
})

const ofSite = z.object({ site: z.string().describe('the domain of the site') })

export const ROUTES: Readonly<Record<string, DescribedRoute>> = {
  'POST /api/query': {
    summary: 'Answers a question about a site',
    tag: 'query',
    by: 'query',
    body: QUESTION,
    examples: QUESTIONS,
    answer: '`rows`, `totals`, perhaps `comparison`, and `meta`',
  },
  'GET /api/query.csv': {
    summary: 'The rows of an answer as a file',
    tag: 'query',
    by: 'query',
    query: z.object({ query: QUESTION }),
    examples: QUESTIONS,
    answer: 'a header and the rows',
    answeredAs: 'text/csv',
  },
  'GET /api/openapi.json': {
    summary: 'This description',
    tag: 'server',
    by: 'anybody',
    answer: 'an OpenAPI document',
  },
  'POST /e': {
    summary: 'Takes events of a page',
    tag: 'collect',
    by: 'anybody',
    body: ENVELOPE,
    sentAs: 'text/plain',
    examples: {
      pageview: {
        version: WIRE_VERSION,
        site: 'example.com',
        events: [
          {
            type: 'pageview',
            id: 'Zm9vYmFyYmF6cXV4MTIzNA',
            time: 1_780_000_000_000,
            url: 'https://example.com/a?utm_source=x',
            referrer: 'https://news.example/',
          },
        ],
      },
    },
    status: 202,
    answer: 'how many were `accepted` and are on disk, and how many were `dropped`',
  },
  'POST /events': {
    summary: 'Takes what a site’s server tells: custom events, errors and calls, one JSON object a line',
    tag: 'collect',
    by: 'ingest',
    body: z.union([WIRE_SCHEMAS.event, WIRE_SCHEMAS.error, wireCall]),
    sentAs: 'application/x-ndjson',
    status: 202,
    answer: 'how many lines were accepted and dropped, and what is wrong with those refused',
  },
  'POST /logs': {
    summary: 'Takes requests as a site’s server answered them, one JSON object a line',
    tag: 'collect',
    by: 'ingest',
    body: wireLog,
    sentAs: 'application/x-ndjson',
    status: 202,
    answer: 'how many lines were accepted and dropped, and what is wrong with those refused',
  },
  'GET /s/:site.json': {
    summary: 'The public configuration of a site',
    tag: 'collect',
    by: 'anybody',
    answer: 'what a page needs to know before a choice',
  },
  'GET /s/:site/notice.json': {
    summary: 'The consent notice of a site, in the language of the browser',
    tag: 'consent',
    by: 'anybody',
    answer: 'texts, categories and services',
  },
  'POST /c': {
    summary: 'Takes a choice, or a consent token to renew',
    tag: 'consent',
    by: 'anybody',
    body: z.union([DECISION, RENEWAL]),
    sentAs: 'text/plain',
    examples: {
      acceptance: {
        version: CONSENT_VERSION,
        site: 'example.com',
        action: 'accept_all',
        granted: [...OPTIONAL_CATEGORIES],
        revision: 1,
        source: 'banner',
        gpc: false,
      },
    },
    answer: 'consent token and receipt',
  },
  'GET /c/:receipt': {
    summary: 'The record of a choice',
    tag: 'consent',
    by: 'anybody',
    answer: 'the receipt, signed',
  },
  'DELETE /c/:receipt': {
    summary: 'Erases the record of a choice',
    tag: 'consent',
    by: 'anybody',
    answer: 'that it is erased',
  },
  'GET /c/notice/:hash': {
    summary: 'The notice with which a choice was made',
    tag: 'consent',
    by: 'anybody',
    answer: 'the notice',
  },
  'GET /.well-known/gpc.json': {
    summary: 'That Global Privacy Control is honoured',
    tag: 'consent',
    by: 'anybody',
    answer: 'since when',
  },
  'GET /.well-known/sluice-consent.json': {
    summary: 'The key that signs receipts, and the latest signed head of the ledger of a site',
    tag: 'consent',
    by: 'anybody',
    query: ofSite.partial(),
    answer: '`keys` and `heads`',
  },
  'GET /privacy/cookies.json': {
    summary: 'What a site declares that it keeps on a device',
    tag: 'consent',
    by: 'anybody',
    query: ofSite.partial(),
    answer: 'the declaration',
  },
  'GET /api/sites/:domain/policy': {
    summary: 'The policy manifest of a site',
    tag: 'policy',
    by: 'admin',
    answer: 'the manifest, its revision, and what stands out',
  },
  'PUT /api/sites/:domain/policy': {
    summary: 'Publishes a policy manifest',
    tag: 'policy',
    by: 'admin',
    body: MANIFEST,
    answer: 'the new revision, and whether visitors are asked again',
  },
  'GET /api/sites/:domain/policy/history': {
    summary: 'The revisions that there were',
    tag: 'policy',
    by: 'admin',
    answer: '`versions`',
  },
  'GET /api/sites/:domain/policy/states': {
    summary: 'What each consent state means for a page',
    tag: 'policy',
    by: 'admin',
    answer: '`states` with Content-Security-Policy, consent mode and what is swept',
  },
  'POST /api/disclosures': session('policy', 'Hands out what is known of one subject', 'a signed file'),
  'POST /api/set-up/look': open('What the page of a one-time link shows', 'what there is to set up'),
  'POST /api/set-up/ask': open('Asks for a new passkey while setting up', 'options for the browser'),
  'POST /api/set-up': open('Sets an account up', '`recoveryCodes`'),
  'POST /api/look': open('Uses a one-time link to look at the demo', 'that somebody is signed in'),
  'POST /api/sign-in': open('Signs in', 'that somebody is signed in, and the cookie of a session'),
  'POST /api/sign-in/ask': open('Asks for a passkey to sign in with', 'options for the browser'),
  'POST /api/sign-in/passkey': open('Signs in by a passkey', 'that somebody is signed in'),
  'POST /api/sign-out': open('Ends the session', 'that nobody is signed in'),
  'GET /api/session': session('accounts', 'Who is signed in and may do what', '`role` and `may`'),
  'POST /api/session/confirm': session('accounts', 'Shows the second factor again', 'that it was shown'),
  'POST /api/session/ask': session('accounts', 'Asks for a passkey to show again', 'options for the browser'),
  'GET /api/sessions': session('accounts', 'One’s own sessions', '`sessions`'),
  'DELETE /api/sessions': session('accounts', 'Ends all other sessions', 'how many were `revoked`'),
  'DELETE /api/sessions/:name': session('accounts', 'Ends a session', 'which was `revoked`'),
  'GET /api/account': session('accounts', 'One’s own account', 'the account'),
  'POST /api/account/password': session('accounts', 'Changes the password', 'that it was changed'),
  'POST /api/account/recovery-codes': session('accounts', 'Makes new recovery codes', '`recoveryCodes`'),
  'GET /api/passkeys': session('accounts', 'One’s own passkeys', '`passkeys`'),
  'POST /api/passkeys/ask': session('accounts', 'Asks for a new passkey', 'options for the browser'),
  'POST /api/passkeys': { ...session('accounts', 'Adds a passkey', 'that it was added'), status: 201 },
  'DELETE /api/passkeys/:id': session('accounts', 'Removes a passkey', 'which was `removed`'),
  'GET /api/sites': session('accounts', 'The sites that one may see', '`sites`'),
  'GET /api/users': session('accounts', 'Who has an account', '`users`'),
  'POST /api/users': {
    ...session('accounts', 'Invites somebody', 'the account, and its `link`'),
    status: 201,
  },
  'PATCH /api/users/:id': session('accounts', 'Changes role and sites of an account', 'the account'),
  'POST /api/users/:id/link': session('accounts', 'Makes a new one-time link', '`link`'),
  'DELETE /api/users/:id': session('accounts', 'Removes an account', 'which was `removed`'),
  'GET /api/keys': {
    ...session('accounts', 'The keys of a site, never the keys themselves', '`keys`'),
    query: ofSite,
  },
  'POST /api/keys': { ...session('accounts', 'Makes a key', '`id` and `key`, this once'), status: 201 },
  'DELETE /api/keys/:id': session('accounts', 'Revokes a key', 'which was `revoked`'),
  'GET /api/access-review': session('accounts', 'Who may do what, and what stands out', 'accounts and keys'),
  'GET /api/access-review.csv': {
    ...session('accounts', 'The same as a file', 'a header and rows'),
    answeredAs: 'text/csv',
  },
  'GET /api/audit': {
    ...session(
      'accounts',
      'The audit log from the newest row back',
      '`rows`, the signed `head` and the public `key`',
    ),
    query: z.object({ limit: z.int().min(1).max(500).optional(), before: z.int().min(1).optional() }),
  },
  'GET /live': { summary: 'Whether the process runs', tag: 'server', by: 'anybody', answer: 'that it does' },
  'GET /ready': {
    summary: 'Whether events can be kept',
    tag: 'server',
    by: 'anybody',
    answer: 'that they can; 503 where not',
  },
  'GET /metrics': {
    summary: 'Figures of the server for Prometheus; open to this machine alone, else with a key',
    tag: 'server',
    by: 'admin',
    answer: 'the exposition format',
    answeredAs: 'text/plain',
  },
}

/** The body that a route reads; undefined where it reads none. */
export function bodyOfRoute(name: string): z.ZodType | undefined {
  const bodies: Readonly<Record<string, z.ZodType | undefined>> = BODIES
  return ROUTES[name]?.body ?? bodies[name]
}

function session(tag: DescribedRoute['tag'], summary: string, answer: string): DescribedRoute {
  return { summary, tag, by: 'session', answer }
}

function open(summary: string, answer: string): DescribedRoute {
  return { summary, tag: 'accounts', by: 'anybody', answer }
}
