import { ADS_KEY, PREFERENCES_KEY, type OptionalCategory } from '../schema/consent.ts'
import { MAX_CAMPAIGNS, MAX_PREFERENCES_LENGTH, MAX_TOUCH_DAYS, MAX_TOUCHES } from './event-limits.ts'

/** How often an ad may be seen. */
export interface AdLimit {
  /** Most times, 1 to 100. */
  max: number
  /** Within so many days, today among them; 1 to 90. Default 1. */
  perDays?: number
}

/** What a browser keeps for its visitor, and no server hears of. */
export interface Memory {
  /** What was set under that name; undefined where nothing was, or nothing may be kept. */
  get(key: string): unknown
  /** Sets what can be written as JSON, or with undefined forgets it. Answers whether it is so now. */
  set(key: string, value: unknown): boolean
  shouldShow(campaign: string, limit: AdLimit): boolean
  shown(campaign: string): void
  clicked(campaign: string): void
}

/** Days, counted from 1970, on which a campaign was seen and followed; a day for each time. */
interface Touches {
  shown: number[]
  clicked: number[]
}

/** A day by the visitor's own clock. */
const today = (): number => Math.floor(Date.now() / 86_400_000 - new Date().getTimezoneOffset() / 1_440)

/**
 * Preferences and campaigns of this browser: `sluice-memory.js`, loaded when the page asks for one of them. Nothing is
 * read or kept that the visitor has not granted; where storage is denied or full nothing is kept, and nothing thrown.
 */
export function createMemory(isGranted: (category: OptionalCategory) => boolean): Memory {
  /** A map, since a page may choose names that every object has. */
  function read(key: string, category: OptionalCategory): Map<string, unknown> {
    try {
      if (isGranted(category))
        return new Map(Object.entries(JSON.parse(localStorage.getItem(key) ?? '{}') as object))
    } catch {
      // Denied, or not what we wrote.
    }
    return new Map()
  }
  function write(
    key: string,
    category: OptionalCategory,
    kept: Map<string, unknown>,
    most = Infinity,
  ): boolean {
    try {
      const text = JSON.stringify(Object.fromEntries(kept))
      if (!isGranted(category) || text.length > most) return false
      localStorage.setItem(key, text)
      return true
    } catch {
      return false
    }
  }

  const campaigns = (): Map<string, Touches> => read(ADS_KEY, 'targeting') as Map<string, Touches>
  function touch(campaign: string, kind: keyof Touches): void {
    const kept = campaigns()
    const { shown = [], clicked = [] } = kept.get(campaign) ?? {}
    const touches = { shown, clicked }
    touches[kind].push(today())
    for (const days of [shown, clicked]) {
      const recent = days.filter((day) => day > today() - MAX_TOUCH_DAYS).slice(-MAX_TOUCHES)
      days.splice(0, Infinity, ...recent)
    }
    // The one that was touched last stands last.
    kept.delete(campaign)
    kept.set(campaign, touches)
    write(ADS_KEY, 'targeting', new Map([...kept].slice(-MAX_CAMPAIGNS)))
  }

  return {
    get: (key) => read(PREFERENCES_KEY, 'functionality').get(key),
    set(key, value) {
      const kept = read(PREFERENCES_KEY, 'functionality')
      if (value === undefined) kept.delete(key)
      else kept.set(key, value)
      return write(PREFERENCES_KEY, 'functionality', kept, MAX_PREFERENCES_LENGTH)
    },
    shouldShow(campaign, { max, perDays = 1 }) {
      const { shown = [] } = campaigns().get(campaign) ?? {}
      return isGranted('targeting') && shown.filter((day) => day > today() - perDays).length < max
    },
    shown: (campaign) => touch(campaign, 'shown'),
    clicked: (campaign) => touch(campaign, 'clicked'),
  }
}
