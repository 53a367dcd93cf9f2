/** How the SMS programs of a site fared within some days: counts, and no number, no name and no text of anybody. */
import type { ProgramKind } from './sms.ts'

/**
 * What became of a message. `waiting`: its turn has not come, or it is being handed over. `accepted`: the provider has it
 * and has not told more. `blocked`: the gate refused it. `failed`: the provider or a carrier refused it. `cancelled`: it
 * was taken back, since somebody opted out. `unclear`: nobody knows whether it went out. `dead`: it was given up.
 */
export const SMS_OUTCOMES = [
  'delivered',
  'accepted',
  'waiting',
  'blocked',
  'failed',
  'cancelled',
  'unclear',
  'dead',
] as const
export type SmsOutcome = (typeof SMS_OUTCOMES)[number]
export type SmsOutcomes = Record<SmsOutcome, number>

/** How people stand to a program; `none` is told of nobody. */
export const SMS_STANDINGS = ['active', 'pending', 'opted-out', 'lapsed', 'void', 'erased'] as const
export type SmsStanding = (typeof SMS_STANDINGS)[number]

export interface SmsReport {
  /** Days in the site's time zone, both included. */
  from: string
  to: string
  timezone: string
  programs: SmsProgramReport[]
  /** Every day from `from` to `to`: what became of the messages whose turn was then, and how many people opted out. */
  days: ({ time: string; optOuts: number } & SmsOutcomes)[]
  /** Why the gate refused, by reason; a message may have several. The most frequent first, as below. */
  blocked: SmsReasonCount[]
  /** Why messages failed, by the code of the provider or carrier. */
  failed: (SmsReasonCount & { means: SmsCodeMeaning })[]
  /** Those that the site's programs send from, as they are now. */
  senders: SmsSenderReport[]
  /** What waits now, of any day. */
  queue: SmsQueueReport
}

/**
 * What a code says beyond its message. `opt-out`: they had opted out elsewhere. `unreachable`: nobody has the number.
 * `suspend`, `restrict`: the sender is to blame. `content`: the text was taken for spam. `other`: nothing.
 */
export const SMS_CODE_MEANINGS = [
  'opt-out',
  'unreachable',
  'suspend',
  'restrict',
  'content',
  'other',
] as const
export type SmsCodeMeaning = (typeof SMS_CODE_MEANINGS)[number]

export interface SmsReasonCount {
  reason: string
  count: number
}

export interface SmsProgramReport {
  id: string
  name: string
  kind: ProgramKind
  /** Id of its sender. */
  sender: string
  /** When it ended, ISO 8601; null while it runs. */
  ended: string | null
  /** Whether people confirm with YES. */
  isConfirmed: boolean
  /** How many people stand how, now. */
  standings: Record<SmsStanding, number>
  /** Of the days asked for. */
  outcomes: SmsOutcomes
  /** People who opted out within the days and have not come back. */
  optOuts: number
  /** At most so many messages to one person within so many days, as the sign-up promised. */
  frequency: { most: number; days: number }
  /** Millionths of a dollar, spent within the last so many days; null: the program has none. */
  budget: { most: number; spent: number; days: number } | null
}

export interface SmsSenderReport {
  id: string
  class: 'regular' | 'high-volume-long-code' | 'high-volume-toll-free'
  state: 'active' | 'restricted' | 'suspended'
  /** What brought it into this state: a code, a rate or somebody's words; null where nothing did. */
  stateReason: string | null
  /** ISO 8601. */
  stateSince: string
  /** Status of its registered campaign, in the provider's words. */
  campaign: string
  /** Messages a minute that may leave it, and how many did within the last minute. */
  cap: { most: number; used: number }
  /** What carriers charged for it beside its messages, on the days asked for: millionths of a dollar. */
  fees: number
  /** Within the last 24 hours, of all its programs. */
  sent: number
  delivered: number
  failed: number
  optOuts: number
}

export interface SmsQueueReport {
  waiting: number
  /** When the first of them is due, ISO 8601; null where none waits. */
  nextDue: string | null
  /** Nobody knows whether they went out: they are being looked for. */
  unclear: number
  /** Given up, and waiting for a person. */
  dead: number
  /** Held back until a person has looked at the text or its pictures. */
  toApprove: number
  /** Answers that may be an opt-out, of the site's senders. */
  unclearAnswers: number
  /** Opt-outs, or their ends, that the provider has not yet been told. */
  untold: number
}
