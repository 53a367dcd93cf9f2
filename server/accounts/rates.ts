import type { Actor } from '../audit/entry.ts'
import type { Clock } from '../clock.ts'
import { TooManyTries } from '../errors.ts'
import type { Alarm } from './alarm.ts'
import type { Permission } from './roles.ts'

/** What is counted together. */
type RateKind = 'read' | 'reveal' | 'export' | 'change' | 'send'

/**
 * Requests a minute of one account, key or share link. Far above what a person or a report does, far below what copies everything:
 * a page of the dashboard asks eight questions, and several of them open in realtime a hundred a minute.
 */
export const PER_MINUTE: Record<RateKind, number> = {
  read: 1_200,
  reveal: 120,
  export: 60,
  change: 60,
  // A mailing asks for each of its mails.
  send: 60_000,
}

const KIND_OF: Record<Permission, RateKind> = {
  'sites.read': 'read',
  query: 'read',
  'query.export': 'export',
  'status.read': 'read',
  'settings.read': 'read',
  'settings.write': 'change',
  'notes.read': 'read',
  'notes.write': 'change',
  'policy.read': 'read',
  'policy.write': 'change',
  // Who has an account, which keys there are, who did what: what somebody who has got in would look for first.
  'shares.read': 'reveal',
  'reports.read': 'reveal',
  'keys.read': 'reveal',
  'accounts.read': 'reveal',
  'audit.read': 'reveal',
  'mails.read': 'reveal',
  // Consents are recorded as they are given, one by one.
  'mails.write': 'read',
  'mails.send': 'send',
  'sms.read': 'read',
  'sms.write': 'change',
  'sms.send': 'send',
  'sms.review': 'reveal',
  disclose: 'export',
  'sms.proof': 'export',
  'sms.reveal': 'export',
  'sms.erase': 'change',
  'sms.import': 'change',
  'shares.write': 'change',
  'reports.write': 'change',
  'keys.write': 'change',
  'accounts.write': 'change',
}

const MINUTE_MS = 60_000
/** How long a burst is blocked: a program that runs wild is slowed to a fifth, a person is kept out for a cup of tea. */
export const BLOCK_MS = 5 * MINUTE_MS

/** Blocks whoever is signed in, or sends a good key or share link, and asks far more than anybody does. */
export interface Rates {
  /** Counts a request that is allowed. Throws TooManyTries within a burst. */
  count(actor: Actor, permission: Permission): void
}

/** Counted in memory, by account and not by session, so that signing in again does not begin anew. */
export function createRates(parts: { clock: Pick<Clock, 'monotonic'>; alarm: Pick<Alarm, 'raise'> }): Rates {
  const { clock, alarm } = parts
  /** By kind and actor: as many as there are accounts and keys, at most. Times are monotonic milliseconds. */
  const counts = new Map<string, { count: number; endsAt: number; blockedUntil: number }>()

  return {
    count: (actor, permission) => {
      const kind = KIND_OF[permission]
      const name = `${kind} ${actor}`
      const now = clock.monotonic()
      let counted = counts.get(name)
      if (!counted || (now >= counted.endsAt && now >= counted.blockedUntil)) {
        counted = { count: 0, endsAt: now + MINUTE_MS, blockedUntil: 0 }
        counts.set(name, counted)
      }
      counted.count++
      if (counted.blockedUntil === 0 && counted.count > PER_MINUTE[kind])
        counted.blockedUntil = now + BLOCK_MS
      if (counted.blockedUntil === 0) return
      alarm.raise({ kind, actor })
      throw new TooManyTries(
        Math.ceil((counted.blockedUntil - now) / 1_000),
        'This account or key asks far more than usual and is blocked for some minutes: if it was not you, end its sessions or revoke it.',
      )
    },
  }
}
