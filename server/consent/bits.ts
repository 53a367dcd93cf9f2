import { CATEGORY_BIT, OPTIONAL_CATEGORIES, type OptionalCategory } from '../../schema/consent.ts'
import type { PolicyVersion } from '../../schema/policy.ts'

/** Categories as bits of CATEGORY_BIT: what tokens hold and the collector asks. */

export function bitsOf(categories: readonly OptionalCategory[]): number {
  return categories.reduce((bits, category) => bits | CATEGORY_BIT[category], 0)
}

/** In the order of OPTIONAL_CATEGORIES. */
export function categoriesOf(bits: number): OptionalCategory[] {
  return OPTIONAL_CATEGORIES.filter((category) => (bits & CATEGORY_BIT[category]) !== 0)
}

/**
 * Of the categories granted under a revision those in force: not widened since. One that is absent from `since` has no
 * service any more, so there is nothing that a consent to it could allow.
 */
export function inForce(granted: number, revision: number, since: PolicyVersion['since']): number {
  let bits = 0
  for (const category of OPTIONAL_CATEGORIES) {
    const from = since[category]
    if (from !== undefined && from <= revision) bits |= CATEGORY_BIT[category]
  }
  return granted & bits
}
