/** What a delivery code means for more than its message. */
export type Effect =
  /** The provider or a carrier has an opt-out that is not known here. */
  | 'opt-out'
  /** Nobody has the number. */
  | 'unreachable'
  /** The sender must not be used any more, or only after somebody has looked. */
  | 'suspend'
  /** A carrier's cap for the brand or campaign is reached. */
  | 'restrict'
  /** A carrier took the text for spam, or a link for a shortened one. */
  | 'content'

/**
 * Delivery codes of the provider's own (`SMS-RC`), of what lies upstream (`SMS-UP`) and of carriers (`SMS-CAR`). All
 * others concern their message alone.
 */
const EFFECTS: readonly (readonly [codes: RegExp, effect: Effect])[] = [
  [/^SMS-(?:RC|UP|CAR)-413$/, 'opt-out'],
  [/^SMS-(?:RC|UP|CAR)-41[12]$/, 'unreachable'],
  [/^SMS-RC-410$/, 'unreachable'],
  [/^SMS-UP-431$|^SMS-CAR-461$/, 'suspend'],
  [/^SMS-CAR-45[012]$|^SMS-CAR-431$|^SMS-RC-403$/, 'restrict'],
  [/^SMS-(?:RC|UP|CAR)-430$|^SMS-CAR-435$/, 'content'],
]

export function effectOf(code: string): Effect | undefined {
  return EFFECTS.find(([codes]) => codes.test(code))?.[1]
}

/** Told with a status that is no failure: no receipt came, or none that tells. */
export const NO_FAILURES: readonly string[] = ['SMS-CAR-104', 'SMS-CAR-199']
