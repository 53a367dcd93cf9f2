import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { createMirror } from '../store/mirror.ts'
import type { Store } from '../store/open.ts'
import type { SessionTable } from '../store/tables.ts'
import { createBackground } from './background.ts'
import { sessionCookie } from './cookie.ts'
import { hashSecret, newSecret } from './secret.ts'

/** Path, below the public address, of the page that takes a one-time link: `/sign-in?token=…`. */
export const SIGN_IN_PATH = '/sign-in'

const MINUTE_MS = 60_000
/** A link is good for one hour, and for one sign-in. */
const LINK_MS = 60 * MINUTE_MS
/** A session ends after half a day without a request, so that a forgotten browser does not stay open over night … */
const IDLE_MS = 12 * 60 * MINUTE_MS
/** … and after a week whatever happens. */
const LIFE_MS = 7 * 24 * 60 * MINUTE_MS
/** When a session was last seen is written this often, not with every request. */
const SEEN_MS = 5 * MINUTE_MS

/** Somebody who is signed in. Until there are accounts that is the owner of the installation. */
export interface Session {
  /** Unix milliseconds after which it ends without a request. */
  readonly endsAt: number
}

/** Sign-in by a one-time link: whoever can read the server's terminal owns it. Links and sessions are kept hashed. */
export interface SignIn {
  /** A new link, the address to open. Links made before and not used end with it: only the last one printed counts. */
  createSignInLink(publicUrl?: string): Promise<string>
  /** Uses up a link's token: text of the Set-Cookie header that signs in, or undefined for a used, old or wrong one. */
  redeem(token: string): Promise<{ setCookie: string } | undefined>
  /** The session of a Cookie header, or undefined. Never throws; one ended by another process is refused within 50 ms. */
  verify(cookieHeader: string | undefined): Session | undefined
  /** Ends the session of a Cookie header: text of the Set-Cookie header that forgets it. */
  signOut(cookieHeader: string | undefined): Promise<string>
  /** Whether anybody is signed in. */
  hasSession(): boolean
  /** Resolves when everything is written: before the store closes. */
  settled(): Promise<void>
}

export function createSignIn(parts: {
  store: Store
  clock: Clock
  log: Pick<Log, 'warn'>
  /** Decides name, path and flags of the cookie, and where links point. */
  publicUrl: string
}): SignIn {
  const { store, clock } = parts
  const cookie = sessionCookie(parts.publicUrl)
  const background = createBackground(parts.log)
  const rowByHash = store.prepareRow('session', 'WHERE id_hash = ?')
  const sessions = createMirror({ store, clock, load: (hash: string) => rowByHash(hash) })

  const noteSeen = (row: SessionTable, now: number): void => {
    if (now - row.last_seen_at < SEEN_MS) return
    row.last_seen_at = now
    background.run('the time a session was last seen could not be written', () =>
      store.db.updateTable('session').set({ last_seen_at: now }).where('id_hash', '=', row.id_hash).execute(),
    )
  }

  return {
    createSignInLink: async (publicUrl = parts.publicUrl) => {
      const token = newSecret()
      await store.transaction(async (transaction) => {
        await transaction.deleteFrom('sign_in_link').execute()
        await transaction
          .insertInto('sign_in_link')
          .values({ token_hash: hashSecret(token), expires_at: clock.now() + LINK_MS })
          .execute()
      })
      return `${publicUrl.replace(/\/$/, '')}${SIGN_IN_PATH}?token=${token}`
    },
    redeem: async (token) => {
      const now = clock.now()
      const session = newSecret()
      const isGood = await store.transaction(async (transaction) => {
        const link = await transaction
          .deleteFrom('sign_in_link')
          .where('token_hash', '=', hashSecret(token))
          .where('expires_at', '>', now)
          .returning('token_hash')
          .executeTakeFirst()
        if (!link) return false
        await transaction
          .deleteFrom('session')
          .where('created_at', '<=', now - LIFE_MS)
          .execute()
        await transaction
          .deleteFrom('session')
          .where('last_seen_at', '<=', now - IDLE_MS)
          .execute()
        await transaction
          .insertInto('session')
          .values({ id_hash: hashSecret(session), created_at: now, last_seen_at: now })
          .execute()
        return true
      })
      return isGood ? { setCookie: cookie.set(session, LIFE_MS / 1000) } : undefined
    },
    verify: (cookieHeader) => {
      const session = cookie.read(cookieHeader)
      const row = session === undefined ? undefined : sessions.get(hashSecret(session))
      const now = clock.now()
      if (!row || now >= endOf(row)) return undefined
      noteSeen(row, now)
      return { endsAt: endOf(row) }
    },
    signOut: async (cookieHeader) => {
      const session = cookie.read(cookieHeader)
      if (session !== undefined) {
        await store.db.deleteFrom('session').where('id_hash', '=', hashSecret(session)).execute()
        sessions.forget()
      }
      return cookie.clear()
    },
    hasSession: () => {
      const now = clock.now()
      return store.readRows('session', '').some((row) => now < endOf(row))
    },
    settled: () => background.settled(),
  }
}

function endOf(row: SessionTable): number {
  return Math.min(row.created_at + LIFE_MS, row.last_seen_at + IDLE_MS)
}
