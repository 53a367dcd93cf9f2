import { SLOT_MS } from './limits.ts'
import type { Clock } from './ports.ts'

declare const brand: unique symbol

/** What lets one message out, once, for as long as its slot is good for. Only a gate makes one. */
export interface SendToken {
  readonly [brand]: 'SendToken'
}

export interface Tokens {
  /** For a message that a transaction has decided to send, once that is committed. */
  issue(messageId: string): SendToken
  /**
   * Uses a token up. Throws Error for one that was not issued here, is for another message, was used or has run out: a
   * provider that gets none must not send.
   */
  redeem(token: SendToken, messageId?: string): void
}

/** @param clock the same that slots are taken by */
export function createTokens(clock: Clock): Tokens {
  // Known by what they are and not by what they say: nothing that is written, copied or read from a file is one.
  const issued = new WeakMap<SendToken, { readonly messageId: string; readonly until: number }>()
  return {
    issue: (messageId) => {
      const token = Object.freeze({}) as SendToken
      issued.set(token, { messageId, until: clock.now() + SLOT_MS })
      return token
    },
    redeem: (token, messageId) => {
      const known = issued.get(token)
      issued.delete(token)
      if (!known) throw new Error('a message without the gate’s token, or with one that was used')
      if (messageId !== undefined && messageId !== known.messageId)
        throw new Error('a token of another message')
      if (clock.now() > known.until)
        throw new Error('a token that ran out: the message has to pass the gate again')
    },
  }
}
