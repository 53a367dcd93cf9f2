import type { Transaction } from 'kysely'
import type { AuditLog } from '../audit/log.ts'
import type { Clock } from '../clock.ts'
import { UserError } from '../errors.ts'
import type { Store } from '../store/open.ts'
import type { AccountTable, Tables } from '../store/tables.ts'
import type { Attempts } from './attempts.ts'
import { canonicalEmail } from './email.ts'
import type { Passwords } from './password.ts'
import { recoveryHash } from './recovery-codes.ts'
import type { Sealed } from './sealed.ts'
import type { Session, Sessions } from './sessions.ts'
import type { Tally } from './tally.ts'
import { newTotpSecret, stepOfCode } from './totp.ts'

/** A refused try, with the time after which another one is looked at. */
export class TooManyTries extends UserError {
  readonly retryAfterSeconds: number
  constructor(seconds: number) {
    super('There were too many tries: wait a while and try again.', 429)
    this.retryAfterSeconds = seconds
  }
}

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
  confirm(session: Session, code: string, cookieHeader: string | undefined): Promise<string>
}

/** A right second factor: a time step, or the hash of a recovery code. */
type Factor = { step: number } | { recovery: string }

export function createSignIn(parts: {
  store: Store
  clock: Clock
  sealed: Sealed
  audit: AuditLog
  passwords: Pick<Passwords, 'verify'>
  sessions: Sessions
  attempts: Attempts
  tally: Pick<Tally, 'count'>
}): SignIn {
  const { store, clock, sealed, audit, passwords, sessions, attempts, tally } = parts
  const accountByIndex = store.prepareRow('account', 'WHERE email_index = ? AND password_hash IS NOT NULL')
  const accountById = store.prepareRow('account', 'WHERE id = ? AND password_hash IS NOT NULL')
  const recoveryRow = store.prepareRow('recovery_code', 'WHERE account_id = ? AND code_hash = ?')
  const nobodysSecret = newTotpSecret()

  /** The same work whether there is an account or not. */
  function factorOf(row: AccountTable | undefined, code: string): Factor | undefined {
    const step = stepOfCode((row && sealed.totp(row)) ?? nobodysSecret, code, clock.now())
    const recovery = recoveryHash(code) ?? ''
    const isKept = recoveryRow(row?.id ?? '', recovery) !== undefined
    if (!row) return undefined
    if (step !== undefined) return step > row.totp_step ? { step } : undefined
    return isKept ? { recovery } : undefined
  }

  function admit(name: string, accountId: string | undefined): void {
    const wait = attempts.begin(name)
    if (wait === 0) return
    tally.count('sign-in.blocked', accountId)
    throw new TooManyTries(wait)
  }

  function refuse(accountId: string | undefined, sentence: string): never {
    tally.count('sign-in.failed', accountId)
    throw new UserError(sentence, 401)
  }

  return {
    signIn: async ({ email, password, code }, cookieHeader) => {
      const index = sealed.indexOf(canonicalEmail(email))
      const row = accountByIndex(index)
      admit(index, row?.id)
      const isRight = await passwords.verify(row?.password_hash ?? undefined, password)
      const factor = factorOf(row, code)
      const session =
        row && isRight && factor
          ? await store.transaction(async (transaction) => {
              if (!(await useUp(transaction, row, factor))) return undefined
              if ('recovery' in factor) {
                await audit.append(transaction, {
                  actor: `account:${row.id}`,
                  action: 'recovery-code.used',
                  subject: row.id,
                })
              }
              await audit.append(transaction, {
                actor: `account:${row.id}`,
                action: 'sign-in',
                subject: row.id,
              })
              return sessions.begin(transaction, row.id, cookieHeader)
            })
          : undefined
      if (session === undefined) {
        return refuse(
          row?.id,
          'Address, password or code is wrong, or the code was used before: check all three and take the next code.',
        )
      }
      attempts.succeed(index)
      sessions.forget()
      return session
    },
    confirm: async ({ accountId, createdAt }, code, cookieHeader) => {
      const name = `confirm ${accountId}`
      admit(name, accountId)
      const row = accountById(accountId)
      const factor = factorOf(row, code)
      const session =
        row && factor
          ? await store.transaction(async (transaction) =>
              (await useUp(transaction, row, factor))
                ? sessions.begin(transaction, row.id, cookieHeader, createdAt)
                : undefined,
            )
          : undefined
      if (session === undefined) {
        return refuse(accountId, 'The code is wrong or was used before: take the next one.')
      }
      attempts.succeed(name)
      sessions.forget()
      return session
    },
  }
}

/** Takes the factor so that it is good for nobody else. False where another request was faster, or the account changed. */
async function useUp(transaction: Transaction<Tables>, row: AccountTable, factor: Factor): Promise<boolean> {
  const { id, password_hash: passwordHash } = row
  if ('step' in factor) {
    const taken = await transaction
      .updateTable('account')
      .set({ totp_step: factor.step })
      .where('id', '=', id)
      .where('password_hash', '=', passwordHash)
      .where('totp_step', '<', factor.step)
      .returning('id')
      .executeTakeFirst()
    return taken !== undefined
  }
  const taken = await transaction
    .deleteFrom('recovery_code')
    .where('account_id', '=', id)
    .where((where) =>
      where.exists(
        where
          .selectFrom('account')
          .select('id')
          .where('id', '=', id)
          .where('password_hash', '=', passwordHash),
      ),
    )
    .where('code_hash', '=', factor.recovery)
    .returning('account_id')
    .executeTakeFirst()
  return taken !== undefined
}
