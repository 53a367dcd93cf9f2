import { CAPS } from '../../../../sms/limits.ts'
import type { Lost, Outcome } from '../../../../sms/ports.ts'
import { digest, type Digest } from '../../../support/digest.ts'
import type { Steer } from './scheduler.ts'

/** What handsets got and what must not happen to them; and a provider that misbehaves. */

/** What a handset got. */
export interface Received {
  readonly id: string
  readonly to: string
  readonly text: string
  readonly at: number
}

const MINUTE = 60_000
const CONFIRMED = /^You are opted out/
/** HELP is answered also to who has opted out. */
const ANSWERED = / Help: /

/** Where one order stands, but for the store. Never changed, only replaced. */
export interface Now {
  readonly received: readonly Received[]
  /** Of what was received, in a hash. */
  readonly state: Digest
  /** When messages of the time before left. */
  readonly before: readonly number[]
  /** Whose STOP is kept. */
  readonly stopped: readonly string[]
  readonly faults: readonly string[]
  readonly mishapsLeft: number
}

export const NOTHING_YET: Now = {
  received: [],
  state: [0, 0],
  before: [],
  stopped: [],
  faults: [],
  mishapsLeft: 0,
}

/** A fault is told as it happens: what follows from it is not. */
export function afterReceipt(now: Now, one: Received): Now {
  const { received, before } = now
  const faults = [...now.faults]
  const own = received.filter(({ to }) => to === one.to)
  if (now.stopped.includes(one.to)) {
    const isConfirmation = CONFIRMED.test(one.text)
    if (!isConfirmation && !ANSWERED.test(one.text)) faults.push('a message after STOP')
    if (isConfirmation && own.some(({ text }) => CONFIRMED.test(text))) faults.push('two confirmations')
  }
  if (own.some(({ text }) => text === one.text)) faults.push('one message twice')
  const left = [...before, ...received.map(({ at }) => at), one.at]
  const within = left.filter((time) => time > one.at - MINUTE && time <= one.at).length
  if (within > CAPS.regular) faults.push(`${within} messages within a minute`)
  const [a, b] = digest(one.to, one.text, one.at, one.id)
  return {
    ...now,
    received: [...received, one],
    state: [now.state[0] ^ a, now.state[1] ^ b],
    faults,
  }
}

/** What the provider answers, and whether it took the message. */
export function outcomeOf(
  steer: Steer,
  mishapsLeft: number,
  time: number,
): [
  outcome: Exclude<Outcome, { is: 'accepted' | 'refused' }> | { readonly is: 'accepted' },
  isTaken: boolean,
] {
  const mishap = mishapsLeft > 0 ? steer.pick(4, 'mishap') : 0
  if (mishap === 0) return [{ is: 'accepted' }, true]
  if (mishap === 1) return [{ is: 'unknown' }, true]
  if (mishap === 2) return [{ is: 'unknown' }, false]
  return [{ is: 'throttled', until: time + 5_000 }, false]
}

/** What the provider's list shows until a time. */
export function seen(
  { received }: Now,
  { to, text, after, before }: Lost,
  until: number,
): { id: string; at: number }[] {
  return received
    .filter((one) => one.to === to.reveal() && one.text === text && one.at <= until)
    .filter((one) => one.at >= after && one.at <= before)
    .map(({ id, at }) => ({ id, at }))
}
