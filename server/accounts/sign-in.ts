import type { AuditLog } from '../audit/log.ts'
import type { Store } from '../store/open.ts'
import { canonicalEmail } from './email.ts'
import type { Passwords } from './password.ts'
import type { Sealed } from './sealed.ts'
import { wrongFactor, type SecondFactor, type Shown } from './second-factor.ts'
import type { Session, Sessions } from './sessions.ts'
import { nameOfConfirming, type Tries } from './tries.ts'

/**
 * Signing in by address, password and second factor, all in one question: there is no half a session to get hold of,
 * and no answer says which of the three was wrong.
 */
export interface SignIn {
  /**
   * Text of the Set-Cookie header of a new session. `code` is of the authenticator, or a recovery code. Throws
   * UserError 401, or TooManyTries before anything was looked at.
   */
  signIn(
    given: { email: string; password: string; code: string },
    cookieHeader: string | undefined,
  ): Promise<string>
  /** Shows the second factor again: text of the Set-Cookie header of the session that goes on in place of this one. */
  confirm(session: Session, shown: Shown, cookieHeader: string | undefined): Promise<string>
}

export function createSignIn(parts: {
  store: Store
  sealed: Pick<Sealed, 'indexOf'>
  audit: AuditLog
  passwords: Pick<Passwords, 'verify'>
  sessions: Sessions
  secondFactor: SecondFactor
  tries: Tries
}): SignIn {
  const { store, sealed, audit, passwords, sessions, secondFactor, tries } = parts
  const accountByIndex = store.prepareRow('account', 'WHERE email_index = ? AND password_hash IS NOT NULL')
  const accountById = store.prepareRow('account', 'WHERE id = ? AND password_hash IS NOT NULL')

  return {
    // The same work whether there is an account or not.
    signIn: async ({ email, password, code }, cookieHeader) => {
      const index = sealed.indexOf(canonicalEmail(email))
      const row = accountByIndex(index)
      tries.admit(index, row?.id)
      const isRight = await passwords.verify(row?.password_hash ?? undefined, password)
      const factor = await secondFactor.find(row, code)
      const session =
        row && isRight && factor
          ? await store.transaction(async (transaction) => {
              if (!(await secondFactor.take(transaction, row, factor))) return undefined
              await audit.append(transaction, {
                actor: `account:${row.id}`,
                action: 'sign-in',
                subject: row.id,
              })
              return sessions.begin(transaction, row.id, cookieHeader)
            })
          : undefined
      if (session === undefined) {
        return tries.refuse(
          row?.id,
          'Address, password or code is wrong, or the code was used before: check all three and take the next code.',
        )
      }
      tries.succeed(index)
      sessions.forget()
      return session
    },
    confirm: async ({ accountId, createdAt, name: session }, shown, cookieHeader) => {
      const name = nameOfConfirming(accountId)
      tries.admit(name, accountId)
      const row = accountById(accountId)
      const factor = await secondFactor.find(row, shown, session)
      const setCookie =
        row && factor
          ? await store.transaction(async (transaction) =>
              (await secondFactor.take(transaction, row, factor))
                ? sessions.begin(transaction, row.id, cookieHeader, createdAt)
                : undefined,
            )
          : undefined
      if (setCookie === undefined) {
        return tries.refuse(accountId, wrongFactor(shown))
      }
      tries.succeed(name)
      sessions.forget()
      return setCookie
    },
  }
}
