import type { AuditLog } from '../audit/log.ts'
import { UserError } from '../errors.ts'
import type { Store } from '../store/open.ts'
import type { Passwords } from './password.ts'
import { replaceRecoveryCodes } from './recovery-codes.ts'
import { wrongFactor, type SecondFactor, type Shown } from './second-factor.ts'
import type { Session, Sessions } from './sessions.ts'
import { nameOfConfirming, type Tries } from './tries.ts'

/** What somebody changes of their own account. Each but ending sessions takes a second factor: a session alone is not enough. */
export interface Own {
  /**
   * Ends all other sessions and a set-up link that nobody has used yet: text of the Set-Cookie header of the session
   * that goes on in place of this one. Throws UserError 401 where the present password or the second factor is wrong, 400 for a
   * new password that cannot be taken, TooManyTries.
   */
  changePassword(
    session: Session,
    given: { current: string; password: string; code: Shown },
    cookieHeader: string | undefined,
  ): Promise<string>
  /** Ten new ones, shown this once; the ones before are good for nothing. Throws UserError 401, TooManyTries. */
  renewRecoveryCodes(session: Session, code: Shown): Promise<string[]>
  recoveryCodesLeft(accountId: string): number
  /** False where there is none of this name. */
  endSession(accountId: string, name: string): Promise<boolean>
  /** Ends all but this one; how many there were. */
  endOtherSessions(session: Session): Promise<number>
}

export function createOwn(parts: {
  store: Store
  audit: AuditLog
  passwords: Passwords
  sessions: Sessions
  secondFactor: SecondFactor
  tries: Tries
}): Own {
  const { store, audit, passwords, sessions, secondFactor, tries } = parts
  const accountById = store.prepareRow('account', 'WHERE id = ? AND password_hash IS NOT NULL')

  return {
    changePassword: async (
      { accountId, createdAt, name: within },
      { current, password, code },
      cookieHeader,
    ) => {
      // What cannot be taken is told before a code is spent on it.
      passwords.check(password)
      if (password === current) throw new UserError('Take another password than the present one.')
      const name = nameOfConfirming(accountId)
      tries.admit(name, accountId)
      const row = accountById(accountId)
      const isRight = await passwords.verify(row?.password_hash ?? undefined, current)
      const factor = await secondFactor.find(row, code, within)
      const passwordHash = row && isRight && factor ? await passwords.hash(password) : undefined
      const session =
        row && factor && passwordHash !== undefined
          ? await store.transaction(async (transaction) => {
              if (!(await secondFactor.take(transaction, row, factor))) return undefined
              const { id } = row
              await transaction
                .updateTable('account')
                .set({ password_hash: passwordHash })
                .where('id', '=', id)
                .execute()
              await transaction.deleteFrom('set_up_link').where('account_id', '=', id).execute()
              await transaction.deleteFrom('session').where('account_id', '=', id).execute()
              await audit.append(transaction, {
                actor: `account:${id}`,
                action: 'password.changed',
                subject: id,
              })
              return sessions.begin(transaction, id, cookieHeader, createdAt)
            })
          : undefined
      if (session === undefined) {
        return tries.refuse(
          accountId,
          typeof code === 'string'
            ? 'The present password or the code is wrong, or the code was used before: check both and take the next code.'
            : 'The present password or the passkey is wrong: check both and try again.',
        )
      }
      tries.succeed(name)
      sessions.forget()
      return session
    },
    renewRecoveryCodes: async ({ accountId, name: within }, code) => {
      const name = nameOfConfirming(accountId)
      tries.admit(name, accountId)
      const row = accountById(accountId)
      const factor = await secondFactor.find(row, code, within)
      const codes =
        row && factor
          ? await store.transaction(async (transaction) => {
              if (!(await secondFactor.take(transaction, row, factor))) return undefined
              await audit.append(transaction, {
                actor: `account:${row.id}`,
                action: 'recovery-codes.made',
                subject: row.id,
              })
              return replaceRecoveryCodes(transaction, row.id)
            })
          : undefined
      if (codes === undefined) {
        return tries.refuse(accountId, wrongFactor(code))
      }
      tries.succeed(name)
      return codes
    },
    recoveryCodesLeft: (accountId) =>
      store.readRows('recovery_code', 'ORDER BY code_hash').filter((row) => row.account_id === accountId)
        .length,
    endSession: async (accountId, name) => {
      const isEnded = await store.transaction(async (transaction) => {
        if (!(await sessions.revoke(transaction, accountId, name))) return false
        await audit.append(transaction, {
          actor: `account:${accountId}`,
          action: 'session.revoked',
          subject: name,
        })
        return true
      })
      sessions.forget()
      return isEnded
    },
    endOtherSessions: async ({ accountId, name }) => {
      const ended = await store.transaction(async (transaction) => {
        const others = await transaction
          .deleteFrom('session')
          .where('account_id', '=', accountId)
          .where('name', '!=', name)
          .returning('name')
          .execute()
        for (const other of others) {
          await audit.append(transaction, {
            actor: `account:${accountId}`,
            action: 'session.revoked',
            subject: other.name,
          })
        }
        return others.length
      })
      sessions.forget()
      return ended
    },
  }
}
