import type { Transaction } from 'kysely'
import { commitmentOf, emailSigner } from '../beacons/ledger.ts'
import { eraseRecipient } from '../beacons/recipients.ts'
import { eraseWithin } from '../consent/receipts.ts'
import type { LastingKey } from '../store/data-keys.ts'
import type { Tables } from '../store/tables.ts'
import { createMark, type Mark } from './erasures.ts'

/** How many that an older backup held were erased again. */
export interface Erased {
  readonly receipts: number
  readonly accounts: number
  /** Recipients of mails. */
  readonly recipients: number
  /** People with phones (sms/erase.ts). */
  readonly subjects: number
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
  /** Erases a subject of SMS; false where it was erased before. */
  eraseSubject(transaction: Transaction<Tables>, id: string): Promise<boolean>
  now: number
}): Promise<Erased> {
  const { transaction, erased, now } = parts
  if (erased.size === 0) return { receipts: 0, accounts: 0, recipients: 0, subjects: 0 }
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
  let subjects = 0
  const known = await transaction
    .selectFrom('sms_subject')
    .select('id')
    .where('number', 'is not', null)
    .execute()
  for (const { id } of known) {
    if (erased.has(mark('sms-subject', id)) && (await parts.eraseSubject(transaction, id))) subjects++
  }
  const recipients = await eraseRecipients(parts, mark)
  return { receipts, accounts: accounts.length, recipients, subjects }
}

async function eraseRecipients(
  { transaction, lasting, erased, now }: Parameters<typeof applyErasures>[0],
  mark: Mark,
): Promise<number> {
  const signer = emailSigner(lasting)
  let recipients = 0
  for (let after = ''; ;) {
    const page = await transaction
      .selectFrom('email_recipient')
      .select(['id', 'site_id', 'salt'])
      .where('id', '>', after)
      .orderBy('id')
      .limit(PAGE)
      .execute()
    for (const row of page) {
      if (!erased.has(mark('recipient', commitmentOf(row.salt, row.id)))) continue
      await eraseRecipient(transaction, signer, row, now)
      recipients++
    }
    after = page.at(-1)?.id ?? ''
    if (page.length < PAGE) return recipients
  }
}
