/** The categories of the provider's policy: nine that no campaign may be about, six that no message may hold. */
export const CAMPAIGN_CATEGORIES = [
  'loan_mortgage',
  'credit_repair',
  'debt_relief',
  'debt_collection',
  'work_from_home',
  'secret_shopper',
  'political',
  'alcohol_tobacco_firearms',
  'pharma_vitamin_drug',
] as const
export const CONTENT_CATEGORIES = [
  'illegal_activity',
  'violence_hate_abuse',
  'adult',
  'controlled_substances',
  'fraud_deception',
  'misleading_links',
] as const
export type Category = (typeof CAMPAIGN_CATEGORIES)[number] | (typeof CONTENT_CATEGORIES)[number]

/**
 * A rule: its name within the pack, a pattern over the message's folded words with one blank between them, how much it
 * says (2 blocks by itself, 1 asks a person), and what takes it back where it stands anywhere in the message.
 */
export type Rule = readonly [name: string, pattern: string, weight: 1 | 2, unless?: string]

export interface RulePack {
  readonly category: Category
  readonly group: 'campaign' | 'content'
  /** Counts up with every change: a decision that is kept names it. */
  readonly version: number
  readonly rules: readonly Rule[]
}

/** A pattern for two things within so many characters of each other, in either order. */
export function near(one: string, other: string, within: number): string {
  return `(?:${one})\\b.{0,${within}}\\b(?:${other})|(?:${other})\\b.{0,${within}}\\b(?:${one})`
}
