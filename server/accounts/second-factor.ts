import type { Transaction } from 'kysely'
import type { AuditLog } from '../audit/log.ts'
import type { Clock } from '../clock.ts'
import type { Store } from '../store/open.ts'
import type { AccountTable, Tables } from '../store/tables.ts'
import { recoveryHash } from './recovery-codes.ts'
import type { Sealed } from './sealed.ts'
import { newTotpSecret, stepOfCode } from './totp.ts'

/** A right second factor: a time step, or the hash of a recovery code. */
export type Factor = { step: number } | { recovery: string }

export interface SecondFactor {
  /** What a code is good for: a code of the authenticator or a recovery code. The same work where there is no account. */
  find(row: AccountTable | undefined, code: string): Factor | undefined
  /** Takes it so that it is good for nobody else. False where another request was faster, or the password changed. */
  take(transaction: Transaction<Tables>, row: AccountTable, factor: Factor): Promise<boolean>
}

export function createSecondFactor(parts: {
  store: Store
  clock: Pick<Clock, 'now'>
  sealed: Sealed
  audit: AuditLog
}): SecondFactor {
  const { store, clock, sealed, audit } = parts
  const recoveryRow = store.prepareRow('recovery_code', 'WHERE account_id = ? AND code_hash = ?')
  const nobodysSecret = newTotpSecret()

  return {
    find: (row, code) => {
      const step = stepOfCode((row && sealed.totp(row)) ?? nobodysSecret, code, clock.now())
      const recovery = recoveryHash(code) ?? ''
      const isKept = recoveryRow(row?.id ?? '', recovery) !== undefined
      if (!row) return undefined
      if (step !== undefined) return step > row.totp_step ? { step } : undefined
      return isKept ? { recovery } : undefined
    },
    take: async (transaction, { id, password_hash: passwordHash }, factor) => {
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
