import {
  CONSENT_VERSION,
  type ConsentAnswer,
  type ConsentDecision,
  type ConsentRecord,
  type ConsentRenewal,
  type SweepList,
} from '../schema/consent.ts'
import { writeLists, writeReceipt, writeRecord } from './device.ts'
import { readChoice, type Choice } from './gate.ts'
import { rest } from './rest.ts'
import type { Request } from './transport.ts'

/** A token lives for 24 hours; it is renewed before, so that no batch waits for it. */
const RENEW_AFTER_HOURS = 20

/** Status of the answer to a choice under a policy that is not in force. */
const OUTDATED = 409

const hourNow = (): number => Math.floor(Date.now() / 3_600_000)

/** Whether these are the same choice: one that somebody changed meanwhile is not overwritten. */
const isSame = (one: Choice, other: Choice): boolean => JSON.stringify(one) === JSON.stringify(other)

/**
 * Makes the function that tells the server of a choice it does not know, and gets a token for one that is granted: in
 * place of an old one, or of any with `mustRenew`. It goes on, with rests between, until there is nothing more to tell;
 * when the page goes away before, the next one begins anew: a choice is told at least once.
 *
 * @param settled the answer is on the device; these lists are to be cleared where they are not granted
 * @param outdated the policy that was shown is not the one in force: what was granted is to be asked for again
 */
export function createDelivery(
  site: string,
  request: Request,
  settled: (lists: SweepList[]) => void,
  outdated: () => void,
): (mustRenew?: boolean) => Promise<void> {
  let underWay: Promise<void> | undefined

  function due(choice: Choice, mustRenew: boolean): ConsentDecision | ConsentRenewal | undefined {
    const { pending, token, hour = 0 } = choice
    if (pending) return pending
    const isOld = mustRenew || hourNow() - hour >= RENEW_AFTER_HOURS
    return token && isOld ? { version: CONSENT_VERSION, site, renew: token } : undefined
  }

  async function tell(mustRenew: boolean): Promise<void> {
    let failures = 0
    let choice = readChoice()
    let body = due(choice, mustRenew)
    while (body) {
      try {
        const answer = await request('c', body, 'same-origin')
        const said = answer.ok ? ((await answer.json()) as ConsentAnswer) : undefined
        // A choice that was changed meanwhile is not overwritten, but told in its turn.
        if (isSame(choice, readChoice())) {
          if (said) keepAnswer(choice as ConsentRecord, said)
          else keepRefused(choice as ConsentRecord, answer.status)
          settled(said?.sweep ?? [])
          // Nothing could be written down: to tell it again would never end.
          if (isSame(choice, readChoice())) return
        }
        body = due((choice = readChoice()), false)
      } catch (fault) {
        await rest(fault, ++failures)
        body = due((choice = readChoice()), mustRenew)
      }
    }
  }

  /** The collector does not take it, and would not take it later: the choice holds here, without a token. */
  function keepRefused(record: ConsentRecord, status: number): void {
    const isOutdated = status === OUTDATED && record.categories.length > 1
    writeRecord(isOutdated ? undefined : bare(record), record.domain)
    if (isOutdated) outdated()
  }

  return async (mustRenew = false) => {
    // One that has nothing to tell is not begun: it would stand in the way of a renewal asked for in the same tick.
    if (due(readChoice(), mustRenew)) {
      underWay ??= tell(mustRenew).finally(() => {
        underWay = undefined
      })
    }
    await underWay
  }
}

/** The record without what belongs to an answer. */
function bare(record: ConsentRecord): ConsentRecord {
  const kept = { ...record }
  delete kept.pending
  delete kept.token
  delete kept.hour
  delete kept.ask
  delete kept.calendar
  return kept
}

function keepAnswer(record: ConsentRecord, answer: ConsentAnswer): void {
  const { granted, revision, until, token, receipt, keep, calendar } = answer
  // Fewer than were asked for under the same policy: the site has nothing in the others.
  const isWidened = revision > record.revision && granted.length < record.categories.length - 1
  const isAsked = isWidened || (record.ask && !record.pending)
  writeRecord(
    isWidened && granted.length === 0
      ? undefined
      : {
          ...bare(record),
          categories: ['essential', ...granted],
          revision,
          until,
          ...(token && { token, hour: hourNow() }),
          ...(calendar && { calendar }),
          ...(isAsked && { ask: true }),
        },
    record.domain,
  )
  if (receipt || granted.length === 0) writeReceipt(receipt)
  writeLists(keep)
}
