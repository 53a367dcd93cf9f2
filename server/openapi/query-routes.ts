import { z } from 'zod'
import { AD_QUERY, CHOICE_QUERY, DROP_QUERY, MAIL_QUERY, QUERY, TRAIT_QUERY } from '../query/question.ts'
import { BURST_QUERY, FLOW_QUERY, FUNNEL_QUERY, RETENTION_QUERY } from '../query/visit-question.ts'
import type { DescribedRoute } from './described-route.ts'
import { DAY, TIME } from './shapes.ts'

const QUESTION = z.union([
  QUERY,
  CHOICE_QUERY,
  DROP_QUERY,
  FUNNEL_QUERY,
  FLOW_QUERY,
  RETENTION_QUERY,
  MAIL_QUERY,
  AD_QUERY,
  TRAIT_QUERY,
  BURST_QUERY,
])

const QUESTIONS = {
  sums: { site: 'example.com', period: '30d', metrics: ['visitors', 'visits', 'pageviews'] },
  breakdown: {
    site: 'example.com',
    breakdown: 'page',
    filters: [{ dimension: 'country', is: ['DE', 'FR'] }],
    limit: 10,
  },
  trend: {
    site: 'example.com',
    period: { from: '2026-11-01', to: '2026-11-30' },
    interval: 'day',
    compare: 'previous',
  },
  choices: { site: 'example.com', breakdown: 'consentState' },
  drops: { site: 'example.com', breakdown: 'dropReason' },
  mails: { site: 'example.com', breakdown: 'emailCampaign' },
  funnel: { site: 'example.com', funnel: ['/pricing', { event: 'Signup' }] },
  flow: { site: 'example.com', flow: { from: '/pricing', steps: 2 } },
  retention: { site: 'example.com', retention: 'week' },
  bursts: { site: 'example.com', bursts: 50 },
}

/** A number, text (names, money, the `time` of a series), or null where it cannot be computed. */
const VALUES = z.record(z.string(), z.union([z.number(), z.string(), z.null()]))

const ANSWER = z.object({
  rows: z.array(VALUES).describe('a row for each value or time, with the metrics asked for'),
  totals: VALUES,
  comparison: z
    .object({ totals: VALUES, rows: z.array(VALUES).optional(), from: DAY, to: DAY })
    .optional()
    .describe('the same of the period compared with'),
  meta: z.object({
    from: DAY,
    to: DAY,
    timezone: z.string().describe('IANA name'),
    source: z.enum(['rollup', 'events', 'both', 'counts']),
    collector: z.enum(['tracker', 'log', 'both']).optional().describe('whose page views it is made of'),
    trackerFrom: DAY.optional().describe('the first day that the tracker tells'),
    foldedRows: z.int().describe('cells folded away, since they held fewer visitors than the minimum group'),
    rowCount: z.int().describe('rows there are in all, before limit and offset'),
    visitors: z.literal('daily-sum').optional().describe('`visitors` of several days are the sum of each'),
    minimumGroup: z.int(),
    currencies: z.array(z.string()).optional(),
    freshness: TIME.describe('up to when accepted events are in the answer'),
  }),
})

/** What is said of the routes that answer questions. */
export const QUERY_ROUTES: Readonly<Record<string, DescribedRoute>> = {
  'POST /api/query': {
    summary: 'Answers a question about a site',
    tag: 'query',
    by: 'query',
    body: QUESTION,
    examples: QUESTIONS,
    answer: '`rows`, `totals`, perhaps `comparison`, and `meta`',
    answered: ANSWER,
  },
  'GET /api/query.csv': {
    summary: 'The rows of an answer as a file',
    tag: 'query',
    by: 'query',
    query: z.object({ query: QUESTION }),
    examples: QUESTIONS,
    answer: 'a header and the rows',
    answeredAs: 'text/csv',
  },
}
