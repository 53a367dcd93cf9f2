import { z } from 'zod'
import { PROGRAM_KINDS } from '../../schema/sms.ts'
import { PICTURE_TYPES, USE_CASES } from '../../sms/index.ts'
import { DESK_BODIES } from '../sms/desk/wire.ts'
import type { DescribedRoute } from './described-route.ts'
import { OF_SITE, TIME } from './shapes.ts'

const PROGRAM = z.object({
  id: z.string(),
  sender: z.string(),
  name: z.string(),
  seller: z.string(),
  description: z.string(),
  kind: z.enum(PROGRAM_KINDS),
  useCase: z.enum(USE_CASES),
  language: z.string(),
  domains: z.array(z.string()),
  confirmWithin: z.union([z.int(), z.literal('off')]).describe('milliseconds'),
  frequency: z.object({ most: z.int(), days: z.int() }),
  samples: z.array(z.string()),
  stopScope: z.enum(['program', 'seller', 'all']),
  maxSegments: z.int(),
  contact: z.string(),
  terms: z.string(),
  privacy: z.string(),
  budget: z.object({ most: z.int().describe('millionths of a dollar'), days: z.int() }).optional(),
  ended: TIME.nullable(),
})

/** What screening found. */
export const SMS_FINDINGS = z.array(
  z.object({
    category: z.string(),
    group: z.enum(['campaign', 'content']),
    rule: z.string().describe('category, rule and version of its pack'),
    weight: z.int(),
    found: z.string(),
  }),
)

const ANSWERED_MESSAGE = z.object({
  outcome: z.enum(['queued', 'known', 'explained']),
  id: z.string().optional().describe('where it is queued'),
  decision: z.looseObject({ verdict: z.enum(['send', 'wait', 'block']) }),
  text: z.string().describe('as it would be sent'),
  segments: z.int(),
  findings: SMS_FINDINGS,
})

/** A message as it may be shown. */
export const SMS_MESSAGE = z.object({
  id: z.string(),
  program: z.string().nullable(),
  subject: z.string(),
  purpose: z.string(),
  status: z.string(),
  decision: z.unknown().describe('the gate’s last word, or why it ended'),
  consentEntry: z.string().nullable(),
  attempts: z.int(),
  segments: z.int(),
  cost: z.int().nullable().describe('millionths of a dollar'),
  delivery: z.string().nullable(),
  errorCode: z.string().nullable(),
  anomaly: z.string().nullable(),
  inFlightAtStop: z.boolean(),
  createdAt: TIME,
  dueAt: TIME,
  expiresAt: TIME,
  handedAt: TIME.nullable(),
})

/** What is said of the routes of programs and messages. */
export const SMS_DESK_ROUTES: Readonly<Record<string, DescribedRoute>> = {
  'GET /sms/programs': {
    summary: 'The SMS programs of a site',
    tag: 'sms',
    by: 'sms',
    query: OF_SITE,
    answer: '`programs`, ended ones too',
    answered: z.object({ programs: z.array(PROGRAM) }),
  },
  'POST /sms/programs': {
    summary: 'Makes an SMS program; its texts are screened as its messages will be',
    tag: 'sms',
    by: 'sms',
    body: DESK_BODIES['POST /sms/programs'],
    status: 201,
    answer: 'the program with its `id`; 422 says what speaks against it',
    answered: PROGRAM,
  },
  'POST /sms/messages': {
    summary: 'Queues a message, once for each idempotency key, or explains whether it would go out',
    tag: 'sms',
    by: 'sms',
    body: DESK_BODIES['POST /sms/messages'],
    examples: {
      explain: {
        site: 'example.com',
        program: '3f9c2a71d04be865',
        to: '(212) 555-0123',
        text: 'Two lattes for one today.',
        explain: true,
      },
    },
    status: 202,
    answer:
      '`id`, and what the gate says now: `decision` with `verdict` and why, the `text` as it is sent, its `segments` and what screening found. 200 where it was queued before, or is only explained',
    answered: ANSWERED_MESSAGE,
  },
  'POST /sms/media': {
    summary: 'Takes a picture for messages: JPEG, PNG or GIF of at most 1.5 MB, as it is',
    tag: 'sms',
    by: 'sms',
    query: OF_SITE,
    body: z.string().describe('the bytes of the picture'),
    sentAs: 'image/*',
    status: 201,
    answer: '`id`, `type` and `bytes`, without what did not show of it: place, time, device, notes',
    answered: z.object({ id: z.string(), type: z.enum(PICTURE_TYPES), bytes: z.int() }),
  },
  'GET /sms/messages/:id': {
    summary: 'What became of a message',
    tag: 'sms',
    by: 'sms',
    query: OF_SITE,
    answer: '`status`, `decision`, `delivery`, `cost` and times; neither its text nor a number',
    answered: SMS_MESSAGE,
  },
  'GET /sms/subjects/:id': {
    summary: 'How somebody stands to the programs of a site',
    tag: 'sms',
    by: 'sms',
    query: OF_SITE,
    answer: 'the number masked, and a state for each program',
    answered: z.object({
      id: z.string(),
      number: z.string().describe('masked'),
      programs: z.array(
        z.object({ id: z.string(), name: z.string(), state: z.string(), entry: z.string().nullable() }),
      ),
    }),
  },
  'POST /sms/opt-out': {
    summary: 'Enters an opt-out that came another way than by the phone itself',
    tag: 'sms',
    by: 'sms',
    body: DESK_BODIES['POST /sms/opt-out'],
    examples: {
      letter: {
        site: 'example.com',
        from: '(212) 555-0123',
        by: 'letter',
        receivedAt: '2026-11-29T09:30:00-05:00',
        evidence: 'letter 2026/118',
      },
    },
    answer:
      'the `entry` of the ledger, how many waiting messages were `cancelled`, and the `deadline` that is met',
    answered: z.object({
      outcome: z.literal('entered'),
      subject: z.string(),
      did: z.string(),
      entry: z.string(),
      cancelled: z.int(),
      deadline: TIME,
    }),
  },
}
