import type { Transaction } from 'kysely'
import { eraseWithin } from '../consent/receipts.ts'
import type { LastingKey } from '../store/data-keys.ts'
import type { Tables } from '../store/tables.ts'
import { createMark } from './erasures.ts'

/** How many that an older backup held were erased again. */
export interface Erased {
  readonly receipts: number
  readonly accounts: number
}

/** Rows looked at at once. */
const PAGE = 1_000

/**
 * Erases what was erased since the backup was made, as it was done then: the ledger says that a receipt was erased,
 * with today's date.
 */
export async function applyErasures(parts: {
  transaction: Transaction<Tables>
  lasting: LastingKey
  erased: ReadonlySet<string>
  now: number
}): Promise<Erased> {
  const { transaction, erased, now } = parts
  if (erased.size === 0) return { receipts: 0, accounts: 0 }
  const mark = createMark(parts.lasting)
  let receipts = 0
  for (let after = ''; ;) {
    const page = await transaction
      .selectFrom('consent_receipt')
      .select(['id', 'commitment'])
      .where('id', '>', after)
      .orderBy('id')
      .limit(PAGE)
      .execute()
    for (const { id, commitment } of page) {
      if (erased.has(mark('receipt', commitment)) && (await eraseWithin(transaction, id, now))) receipts++
    }
    after = page.at(-1)?.id ?? ''
    if (page.length < PAGE) break
  }
  const accounts = (await transaction.selectFrom('account').select('id').execute()).filter(({ id }) =>
    erased.has(mark('account', id)),
  )
  for (const { id } of accounts) await transaction.deleteFrom('account').where('id', '=', id).execute()
  return { receipts, accounts: accounts.length }
}
