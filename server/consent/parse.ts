import { z } from 'zod'
import {
  CONSENT_ACTIONS,
  CONSENT_SOURCES,
  CONSENT_VERSION,
  OPTIONAL_CATEGORIES,
  type ConsentDecision,
  type ConsentRenewal,
} from '../../schema/consent.ts'
import { UserError } from '../errors.ts'

/** Form of a receipt's id: 128 bits, base64url. */
export const RECEIPT_ID = /^[\w-]{22}$/
/** Form of a SHA-256 in base64url. */
export const HASH = /^[\w-]{43}$/

/** Longest token that is looked at. */
const MAX_RENEW = 2_048
/** As many digits as a token has room for. */
const MAX_REVISION = 999_999_999

const site = z
  .string({ error: 'The field "site" is missing: send the domain of the site as text.' })
  .min(1, { error: 'The field "site" is empty: send the domain of the site.' })
  .max(253, { error: 'The field "site" is too long: a domain has at most 253 characters.' })
  .toLowerCase()
const version = z.literal(CONSENT_VERSION, {
  error: `The field "version" is none that is known here: send ${CONSENT_VERSION}.`,
})

/** Unknown fields are passed over, so that newer pages can talk to this server. */
export const DECISION = z.object(
  {
    version,
    site,
    action: z.enum(CONSENT_ACTIONS, {
      error: `The field "action" is none that is known here: send ${CONSENT_ACTIONS.join(', ')}.`,
    }),
    granted: z
      .array(
        z.enum(OPTIONAL_CATEGORIES, {
          error: `The field "granted" names a category there is none of: there are ${OPTIONAL_CATEGORIES.join(', ')}.`,
        }),
        { error: 'The field "granted" is missing: send a list of categories, empty for a refusal.' },
      )
      .max(OPTIONAL_CATEGORIES.length, {
        error: `The field "granted" is too long: there are ${OPTIONAL_CATEGORIES.length} categories.`,
      }),
    revision: z
      .int({ error: 'The field "revision" is missing: send the policy revision that was shown.' })
      .min(1, { error: 'The field "revision" is too low: revisions begin at 1.' })
      .max(MAX_REVISION, { error: 'The field "revision" is too high: send the one that was shown.' }),
    source: z.enum(CONSENT_SOURCES, {
      error: `The field "source" is none that is known here: send ${CONSENT_SOURCES.join(', ')}.`,
    }),
    gpc: z.boolean({
      error: 'The field "gpc" is missing: send whether the browser sends Global Privacy Control.',
    }),
    // What is kept on the device may have been spoilt by others: a choice, above all a refusal, must not fail by it.
    notice: z.string().regex(HASH).optional().catch(undefined),
    receipt: z.string().regex(RECEIPT_ID).optional().catch(undefined),
  },
  { error: 'The body is not an object: send a choice.' },
)

export const RENEWAL = z.object({
  version,
  site,
  renew: z
    .string({ error: 'The field "renew" is not a consent token: send the token as text.' })
    .max(MAX_RENEW, { error: 'The field "renew" is too long: send the token as it was given.' }),
}) satisfies z.ZodType<ConsentRenewal>

const REFUSALS: readonly string[] = ['reject_all', 'withdraw', 'object']

/** The body of `POST /c`. Throws UserError (400) with a sentence that names the field, and nothing of what was sent. */
export function parseConsent(body: string): ConsentDecision | ConsentRenewal {
  const raw = readJson(body)
  if (typeof raw === 'object' && raw !== null && 'renew' in raw) return read(RENEWAL, raw)
  const { notice, receipt, ...decision } = read(DECISION, raw)
  if (decision.granted.length > 0 && REFUSALS.includes(decision.action)) {
    throw new UserError('The field "granted" must be empty: this action grants nothing.')
  }
  return {
    ...decision,
    granted: OPTIONAL_CATEGORIES.filter((category) => decision.granted.includes(category)),
    ...(notice !== undefined && { notice }),
    ...(receipt !== undefined && { receipt }),
  }
}

function read<T>(schema: z.ZodType<T>, raw: unknown): T {
  const result = schema.safeParse(raw)
  if (result.success) return result.data
  throw new UserError(result.error.issues[0]?.message ?? 'The choice cannot be read: send it as documented.')
}

function readJson(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    throw new UserError('The body is not JSON: send a choice as an object.')
  }
}
