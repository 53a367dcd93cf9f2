import { z } from 'zod'
import { DESK_BODIES, type DeskRoute } from '../sms/desk/wire.ts'
import { forSession, type DescribedRoute } from './described-route.ts'
import { OF_SITE, TIME } from './shapes.ts'
import { SMS_FINDINGS, SMS_MESSAGE } from './sms-desk-routes.ts'

const HELD_TEXT = z.object({
  id: z.string().describe('what it is approved or refused by'),
  program: z.string(),
  programName: z.string(),
  text: z.string().describe('as it would be sent'),
  media: z.array(z.string()).describe('ids of the pictures that go with it'),
  findings: SMS_FINDINGS.describe('what holds it; nothing where it is its pictures alone'),
  messages: z.int().describe('how many wait with it'),
  since: TIME,
  expiresAt: TIME.describe('when the first of them is too late'),
})

const UNCLEAR_ANSWER = z.object({
  id: z.string(),
  subject: z.string(),
  number: z.string().describe('masked'),
  programs: z.array(z.string()).describe('names of those that it may be about'),
  text: z.string().nullable().describe('null: taken out after its time'),
  receivedAt: TIME,
})

const DEAD_LETTER = SMS_MESSAGE.extend({
  because: z.enum(['throttled', 'not-found', 'not-sent']),
  mayHaveLeft: z.boolean().describe('it is settled before it can be replayed'),
})

/** What is said of the routes of what waits for a person. */
export const SMS_DECISION_ROUTES: Readonly<Record<string, DescribedRoute>> = {
  'GET /sms/media/:id': {
    summary: 'A picture, for whoever decides about the text that it goes with',
    tag: 'sms',
    by: 'session',
    query: OF_SITE,
    answer: 'the picture',
    answeredAs: 'image/*',
  },
  'GET /sms/held-texts': {
    ...forSession(
      'sms',
      'Texts that a rule asks a person to look at',
      '`texts`, the oldest first',
      z.object({ texts: z.array(HELD_TEXT) }),
    ),
    query: OF_SITE,
  },
  'POST /sms/held-texts/:id/approve': decision(
    'POST /sms/held-texts/:id/approve',
    'Finds a held text right: its messages go to the gate, which asks everything else still',
    'how many messages were `approved`, and `until` when the same text is taken without another look',
    z.object({ approved: z.int(), until: TIME }),
  ),
  'POST /sms/held-texts/:id/refuse': decision(
    'POST /sms/held-texts/:id/refuse',
    'Takes back all messages that wait with a held text',
    'how many were `withdrawn`',
    z.object({ withdrawn: z.int() }),
  ),
  'GET /sms/unclear-answers': {
    ...forSession(
      'sms',
      'Answers that may have been opt-outs; promotions to whoever wrote them wait',
      '`answers`, the oldest first',
      z.object({ answers: z.array(UNCLEAR_ANSWER) }),
    ),
    query: OF_SITE,
  },
  'POST /sms/unclear-answers/:id/settle': decision(
    'POST /sms/unclear-answers/:id/settle',
    'Says what an unclear answer meant',
    'what it was `settled` as',
    z.object({ settled: z.enum(['opt-out', 'other']) }),
  ),
  'GET /sms/dead-letters': {
    ...forSession(
      'sms',
      'Messages that were given up',
      '`messages`, the newest first',
      z.object({ messages: z.array(DEAD_LETTER) }),
    ),
    query: OF_SITE,
  },
  'POST /sms/dead-letters/:id/settle': decision(
    'POST /sms/dead-letters/:id/settle',
    'Says whether a message that was given up had gone out',
    'what it was `settled` as',
    z.object({ settled: z.enum(['sent', 'not-sent']) }),
  ),
  'POST /sms/dead-letters/:id/replay': decision(
    'POST /sms/dead-letters/:id/replay',
    'Sends a message that surely did not go out to the gate once more',
    'that it is `replayed`, and when it `expiresAt`; 409 where it may have gone out',
    z.object({ replayed: z.literal(true), expiresAt: TIME }),
  ),
}

function decision(route: DeskRoute, summary: string, answer: string, answered: z.ZodType): DescribedRoute {
  return { ...forSession('sms', summary, answer, answered), body: DESK_BODIES[route] }
}
