import { MAX_ERRORS, MAX_TEXT } from './event-limits.ts'
import type { Tell } from './measure.ts'

/** An address within a text. */
const ADDRESS = /\b[a-z]+:\/\/\S+/gi
/** The first place in a stack: address, line and column. */
const PLACE = /(https?:\/\/[^\s()]+?):(\d+):(\d+)/

/** Tells of failures of the site's own scripts, each message and place once a page. Of others browsers hide the message. */
export function watchErrors(tell: Tell): void {
  const told = new Set<string>()
  /** @param at something, then address, line and column; absent: the first place that the reason itself tells */
  function take(reason: unknown, at?: readonly [unknown, string, number, number] | null): void {
    try {
      const [, address = '', line, column] = at ?? PLACE.exec((reason as Partial<Error>)?.stack ?? '') ?? []
      const path = address.replace(location.origin, '')
      // Another host's script.
      if (path && path[0] !== '/') return
      // Without addresses, whose queries can hold anything; the place is told for itself.
      const message = String(reason).replace(ADDRESS, '…').slice(0, MAX_TEXT)
      const place = path && path.replace(/[?#].*/, '') + ':' + line + ':' + column
      const key = message + place
      if (!message || told.has(key) || told.size >= MAX_ERRORS) return
      told.add(key)
      tell({ type: 'error', message, ...(place && { place }) })
    } catch {
      // A reason without a text of its own.
    }
  }
  addEventListener('error', ({ error, filename, lineno, colno }) => {
    if (filename) take(error, [0, filename, lineno, colno])
  })
  addEventListener('unhandledrejection', ({ reason }) => take(reason))
}
