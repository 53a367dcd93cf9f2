import { z } from 'zod'
import { SMS_CODE_MEANINGS, SMS_OUTCOMES, SMS_STANDINGS, type SmsOutcome } from '../../schema/sms-report.ts'
import { PROGRAM_KINDS } from '../../schema/sms.ts'
import type { DescribedRoute } from './described-route.ts'
import { DAY, OF_SITE, TIME } from './shapes.ts'

const COUNT = z.int().min(0)
const OUTCOMES = z.record(z.enum(SMS_OUTCOMES), COUNT)
const REASON = z.object({ reason: z.string(), count: COUNT })
const MOST_OF = { most: COUNT, days: COUNT }

/** What is said of how programs fare. */
export const SMS_REPORT_ROUTES: Readonly<Record<string, DescribedRoute>> = {
  'GET /sms/report': {
    summary: 'How the SMS programs of a site fared: counts, and no number of anybody',
    tag: 'sms',
    by: 'sms',
    query: OF_SITE.extend({
      period: z
        .string()
        .optional()
        .describe('`7d`, `30d` or another of them, or days `2026-11-01..2026-11-30`; absent: `30d`'),
    }),
    answer: 'how programs, days and senders did, why messages were held back or failed, and what waits',
    answered: z.object({
      from: DAY,
      to: DAY,
      timezone: z.string(),
      programs: z.array(
        z.object({
          id: z.string(),
          name: z.string(),
          kind: z.enum(PROGRAM_KINDS),
          sender: z.string(),
          ended: TIME.nullable(),
          isConfirmed: z.boolean().describe('people confirm with YES'),
          standings: z.record(z.enum(SMS_STANDINGS), COUNT).describe('people, now'),
          outcomes: OUTCOMES.describe('messages of the days'),
          optOuts: COUNT,
          frequency: z.object(MOST_OF),
          budget: z.object({ ...MOST_OF, spent: COUNT.describe('millionths of a dollar') }).nullable(),
        }),
      ),
      days: z.array(
        z.object({
          time: DAY,
          optOuts: COUNT,
          ...(Object.fromEntries(SMS_OUTCOMES.map((one) => [one, COUNT])) as Record<
            SmsOutcome,
            typeof COUNT
          >),
        }),
      ),
      blocked: z.array(REASON).describe('why the gate held messages back'),
      failed: z
        .array(REASON.extend({ means: z.enum(SMS_CODE_MEANINGS) }))
        .describe('by the code of the provider or carrier'),
      senders: z.array(
        z.object({
          id: z.string(),
          class: z.string(),
          state: z.enum(['active', 'restricted', 'suspended']),
          stateReason: z.string().nullable(),
          stateSince: TIME,
          campaign: z.string(),
          cap: z.object({ most: COUNT, used: COUNT }).describe('messages a minute'),
          fees: COUNT.describe('of the days asked for, in millionths of a dollar'),
          sent: COUNT.describe('within 24 hours, as the next three'),
          delivered: COUNT,
          failed: COUNT,
          optOuts: COUNT,
        }),
      ),
      queue: z.object({
        waiting: COUNT,
        nextDue: TIME.nullable(),
        unclear: COUNT,
        dead: COUNT,
        toApprove: COUNT,
        unclearAnswers: COUNT,
        untold: COUNT,
      }),
    }),
  },
}
