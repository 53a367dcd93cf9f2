import type { Transaction } from 'kysely'
import {
  CATEGORY_BIT,
  type ConsentAnswer,
  type ConsentDecision,
  type OptionalCategory,
  type SweepList,
} from '../../schema/consent.ts'
import type { ConsentNotice, PolicyVersion } from '../../schema/policy.ts'
import type { Site } from '../../schema/site.ts'
import type { Clock } from '../clock.ts'
import { calendarOf, localDay } from '../sites/site-day.ts'
import type { Tables } from '../store/tables.ts'
import { categoriesOf } from './bits.ts'
import { addCount } from './counts.ts'
import { noticeDocument, policyDocument, type Documents } from './documents.ts'
import { judge, stateOf, type Judgement } from './judge.ts'
import { addGranted } from './granted.ts'
import { jurisdictionOf } from './jurisdiction.ts'
import { knownLanguage } from './known-language.ts'
import { appendEntry } from './ledger.ts'
import { findReceipt, isGrant, mintReceipt, type KnownReceipt } from './receipts.ts'
import type { FindNotice } from './shown.ts'
import { dayAfter, dayOf, secondOf } from './time.ts'
import type { Tokens } from './token.ts'
import type { Writer } from './writer.ts'

/** What the request tells besides its body. Holds nothing that outlives it. */
export interface ConsentFacts {
  /** `Sec-GPC: 1`. */
  readonly gpc: boolean
  /** ISO 3166-1 alpha-2; empty where unknown. */
  readonly country: string
  /** Accept-Language, or its first entry; empty when absent. */
  readonly language: string
}

/** The policies of sites, see policy/. */
export interface PolicySource {
  current(site: Site): PolicyVersion
  at(site: Site, revision: number): PolicyVersion | undefined
}

export interface DecideParts {
  clock: Pick<Clock, 'now'>
  policies: PolicySource
  findNotice: FindNotice
  sweepLists(version: PolicyVersion, categories: readonly OptionalCategory[]): SweepList[]
  documents: Pick<Documents, 'keep'>
  writer: Pick<Writer, 'write'>
  tokens: Pick<Tokens, 'issue'>
  /** Told of a notice that this server did not make. */
  onUnknownNotice(): void
}

export type Decided =
  | { readonly kind: 'answer'; readonly answer: ConsentAnswer }
  /** Nothing of it holds any more, or the revision is none: the page has to ask again, under the one in force. */
  | { readonly kind: 'outdated'; readonly revision: number }

/** Takes a choice: resolves when it is in the ledger, and never before. */
export type Decide = (site: Site, facts: ConsentFacts, decision: ConsentDecision) => Promise<Decided>

export function createDecide(parts: DecideParts): Decide {
  const { clock, policies, documents, writer, tokens } = parts

  const shownTo = async (
    site: Site,
    shown: PolicyVersion,
    hash: string | undefined,
  ): Promise<ConsentNotice | undefined> => {
    if (hash === undefined) return undefined
    const notice = await parts.findNotice(site, shown, hash)
    if (!notice) parts.onUnknownNotice()
    return notice
  }

  return async (site, facts, decision) => {
    const now = clock.now()
    const current = policies.current(site)
    const known = decision.revision <= current.revision ? policies.at(site, decision.revision) : undefined
    if (!known && decision.granted.length > 0) return { kind: 'outdated', revision: current.revision }
    // Who refuses is not asked again only because nobody knows what was refused: it is all there is.
    const shown = known ?? current
    const gpc = facts.gpc || decision.gpc
    const judgement = judge(decision, gpc, current)
    if (judgement === 'outdated') return { kind: 'outdated', revision: current.revision }
    const notice = await shownTo(site, shown, decision.notice)
    const until = dayAfter(now, current.manifest.choiceDays)
    await documents.keep([policyDocument(shown), ...(notice ? [noticeDocument(notice)] : [])])
    const receipt = await writer.write((transaction) =>
      record(transaction, { site, facts, decision, judgement, shown, notice, gpc, until, now }),
    )
    const { granted, denied } = judgement
    return {
      kind: 'answer',
      answer: {
        revision: current.revision,
        granted: categoriesOf(granted),
        until,
        ...(granted !== 0 && {
          token: tokens.issue({ domain: site.domain, revision: shown.revision, granted, gpc, until }),
        }),
        ...(receipt !== undefined && { receipt }),
        ...((granted & CATEGORY_BIT.performance) !== 0 && { calendar: calendarOf(site.timezone, now) }),
        sweep: parts.sweepLists(current, categoriesOf(denied)),
        keep: parts.sweepLists(current, categoriesOf(granted)),
      },
    }
  }
}

interface Recorded {
  readonly site: Site
  readonly facts: ConsentFacts
  readonly decision: ConsentDecision
  readonly judgement: Judgement
  readonly shown: PolicyVersion
  readonly notice: ConsentNotice | undefined
  readonly gpc: boolean
  readonly until: string
  readonly now: number
}

/** Writes row, count and receipt, and answers the receipt's id where something was granted. */
async function record(transaction: Transaction<Tables>, given: Recorded): Promise<string | undefined> {
  const { site, facts, decision, judgement, shown, notice, gpc, until, now } = given
  const isGranting = judgement.granted !== 0
  const named = decision.receipt === undefined ? undefined : await findReceipt(transaction, decision.receipt)
  const held = named?.receipt.site_id === site.id ? named : undefined
  // A withdrawal that is sent again, since its answer was lost, has been recorded.
  if (held && !isGrant(held.latest) && !isGranting) return undefined
  const changes = held && isGrant(held.latest) ? held : undefined
  const event = eventOf(decision, isGranting, changes)
  const receipt = changes?.receipt ?? (isGranting ? await mintReceipt(transaction, site.id) : undefined)
  await appendEntry(transaction, site.id, {
    time: receipt ? secondOf(now) : dayOf(now),
    event,
    action: decision.action,
    source: decision.source,
    granted: categoriesOf(judgement.granted),
    denied: categoriesOf(judgement.denied),
    policy: { revision: shown.revision, hash: shown.hash },
    notice: notice?.hash ?? null,
    locale: notice?.language ?? null,
    jurisdiction: jurisdictionOf(facts.country).code,
    gpc,
    gpcOverride: judgement.gpcOverride,
    until,
    commitment: receipt?.commitment ?? null,
  })
  const counted = {
    siteId: site.id,
    day: localDay(site.timezone, now),
    state: stateOf(decision.action, event),
  }
  const { country } = facts
  await addCount(transaction, { ...counted, language: knownLanguage(facts.language), country }, 1)
  await addGranted(transaction, { ...counted, granted: judgement.granted, gpc }, 1)
  return isGranting ? receipt?.id : undefined
}

type Event = Parameters<typeof stateOf>[1]

function eventOf(decision: ConsentDecision, isGranting: boolean, changes: KnownReceipt | undefined): Event {
  if (isGranting) return changes ? 'changed' : 'given'
  if (decision.action === 'object') return 'objected'
  return changes || decision.action === 'withdraw' ? 'withdrawn' : 'refused'
}
