import type { Sent } from '../schema/consent.ts'
import type { WireBatch } from '../schema/event.ts'
import { MAX_SENT } from './event-limits.ts'
import type { Request } from './transport.ts'

/**
 * Notes what this page sends, in memory only, for whoever wants to know.
 *
 * @returns what was sent, the oldest first; a request that notes choices; and what notes events that were answered
 */
export function createInspector(ask: Request): {
  entries: readonly Sent[]
  request: Request
  note: (batch: WireBatch, basis?: Sent['basis']) => void
} {
  const entries: Sent[] = []
  function keep(basis: Sent['basis'], sent: Sent['sent']): void {
    entries.push({ time: new Date().toISOString(), basis, sent })
    if (entries.length > MAX_SENT) entries.shift()
  }
  return {
    entries,
    request(path, body, credentials) {
      if (body) keep('essential', body as Sent['sent'])
      return ask(path, body, credentials)
    },
    note({ consent, events }, basis = consent ? 'performance' : 'anonymous') {
      for (const event of events) keep(basis, event)
    },
  }
}
