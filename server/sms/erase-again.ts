import type { Transaction } from 'kysely'
import { createEraserParts, eraseSubject, isKnown, type SmsTransaction } from '../../sms/index.ts'
import type { Clock } from '../clock.ts'
import type { DataKeys } from '../store/data-keys.ts'
import type { Tables } from '../store/tables.ts'
import { createChain, createSealing, random, smsSigner } from './ports.ts'

/** Erases a subject that an older backup brought back; answers false where there is nothing left of it. */
export function createSubjectEraser(
  keys: DataKeys,
  clock: Pick<Clock, 'now'>,
): (transaction: Transaction<Tables>, id: string) => Promise<boolean> {
  const chain = createChain(smsSigner(keys.lasting))
  const parts = createEraserParts({ chain, sealing: createSealing(keys), random, clock })
  return async (whole, id) => {
    // The module sees its own tables, and no others.
    const transaction = whole as unknown as SmsTransaction
    const subject = await parts.subjects.byId(transaction, id)
    if (!subject || !isKnown(subject)) return false
    await eraseSubject(transaction, parts, subject, { actor: 'server', method: 'restore' })
    return true
  }
}
