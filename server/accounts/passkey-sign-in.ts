import type { AuditLog } from '../audit/log.ts'
import type { Store } from '../store/open.ts'
import type { SessionCookie } from './cookie.ts'
import { CHALLENGE_MS } from './challenges.ts'
import type { Passkeys } from './passkeys.ts'
import { hashSecret, newSecret } from './secret.ts'
import type { Sessions } from './sessions.ts'
import type { Tries } from './tries.ts'

/**
 * Signing in by a passkey alone: it says whose it is, and has verified who holds it. No address is asked for, so that no
 * answer tells who has an account.
 */
export interface PasskeySignIn {
  /**
   * Options for the browser, and the text of a Set-Cookie header: what is signed is good for this browser only. Throws
   * UserError 409 where the public address allows no passkeys.
   */
  ask(): Promise<{ options: object; setCookie: string }>
  /** Text of the Set-Cookie header of a new session. Throws UserError 401. */
  signIn(response: unknown, cookieHeader: string | undefined): Promise<string>
}

export function createPasskeySignIn(parts: {
  store: Store
  audit: AuditLog
  sessions: Sessions
  passkeys: Passkeys
  tries: Pick<Tries, 'refuse'>
  /** Holds the secret of a browser while it signs in. */
  passkeyCookie: SessionCookie
}): PasskeySignIn {
  const { store, audit, sessions, passkeys, tries, passkeyCookie } = parts
  return {
    ask: async () => {
      const secret = newSecret()
      const options = await passkeys.askToShow(hashSecret(secret))
      return { options, setCookie: passkeyCookie.set(secret, CHALLENGE_MS / 1_000) }
    },
    signIn: async (response, cookieHeader) => {
      const secret = passkeyCookie.read(cookieHeader)
      const shown = secret === undefined ? undefined : await passkeys.shown(hashSecret(secret), response)
      const session =
        shown &&
        (await store.transaction(async (transaction) => {
          if (!(await passkeys.take(transaction, shown))) return undefined
          await audit.append(transaction, {
            actor: `account:${shown.accountId}`,
            action: 'sign-in',
            subject: shown.accountId,
            detail: { passkey: shown.id },
          })
          return sessions.begin(transaction, shown.accountId, cookieHeader)
        }))
      if (session === undefined) {
        return tries.refuse(
          shown?.accountId,
          'This passkey is not known here, or it was shown too late: try again, or sign in with password and code.',
        )
      }
      sessions.forget()
      return session
    },
  }
}
