import { randomBytes } from 'node:crypto'
import type { Transaction } from 'kysely'
import type { Clock } from '../clock.ts'
import type { Store } from '../store/open.ts'
import type { ConsentLedgerTable, ConsentReceiptTable, Tables } from '../store/tables.ts'
import { commitmentOf } from './chain.ts'
import { appendEntry } from './ledger.ts'
import { RECEIPT_ID } from './parse.ts'
import { dayOf } from './time.ts'
import type { Writer } from './writer.ts'

/**
 * Receipts in the store: the id that a visitor who granted something keeps, and the salt that ties it to rows of the
 * ledger. The ledger holds the commitment only, so a receipt is erased by deleting its row, and the chain stays whole.
 */

/** A receipt with the last that happened to it. */
export interface KnownReceipt {
  readonly receipt: ConsentReceiptTable
  readonly latest: ConsentLedgerTable
}

/** Whether the choice that the row tells of grants something. */
export function isGrant(row: Pick<ConsentLedgerTable, 'event'>): boolean {
  return row.event === 'given' || row.event === 'changed'
}

export async function mintReceipt(
  transaction: Transaction<Tables>,
  siteId: number,
): Promise<ConsentReceiptTable> {
  const [id, salt] = [random(), random()]
  const receipt = { id, site_id: siteId, salt, commitment: commitmentOf(salt, id) }
  await transaction.insertInto('consent_receipt').values(receipt).execute()
  return receipt
}

/** The receipt of an id, of any site; undefined for one that is erased or was never made. */
export async function findReceipt(db: Store['db'], id: string): Promise<KnownReceipt | undefined> {
  if (!RECEIPT_ID.test(id)) return undefined
  const receipt = await db.selectFrom('consent_receipt').selectAll().where('id', '=', id).executeTakeFirst()
  const latest =
    receipt &&
    (await db
      .selectFrom('consent_ledger')
      .selectAll()
      .where('commitment', '=', receipt.commitment)
      .where('site_id', '=', receipt.site_id)
      .orderBy('seq', 'desc')
      .limit(1)
      .executeTakeFirst())
  return receipt && latest && { receipt, latest }
}

/**
 * Erases a receipt, also from where the disk still holds what was deleted, and says so in the ledger. False where
 * there is none.
 */
export async function eraseReceipt(
  parts: {
    store: Pick<Store, 'purge'>
    writer: Pick<Writer, 'write'>
    clock: Pick<Clock, 'now'>
    /** Told what tied the receipt to the ledger, once it is erased: for the file of erasures beside the backups. */
    onErased?: ((commitment: string) => Promise<void>) | undefined
  },
  id: string,
): Promise<boolean> {
  const commitment = await parts.writer.write((transaction) =>
    eraseWithin(transaction, id, parts.clock.now()),
  )
  if (commitment === undefined) return false
  await parts.store.purge(['consent_receipt'])
  await parts.onErased?.(commitment)
  return true
}

/** The same within a transaction; the answer is what tied the receipt to the ledger, undefined where there is none. */
export async function eraseWithin(
  transaction: Transaction<Tables>,
  id: string,
  now: number,
): Promise<string | undefined> {
  const known = await findReceipt(transaction, id)
  if (!known) return undefined
  const { receipt, latest } = known
  await transaction.deleteFrom('consent_receipt').where('id', '=', receipt.id).execute()
  await appendEntry(transaction, receipt.site_id, {
    time: dayOf(now),
    event: 'erased',
    action: null,
    source: null,
    granted: [],
    denied: [],
    policy: { revision: latest.revision, hash: latest.policy_hash },
    notice: null,
    locale: null,
    jurisdiction: latest.jurisdiction,
    gpc: false,
    gpcOverride: false,
    until: null,
    commitment: receipt.commitment,
  })
  return receipt.commitment
}

function random(): string {
  return randomBytes(16).toString('base64url')
}
