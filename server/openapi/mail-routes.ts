import { z } from 'zod'
import { OPTIONAL_CATEGORIES } from '../../schema/consent.ts'
import { EMAIL_MODES, EMAIL_PURPOSES } from '../../schema/email.ts'
import { EMAIL_BODIES } from '../beacons/wire.ts'
import type { DescribedRoute } from './described-route.ts'
import { ERASED, OF_SITE, REMOVED, TIME } from './shapes.ts'

const CAMPAIGN = z.object({
  name: z.string(),
  mode: z.enum(EMAIL_MODES),
  created: TIME,
  links: z.array(z.string()).describe('addresses that its links may lead to'),
  sends: z.int(),
})

const RECIPIENT = z.object({
  id: z.string(),
  email: z.string(),
  granted: z.array(z.enum(EMAIL_PURPOSES)).describe('in force now'),
  unsubscribed: z.boolean(),
})

/** What is said of the routes of e-mail beacons. */
export const MAIL_ROUTES: Readonly<Record<string, DescribedRoute>> = {
  'GET /o/:token.gif': {
    summary: 'The picture in a mail; the same for every token, good or not',
    tag: 'beacons',
    by: 'anybody',
    answer: 'a picture of one pixel',
    answeredAs: 'image/gif',
  },
  'GET /b/:site/:name.gif': {
    summary: 'A picture in a page that tells it was seen, under a consent to its category',
    tag: 'beacons',
    by: 'anybody',
    query: z.object({
      category: z.enum(OPTIONAL_CATEGORIES),
      consent: z.string().optional().describe('the consent token; else that of the site’s own cookie counts'),
      url: z.string().optional().describe('the page; else what Referer says'),
    }),
    answer: 'a picture of one pixel, whatever became of it',
    answeredAs: 'image/gif',
  },
  'GET /l/:token': {
    summary: 'Leads to the registered address behind a link of a mail',
    tag: 'beacons',
    by: 'anybody',
    status: 302,
    answer: 'where it is; 404 for what was in no mail',
    answeredAs: 'text/html',
  },
  'POST /u/:token': {
    summary: 'Takes a recipient’s consent back; also the button of a mail program (RFC 8058)',
    tag: 'beacons',
    by: 'anybody',
    answer: 'a page that says so',
    answeredAs: 'text/html',
  },
  'GET /api/beacons': {
    summary: 'The e-mail campaigns of a site',
    tag: 'beacons',
    by: 'admin',
    query: OF_SITE,
    answer: '`campaigns` with mode, links and how many mails went out',
    answered: z.object({ campaigns: z.array(CAMPAIGN) }),
  },
  'POST /api/beacons': {
    summary: 'Makes what goes into a mail',
    tag: 'beacons',
    by: 'ingest',
    body: EMAIL_BODIES['POST /api/beacons'],
    status: 201,
    answer: '`open` with the picture, `links`, `withdraw` and the `headers` of the mail',
    answered: z.object({
      mode: z.enum(EMAIL_MODES),
      open: z.object({ url: z.url(), html: z.string() }).optional(),
      links: z.array(z.object({ target: z.string(), url: z.url() })),
      withdraw: z.url().optional(),
      headers: z.record(z.string(), z.string()),
      expires: TIME.optional(),
    }),
  },
  'PUT /api/beacons': {
    summary: 'Makes a campaign, or changes its mode and adds links',
    tag: 'beacons',
    by: 'admin',
    body: EMAIL_BODIES['PUT /api/beacons'],
    answer: 'the campaign',
    answered: CAMPAIGN,
  },
  'DELETE /api/beacons': {
    summary: 'Ends a campaign: nothing of it counts any more, its links go on leading',
    tag: 'beacons',
    by: 'admin',
    body: EMAIL_BODIES['DELETE /api/beacons'],
    answer: 'which was `removed`',
    answered: REMOVED,
  },
  'GET /api/email-consents': {
    summary: 'What recipients consented to: one by `id`, or a thousand behind `after`',
    tag: 'beacons',
    by: 'admin',
    query: OF_SITE.extend({ id: z.string().optional(), after: z.string().optional() }),
    answer: '`consents`, and what to send as `after` for more',
    answered: z.object({ consents: z.array(RECIPIENT), after: z.string().nullish() }),
  },
  'POST /api/email-consents': {
    summary: 'Records what recipients decided; also from a file as text/csv, with `site` behind ?',
    tag: 'beacons',
    by: 'admin',
    body: EMAIL_BODIES['POST /api/email-consents'],
    status: 201,
    answer: '`ids` in the order of the decisions; of a file how many were `recorded`, and `faults` by row',
    answered: z.union([
      z.object({ ids: z.array(z.string()) }),
      z.object({ recorded: z.int(), faults: z.array(z.object({ row: z.int(), reason: z.string() })) }),
    ]),
  },
  'POST /api/email-consents/find': {
    summary: 'What a recipient consented to, by their address',
    tag: 'beacons',
    by: 'admin',
    body: EMAIL_BODIES['POST /api/email-consents/find'],
    answer: 'the recipient',
    answered: RECIPIENT,
  },
  'DELETE /api/email-consents': {
    summary: 'Erases a recipient, by `id` or `email`',
    tag: 'beacons',
    by: 'admin',
    body: EMAIL_BODIES['DELETE /api/email-consents'],
    answer: 'that it is `erased`',
    answered: ERASED,
  },
}
