import { z } from 'zod'
import { BODIES } from '../accounts/bodies.ts'
import { ACCOUNT_ROUTES } from './account-routes.ts'
import { COLLECT_ROUTES } from './collect-routes.ts'
import { CONSENT_ROUTES } from './consent-routes.ts'
import { forSession, type DescribedRoute } from './described-route.ts'
import { MAIL_ROUTES } from './mail-routes.ts'
import { POLICY_ROUTES } from './policy-routes.ts'
import { QUERY_ROUTES } from './query-routes.ts'
import { OF_SITE, TIME } from './shapes.ts'
import { SITE_ROUTES } from './site-routes.ts'
import { SMS_DECISION_ROUTES } from './sms-decision-routes.ts'
import { SMS_DESK_ROUTES } from './sms-desk-routes.ts'
import { SMS_HOOK_ROUTES } from './sms-hook-routes.ts'
import { SMS_REPORT_ROUTES } from './sms-report-routes.ts'
import { SMS_ROUTES } from './sms-routes.ts'

/** What `/api/openapi.json` says of each route. The shapes of what is sent are those that the routes read with. */
export const ROUTES: Readonly<Record<string, DescribedRoute>> = {
  ...QUERY_ROUTES,
  ...COLLECT_ROUTES,
  ...CONSENT_ROUTES,
  ...POLICY_ROUTES,
  ...MAIL_ROUTES,
  ...SMS_DESK_ROUTES,
  ...SMS_DECISION_ROUTES,
  ...SMS_REPORT_ROUTES,
  ...SMS_ROUTES,
  ...SMS_HOOK_ROUTES,
  ...ACCOUNT_ROUTES,
  ...SITE_ROUTES,
  'GET /api/openapi.json': {
    summary: 'This description',
    tag: 'server',
    by: 'anybody',
    answer: 'an OpenAPI document',
    answered: z.looseObject({ openapi: z.literal('3.1.0') }),
  },
  'GET /api/status': {
    ...forSession(
      'server',
      'How what was accepted gets into the numbers: spool, loader, rollups',
      'counts since the server’s start',
      z.object({
        freshness: TIME,
        spool: z.object({ accepts: z.boolean(), bytes: z.int(), waiting: z.int(), lost: z.int() }),
        loader: z.object({ deadLetters: z.int(), twice: z.int() }),
        rollups: z.object({
          sealed: z.int().describe('days'),
          waiting: z.int().describe('days'),
          failures: z.int(),
          audits: z.int(),
          differences: z.int(),
        }),
        sharedAddress: z.boolean().describe('all traffic comes from one address'),
      }),
    ),
    query: OF_SITE,
  },
  'GET /live': {
    summary: 'Whether the process runs',
    tag: 'server',
    by: 'anybody',
    answer: 'that it does',
    answered: z.object({ live: z.literal(true) }),
  },
  'GET /ready': {
    summary: 'Whether events can be kept',
    tag: 'server',
    by: 'anybody',
    answer: 'that they can; 503 where not',
    answered: z.object({
      ready: z.literal(true),
      spool: z.enum(['accepting', 'full']),
      database: z.enum(['answering', 'unreachable']),
      store: z.enum(['answering', 'unreachable']),
    }),
  },
  'GET /metrics': {
    summary: 'Figures of the server for Prometheus; open to this machine alone, else with a key',
    tag: 'server',
    by: 'admin',
    answer: 'the exposition format',
    answeredAs: 'text/plain',
  },
}

/** The body that a route reads; undefined where it reads none. */
export function bodyOfRoute(name: string): z.ZodType | undefined {
  const bodies: Readonly<Record<string, z.ZodType | undefined>> = BODIES
  return ROUTES[name]?.body ?? bodies[name]
}
