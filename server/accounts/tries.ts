import { TooManyTries, UserError } from '../errors.ts'
import type { Alarm } from './alarm.ts'
import type { Attempts } from './attempts.ts'
import type { Tally } from './tally.ts'

/** Tries to show a password or a code: slowed down, counted, and told of when they become a burst. */
export interface Tries {
  /**
   * Before anything is looked at. Throws TooManyTries where it has to wait.
   * @param name what is tried, as attempts.ts counts it
   * @param accountId undefined: nobody has that name
   */
  admit(name: string, accountId: string | undefined): void
  /** Throws UserError 401 with the sentence. */
  refuse(accountId: string | undefined, sentence: string): never
  /** It was right: the count begins anew. */
  succeed(name: string): void
}

export function createTries(parts: {
  attempts: Attempts
  tally: Pick<Tally, 'count'>
  alarm: Pick<Alarm, 'raise'>
}): Tries {
  const { attempts, tally, alarm } = parts
  return {
    admit: (name, accountId) => {
      const wait = attempts.begin(name)
      if (wait === 0) return
      tally.count('sign-in.blocked', accountId)
      alarm.raise({ kind: 'sign-in', actor: 'nobody', subject: accountId })
      throw new TooManyTries(wait)
    },
    refuse: (accountId, sentence) => {
      tally.count('sign-in.failed', accountId)
      throw new UserError(sentence, 401)
    },
    succeed: (name) => attempts.succeed(name),
  }
}

/** What showing a second factor within a session is counted by: apart from sign-ins, which strangers try. */
export function nameOfConfirming(accountId: string): string {
  return `confirm ${accountId}`
}
