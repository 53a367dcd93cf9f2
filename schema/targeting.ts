/** What is counted under the consent to `targeting`. */

/** Kinds of events that need it. They are sums of nobody: neither visitor, page nor place is kept with them. */
export const TARGETING_TYPES = ['ad', 'trait'] as const

/** What may become of an ad in a browser. */
export const AD_ACTIONS = ['impression', 'click', 'conversion'] as const
export type AdAction = (typeof AD_ACTIONS)[number]

/**
 * Groups of people that a site may ask its visitors' browsers to count (R1.6). The words are closed lists, so that nothing
 * else can be told in them, and each is wide: an answer names none that fewer than TRAIT_MINIMUM browsers told of a day.
 */
export const TRAITS = {
  age: ['18-24', '25-34', '35-44', '45-54', '55-64', '65+'],
  gender: ['female', 'male', 'non-binary'],
  /** Major groups of ISCO-08, and what is no occupation in them. */
  occupation: [
    'manager',
    'professional',
    'technician',
    'clerk',
    'service',
    'agriculture',
    'craft',
    'operator',
    'elementary',
    'military',
    'student',
    'retired',
    'none',
  ],
  /** Employees of the business that somebody works for. */
  companySize: ['1', '2-9', '10-49', '50-249', '250-999', '1000+'],
  /** What somebody prefers to work with. */
  technology: ['android', 'apple', 'linux', 'windows', 'web', 'none'],
} as const satisfies Record<string, readonly string[]>
export type Trait = keyof typeof TRAITS
export const TRAIT_NAMES = /* @__PURE__ */ Object.keys(TRAITS) as Trait[]

/** Fewest browsers of a day that a told value has, whatever smaller minimum group a site has. */
export const TRAIT_MINIMUM = 20
