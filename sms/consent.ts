import type { OptOutSource } from '../schema/sms.ts'

/** Id of the ledger's entry that proves a step; nothing is sent without one. */
export type EntryId = string

/** What allows messages of one program to one subject. */
export interface Grant {
  /** The consent in writing. */
  readonly entry: EntryId
  /** The answer that confirmed it, with double opt-in. */
  readonly confirmedBy?: EntryId
  /** The START that gave it back after a STOP. */
  readonly restoredBy?: EntryId
  /** When it came into force, Unix milliseconds. */
  readonly since: number
}

/**
 * How one subject stands to one program. Consent is for one program, never for all: there is no other place that could
 * say that somebody has agreed.
 */
export type ConsentState =
  | { readonly is: 'none' }
  /** Signed, and waits for YES from the number itself. */
  | {
      readonly is: 'pending'
      readonly entry: EntryId
      readonly askedAt: number
      readonly expiresAt: number
      /** When what came before was ended; a later state must not forget it. */
      readonly ended?: number
    }
  | { readonly is: 'active'; readonly grant: Grant }
  | {
      readonly is: 'opted-out'
      readonly at: number
      readonly by: OptOutSource
      readonly entry: EntryId
      /** What a STOP took, and START gives back. An opt-out by any other way takes for good. */
      readonly took?: Grant
    }
  /** The confirmation was not answered in time, or with NO. */
  | { readonly is: 'lapsed'; readonly at: number; readonly ended?: number }
  /** The number is somebody else's: whatever was agreed is void. */
  | { readonly is: 'void'; readonly at: number; readonly entry: EntryId }
  /** Everything but the fact was erased. */
  | { readonly is: 'erased'; readonly at: number }

export const FRESH: ConsentState = { is: 'none' }

interface Happened {
  /** When it happened, Unix milliseconds: it may be known long after. */
  readonly at: number
  readonly entry: EntryId
}

/** What happens. */
export type ConsentEvent =
  | (Happened & {
      /** Complete (written-consent.ts), from the subject. */
      readonly what: 'consent-written'
      /** How long a confirmation is waited for, milliseconds; `off`: the program asks for none. */
      readonly confirmWithin: number | 'off'
    })
  /** The same, of a list that somebody loads: it never undoes an opt-out, whatever its dates say. */
  | (Happened & { readonly what: 'consent-imported'; readonly confirmWithin: number | 'off' })
  | (Happened & { readonly what: 'opt-out'; readonly by: OptOutSource })
  /** YES, NO or START from the number itself. */
  | (Happened & { readonly what: 'yes' | 'no' })
  | (Happened & { readonly what: 'start' })
  | (Happened & { readonly what: 'number-reassigned' })
  | Erasure

type Erasure = Happened & { readonly what: 'erased' }

/** What an event did. */
export type Did =
  /** Ask the number to confirm, once. */
  | 'asked'
  | 'granted'
  /** Consent was in force and has a newer entry. */
  | 'renewed'
  | 'declined'
  | 'opted-out'
  /** It was opted out before: noted, and no second confirmation is sent. */
  | 'opted-out-again'
  | 'restored'
  | 'voided'
  | 'erased'
  /** Older than the opt-out or the change of hands that stands. */
  | 'too-old'
  /** Means nothing in this state: YES without a question, START without a STOP, a list against an opt-out. */
  | 'nothing'

export interface Step {
  readonly state: ConsentState
  readonly did: Did
}

/**
 * The one way from a state to the next: every event in every state, without a clock and without an error. An opt-out
 * beats every consent that is not younger than it, in whatever order they come to be known, also at the same moment;
 * after it only a new consent in writing, or START where a STOP took what there was, allows messages again.
 */
export function transition(from: ConsentState, event: ConsentEvent): Step {
  // What has lapsed by the time of the event has lapsed before it.
  const state = asOf(from, event.at)
  switch (event.what) {
    case 'consent-written':
    case 'consent-imported':
      return afterConsent(state, event)
    case 'yes':
    case 'no':
      return afterAnswer(state, event)
    case 'start':
      return afterStart(state, event)
    case 'opt-out':
      return afterOptOut(state, event)
    case 'number-reassigned':
      return afterReassignment(state, event)
    case 'erased':
    default:
      return afterErasure(state, event)
  }
}

/** The state at a time: what is pending lapses by itself. */
export function asOf(state: ConsentState, now: number): ConsentState {
  return state.is === 'pending' && now >= state.expiresAt ? lapsed(state, state.expiresAt) : state
}

/** What allows a message at a time; undefined where nothing does. */
export function grantIn(state: ConsentState): Grant | undefined {
  return state.is === 'active' ? state.grant : undefined
}

type ConsentGiven = Extract<ConsentEvent, { confirmWithin: unknown }>

function afterConsent(state: ConsentState, event: ConsentGiven): Step {
  const ended = endedAt(state)
  if (ended !== undefined) {
    if (event.what === 'consent-imported') return { state, did: 'nothing' }
    // Of two at the same moment the opt-out counts.
    if (event.at <= ended) return { state, did: 'too-old' }
  }
  if (state.is === 'active') {
    if (event.at < state.grant.since) return { state, did: 'too-old' }
    const { confirmedBy } = state.grant
    const grant = { entry: event.entry, ...(confirmedBy !== undefined && { confirmedBy }), since: event.at }
    return { state: { is: 'active', grant }, did: 'renewed' }
  }
  // Asked once already: whoever signs again is not asked again before the first question has lapsed.
  if (state.is === 'pending') {
    return {
      state: event.what === 'consent-written' ? { ...state, entry: event.entry } : state,
      did: 'nothing',
    }
  }
  if (event.confirmWithin === 'off') return granted({ entry: event.entry, since: event.at })
  const expiresAt = event.at + event.confirmWithin
  const pending = { is: 'pending', entry: event.entry, askedAt: event.at, expiresAt } as const
  return { state: { ...pending, ...(ended !== undefined && { ended }) }, did: 'asked' }
}

function afterAnswer(state: ConsentState, { what, at, entry }: ConsentEvent): Step {
  if (state.is !== 'pending') return { state, did: 'nothing' }
  // An answer from before the question answers another one.
  if (at < state.askedAt) return { state, did: 'too-old' }
  if (what === 'no') return { state: lapsed(state, at), did: 'declined' }
  return granted({ entry: state.entry, confirmedBy: entry, since: at })
}

function afterStart(state: ConsentState, { at, entry }: ConsentEvent): Step {
  if (state.is !== 'opted-out' || !state.took) return { state, did: 'nothing' }
  if (at <= state.at) return { state, did: 'too-old' }
  return { state: { is: 'active', grant: { ...state.took, restoredBy: entry, since: at } }, did: 'restored' }
}

function afterReassignment(state: ConsentState, { at, entry }: ConsentEvent): Step {
  if (state.is === 'erased') return { state, did: 'nothing' }
  if (at < (beganAt(state) ?? at)) return { state, did: 'too-old' }
  return { state: { is: 'void', at: latest(state, at), entry }, did: 'voided' }
}

function afterErasure(state: ConsentState, { at }: Erasure): Step {
  return { state: { is: 'erased', at: latest(state, at) }, did: 'erased' }
}

function afterOptOut(state: ConsentState, event: ConsentEvent & { what: 'opt-out' }): Step {
  const { at, by, entry } = event
  if (state.is === 'opted-out') {
    // Whoever also says it another way than by STOP has taken it for good.
    const { took, ...rest } = state
    const kept = took && isByStop(by) ? { took } : {}
    return { state: { ...rest, ...kept, at: Math.max(state.at, at) }, did: 'opted-out-again' }
  }
  if (state.is === 'erased') return { state: { is: 'erased', at: latest(state, at) }, did: 'opted-out-again' }
  if (at < (beganAt(state) ?? at)) return { state, did: 'too-old' }
  const took = state.is === 'active' && isByStop(by) ? { took: state.grant } : {}
  // Also of somebody of whom nothing is known: they are not to be asked either.
  return { state: { is: 'opted-out', at: latest(state, at), by, entry, ...took }, did: 'opted-out' }
}

/** An answer from the number itself, which START from the number itself can take back. */
function isByStop(by: OptOutSource): boolean {
  return by === 'word' || by === 'own-words' || by === 'provider'
}

function granted(grant: Grant): Step {
  return { state: { is: 'active', grant }, did: 'granted' }
}

/** When what is in force, or asked for, began: what is older than that is about what was before. */
function beganAt(state: ConsentState): number | undefined {
  if (state.is === 'active') return state.grant.since
  return state.is === 'pending' ? state.askedAt : undefined
}

function lapsed({ ended }: { readonly ended?: number }, at: number): ConsentState {
  return { is: 'lapsed', at, ...(ended !== undefined && { ended }) }
}

/** When the last thing happened that only a younger consent undoes. */
function endedAt(state: ConsentState): number | undefined {
  if (state.is === 'pending' || state.is === 'lapsed') return state.ended
  return state.is === 'opted-out' || state.is === 'void' || state.is === 'erased' ? state.at : undefined
}

function latest(state: ConsentState, at: number): number {
  return Math.max(at, endedAt(state) ?? at)
}
