import type { Clock, ConsentChange, Pushed } from '../../ports.ts'
import { field, listOf, textOf } from '../../unknown.ts'
import { codeOf, type Called, type Client } from './client.ts'

export const CONSENTS = '/restapi/v2/accounts/~/sms/consents'

const AGAIN_MS = 10_000
/** After what a person must mend, such as a missing permission. */
const MEND_MS = 15 * 60_000
/** What is wrong with the pair itself and will be so again. */
const OF_THE_PAIR = ['CMN-100', 'CMN-101', 'CMN-102']
/** How long a request waits for others to join it. */
const TOGETHER_MS = 20
/** Pairs of one request. */
const AT_ONCE = 100

interface Waiting {
  readonly change: ConsentChange
  readonly tell: (pushed: Pushed) => void
}

/**
 * Tells the provider of opt-outs, and of their ends. What is asked for at the same moment goes in one request: an opt-out of
 * everything concerns every number of the account, and requests are few. Each pair has an outcome of its own: a reply of
 * 200 may say that some failed all the same.
 */
export function createConsents(client: Client, clock: Clock): (change: ConsentChange) => Promise<Pushed> {
  let waiting: Waiting[] = []
  async function flush(): Promise<void> {
    const all = waiting
    waiting = []
    for (let at = 0; at < all.length; at += AT_ONCE) {
      const some = all.slice(at, at + AT_ONCE)
      const called = await client.ask({
        method: 'PATCH',
        path: CONSENTS,
        json: { records: some.map(({ change }) => recordOf(change)) },
        group: 'light',
      })
      for (const [index, pushed] of outcomesOf(called, some, clock.now()).entries()) some[index]?.tell(pushed)
    }
  }
  return (change) =>
    new Promise((resolve) => {
      if (waiting.length === 0) setTimeout(() => void flush(), TOGETHER_MS)
      waiting.push({ change, tell: resolve })
    })
}

function recordOf({ sender, subject, opted }: ConsentChange): Record<string, string> {
  const optStatus = opted === 'out' ? 'OptOut' : 'OptIn'
  return { from: sender.reveal(), to: subject.reveal(), optStatus, source: 'Api' }
}

function outcomesOf(called: Called, some: readonly Waiting[], now: number): Pushed[] {
  if (called.is === 'closed') return some.map(() => ({ is: 'failed', until: called.until }))
  if (called.is !== 'answer') return some.map(() => ({ is: 'failed', until: now + AGAIN_MS }))
  const { status, json } = called
  if (status === 200) {
    const failed = new Map(
      listOf(field(json, 'failedRecords')).map((one) => [
        `${textOf(field(one, 'from'))} ${textOf(field(one, 'to'))}`,
        textOf(field(one, 'error', 'errorCode')) ?? '',
      ]),
    )
    return some.map(({ change }) => {
      const code = failed.get(`${change.sender.reveal()} ${change.subject.reveal()}`)
      return code === undefined ? { is: 'done' } : failure(code, now)
    })
  }
  // Of several nobody knows which one it is that cannot be.
  const code = codeOf(json) ?? ''
  if (some.length === 1 && OF_THE_PAIR.includes(code)) return [{ is: 'refused', code }]
  return some.map(() => ({ is: 'failed', until: now + (status >= 400 && status < 500 ? MEND_MS : AGAIN_MS) }))
}

function failure(code: string, now: number): Pushed {
  return OF_THE_PAIR.includes(code) ? { is: 'refused', code } : { is: 'failed', until: now + AGAIN_MS }
}
