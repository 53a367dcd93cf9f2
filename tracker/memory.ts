import { PREFERENCES_KEY } from '../schema/consent.ts'
import type { WireBatch } from '../schema/event.ts'
import { createAds, type Ads } from './ads.ts'
import { createTellOfNobody } from './counted.ts'
import { MAX_PREFERENCES_LENGTH } from './event-limits.ts'
import type { Choice } from './gate.ts'
import { createKept, type IsGranted } from './kept.ts'
import { createTraits, type TraitValues } from './traits.ts'
import type { Request } from './transport.ts'

/** What a browser keeps for its visitor. */
export interface Memory extends Ads {
  /** What was set under that name; undefined where nothing was, or nothing may be kept. */
  get(key: string): unknown
  /** Sets what can be written as JSON, or with undefined forgets it. Answers whether it is so now. */
  set(key: string, value: unknown): boolean
  setTraits(values: TraitValues): void
}

/**
 * Preferences, campaigns and traits of this browser: `sluice-memory.js`, loaded when the page asks for one of them.
 *
 * @param site as of the script's tag
 * @param note hears of what is sent under `targeting`
 */
export function createMemory(
  site: string,
  request: Request,
  choice: () => Choice,
  note: (batch: WireBatch) => void,
): Memory {
  const isGranted: IsGranted = (category) => choice().categories.includes(category)
  const preferences = createKept(PREFERENCES_KEY, 'functionality', isGranted)
  const tell = createTellOfNobody(site, request, choice, isGranted, note)
  return {
    get: (key) => preferences.read().get(key),
    set(key, value) {
      const kept = preferences.read()
      if (value === undefined) kept.delete(key)
      else kept.set(key, value)
      return preferences.write(kept, MAX_PREFERENCES_LENGTH)
    },
    ...createAds(isGranted, tell),
    setTraits: createTraits(isGranted, tell),
  }
}
