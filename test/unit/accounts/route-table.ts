import { ROLES } from '../../../server/store/tables.ts'

/** The site that principals limited to one are granted, and another. */
export const OWN = 'own.example'
export const OTHER = 'other.example'

/**
 * Who may use a route, by the permission that it asks for; everybody else is refused. The words: roles of accounts for
 * all sites, `one:` before those of an account for OWN only, `key:` before scopes of a key of OWN.
 */
export const MAY: Record<string, readonly string[]> = {
  query: [
    'owner',
    'analyst',
    'consent_officer',
    'one:owner',
    'one:analyst',
    'one:consent_officer',
    'key:query',
    'guest',
  ],
  'query.export': [
    'owner',
    'analyst',
    'consent_officer',
    'one:owner',
    'one:analyst',
    'one:consent_officer',
    'key:query',
    'guest',
  ],
  'policy.read': [
    'owner',
    'consent_officer',
    'auditor',
    'one:owner',
    'one:consent_officer',
    'one:auditor',
    'key:admin',
  ],
  'policy.write': ['owner', 'consent_officer', 'one:owner', 'one:consent_officer', 'key:admin'],
  'keys.read': ['owner', 'auditor', 'one:owner', 'one:auditor'],
  'keys.write': ['owner', 'one:owner'],
  'accounts.read': ['owner', 'auditor'],
  'accounts.write': ['owner'],
  'audit.read': ['owner', 'auditor'],
  disclose: ['owner', 'one:owner'],
  /** Somebody with an account. */
  account: [...ROLES, ...ROLES.map((role) => `one:${role}`)],
  /** The same, and who looks at the demo. */
  person: [...ROLES, ...ROLES.map((role) => `one:${role}`), 'guest'],
}

export interface Route {
  /** A key of MAY, or `open`: anybody may ask. */
  readonly needs: string
  /** It concerns one site, which `{site}` in path and body names. */
  readonly bySite?: true
  /** With which it is asked; without a body where there is none. */
  readonly path?: string
  readonly body?: object
  /** It slows guessing down, so that later ones are answered 429. */
  readonly slows?: true
  /** The answer to whoever may. Default 200. */
  readonly answers?: number
}

const REASON = 'a line of the table of routes'

export const TABLE: Record<string, Route> = {
  'GET /live': { needs: 'open' },
  'GET /ready': { needs: 'open' },
  // To this machine; elsewhere it needs a key, which health.ts decides.
  'GET /metrics': { needs: 'open' },
  'GET /': { needs: 'open' },
  'GET /api/openapi.json': { needs: 'open' },
  'POST /api/set-up/look': { needs: 'open', body: { token: 'wrong' }, answers: 404 },
  'POST /api/set-up': { needs: 'open', body: { token: 'wrong' }, answers: 404 },
  'POST /api/look': { needs: 'open', body: { token: 'wrong' }, answers: 404 },
  'POST /api/sign-in': { needs: 'open', slows: true, body: {}, answers: 401 },
  'POST /api/set-up/ask': { needs: 'open', body: { token: 'wrong' }, answers: 404 },
  'POST /api/sign-in/ask': { needs: 'open' },
  'POST /api/sign-in/passkey': { needs: 'open', body: {}, answers: 401 },
  'POST /api/session/ask': { needs: 'account', body: {} },
  'GET /api/passkeys': { needs: 'account' },
  'POST /api/passkeys/ask': { needs: 'account', body: {} },
  'POST /api/passkeys': { needs: 'account', body: { name: 'phone', passkey: {} }, answers: 400 },
  'DELETE /api/passkeys/:id': { needs: 'account', path: '/api/passkeys/none', answers: 404 },
  'POST /api/sign-out': { needs: 'open', body: {} },
  'GET /api/session': { needs: 'person' },
  'POST /api/session/confirm': { needs: 'account', slows: true, body: { code: 'wrong' }, answers: 401 },
  'GET /api/sessions': { needs: 'account' },
  'DELETE /api/sessions/:name': { needs: 'account', path: '/api/sessions/none', answers: 404 },
  'DELETE /api/sessions': { needs: 'account' },
  'GET /api/account': { needs: 'account' },
  'POST /api/account/password': {
    needs: 'account',
    slows: true,
    body: { current: 'wrong', password: 'nobody guesses this one', code: 'wrong' },
    answers: 401,
  },
  'POST /api/account/recovery-codes': {
    needs: 'account',
    slows: true,
    body: { code: 'wrong' },
    answers: 401,
  },
  'GET /api/access-review': { needs: 'accounts.read' },
  'GET /api/access-review.csv': { needs: 'accounts.read' },
  'GET /api/sites': { needs: 'person' },
  'GET /api/users': { needs: 'accounts.read' },
  'POST /api/users': {
    needs: 'accounts.write',
    body: { reason: REASON, email: 'no address', role: 'analyst' },
    answers: 400,
  },
  'PATCH /api/users/:id': {
    needs: 'accounts.write',
    path: '/api/users/none',
    body: { reason: REASON, role: 'analyst' },
    answers: 404,
  },
  'POST /api/users/:id/link': {
    needs: 'accounts.write',
    path: '/api/users/none/link',
    body: { reason: REASON },
    answers: 404,
  },
  'DELETE /api/users/:id': {
    needs: 'accounts.write',
    path: '/api/users/none',
    body: { reason: REASON },
    answers: 404,
  },
  'GET /api/keys': { needs: 'keys.read', bySite: true, path: '/api/keys?site={site}' },
  'POST /api/keys': {
    needs: 'keys.write',
    bySite: true,
    body: { site: '{site}', scope: 'none', reason: REASON },
    answers: 400,
  },
  'DELETE /api/keys/:id': {
    needs: 'keys.write',
    bySite: true,
    path: '/api/keys/none',
    body: { site: '{site}', reason: REASON },
    answers: 404,
  },
  'GET /api/audit': { needs: 'audit.read' },
  'GET /api/sites/:domain/policy': { needs: 'policy.read', bySite: true, path: '/api/sites/{site}/policy' },
  'GET /api/sites/:domain/policy/history': {
    needs: 'policy.read',
    bySite: true,
    path: '/api/sites/{site}/policy/history',
  },
  'GET /api/sites/:domain/policy/states': {
    needs: 'policy.read',
    bySite: true,
    path: '/api/sites/{site}/policy/states',
  },
  'PUT /api/sites/:domain/policy': {
    needs: 'policy.write',
    bySite: true,
    path: '/api/sites/{site}/policy',
    body: {},
    answers: 400,
  },
  'POST /api/disclosures': {
    needs: 'disclose',
    bySite: true,
    body: {
      site: '{site}',
      receipt: 'none',
      from: '2026-11-01',
      to: '2026-11-30',
      basis: 'regulator',
      reason: REASON,
    },
    answers: 404,
  },
  'POST /api/query': { needs: 'query', bySite: true, body: { site: '{site}', metrics: ['visitors'] } },
  'GET /api/query.csv': {
    needs: 'query.export',
    bySite: true,
    path: '/api/query.csv?query={"site":"{site}","metrics":["visitors"]}',
  },
}
