import { z } from 'zod'
import {
  CONSENT_ACTIONS,
  CONSENT_CATEGORIES,
  CONSENT_SOURCES,
  CONSENT_VERSION,
  OPTIONAL_CATEGORIES,
} from '../../schema/consent.ts'
import { LEGAL_BASES } from '../consent/disclosure.ts'
import { DECISION, RENEWAL } from '../consent/parse.ts'
import { NOTICE_SHAPE } from '../consent/policy/manifest.ts'
import { forSession, type DescribedRoute } from './described-route.ts'
import { DAY, ERASED, OF_SITE, PUBLIC_KEY, SIGNED_HEAD, TIME } from './shapes.ts'

const OPTIONAL = z.enum(OPTIONAL_CATEGORIES)
const CATEGORY = z.enum(CONSENT_CATEGORIES)
const NAMES = z.array(z.string())

/** Storage of a category on a device; a name may end in `*`. */
export const SWEEP_LIST = z.object({
  category: OPTIONAL,
  cookies: NAMES,
  localStorage: NAMES,
  sessionStorage: NAMES,
  indexedDB: NAMES,
  caches: NAMES,
})

const CONTROLLER = z.object({ name: z.string(), contact: z.string() })

const CHOICE = z.object({
  revision: z.int().describe('of the policy in force'),
  granted: z.array(OPTIONAL),
  until: DAY.describe('the choice is asked for again from then on'),
  token: z.string().optional().describe('consent token, where something is granted'),
  receipt: z.string().optional().describe('id of the receipt, where something was granted now'),
  calendar: z.array(z.int()).optional().describe('the site’s calendar, under `performance`'),
  sweep: z.array(SWEEP_LIST).describe('what is to be cleared from the device'),
  keep: z.array(SWEEP_LIST).describe('what a withdrawal clears'),
})

const RENEWED = CHOICE.omit({ sweep: true, keep: true, receipt: true })

const RECEIPT = z.object({
  id: z.string(),
  version: z.literal(1),
  site: z.string(),
  time: TIME,
  action: z.enum(CONSENT_ACTIONS),
  source: z.enum(CONSENT_SOURCES),
  granted: z.array(CATEGORY),
  denied: z.array(CATEGORY),
  policy: z.object({ revision: z.int(), hash: z.string() }),
  notice: z.string().nullable().describe('hash of what was shown: `GET /c/notice/<hash>`'),
  locale: z.string().nullable(),
  jurisdiction: z.string(),
  gpc: z.boolean(),
  until: DAY,
  controller: CONTROLLER,
  signature: z.string().describe('JWS compact (RFC 7515, EdDSA) over all the other fields'),
})

const SERVICES = z.array(
  z.object({
    name: z.string(),
    provider: z.string(),
    purpose: z.string(),
    hosts: NAMES,
    retention: z.string().optional(),
    items: z.array(
      z.object({ kind: z.string(), name: z.string(), purpose: z.string(), lifetime: z.string() }),
    ),
  }),
)

/** One of the hash alone where a notice was made with an older version: what it held then is what it holds. */
const NOTICE = z.looseObject({
  hash: z.string().describe('SHA-256 of the canonical JSON (RFC 8785) of all the rest, base64url'),
  site: z.string(),
  revision: z.int(),
  language: z.string(),
})

const FULL_NOTICE = NOTICE.extend({
  direction: z.enum(['ltr', 'rtl']),
  controller: CONTROLLER,
  policyUrl: z.string().optional(),
  texts: NOTICE_SHAPE.describe('every text, by its name'),
  categories: z.array(z.object({ id: CATEGORY, services: SERVICES })),
  appearance: z.looseObject({ position: z.string(), order: z.enum(['accept-first', 'reject-first']) }),
  anonymous: z.boolean().describe('whether anonymous statistics run before a choice'),
  gpc: z.enum(['targeting', 'all']),
  choiceDays: z.int(),
  cookieDomain: z.string().optional(),
})

const DECLARATION = z.object({
  site: z.string(),
  revision: z.int(),
  policy: z.string().describe('SHA-256 of the manifest, base64url'),
  language: z.string(),
  controller: CONTROLLER.extend({ address: z.string().optional() }),
  policyUrl: z.string().optional(),
  categories: z.array(
    z.object({ id: CATEGORY, title: z.string(), description: z.string(), services: SERVICES }),
  ),
})

const DISCLOSURE = z.looseObject({
  disclosure: z.literal(1),
  subject: z.object({ kind: z.literal('receipt'), id: z.string() }),
  from: DAY,
  to: DAY,
  basis: z.enum(LEGAL_BASES),
  reason: z.string(),
  made: TIME,
  tie: z.object({ salt: z.string(), commitment: z.string() }),
  manifest: z.object({ rows: z.int(), documents: z.int(), sha256: z.string() }),
  key: PUBLIC_KEY,
  documents: z.array(
    z.object({ hash: z.string(), kind: z.enum(['notice', 'policy']), document: z.unknown() }),
  ),
  rows: z.array(z.looseObject({})),
  signature: z.string(),
})

/** What is said of the routes of choices and their proof. */
export const CONSENT_ROUTES: Readonly<Record<string, DescribedRoute>> = {
  'GET /s/:site/notice.json': {
    summary: 'The consent notice of a site, in the language of the browser',
    tag: 'consent',
    by: 'anybody',
    answer: 'texts, categories and services',
    answered: FULL_NOTICE,
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
    answered: z.union([CHOICE, RENEWED]),
  },
  'GET /c/:receipt': {
    summary: 'The record of a choice',
    tag: 'consent',
    by: 'anybody',
    answer: 'the receipt, signed',
    answered: RECEIPT,
  },
  'DELETE /c/:receipt': {
    summary: 'Erases the record of a choice',
    tag: 'consent',
    by: 'anybody',
    answer: 'that it is erased',
    answered: ERASED,
  },
  'GET /c/notice/:hash': {
    summary: 'The notice with which a choice was made',
    tag: 'consent',
    by: 'anybody',
    answer: 'the notice',
    answered: NOTICE,
  },
  'GET /.well-known/gpc.json': {
    summary: 'That Global Privacy Control is honoured',
    tag: 'consent',
    by: 'anybody',
    answer: 'since when',
    answered: z.object({ gpc: z.literal(true), lastUpdate: DAY }),
  },
  'GET /.well-known/sluice-consent.json': {
    summary: 'The key that signs receipts, and the latest signed head of the ledger of a site',
    tag: 'consent',
    by: 'anybody',
    query: OF_SITE.partial(),
    answer: '`keys` and `heads`',
    answered: z.object({
      keys: z.array(PUBLIC_KEY),
      heads: z.array(SIGNED_HEAD.extend({ site: z.string(), opened: TIME })),
    }),
  },
  'GET /privacy/cookies.json': {
    summary: 'What a site declares that it keeps on a device',
    tag: 'consent',
    by: 'anybody',
    query: OF_SITE.partial(),
    answer: 'the declaration',
    answered: DECLARATION,
  },
  'POST /api/disclosures': forSession(
    'policy',
    'Hands out what is known of one subject',
    'a signed file',
    DISCLOSURE,
  ),
}
