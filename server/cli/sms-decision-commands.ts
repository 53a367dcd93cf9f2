import type { CommandEntry } from './command-entry.ts'

const SITE = { value: '<domain>', does: 'the site' } as const
const REASON = { value: '<text>', does: 'why; kept in the audit log' } as const

/** Commands about messages that wait for a person. */
export const SMS_DECISION_COMMANDS: readonly CommandEntry[] = [
  {
    name: 'sms held list',
    takes: '',
    does: 'lists texts that a rule asks a person to look at, with what it found',
    flags: { site: SITE },
    load: async () => (await import('./sms-decisions.ts')).listHeld,
  },
  {
    name: 'sms held approve',
    takes: '<id>',
    does: 'finds a held text right: its messages go to the gate, which asks everything else still',
    flags: {
      site: SITE,
      reason: REASON,
      hours: { value: '<number>', does: 'for how long the same text is taken without a look, 1 to 168 (24)' },
    },
    load: async () => (await import('./sms-decisions.ts')).approveHeld,
  },
  {
    name: 'sms held refuse',
    takes: '<id>',
    does: 'takes back all messages that wait with a held text',
    flags: { site: SITE, reason: REASON },
    load: async () => (await import('./sms-decisions.ts')).refuseHeld,
  },
  {
    name: 'sms answer list',
    takes: '',
    does: 'lists answers that may have been opt-outs; promotions to whoever wrote them wait',
    flags: { site: SITE },
    load: async () => (await import('./sms-decisions.ts')).listAnswers,
  },
  {
    name: 'sms answer settle',
    takes: '<id> <opt-out|other>',
    does: 'says what an unclear answer meant',
    flags: { site: SITE, reason: REASON },
    load: async () => (await import('./sms-decisions.ts')).settleAnswer,
  },
  {
    name: 'sms dead-letter list',
    takes: '',
    does: 'lists messages that were given up',
    flags: { site: SITE },
    load: async () => (await import('./sms-decisions.ts')).listDead,
  },
  {
    name: 'sms dead-letter settle',
    takes: '<id> <sent|not-sent>',
    does: 'says whether a message that was given up had gone out',
    flags: { site: SITE, reason: REASON },
    load: async () => (await import('./sms-decisions.ts')).settleDead,
  },
  {
    name: 'sms dead-letter replay',
    takes: '<id>',
    does: 'sends a message that surely did not go out to the gate once more',
    flags: {
      site: SITE,
      reason: REASON,
      expires: { value: '<time>', does: 'ISO 8601 with its offset (as it was asked for)' },
    },
    load: async () => (await import('./sms-decisions.ts')).replayDead,
  },
]
