import { parseNumber, type PhoneNumber } from './phone.ts'

/** At most so many within every span of so many milliseconds, wherever the span begins. */
export interface Limit {
  readonly most: number
  readonly within: number
}

/** What a number sends as: the provider's policy has another cap for each. */
export const SENDER_CLASSES = ['regular', 'high-volume-long-code', 'high-volume-toll-free'] as const
export type SenderClass = (typeof SENDER_CLASSES)[number]

/** Messages a minute from one number. */
export const CAPS: Readonly<Record<SenderClass, number>> = {
  regular: 50,
  'high-volume-long-code': 60,
  'high-volume-toll-free': 180,
}

const MINUTE = 60_000
/**
 * How long after its slot was taken a message may be handed to the provider, in milliseconds. Slots are kept for so much
 * longer than a minute: a message that leaves at the end of this time and one that leaves at once are then still within
 * the cap, in every minute.
 */
export const SLOT_MS = 5_000

/** What this share of the cap may be used for only: answers that somebody waits for, such as to STOP and HELP. */
const KEPT_FOR_ANSWERS = 0.1

/** The limit of a sender for its answers, or for all else. */
export function senderLimit(sender: SenderClass, isAnswer: boolean): Limit {
  const cap = CAPS[sender]
  return { most: isAnswer ? cap : cap - Math.ceil(cap * KEPT_FOR_ANSWERS), within: MINUTE + SLOT_MS }
}

export type Slot =
  /** Taken: the times to keep, this one among them, oldest first. */
  | { readonly at: number; readonly times: readonly number[] }
  /** None is free before then. */
  | { readonly freeAt: number }

/**
 * Takes a slot of a sliding window: exact, since it looks at each time and at no average. A fixed window lets twice as
 * many through across its edge, and so does a bucket of tokens.
 * @param times when slots were taken, oldest first
 * @param now a clock that went back, or another machine's that goes behind, counts as the last time taken
 */
export function takeSlot(times: readonly number[], { most, within }: Limit, now: number): Slot {
  const at = Math.max(now, times.at(-1) ?? now)
  const kept = times.filter((time) => time > at - within)
  const blocking = kept.at(-most)
  if (blocking !== undefined) return { freeAt: blocking + within }
  return { at, times: [...kept, at] }
}

/**
 * What a number sends as, by what it is and by what the provider says of it.
 * @param features of the provider's number; `A2PSmsSender` makes it a high-volume one
 */
export function senderClassOf(number: PhoneNumber, features: readonly string[]): SenderClass | undefined {
  const parsed = parseNumber(number.reveal())
  if ('fault' in parsed) return undefined
  if (!features.includes('A2PSmsSender')) return 'regular'
  return parsed.class.kind === 'toll-free' ? 'high-volume-toll-free' : 'high-volume-long-code'
}

/** Whether a number carries pictures: the provider takes none of high-volume and of toll-free numbers. */
export function carriesMedia(kind: SenderClass, number: PhoneNumber, features: readonly string[]): boolean {
  const parsed = parseNumber(number.reveal())
  const isTollFree = 'class' in parsed && parsed.class.kind === 'toll-free'
  return kind === 'regular' && !isTollFree && features.includes('MmsSender')
}
