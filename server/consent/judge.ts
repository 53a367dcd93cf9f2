import type { ConsentDecision, OptionalCategory } from '../../schema/consent.ts'
import { CATEGORY_BIT } from '../../schema/consent.ts'
import type { PolicyVersion } from '../../schema/policy.ts'
import type { ConsentState } from '../../schema/query.ts'
import { bitsOf, inForce } from './bits.ts'

/** What a choice comes to under the policy in force. */
export interface Judgement {
  /** Bits in force. */
  readonly granted: number
  /** Bits of the categories that the site uses and that are not granted. */
  readonly denied: number
  /** Granted explicitly, after a notice, though Global Privacy Control is on. */
  readonly gpcOverride: boolean
}

const GPC_REFUSES = {
  targeting: CATEGORY_BIT.targeting,
  all: CATEGORY_BIT.performance | CATEGORY_BIT.functionality | CATEGORY_BIT.targeting,
} as const

/**
 * Weighs a choice. Categories without a service are dropped, and so are those that were widened after the revision
 * that was shown. `outdated`: of what was granted nothing is left for that reason, so the page has to ask again; a
 * refusal never is, whatever the revision.
 *
 * Global Privacy Control refuses what the manifest says until the visitor explicitly chooses (GPC specification,
 * section 5; 11 CCR § 7025(c)(3)). A choice by the page's own code shows no notice, so the signal stands over it.
 *
 * @param gpc by the request's header or, where something on the way strips that, by the page
 * @param current the version in force
 */
export function judge(
  decision: Pick<ConsentDecision, 'granted' | 'revision' | 'source'>,
  gpc: boolean,
  current: PolicyVersion,
): Judgement | 'outdated' {
  const offered = bitsOf(Object.keys(current.since) as OptionalCategory[])
  const wanted = bitsOf(decision.granted) & offered
  const shown = inForce(wanted, decision.revision, current.since)
  if (wanted !== 0 && shown === 0) return 'outdated'
  const signalled = gpc ? GPC_REFUSES[current.manifest.gpc] : 0
  const isExplicit = decision.source !== 'api'
  const granted = isExplicit ? shown : shown & ~signalled
  return { granted, denied: offered & ~granted, gpcOverride: (granted & signalled) !== 0 }
}

/** As what a choice is counted. */
export function stateOf(
  action: ConsentDecision['action'],
  event: 'given' | 'changed' | 'refused' | 'withdrawn' | 'objected',
): Exclude<ConsentState, 'shown'> {
  if (event === 'refused') return 'rejected'
  if (event === 'withdrawn' || event === 'objected') return event
  return action === 'accept_all' ? 'accepted' : 'custom'
}
