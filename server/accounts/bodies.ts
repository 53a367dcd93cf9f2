import type { NextFunction, Request, Response } from 'express'
import { z } from 'zod'
import { MINIMUM_GROUP_SCOPES, PRE_CONSENT_MODES } from '../../schema/site.ts'
import { LEGAL_BASES } from '../consent/disclosure.ts'
import { KEY_SCOPES, REPORT_KINDS, REPORT_LANGUAGES, ROLES } from '../store/tables.ts'

/**
 * The bodies of the admin API, by route: what a route can read of one, and what `/api/openapi.json` says of it. A field
 * that is not here is not there for its route; each route says in its own words what is wrong with a value.
 */

const email = z.string().describe('the address of the account')
const code = z.string().describe('six digits of the authenticator, or a recovery code')
const passkey = z
  .looseObject({})
  .describe('what the browser answered for a passkey (WebAuthn), in place of a code')
const password = z.string().describe('the password')
const reason = z
  .string()
  .describe('why, 3 to 300 characters without addresses and long numbers: it is in the audit log')
const role = z.enum(ROLES)
const sites = z.union([z.literal('all'), z.array(z.string())]).describe('domains of sites, or all')
const site = z.string().describe('the domain of the site')
const token = z.string().describe('the token of a one-time link')
const day = z.iso.date()

export const BODIES = {
  'POST /api/set-up/look': z.object({ token }),
  'POST /api/set-up/ask': z.object({ token, email }),
  'POST /api/set-up': z.object({
    token,
    email,
    password,
    code: code.optional(),
    passkey: passkey.optional(),
    passkeyName: z.string().optional().describe('what the passkey is called'),
  }),
  'POST /api/look': z.object({ token }),
  'POST /api/sign-in': z.object({ email, password, code }),
  'POST /api/sign-in/passkey': z.object({ passkey }),
  'POST /api/session/confirm': z.object({ code: code.optional(), passkey: passkey.optional() }),
  'POST /api/session/ask': z.object({}),
  'POST /api/account/password': z.object({
    current: z.string().describe('the password so far'),
    password: password.describe('the new password'),
    code: code.optional(),
    passkey: passkey.optional(),
  }),
  'POST /api/account/recovery-codes': z.object({ code: code.optional(), passkey: passkey.optional() }),
  'POST /api/passkeys/ask': z.object({}),
  'POST /api/passkeys': z.object({ passkey, name: z.string().describe('what it is called') }),
  'POST /api/users': z.object({ reason, email, role, sites: sites.optional() }),
  'PATCH /api/users/:id': z.object({ reason, role: role.optional(), sites: sites.optional() }),
  'POST /api/users/:id/link': z.object({ reason }),
  'DELETE /api/users/:id': z.object({ reason }),
  'POST /sms/subjects/:subject/reveal': z.object({ reason }),
  'POST /sms/subjects/:subject/erase': z.object({ reason }),
  'POST /sms/subjects/:subject/hold': z.object({ reason }),
  'POST /sms/subjects/:subject/release': z.object({ reason }),
  'POST /api/keys': z.object({
    site,
    reason,
    scope: z.enum(KEY_SCOPES),
    expires: z.string().optional().describe('after how long it ends, `90d`; absent: never'),
  }),
  'DELETE /api/keys/:id': z.object({ site, reason }),
  'PATCH /api/sites/:domain/settings': z.object({
    timezone: z.string().optional().describe('IANA name; it holds from the end of the site’s day'),
    preConsent: z.enum(PRE_CONSENT_MODES).optional(),
    subdomains: z.boolean().optional(),
    eventWindowDays: z.number().optional().describe('2 to 762'),
    minimumGroup: z.number().optional().describe('1 to 100'),
    minimumGroupScope: z.enum(MINIMUM_GROUP_SCOPES).optional(),
    properties: z.array(z.string()).optional().describe('names of properties that are kept'),
    reason: reason.optional(),
  }),
  'POST /api/sites/:domain/goals': z.object({
    name: z.string(),
    event: z.string().optional().describe('the event by which it is reached'),
    page: z.string().optional().describe('or the page, a glob'),
  }),
  'POST /api/reports': z.object({
    site,
    reason,
    kind: z.enum(REPORT_KINDS),
    language: z.enum(REPORT_LANGUAGES).optional().describe('of the mails; default en'),
    threshold: z
      .number()
      .optional()
      .describe('page views of an alert: so many within half an hour, or fewer within a day'),
    recipients: z.array(z.string()).describe('addresses, 20 at most; each is asked first'),
  }),
  'DELETE /api/reports/:id': z.object({ site }),
  'POST /api/reports/:id/recipients': z.object({
    site,
    reason,
    email: z.string().describe('an address; it is asked first, and nobody else'),
  }),
  'DELETE /api/reports/:id/recipients/:recipient': z.object({ site }),
  'POST /api/share-links': z.object({
    site,
    reason,
    name: z.string().describe('what the link is for, 1 to 80 characters'),
    password: z.string().optional().describe('whoever opens it has to know it; absent: nobody is asked'),
    expires: z.string().optional().describe('after how long it ends, `90d`; absent: never'),
    filters: z
      .array(z.looseObject({ dimension: z.string() }))
      .optional()
      .describe('conditions that every question by it has, as in POST /api/query; 5 at most'),
    embed: z
      .array(z.string())
      .optional()
      .describe('origins whose pages may frame it, `https://example.com`; 10 at most'),
  }),
  'POST /api/sites/:domain/notes': z.object({
    day: day.describe('of the site'),
    text: z.string().describe('what happened, 1 to 200 characters without addresses and long numbers'),
  }),
  'DELETE /api/share-links/:id': z.object({ site }),
  'POST /api/share/open': z.object({
    id: z.string().describe('what stands behind `?share=` in the link'),
    token: z.string().describe('what stands behind the `#`'),
    password: z.string().optional(),
  }),
  'POST /api/disclosures': z.object({
    site,
    reason,
    receipt: z.string(),
    from: day,
    to: day,
    basis: z.enum(LEGAL_BASES).describe('the legal ground'),
  }),
} as const

/** Behind `jsonBody`: leaves of a body what the route can read. */
export function bodyOf(
  route: keyof typeof BODIES,
): (request: Request, _response: Response, next: NextFunction) => void {
  const names = Object.keys(BODIES[route].shape)
  return (request, _response, next) => {
    const body: unknown = request.body
    if (typeof body === 'object' && body !== null) {
      request.body = Object.fromEntries(Object.entries(body).filter(([name]) => names.includes(name)))
    }
    next()
  }
}
