import { z } from 'zod'
import { MINIMUM_GROUP_SCOPES, PRE_CONSENT_MODES } from '../../schema/site.ts'
import { ROLES } from '../store/tables.ts'
import { forSession, type DescribedRoute } from './described-route.ts'
import { DAY, GOAL, OF_SITE, REMOVED, REVOKED, TIME } from './shapes.ts'

const SETTINGS = z.object({
  domain: z.string(),
  timezone: z.string().describe('IANA name'),
  nextTimezone: z.object({ timezone: z.string(), from: TIME }).optional().describe('from a midnight to come'),
  preConsent: z.enum(PRE_CONSENT_MODES),
  subdomains: z.boolean(),
  eventWindowDays: z.int(),
  minimumGroup: z.int(),
  minimumGroupScope: z.enum(MINIMUM_GROUP_SCOPES),
  properties: z.array(z.string()),
  traits: z.array(z.looseObject({})),
  goals: z.array(GOAL),
  added: TIME,
  script: z.string().describe('the line for the head of its pages'),
})

const NOTE = z.object({ id: z.string(), day: DAY, text: z.string(), role: z.enum(ROLES) })

const KEPT = z.object({
  site: z.string().nullable(),
  kind: z.string(),
  days: z.number().nullable(),
  what: z.string(),
  why: z.string(),
  until: z.string().describe('in words'),
  rows: z.int(),
  oldest: DAY.nullable(),
  isOverdue: z.boolean(),
})

const REPORT = z.object({
  id: z.string(),
  kind: z.enum(['weekly', 'monthly', 'spike', 'drop']),
  language: z.string(),
  threshold: z.number().nullable(),
  created: TIME,
  told: TIME.nullable(),
  recipients: z.array(
    z.object({
      id: z.string(),
      email: z.string(),
      isAsked: z
        .boolean()
        .describe('false: no mail server has taken the question yet, and it is asked again'),
      isConfirmed: z.boolean(),
      sentFor: z.string().nullable(),
    }),
  ),
})

const ASKED = z.object({
  id: z.string(),
  unasked: z
    .int()
    .describe('recipients whose question the mail server did not take: they are asked again for a week'),
})

const SHARE_LINK = z.object({
  id: z.string(),
  name: z.string(),
  hasPassword: z.boolean(),
  filters: z.array(z.looseObject({ dimension: z.string() })),
  embed: z.array(z.string()).describe('origins whose pages may frame it'),
  created: TIME,
  lastOpened: DAY.nullable(),
  expires: TIME.nullable(),
  revoked: TIME.nullable(),
})

/** What is said of the routes of a site's settings, its reports and share links. */
export const SITE_ROUTES: Readonly<Record<string, DescribedRoute>> = {
  'GET /api/sites/:domain/settings': {
    summary: 'What a site measures and how',
    tag: 'sites',
    by: 'admin',
    answer: 'the settings, goals, and the line for the pages',
    answered: SETTINGS,
  },
  'PATCH /api/sites/:domain/settings': {
    summary:
      'Changes settings; a fresh second factor and a reason where visitors are protected less than before',
    tag: 'sites',
    by: 'admin',
    answer: 'the settings',
    answered: SETTINGS,
  },
  'POST /api/sites/:domain/goals': {
    summary: 'Adds a goal',
    tag: 'sites',
    by: 'admin',
    status: 201,
    answer: 'the settings',
    answered: SETTINGS,
  },
  'DELETE /api/sites/:domain/goals/:name': {
    summary: 'Removes a goal',
    tag: 'sites',
    by: 'admin',
    answer: 'the settings',
    answered: SETTINGS,
  },
  'GET /api/sites/:domain/retention': {
    summary: 'What is kept of a site, why and until when',
    tag: 'sites',
    by: 'admin',
    answer: '`kept`',
    answered: z.object({ kept: z.array(KEPT) }),
  },
  'GET /api/reports': {
    ...forSession(
      'sites',
      'The reports and alerts of a site by e-mail',
      '`reports`, and whether the server `canSend`',
      z.object({ reports: z.array(REPORT), canSend: z.boolean() }),
    ),
    query: OF_SITE,
  },
  'POST /api/reports': {
    ...forSession(
      'sites',
      'Makes a report or an alert; its recipients are asked first',
      '`id`, and how many recipients could not be asked',
      ASKED,
    ),
    status: 201,
  },
  'DELETE /api/reports/:id': forSession(
    'sites',
    'Removes a report with its recipients',
    'which was `removed`',
    REMOVED,
  ),
  'POST /api/reports/:id/recipients': {
    ...forSession(
      'sites',
      'Adds a recipient to a report or an alert, who is asked first; the others are not asked again',
      '`id` of the recipient, and whether the mail server did not take the question',
      ASKED,
    ),
    status: 201,
  },
  'DELETE /api/reports/:id/recipients/:recipient': forSession(
    'sites',
    'Removes one recipient with their address',
    'which was `removed`',
    REMOVED,
  ),
  'GET /api/reports/preview': {
    summary: 'A report as it would be sent now',
    tag: 'sites',
    by: 'session',
    query: z.object({
      site: z.string(),
      kind: z.string(),
      language: z.string().optional(),
      threshold: z.string().optional().describe('page views, of an alert'),
    }),
    answer: 'the mail as a page',
    answeredAs: 'text/html',
  },
  'GET /api/sites/:domain/notes': {
    ...forSession(
      'sites',
      'What people wrote about days of a site',
      '`notes`, the oldest day first',
      z.object({ notes: z.array(NOTE) }),
    ),
    query: z.object({ from: DAY, to: DAY }),
  },
  'POST /api/sites/:domain/notes': {
    ...forSession('sites', 'Writes about a day, for everybody who sees its numbers', 'the note', NOTE),
    status: 201,
  },
  'DELETE /api/sites/:domain/notes/:id': forSession(
    'sites',
    'Removes a note',
    'which was `removed`',
    REMOVED,
  ),
  'GET /api/share-links': {
    ...forSession(
      'sites',
      'The share links of a site, never what opens them',
      '`links`',
      z.object({ links: z.array(SHARE_LINK) }),
    ),
    query: OF_SITE,
  },
  'POST /api/share-links': {
    ...forSession(
      'sites',
      'Makes a link that shows a site without an account',
      '`id` and `link`, this once',
      z.object({ id: z.string(), link: z.url() }),
    ),
    status: 201,
  },
  'DELETE /api/share-links/:id': forSession('sites', 'Revokes a share link', 'which was `revoked`', REVOKED),
  'POST /api/share/open': {
    summary: 'Opens a share link',
    tag: 'accounts',
    by: 'anybody',
    answer: '`access`, to be sent as a bearer token `until` then, or that it `wants` a password',
    answered: z.union([
      z.object({ access: z.string(), site: z.string(), until: TIME }),
      z.object({ wants: z.literal('password') }),
    ]),
  },
}
