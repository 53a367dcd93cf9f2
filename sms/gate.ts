import { asOf, grantIn, type ConsentState, type EntryId } from './consent.ts'
import { senderLimit, takeSlot, type Limit, type SenderClass, type Slot } from './limits.ts'
import { hasOptOutText } from './opt-out-text.ts'
import type { NumberClass } from './phone.ts'
import type { Program, UseCase } from './program.ts'
import { isOpen, mostIn24Hours, nextOpen, type Whereabouts } from './quiet-hours.ts'
import { screen } from './screen.ts'

/** Why a message does not go out, each with what ends it. */
export const BLOCKS = [
  /** Nobody's consent in writing is in force for this program. */
  'no-consent',
  /** It was said with STOP or by another way that messages are to end. */
  'opted-out',
  /** No entry of the ledger proves the consent. */
  'no-entry',
  /** Not a number of the United States or Canada. */
  'number',
  'sender-suspended',
  /** The registration of the sender's campaign is not confirmed, or not for this use case. */
  'campaign',
  'prohibited',
  'no-opt-out-text',
  /** What may be spent on the program is spent. */
  'budget',
  /** Messages to the number fail: nobody has it. */
  'unreachable',
  /** The sender carries no pictures, or one of the message's is gone. */
  'media',
  /** It ended, or there is none. */
  'no-program',
  /** It could not be sent in time. */
  'expired',
] as const
export type Block = (typeof BLOCKS)[number]

/** What a message waits for. */
export const WAITS = [
  'quiet-hours',
  /** As many as were promised at the sign-up, or as a state allows in 24 hours, were sent. */
  'frequency',
  'sender-cap',
  'sender-restricted',
  /** An answer may have been an opt-out; a person decides. */
  'answer-unclear',
  /** A rule asks for a person to look at the text. */
  'text-unclear',
  /** No rule reads pictures: a person looks at them. */
  'media-unseen',
  /** Of another message alike nobody knows whether it went out. */
  'alike-unsettled',
] as const
export type Wait = (typeof WAITS)[number]

/** What somebody ends by finding the message right (desk/held-texts.ts). */
export const HELD_FOR: readonly Wait[] = ['text-unclear', 'media-unseen']

/** What a message is decided by. All of it is read in the transaction that keeps the decision. */
export interface Facts {
  /** Unix milliseconds. */
  readonly now: number
  readonly message: {
    /** As it will be sent. */
    readonly text: string
    /** Sent after this it would be stale. */
    readonly expiresAt: number
    /** A person found the text right though a rule asked to look at it. Does not lift a block. */
    readonly isApproved: boolean
    /** Of one with pictures: whether there are all of them still. */
    readonly media?: 'there' | 'gone'
  }
  readonly program: Program
  readonly consent: ConsentState
  readonly subject: {
    /** Undefined for a number elsewhere. */
    readonly number: NumberClass | undefined
    readonly whereabouts: Whereabouts
    /** Since when an answer waits for a person; undefined where none does. */
    readonly unclearSince?: number | undefined
    /** When messages of this program, and of any, went out to them: oldest first. */
    readonly sentByProgram: readonly number[]
    readonly sentByAll: readonly number[]
    /** Messages to the number fail, since then. */
    readonly unreachableSince?: number | undefined
    /** One with the same text is on its way, and nobody knows how it ended. */
    readonly hasAlikeUnsettled?: boolean
  }
  /** Millionths of a dollar; absent: the program has no budget. */
  readonly budget?: { readonly most: number; readonly spent: number; readonly cost: number }
  readonly sender: {
    readonly class: SenderClass
    readonly state: 'active' | 'restricted' | 'suspended'
    /** Status of the registered campaign, in the provider's words. */
    readonly campaign: string
    readonly useCases: readonly UseCase[]
    /** When its slots were taken, oldest first. */
    readonly slots: readonly number[]
    /** Whether it carries pictures; absent: it does not. */
    readonly carriesMedia?: boolean
    /** Held back, it may send so many messages all the same, to try. */
    readonly trialsLeft: number
  }
}

export type Decision =
  | {
      readonly verdict: 'send'
      /** The entry that allows it: kept with the message. */
      readonly entry: EntryId
      /** The sender's slots with this one, to be kept with the decision. */
      readonly slots: readonly number[]
    }
  /** Decide again then: everything, from the start. */
  | { readonly verdict: 'wait'; readonly until: number; readonly for: readonly Wait[] }
  | { readonly verdict: 'block'; readonly because: readonly Block[] }

const DAY = 24 * 3_600_000
/** How long what a person must end is left before it is looked at again. */
const ASK_AGAIN_MS = 15 * 60_000
/** How soon it may be known of a lost answer what came of it. */
const SETTLES_MS = 5_000

/**
 * Decides on one message, by facts alone and all of them each time: nothing that was decided before counts. Every reason
 * is told, not only the first. It takes no slot unless it says send. Never throws.
 */
export function decide(facts: Facts): Decision {
  const because = blocksOf(facts)
  if (because.length > 0) return { verdict: 'block', because }
  const slot = slotOf(facts)
  const waits = waitsOf(facts, slot)
  const entry = grantIn(facts.consent)?.entry
  if (waits.length === 0 && 'times' in slot && entry !== undefined) {
    return { verdict: 'send', entry, slots: slot.times }
  }
  const until = Math.max(...waits.map(([, time]) => time))
  // Stale messages are not sent in a burst on the next morning.
  if (until >= facts.message.expiresAt) return { verdict: 'block', because: ['expired'] }
  return { verdict: 'wait', until, for: waits.map(([wait]) => wait) }
}

function blocksOf({ now, message, program, consent, subject, sender, budget }: Facts): Block[] {
  const state = asOf(consent, now)
  const grant = grantIn(state)
  const isRegistered = sender.campaign === 'Confirmed' && sender.useCases.includes(program.useCase)
  const claims: [block: Block, stands: boolean][] = [
    ['opted-out', state.is === 'opted-out'],
    ['no-consent', grant === undefined && state.is !== 'opted-out'],
    ['no-entry', grant?.entry === ''],
    ['number', subject.number === undefined],
    ['sender-suspended', sender.state === 'suspended'],
    ['campaign', !isRegistered],
    ['prohibited', screen(message.text, program.domains).decision === 'block'],
    ['no-opt-out-text', !hasOptOutText(message.text)],
    ['media', message.media !== undefined && (message.media === 'gone' || sender.carriesMedia !== true)],
    ['budget', budget !== undefined && budget.spent + budget.cost > budget.most],
    ['unreachable', subject.unreachableSince !== undefined],
    ['expired', now >= message.expiresAt],
  ]
  return claims.filter(([, stands]) => stands).map(([block]) => block)
}

/** What it waits for, each with the first time at which that may have ended. */
function waitsOf(
  { now, message, program, subject, sender }: Facts,
  slot: Slot,
): [wait: Wait, until: number][] {
  const { whereabouts, unclearSince, sentByProgram, sentByAll } = subject
  const waits: [wait: Wait, until: number][] = []
  const open = nextOpen(whereabouts, now)
  if (!isOpen(whereabouts, now)) waits.push(['quiet-hours', open ?? now + DAY])
  const promised: Limit = { most: program.frequency.most, within: program.frequency.days * DAY }
  const byLaw = mostIn24Hours(whereabouts)
  const allowed = [
    takeSlot(sentByProgram, promised, now),
    ...(byLaw === undefined ? [] : [takeSlot(sentByAll, { most: byLaw, within: DAY }, now)]),
  ]
  for (const one of allowed) if ('freeAt' in one) waits.push(['frequency', one.freeAt])
  if ('freeAt' in slot) waits.push(['sender-cap', slot.freeAt])
  const askAgain = now + ASK_AGAIN_MS
  if (sender.state === 'restricted' && sender.trialsLeft === 0) waits.push(['sender-restricted', askAgain])
  if (unclearSince !== undefined && program.kind !== 'service') waits.push(['answer-unclear', askAgain])
  const isUnclear = screen(message.text, program.domains).decision === 'review'
  if (isUnclear && !message.isApproved) waits.push(['text-unclear', askAgain])
  if (message.media !== undefined && !message.isApproved) waits.push(['media-unseen', askAgain])
  if (subject.hasAlikeUnsettled === true) waits.push(['alike-unsettled', now + SETTLES_MS])
  return waits
}

/** What decides on a message that somebody waits for: the answer to their own, or the question for their YES. */
export interface ReplyFacts {
  readonly now: number
  readonly expiresAt: number
  readonly sender: Pick<Facts['sender'], 'class' | 'state' | 'slots'>
  /** Of a question for a YES, which takes more than an answer. */
  readonly request?: {
    readonly consent: ConsentState
    readonly text: string
    readonly program: Program
    readonly subject: Pick<Facts['subject'], 'number' | 'whereabouts' | 'unreachableSince'>
    readonly campaign: string
    readonly useCases: readonly UseCase[]
    /** They have not just signed: a list named them. */
    readonly isUnasked: boolean
  }
}

/**
 * Decides on an answer or a question for a YES. They need no consent to a program, which is what they are about, and may
 * use what is kept of the cap for answers. An answer late is none: it expires within minutes.
 */
export function decideReply(facts: ReplyFacts): Decision {
  const { now, expiresAt, sender, request } = facts
  const because: Block[] = [...(request ? requestBlocks(now, request) : [])]
  if (sender.state === 'suspended') because.push('sender-suspended')
  if (now >= expiresAt) because.push('expired')
  if (because.length > 0) return { verdict: 'block', because }
  const slot = takeSlot(sender.slots, senderLimit(sender.class, true), now)
  const waits: [wait: Wait, until: number][] = 'freeAt' in slot ? [['sender-cap', slot.freeAt]] : []
  if (request?.isUnasked === true && !isOpen(request.subject.whereabouts, now)) {
    waits.push(['quiet-hours', nextOpen(request.subject.whereabouts, now) ?? now + DAY])
  }
  if (waits.length === 0 && 'times' in slot) {
    return { verdict: 'send', entry: pendingEntry(facts) ?? '', slots: slot.times }
  }
  const until = Math.max(...waits.map(([, time]) => time))
  if (until >= expiresAt) return { verdict: 'block', because: ['expired'] }
  return { verdict: 'wait', until, for: waits.map(([wait]) => wait) }
}

function requestBlocks(now: number, request: NonNullable<ReplyFacts['request']>): Block[] {
  const { consent, text, program, subject, campaign, useCases } = request
  const state = asOf(consent, now)
  const claims: [block: Block, stands: boolean][] = [
    ['opted-out', state.is === 'opted-out'],
    ['no-consent', state.is !== 'opted-out' && state.is !== 'pending'],
    ['number', subject.number === undefined],
    ['campaign', campaign !== 'Confirmed' || !useCases.includes(program.useCase)],
    ['prohibited', screen(text, program.domains).decision === 'block'],
    ['no-opt-out-text', !hasOptOutText(text)],
    ['unreachable', subject.unreachableSince !== undefined],
  ]
  return claims.filter(([, stands]) => stands).map(([block]) => block)
}

/** The consent that a question asks to confirm. */
function pendingEntry({ now, request }: ReplyFacts): EntryId | undefined {
  const state = request && asOf(request.consent, now)
  return state?.is === 'pending' ? state.entry : undefined
}

function slotOf({ now, sender }: Facts): Slot {
  return takeSlot(sender.slots, senderLimit(sender.class, false), now)
}
