import { z } from 'zod'
import { IMPORT_OUTCOMES } from '../../sms/index.ts'
import { LEGAL_BASES } from '../consent/disclosure.ts'
import { forSession, type DescribedRoute } from './described-route.ts'
import { CHAINED_ROW, DAY, ERASED, OF_SITE, PUBLIC_KEY, SIGNED_HEAD, TIME } from './shapes.ts'

const IMPORTED = z.object({
  rows: z.int(),
  ...Object.fromEntries(IMPORT_OUTCOMES.map((outcome) => [outcome, z.int()])),
  failed: z.int(),
  ignored: z.array(z.string()).describe('columns that are not read'),
  faults: z
    .array(z.object({ line: z.int().describe('of the file, from 1'), faults: z.array(z.string()) }))
    .describe('of the first rows that were not taken'),
})

const NAMED = z.looseObject({ id: z.string() })

const PROOF = z.object({
  proof: z.literal('sms'),
  version: z.literal(1),
  made: TIME,
  reason: z.string(),
  basis: z.string().nullable(),
  days: z.object({ from: DAY, to: DAY }).nullable(),
  isMasked: z.boolean(),
  subject: z.object({ id: z.string(), number: z.string() }),
  programs: z.array(NAMED.extend({ standing: z.string().describe('how the subject stands to it') })),
  entries: z
    .array(
      CHAINED_ROW.omit({ seq: true }).extend({
        row: NAMED,
        path: z.array(z.string()).describe('from the row to the ledger’s root'),
        shown: z.object({ payload: z.unknown(), salt: z.string() }).nullable(),
      }),
    )
    .describe('oldest first'),
  messages: z.array(NAMED),
  ledger: z.object({ root: z.string(), head: SIGNED_HEAD }),
  key: PUBLIC_KEY,
  signature: z.string().describe('Ed25519 over the canonical JSON of all the other fields, base64url'),
})

/** What is said of the routes of the SMS module. */
export const SMS_ROUTES: Readonly<Record<string, DescribedRoute>> = {
  'GET /sms/opt-in/:program': {
    summary:
      'The form to sign up for messages, as a page or, asked for JSON, as its text and what to send with it',
    tag: 'sms',
    by: 'anybody',
    query: z.object({ language: z.string().optional() }),
    answer: '`disclosure` word for word, `form` to be sent back, and who is responsible',
    answered: z.object({
      program: z.object({
        id: z.string(),
        name: z.string(),
        seller: z.string(),
        contact: z.string(),
        terms: z.string(),
        privacy: z.string(),
      }),
      language: z.string(),
      languages: z.array(z.string()),
      disclosure: z.object({ version: z.string(), text: z.string() }),
      form: z.string(),
    }),
  },
  'POST /sms/opt-in': {
    summary: 'Takes a sign-up for messages; the answer is the same whatever is known of the number',
    tag: 'sms',
    by: 'anybody',
    body: z.object({
      form: z.string().describe('as the form came with it'),
      number: z.string().describe('as people write it'),
      agree: z.literal(true).describe('the box was ticked'),
    }),
    status: 202,
    answer: 'that it was `taken`, and a `message` to show',
    answered: z.object({ taken: z.literal(true), message: z.string() }),
  },
  'GET /sms/proof/:subject': {
    summary: 'The signed proof of what somebody with a phone allowed and took back, masked unless asked',
    tag: 'sms',
    by: 'session',
    query: z.object({
      reason: z.string().describe('why: it is in the audit log and in the proof'),
      unmasked: z.literal('1').optional().describe('with number and texts; takes a fresh second factor'),
      from: z.iso.date().optional(),
      to: z.iso.date().optional(),
      basis: z.enum(LEGAL_BASES).optional().describe('a disclosure on a legal ground, limited to days'),
      format: z.literal('html').optional(),
    }),
    answer: 'the proof, or a page that holds it',
    answered: PROOF,
  },
  'POST /sms/subjects/:subject/reveal': forSession(
    'sms',
    'Shows a number in full',
    '`number`',
    z.object({ number: z.string().describe('E.164') }),
  ),
  'POST /sms/subjects/:subject/erase': forSession(
    'sms',
    'Erases somebody with a phone',
    'that they are erased',
    ERASED,
  ),
  'POST /sms/subjects/:subject/hold': forSession(
    'sms',
    'Places a legal hold: nothing is erased',
    'that it stands',
    z.object({ held: z.literal(true) }),
  ),
  'POST /sms/subjects/:subject/release': forSession(
    'sms',
    'Lifts a legal hold',
    'whether one `stood`',
    z.object({ held: z.literal(false), stood: z.boolean() }),
  ),
  'POST /sms/import': {
    summary: 'Loads a list of people who have signed up, as CSV',
    tag: 'sms',
    by: 'sms',
    body: z.string().describe('CSV; its first line names the columns'),
    sentAs: 'text/csv',
    query: z.object({
      site: OF_SITE.shape.site,
      program: z.string().describe('its name'),
      'dry-run': z.literal('1').optional().describe('tells what would come of it'),
      provenance: z.enum(['own-form', 'own-records']).optional(),
    }),
    answer: 'how many rows came to what, and the `faults` of each that was not taken',
    answered: IMPORTED,
  },
  'GET /.well-known/sluice-sms.json': {
    summary: 'The key that signs proofs of consent to messages, and the latest signed head of their ledger',
    tag: 'sms',
    by: 'anybody',
    answer: '`keys` and `heads`',
    answered: z.object({ keys: z.array(PUBLIC_KEY), heads: z.array(SIGNED_HEAD) }),
  },
}
