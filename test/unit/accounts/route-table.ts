import { ROLES } from '../../../server/store/tables.ts'
import { SMS_TABLE } from './sms-route-table.ts'

/** The site that principals limited to one are granted, and another. */
export const OWN = 'own.example'
export const OTHER = 'other.example'

/** Who asks about numbers, and writes down what happened. */
const ASKERS = ['owner', 'analyst', 'consent_officer', 'one:owner', 'one:analyst', 'one:consent_officer']

/**
 * Who may use a route, by the permission that it asks for; everybody else is refused. The words: roles of accounts for
 * all sites, `one:` before those of an account for OWN only, `key:` before scopes of a key of OWN;
 * `share` holds a link to OWN.
 */
export const MAY: Record<string, readonly string[]> = {
  query: [...ASKERS, 'key:query', 'guest', 'share'],
  'query.export': [...ASKERS, 'key:query', 'guest', 'share'],
  'status.read': [...ASKERS, 'auditor', 'one:auditor', 'guest'],
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
  'settings.read': [...ASKERS, 'auditor', 'one:auditor', 'key:admin'],
  'settings.write': ['owner', 'one:owner', 'key:admin'],
  'notes.read': [...ASKERS, 'guest'],
  'notes.write': ASKERS,
  'shares.read': ['owner', 'auditor', 'one:owner', 'one:auditor'],
  'shares.write': ['owner', 'one:owner'],
  'reports.read': ['owner', 'auditor', 'one:owner', 'one:auditor'],
  'reports.write': ['owner', 'one:owner'],
  'keys.read': ['owner', 'auditor', 'one:owner', 'one:auditor'],
  'keys.write': ['owner', 'one:owner'],
  'accounts.read': ['owner', 'auditor'],
  'accounts.write': ['owner'],
  'audit.read': ['owner', 'auditor'],
  'mails.read': ['owner', 'consent_officer', 'one:owner', 'one:consent_officer', 'key:admin'],
  'mails.write': ['owner', 'consent_officer', 'one:owner', 'one:consent_officer', 'key:admin'],
  'mails.send': ['owner', 'consent_officer', 'one:owner', 'one:consent_officer', 'key:admin', 'key:ingest'],
  disclose: ['owner', 'one:owner'],
  'sms.read': [
    'owner',
    'sms_operator',
    'auditor',
    'one:owner',
    'one:sms_operator',
    'one:auditor',
    'key:sms',
    // The demo's programs are made up.
    'guest',
  ],
  'sms.write': ['owner', 'sms_operator', 'one:owner', 'one:sms_operator', 'key:sms'],
  'sms.send': ['owner', 'sms_operator', 'one:owner', 'one:sms_operator', 'key:sms'],
  'sms.review': ['owner', 'sms_operator', 'one:owner', 'one:sms_operator'],
  'sms.proof': ['owner', 'sms_operator', 'auditor'],
  'sms.reveal': ['owner', 'sms_operator'],
  'sms.erase': ['owner'],
  'sms.import': ['owner', 'sms_operator', 'one:owner', 'one:sms_operator', 'key:sms'],
  /** Somebody with an account. */
  account: [...ROLES, ...ROLES.map((role) => `one:${role}`)],
  /** The same, and who looks at the demo or holds a share link. */
  person: [...ROLES, ...ROLES.map((role) => `one:${role}`), 'guest', 'share'],
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
  /** It takes a password, a code or the token of a link: tries of one network are counted before it. */
  readonly counts?: true
  /** The answer to whoever may. Default 200. */
  readonly answers?: number
}

const REASON = 'a line of the table of routes'

export const TABLE: Record<string, Route> = {
  ...SMS_TABLE,
  'GET /live': { needs: 'open' },
  'GET /ready': { needs: 'open' },
  // To this machine; elsewhere it needs a key, which health.ts decides.
  'GET /metrics': { needs: 'open' },
  'GET /': { needs: 'open' },
  'GET /api/openapi.json': { needs: 'open' },
  'POST /api/set-up/look': { needs: 'open', counts: true, body: { token: 'wrong' }, answers: 404 },
  'POST /api/set-up': { needs: 'open', counts: true, body: { token: 'wrong' }, answers: 404 },
  'POST /api/look': { needs: 'open', counts: true, body: { token: 'wrong' }, answers: 404 },
  'POST /api/sign-in': { needs: 'open', counts: true, slows: true, body: {}, answers: 401 },
  'POST /api/set-up/ask': { needs: 'open', counts: true, body: { token: 'wrong' }, answers: 404 },
  'POST /api/sign-in/ask': { needs: 'open', counts: true },
  'POST /api/sign-in/passkey': { needs: 'open', counts: true, body: {}, answers: 401 },
  'POST /api/session/ask': { needs: 'account', counts: true, body: {} },
  'GET /api/passkeys': { needs: 'account' },
  'POST /api/passkeys/ask': { needs: 'account', body: {} },
  'POST /api/passkeys': { needs: 'account', body: { name: 'phone', passkey: {} }, answers: 400 },
  'DELETE /api/passkeys/:id': { needs: 'account', path: '/api/passkeys/none', answers: 404 },
  'POST /api/sign-out': { needs: 'open', body: {} },
  'GET /api/session': { needs: 'person' },
  'POST /api/session/confirm': {
    needs: 'account',
    counts: true,
    slows: true,
    body: { code: 'wrong' },
    answers: 401,
  },
  'GET /api/sessions': { needs: 'account' },
  'DELETE /api/sessions/:name': { needs: 'account', path: '/api/sessions/none', answers: 404 },
  'DELETE /api/sessions': { needs: 'account' },
  'GET /api/account': { needs: 'account' },
  'POST /api/account/password': {
    needs: 'account',
    counts: true,
    slows: true,
    body: { current: 'wrong', password: 'nobody guesses this one', code: 'wrong' },
    answers: 401,
  },
  'POST /api/account/recovery-codes': {
    needs: 'account',
    counts: true,
    slows: true,
    body: { code: 'wrong' },
    answers: 401,
  },
  'GET /api/status': { needs: 'status.read', bySite: true, path: '/api/status?site={site}' },
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
  'GET /api/reports': { needs: 'reports.read', bySite: true, path: '/api/reports?site={site}' },
  'POST /api/reports': {
    needs: 'reports.write',
    bySite: true,
    body: { site: '{site}', kind: 'none', recipients: [], reason: REASON },
    answers: 400,
  },
  'DELETE /api/reports/:id': {
    needs: 'reports.write',
    bySite: true,
    path: '/api/reports/none',
    body: { site: '{site}' },
    answers: 404,
  },
  'POST /api/reports/:id/recipients': {
    needs: 'reports.write',
    bySite: true,
    path: '/api/reports/none/recipients',
    body: { site: '{site}', email: 'ann@example.org', reason: REASON },
    answers: 404,
  },
  'DELETE /api/reports/:id/recipients/:recipient': {
    needs: 'reports.write',
    bySite: true,
    path: '/api/reports/none/recipients/none',
    body: { site: '{site}' },
    answers: 404,
  },
  'GET /api/reports/preview': {
    needs: 'reports.read',
    bySite: true,
    path: '/api/reports/preview?site={site}&kind=spike',
  },
  'GET /reports/:token': { needs: 'open', path: '/reports/none', answers: 404 },
  'GET /reports/:token/stop': { needs: 'open', path: '/reports/none/stop', answers: 404 },
  'POST /reports/:token/:act': { needs: 'open', path: '/reports/none/stop', answers: 404 },
  'GET /api/sites/:domain/notes': {
    needs: 'notes.read',
    bySite: true,
    path: '/api/sites/{site}/notes?from=2026-11-01&to=2026-11-30',
  },
  'POST /api/sites/:domain/notes': {
    needs: 'notes.write',
    bySite: true,
    path: '/api/sites/{site}/notes',
    body: { day: '2026-11-24', text: '' },
    answers: 400,
  },
  'DELETE /api/sites/:domain/notes/:id': {
    needs: 'notes.write',
    bySite: true,
    path: '/api/sites/{site}/notes/none',
    answers: 404,
  },
  'GET /api/share-links': { needs: 'shares.read', bySite: true, path: '/api/share-links?site={site}' },
  'POST /api/share-links': {
    needs: 'shares.write',
    bySite: true,
    body: { site: '{site}', name: '', reason: REASON },
    answers: 400,
  },
  'DELETE /api/share-links/:id': {
    needs: 'shares.write',
    bySite: true,
    path: '/api/share-links/none',
    body: { site: '{site}' },
    answers: 404,
  },
  'POST /api/share/open': {
    needs: 'open',
    counts: true,
    body: { id: 'none', token: 'none', password: 'none' },
    answers: 404,
  },
  'GET /api/sites/:domain/settings': {
    needs: 'settings.read',
    bySite: true,
    path: '/api/sites/{site}/settings',
  },
  'PATCH /api/sites/:domain/settings': {
    needs: 'settings.write',
    bySite: true,
    path: '/api/sites/{site}/settings',
    body: { timezone: 'Nowhere' },
    answers: 400,
  },
  'POST /api/sites/:domain/goals': {
    needs: 'settings.write',
    bySite: true,
    path: '/api/sites/{site}/goals',
    body: { name: 'by nothing' },
    answers: 400,
  },
  'DELETE /api/sites/:domain/goals/:name': {
    needs: 'settings.write',
    bySite: true,
    path: '/api/sites/{site}/goals/none',
    answers: 404,
  },
  'GET /api/sites/:domain/retention': {
    needs: 'settings.read',
    bySite: true,
    path: '/api/sites/{site}/retention',
  },
  'POST /api/sites/:domain/policy/check': {
    needs: 'policy.read',
    bySite: true,
    path: '/api/sites/{site}/policy/check',
    body: {},
  },
  'GET /api/audit/verify': { needs: 'audit.read' },
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
  'GET /l/:token': { needs: 'open', path: '/l/none', answers: 404 },
  'GET /u/:token': { needs: 'open', path: '/u/none', answers: 404 },
  'POST /u/:token': { needs: 'open', path: '/u/none', answers: 404 },
  'GET /api/beacons': { needs: 'mails.read', bySite: true, path: '/api/beacons?site={site}' },
  'POST /api/beacons': {
    needs: 'mails.send',
    bySite: true,
    body: { site: '{site}', campaign: 'none' },
    answers: 404,
  },
  'PUT /api/beacons': {
    needs: 'mails.write',
    bySite: true,
    body: { site: '{site}', campaign: 'none', mode: 'none' },
    answers: 400,
  },
  'DELETE /api/beacons': {
    needs: 'mails.write',
    bySite: true,
    body: { site: '{site}', campaign: 'none' },
    answers: 404,
  },
  'GET /api/email-consents': { needs: 'mails.read', bySite: true, path: '/api/email-consents?site={site}' },
  'POST /api/email-consents/find': {
    needs: 'mails.read',
    bySite: true,
    body: { site: '{site}', email: 'nobody@example.org' },
    answers: 404,
  },
  'POST /api/email-consents': {
    needs: 'mails.write',
    bySite: true,
    body: { site: '{site}', consents: [] },
    answers: 400,
  },
  'DELETE /api/email-consents': {
    needs: 'mails.write',
    bySite: true,
    body: { site: '{site}', id: 'none' },
    answers: 404,
  },
  'POST /api/query': { needs: 'query', bySite: true, body: { site: '{site}', metrics: ['visitors'] } },
  'GET /api/query.csv': {
    needs: 'query.export',
    bySite: true,
    path: '/api/query.csv?query={"site":"{site}","metrics":["visitors"]}',
  },
}
