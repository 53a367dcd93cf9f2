import { z } from 'zod'
import { AUDIT_ACTIONS } from '../audit/entry.ts'
import { KEY_SCOPES, ROLES } from '../store/tables.ts'
import { forSession, type DescribedRoute } from './described-route.ts'
import {
  CHAINED_ROW,
  OF_SITE,
  PASSKEY_OPTIONS,
  PUBLIC_KEY,
  REMOVED,
  REVOKED,
  SIGNED_HEAD,
  TIME,
  DAY,
  GOAL,
} from './shapes.ts'

const SIGNED_IN = z.object({ signedIn: z.boolean() })
const RECOVERY_CODES = z.object({ recoveryCodes: z.array(z.string()).describe('shown this once') })
const LINK = z.object({ link: z.url().describe('one-time, shown this once') })

const ACCOUNT = z.object({
  id: z.string(),
  email: z.string(),
  role: z.enum(ROLES),
  sites: z.union([z.literal('all'), z.array(z.string())]).describe('domains'),
  setUp: z.boolean(),
  created: TIME,
})

const MAY = z.array(z.string()).describe('permissions')
const FILTERS = z.array(z.looseObject({ dimension: z.string() })).describe('as in a question')
const STANDS_OUT = z.array(z.string()).describe('a sentence each')

const KEY = z.object({
  id: z.string(),
  scope: z.enum(KEY_SCOPES),
  created: TIME,
  lastUsed: DAY.nullable(),
  expires: TIME.nullable(),
  revoked: TIME.nullable(),
})

const REVIEW = z.object({
  made: TIME,
  accounts: z.array(
    ACCOUNT.extend({
      may: MAY,
      secondFactor: z.boolean(),
      recoveryCodes: z.int(),
      passkeys: z.int(),
      lastSignIn: TIME.nullable(),
      standsOut: STANDS_OUT,
    }),
  ),
  keys: z.array(KEY.omit({ revoked: true }).extend({ site: z.string(), may: MAY, standsOut: STANDS_OUT })),
  shares: z.array(
    z.object({
      id: z.string(),
      site: z.string(),
      name: z.string(),
      may: MAY,
      hasPassword: z.boolean(),
      created: TIME,
      lastOpened: DAY.nullable(),
      expires: TIME.nullable(),
      standsOut: STANDS_OUT,
    }),
  ),
})

const AUDIT_ROW = CHAINED_ROW.extend({
  time: TIME,
  actor: z.string(),
  action: z.enum(AUDIT_ACTIONS),
  subject: z.string().nullable(),
  site: z.string().nullable(),
  reason: z.string().nullable(),
  detail: z.record(z.string(), z.unknown()),
})

const AUDIT_HEAD = SIGNED_HEAD.nullable().describe('null where the log is empty')

/** What is said of the routes of accounts, keys and the audit log. */
export const ACCOUNT_ROUTES: Readonly<Record<string, DescribedRoute>> = {
  'POST /api/set-up/look': forAnybody(
    'What the page of a one-time link shows',
    'what there is to set up',
    z.object({
      email: z.string().nullable().describe('null: the first account’s'),
      secret: z.string().describe('for the authenticator, base32'),
      address: z.string().describe('the same as an otpauth: address'),
    }),
  ),
  'POST /api/set-up/ask': forAnybody(
    'Asks for a new passkey while setting up',
    'options for the browser',
    PASSKEY_OPTIONS,
  ),
  'POST /api/set-up': forAnybody('Sets an account up', '`recoveryCodes`', RECOVERY_CODES),
  'POST /api/look': forAnybody(
    'Uses a one-time link to look at the demo',
    'that somebody is signed in',
    SIGNED_IN,
  ),
  'POST /api/sign-in': forAnybody(
    'Signs in',
    'that somebody is signed in, and the cookie of a session',
    SIGNED_IN,
  ),
  'POST /api/sign-in/ask': forAnybody(
    'Asks for a passkey to sign in with',
    'options for the browser',
    PASSKEY_OPTIONS,
  ),
  'POST /api/sign-in/passkey': forAnybody('Signs in by a passkey', 'that somebody is signed in', SIGNED_IN),
  'POST /api/sign-out': forAnybody('Ends the session', 'that nobody is signed in', SIGNED_IN),
  'GET /api/session': forSession(
    'accounts',
    'Who is signed in and may do what',
    '`role` and `may`',
    z.object({
      signedIn: z.literal(true),
      role: z.enum([...ROLES, 'guest', 'share']),
      may: MAY,
      confirmedUntil: TIME.nullable().describe('until when the second factor need not be shown again'),
      passkeys: z.int(),
      filters: FILTERS,
    }),
  ),
  'POST /api/session/confirm': forSession(
    'accounts',
    'Shows the second factor again',
    'that it was shown',
    z.object({ confirmed: z.literal(true) }),
  ),
  'POST /api/session/ask': forSession(
    'accounts',
    'Asks for a passkey to show again',
    'options for the browser',
    PASSKEY_OPTIONS,
  ),
  'GET /api/sessions': forSession(
    'accounts',
    'One’s own sessions',
    '`sessions`',
    z.object({
      sessions: z.array(
        z.object({ name: z.string(), began: TIME, lastSeen: TIME, ends: TIME, isThis: z.boolean() }),
      ),
    }),
  ),
  'DELETE /api/sessions': forSession(
    'accounts',
    'Ends all other sessions',
    'how many were `revoked`',
    z.object({ revoked: z.int() }),
  ),
  'DELETE /api/sessions/:name': forSession('accounts', 'Ends a session', 'which was `revoked`', REVOKED),
  'GET /api/account': forSession(
    'accounts',
    'One’s own account',
    'the account',
    ACCOUNT.extend({ recoveryCodes: z.int().describe('left') }),
  ),
  'POST /api/account/password': forSession(
    'accounts',
    'Changes the password',
    'that it was changed',
    z.object({ changed: z.literal(true) }),
  ),
  'POST /api/account/recovery-codes': forSession(
    'accounts',
    'Makes new recovery codes',
    '`recoveryCodes`',
    RECOVERY_CODES,
  ),
  'GET /api/passkeys': forSession(
    'accounts',
    'One’s own passkeys',
    '`passkeys`',
    z.object({
      passkeys: z.array(
        z.object({ id: z.string(), name: z.string(), created: TIME, lastUsed: TIME.nullable() }),
      ),
    }),
  ),
  'POST /api/passkeys/ask': forSession(
    'accounts',
    'Asks for a new passkey',
    'options for the browser',
    PASSKEY_OPTIONS,
  ),
  'POST /api/passkeys': {
    ...forSession('accounts', 'Adds a passkey', 'that it was added', z.object({ added: z.literal(true) })),
    status: 201,
  },
  'DELETE /api/passkeys/:id': forSession('accounts', 'Removes a passkey', 'which was `removed`', REMOVED),
  'GET /api/sites': forSession(
    'accounts',
    'The sites that one may see',
    '`sites`',
    z.object({
      sites: z.array(
        z.object({
          domain: z.string(),
          timezone: z.string(),
          preConsent: z.string(),
          goals: z.array(GOAL),
          properties: z.array(z.string()),
        }),
      ),
    }),
  ),
  'GET /api/users': forSession(
    'accounts',
    'Who has an account',
    '`users`',
    z.object({ users: z.array(ACCOUNT) }),
  ),
  'POST /api/users': {
    ...forSession('accounts', 'Invites somebody', 'the account, and its `link`', ACCOUNT.extend(LINK.shape)),
    status: 201,
  },
  'PATCH /api/users/:id': forSession(
    'accounts',
    'Changes role and sites of an account',
    'the account',
    ACCOUNT,
  ),
  'POST /api/users/:id/link': forSession('accounts', 'Makes a new one-time link', '`link`', LINK),
  'DELETE /api/users/:id': forSession('accounts', 'Removes an account', 'which was `removed`', REMOVED),
  'GET /api/keys': {
    ...forSession(
      'accounts',
      'The keys of a site, never the keys themselves',
      '`keys`',
      z.object({ keys: z.array(KEY) }),
    ),
    query: OF_SITE,
  },
  'POST /api/keys': {
    ...forSession(
      'accounts',
      'Makes a key',
      '`id` and `key`, this once',
      z.object({ id: z.string(), key: z.string() }),
    ),
    status: 201,
  },
  'DELETE /api/keys/:id': forSession('accounts', 'Revokes a key', 'which was `revoked`', REVOKED),
  'GET /api/access-review': forSession(
    'accounts',
    'Who may do what, and what stands out',
    'accounts, keys and share links',
    REVIEW,
  ),
  'GET /api/access-review.csv': {
    summary: 'The same as a file',
    tag: 'accounts',
    by: 'session',
    answer: 'a header and rows',
    answeredAs: 'text/csv',
  },
  'GET /api/audit': {
    ...forSession(
      'accounts',
      'The audit log from the newest row back',
      '`rows`, the signed `head` and the public `key`',
      z.object({ rows: z.array(AUDIT_ROW), head: AUDIT_HEAD, key: PUBLIC_KEY }),
    ),
    query: z.object({
      limit: z.int().min(1).max(500).optional(),
      before: z.int().min(1).optional(),
      action: z.string().optional(),
      site: z.string().optional(),
      actor: z.string().optional(),
    }),
  },
  'GET /api/audit/verify': forSession(
    'accounts',
    'Whether the audit log is as it was written',
    '`rows` and `faults`',
    z.object({ rows: z.int(), faults: z.array(z.string()), head: AUDIT_HEAD }),
  ),
}

function forAnybody(summary: string, answer: string, answered: z.ZodType): DescribedRoute {
  return { summary, tag: 'accounts', by: 'anybody', answer, answered }
}
