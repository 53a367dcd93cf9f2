import { z } from 'zod'
import { EVENT_TYPES, MAX_EVENTS, WIRE_VERSION } from '../../schema/event.ts'
import { WIRE_SCHEMAS } from '../collect/wire.ts'
import { wireCall, wireLog } from '../logs/wire.ts'
import type { DescribedRoute } from './described-route.ts'

const ENVELOPE = z.object({
  version: z.literal(WIRE_VERSION),
  site: z.string().min(1).max(253),
  consent: z.string().max(2_048).nullish().describe('the consent token; absent before a choice'),
  events: z.array(z.union(EVENT_TYPES.map((type) => WIRE_SCHEMAS[type]))).max(MAX_EVENTS),
})

const TAKEN = z.object({
  accepted: z.int().describe('on disk'),
  dropped: z.int().describe('by a rule, which the drop ledger counts'),
})

const LINES_TAKEN = TAKEN.extend({
  faults: z
    .array(z.object({ line: z.int().describe('from 1'), reason: z.string() }))
    .describe('the first hundred lines that cannot be taken'),
})

/** What is said of the routes that events come in by. */
export const COLLECT_ROUTES: Readonly<Record<string, DescribedRoute>> = {
  'POST /e': {
    summary: 'Takes events of a page',
    tag: 'collect',
    by: 'anybody',
    body: ENVELOPE,
    sentAs: 'text/plain',
    examples: {
      pageview: {
        version: WIRE_VERSION,
        site: 'example.com',
        events: [
          {
            type: 'pageview',
            id: 'Zm9vYmFyYmF6cXV4MTIzNA',
            time: 1_780_000_000_000,
            url: 'https://example.com/a?utm_source=x',
            referrer: 'https://news.example/',
          },
        ],
      },
    },
    status: 202,
    answer: 'how many were `accepted` and are on disk, and how many were `dropped`',
    answered: TAKEN,
  },
  'POST /events': {
    summary: 'Takes what a site’s server tells: custom events, errors and calls, one JSON object a line',
    tag: 'collect',
    by: 'ingest',
    body: z.union([WIRE_SCHEMAS.event, WIRE_SCHEMAS.error, wireCall]),
    sentAs: 'application/x-ndjson',
    status: 202,
    answer: 'how many lines were accepted and dropped, and what is wrong with those refused',
    answered: LINES_TAKEN,
  },
  'POST /logs': {
    summary: 'Takes requests as a site’s server answered them, one JSON object a line',
    tag: 'collect',
    by: 'ingest',
    body: wireLog,
    sentAs: 'application/x-ndjson',
    status: 202,
    answer: 'how many lines were accepted and dropped, and what is wrong with those refused',
    answered: LINES_TAKEN,
  },
  'GET /s/:site.json': {
    summary: 'The public configuration of a site',
    tag: 'collect',
    by: 'anybody',
    answer: 'what a page needs to know before a choice',
    answered: z.object({
      site: z.string(),
      preConsent: z.enum(['none', 'anonymous']).describe('the mode in force for this request'),
      revision: z.int().describe('of the policy'),
      choice: z.boolean().describe('whether there is anything to choose'),
      gpc: z.enum(['targeting', 'all']).describe('what Global Privacy Control refuses'),
      cookieDomain: z.string().optional(),
    }),
  },
}
