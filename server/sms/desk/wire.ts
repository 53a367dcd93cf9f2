import { z } from 'zod'
import { PROGRAM_KINDS } from '../../../schema/sms.ts'
import type { GivenProgram, Program } from '../../../sms/index.ts'
import { UserError } from '../../errors.ts'

/** What the routes and commands of messages read; what they say of a fault names the field and quotes no value. */

const site = z.string().describe('the domain of the site')
const program = z.string().max(64).describe('the id of the program')
const reason = z
  .string()
  .describe('why, 3 to 300 characters without addresses and long numbers: it is in the audit log')
const HOUR_MS = 3_600_000
const DAY_HOURS = 24

/** A program as it is written down, in a file or a request. */
export const PROGRAM = z.strictObject({
  sender: z.string().max(64).describe('the id of the sender'),
  name: z.string().max(100),
  seller: z.string().max(200).describe('legal name of who sends'),
  description: z.string().max(2_000).describe('what is sent and to whom, 40 characters or more'),
  kind: z.enum(PROGRAM_KINDS),
  useCase: z.string().max(40).describe('as the campaign is registered, `Marketing`'),
  language: z.enum(['en', 'es', 'fr', 'de', 'pt']).default('en'),
  domains: z.array(z.string().max(253)).max(50).default([]).describe('domains that links lead to'),
  confirm: z
    .union([z.literal('off'), z.int().min(1).max(720)])
    .default(DAY_HOURS)
    .describe('hours that a YES is waited for; `off`: none is asked for'),
  frequency: z
    .strictObject({ most: z.int(), days: z.int() })
    .describe('what is promised: at most so many messages within so many days'),
  samples: z.array(z.string().max(1_000)).max(10).describe('two messages or more as they will be sent'),
  stopScope: z.enum(['program', 'seller', 'all']).default('all').describe('what STOP ends'),
  maxSegments: z.int().min(1).max(10).default(4).describe('parts that a message may take'),
  contact: z.string().max(200).describe('where somebody gets help'),
  terms: z.url().describe('page with the terms'),
  privacy: z.url().describe('page with the privacy notice'),
  budget: z
    .strictObject({ most: z.int().min(0), days: z.int().min(1) })
    .exactOptional()
    .describe('what may be spent within so many days, in millionths of a dollar'),
})

export const DESK_BODIES = {
  'POST /sms/programs': PROGRAM.extend({ site }),
  'POST /sms/messages': z.strictObject({
    site,
    program,
    to: z.string().max(64).describe('a number, or the id of a subject'),
    text: z.string().max(2_000).describe('without an opt-out sentence it gets one'),
    idempotencyKey: z.string().max(200).exactOptional().describe('a new one for each message'),
    sendAt: z.iso.datetime({ offset: true }).exactOptional().describe('absent: at once'),
    expiresAt: z.iso.datetime({ offset: true }).exactOptional().describe('absent: a day after it is due'),
    byHand: z.boolean().exactOptional().describe('a person wrote it to this one person'),
    explain: z.boolean().exactOptional().describe('says whether it would go out and why, and sends nothing'),
    media: z
      .array(z.string().max(64))
      .max(20)
      .exactOptional()
      .describe('ids of pictures that `POST /sms/media` took, 10 at most; regular numbers carry them'),
  }),
  'POST /sms/opt-out': z.strictObject({
    site,
    from: z.string().max(64).describe('a number, or the id of a subject'),
    program: program.exactOptional().describe('absent: of everything'),
    by: z.enum(['web', 'agent', 'e-mail', 'phone', 'letter', 'api', 'complaint']),
    receivedAt: z.string().max(40).describe('when it came in, ISO 8601 with its offset'),
    evidence: z.string().max(4_000).describe('what proves it; kept sealed'),
  }),
  'POST /sms/held-texts/:id/approve': z.strictObject({
    site,
    hours: z
      .int()
      .min(1)
      .max(168)
      .default(DAY_HOURS)
      .describe('for how long the same text, word for word, is taken without another look'),
    reason,
  }),
  'POST /sms/held-texts/:id/refuse': z.strictObject({ site, reason }),
  'POST /sms/unclear-answers/:id/settle': z.strictObject({
    site,
    as: z.enum(['opt-out', 'other']).describe('what the answer meant'),
    reason,
  }),
  'POST /sms/dead-letters/:id/settle': z.strictObject({
    site,
    as: z.enum(['sent', 'not-sent']).describe('what became of it, as the provider or whoever it was to says'),
    reason,
  }),
  'POST /sms/dead-letters/:id/replay': z.strictObject({
    site,
    expiresAt: z.iso.datetime({ offset: true }).exactOptional().describe('absent: as it was asked for'),
    reason,
  }),
} as const

export type DeskRoute = keyof typeof DESK_BODIES

/** Reads a body. Throws UserError that names the field. */
export function readDeskBody<Route extends DeskRoute>(
  route: Route,
  body: unknown,
): z.infer<(typeof DESK_BODIES)[Route]> {
  return readWith(DESK_BODIES[route], body) as z.infer<(typeof DESK_BODIES)[Route]>
}

/** Reads an object by its shape. Throws UserError that names the field. */
export function readWith<Shape extends z.ZodObject>(shape: Shape, body: unknown): z.infer<Shape> {
  const read = shape.safeParse(body)
  if (read.success && holdsOddText(read.data)) {
    throw new UserError('There is half a character or a zero byte in a text: send whole Unicode text.')
  }
  if (read.success) return read.data
  const [issue] = read.error.issues
  if (issue?.code === 'unrecognized_keys') {
    throw new UserError(
      `There is a field that is not taken here: there are ${Object.keys(shape.shape).join(', ')}.`,
    )
  }
  const place = (issue?.path ?? []).map(String).join('.')
  throw new UserError(
    place === '' ? 'Send a JSON object.' : `The field ${place} is missing or cannot be read.`,
  )
}

/** Neither can be kept: half a character in no ledger, and a zero byte in no text of PostgreSQL. */
function holdsOddText(body: unknown): boolean {
  if (typeof body === 'string') return body.includes('\0') || /\p{Surrogate}/u.test(body)
  return typeof body === 'object' && body !== null && Object.values(body).some(holdsOddText)
}

/** A program as the module keeps it. */
export function givenProgram(read: z.infer<typeof PROGRAM>): GivenProgram {
  const { name, seller, description, kind, language, domains, confirm, frequency, samples, sender } = read
  const { stopScope, maxSegments, contact, terms, privacy, budget } = read
  return {
    sender,
    program: {
      name,
      seller,
      description,
      kind,
      // One that there is none of is refused in words of its own.
      useCase: read.useCase as Program['useCase'],
      language,
      domains,
      confirmWithin: confirm === 'off' ? 'off' : confirm * HOUR_MS,
      frequency,
      samples,
    },
    settings: { stopScope, maxSegments, contact, terms, privacy, ...(budget && { budget }) },
  }
}
