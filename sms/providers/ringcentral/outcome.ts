import type { Clock, Outcome } from '../../ports.ts'
import { codeOf, type Called } from './client.ts'
import { isOfTheMessage } from './codes.ts'

/** How long what is the account's fault or the sender's is left before it is tried again: a person must mend it. */
const MEND_MS = 15 * 60_000
/** How long after a connection that could not be made, or a service that is away. */
const AGAIN_MS = 10_000

/**
 * What came of a message by what came of the request: `undefined` where it was taken. Refused is what surely was not sent
 * and would be refused again; throttled, what surely was not sent; all else may have been.
 */
export function outcomeOf(called: Called, clock: Clock): Exclude<Outcome, { is: 'accepted' }> | undefined {
  const after = (ms: number): Outcome & { is: 'throttled' } => ({ is: 'throttled', until: clock.now() + ms })
  if (called.is === 'closed') return { is: 'throttled', until: called.until }
  if (called.is === 'not-sent') return after(AGAIN_MS)
  if (called.is === 'lost') return { is: 'unknown' }
  const { status, json } = called
  const code = codeOf(json)
  if (status === 200 || status === 201) return undefined
  // The token had been revoked: the next one is fetched.
  if (status === 401) return after(AGAIN_MS / 10)
  // A service that says itself that it is away has taken nothing. A gateway that says so does not know.
  if (status === 503 && code !== undefined) return after(AGAIN_MS)
  if (status < 400 || status >= 500 || status === 408 || code === undefined) return { is: 'unknown' }
  return isOfTheMessage(code) ? { is: 'refused', code } : after(MEND_MS)
}
