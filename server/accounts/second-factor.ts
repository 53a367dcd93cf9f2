import type { Transaction } from 'kysely'
import type { AuditLog } from '../audit/log.ts'
import type { Clock } from '../clock.ts'
import type { Store } from '../store/open.ts'
import type { AccountTable, Tables } from '../store/tables.ts'
import type { Passkeys, ShownPasskey } from './passkeys.ts'
import { recoveryHash } from './recovery-codes.ts'
import type { Sealed } from './sealed.ts'
import { newTotpSecret, stepOfCode } from './totp.ts'

/** What somebody shows: a code of the authenticator or a recovery code, or what the browser answered for a passkey. */
export type Shown = string | { readonly passkey: unknown }

/** A right second factor: a time step, the hash of a recovery code, or a passkey. */
export type Factor = { step: number } | { recovery: string } | { passkey: ShownPasskey }

export interface SecondFactor {
  /**
   * What is good of what was shown. The same work for a code where there is no account.
   * @param session name of the session that a passkey was asked for within; without one none is taken
   */
  find(row: AccountTable | undefined, shown: Shown, session?: string): Promise<Factor | undefined>
  /** Takes it so that it is good for nobody else. False where another request was faster, or the password changed. */
  take(transaction: Transaction<Tables>, row: AccountTable, factor: Factor): Promise<boolean>
}

/** The sentence that refuses what was shown. */
export function wrongFactor(shown: Shown): string {
  return typeof shown === 'string'
    ? 'The code is wrong or was used before: take the next one.'
    : 'This passkey is not one of yours, or it was shown too late: try again, or type a code.'
}

export function createSecondFactor(parts: {
  store: Store
  clock: Pick<Clock, 'now'>
  sealed: Sealed
  audit: AuditLog
  passkeys: Pick<Passkeys, 'shown' | 'take'>
}): SecondFactor {
  const { store, clock, sealed, audit, passkeys } = parts
  const recoveryRow = store.prepareRow('recovery_code', 'WHERE account_id = ? AND code_hash = ?')
  const nobodysSecret = newTotpSecret()

  return {
    find: async (row, shown, session) => {
      if (typeof shown !== 'string') {
        const passkey = session === undefined ? undefined : await passkeys.shown(session, shown.passkey)
        return passkey && passkey.accountId === row?.id ? { passkey } : undefined
      }
      const secret = row && sealed.totp(row)
      const step = stepOfCode(secret ?? nobodysSecret, shown, clock.now())
      const recovery = recoveryHash(shown) ?? ''
      const isKept = recoveryRow(row?.id ?? '', recovery) !== undefined
      if (!row) return undefined
      if (secret !== undefined && step !== undefined) return step > row.totp_step ? { step } : undefined
      return isKept ? { recovery } : undefined
    },
    take: async (transaction, { id, password_hash: passwordHash }, factor) => {
      if ('passkey' in factor) return passkeys.take(transaction, factor.passkey)
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
      if (!taken) return false
      await audit.append(transaction, {
        actor: `account:${id}`,
        action: 'recovery-code.used',
        subject: id,
      })
      return true
    },
  }
}
