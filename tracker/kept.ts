import type { OptionalCategory } from '../schema/consent.ts'

/** Whether the visitor has granted a category, asked anew each time. */
export type IsGranted = (category: OptionalCategory) => boolean

/** A map that this browser keeps under one key, while its category is granted. */
export interface Kept<Value> {
  /** A map, since a page may choose names that every object has. Empty where nothing may be read. */
  read(): Map<string, Value>
  /** Answers whether it is kept now. */
  write(values: Map<string, Value>, most?: number): boolean
}

/** Nothing is read or kept that is not granted; where storage is denied or full nothing is kept, and nothing thrown. */
export function createKept<Value>(
  key: string,
  category: OptionalCategory,
  isGranted: IsGranted,
): Kept<Value> {
  return {
    read() {
      try {
        if (isGranted(category))
          return new Map(
            Object.entries(JSON.parse(localStorage.getItem(key) ?? '{}') as Record<string, Value>),
          )
      } catch {
        // Denied, or not what we wrote.
      }
      return new Map()
    },
    write(values, most = Infinity) {
      try {
        const text = JSON.stringify(Object.fromEntries(values))
        if (!isGranted(category) || text.length > most) return false
        localStorage.setItem(key, text)
        return true
      } catch {
        return false
      }
    },
  }
}

/** A day by the visitor's own clock, counted from 1970. */
export const today = (): number =>
  Math.floor(Date.now() / 86_400_000 - new Date().getTimezoneOffset() / 1_440)
