import { z } from 'zod'
import { EMAIL_MODES, EMAIL_PURPOSES, type EmailDecision } from '../../schema/email.ts'
import { checkEmail } from '../accounts/email.ts'
import { UserError } from '../errors.ts'

/** What the routes of beacons read; what they say of a fault names the field and quotes no value, which may be somebody's. */

const MAX_COPY = 10_000
/** Decisions in one request: each is a row of the ledger. */
export const MAX_DECISIONS = 1_000

const site = z.string().describe('the domain of the site')
const campaign = z.string().describe('the name of the campaign')

export const EMAIL_METHODS_TOLD = ['form', 'double-opt-in', 'written', 'spoken'] as const

export const DECISION = z.strictObject({
  email: z.string().max(254).describe('the recipient’s address; kept sealed'),
  event: z.enum(['given', 'withdrawn']),
  purposes: z.array(z.enum(EMAIL_PURPOSES)).min(1),
  copy: z.string().max(MAX_COPY).describe('the text that was shown, word for word'),
  method: z.enum(EMAIL_METHODS_TOLD).describe('how it was decided'),
  time: z.iso.datetime({ offset: true }).exactOptional().describe('when it was decided; absent: now'),
}) satisfies z.ZodType<EmailDecision>

export const EMAIL_BODIES = {
  'POST /api/beacons': z.strictObject({
    site,
    campaign,
    recipient: z.string().max(254).exactOptional().describe('id of a recipient’s consent, or their address'),
    sends: z.int().min(1).max(100_000_000).exactOptional().describe('mails that it goes into; default 1'),
    links: z
      .array(z.string())
      .max(100)
      .exactOptional()
      .describe('registered addresses that the mail links to'),
    otherwise: z
      .enum(['aggregate', 'off'])
      .exactOptional()
      .describe('what to do where the recipient has not consented; default: refuse'),
  }),
  'PUT /api/beacons': z.strictObject({
    site,
    campaign,
    mode: z.enum(EMAIL_MODES),
    links: z.array(z.string()).max(500).exactOptional().describe('addresses that its links may lead to'),
  }),
  'DELETE /api/beacons': z.strictObject({ site, campaign }),
  'POST /api/email-consents': z.strictObject({
    site,
    consents: z.array(DECISION).min(1).max(MAX_DECISIONS),
  }),
  'POST /api/email-consents/find': z.strictObject({ site, email: z.string().max(254) }),
  'DELETE /api/email-consents': z.strictObject({
    site,
    id: z.string().max(64).exactOptional(),
    email: z.string().max(254).exactOptional(),
  }),
} as const

export type EmailRoute = keyof typeof EMAIL_BODIES

/** Reads a body. Throws UserError that names the field. */
export function readBody<Route extends EmailRoute>(
  route: Route,
  body: unknown,
): z.infer<(typeof EMAIL_BODIES)[Route]> {
  const read = EMAIL_BODIES[route].safeParse(body)
  if (read.success) return read.data as z.infer<(typeof EMAIL_BODIES)[Route]>
  const [issue] = read.error.issues
  if (issue?.code === 'unrecognized_keys') {
    const known = Object.keys(EMAIL_BODIES[route].shape).join(', ')
    throw new UserError(`There is a field that this address does not take: it takes ${known}.`)
  }
  throw new UserError(`The field ${placeOf(issue?.path ?? [])} is missing or cannot be read.`)
}

/** `consents[3].email`. */
function placeOf(path: readonly PropertyKey[]): string {
  const place = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('')
  return place === '' ? 'of the JSON object' : place.replace(/^\./, '')
}

const DAY_MS = 86_400_000

/** Throws UserError for an address that is none, for a consent without what was shown, and for a time that is not over. */
export function checkDecision(decision: EmailDecision, now: number): EmailDecision {
  const { email, event, copy, time } = decision
  if (event === 'given' && copy.trim() === '') {
    throw new UserError('A consent needs the text that was shown: give it as copy.')
  }
  // The clock of whoever tells may be ahead a little.
  if (time !== undefined && Date.parse(time) > now + DAY_MS) {
    throw new UserError('A consent cannot have been given in the future: correct its time.')
  }
  return { ...decision, email: checkEmail(email) }
}
