import type { PublicKey } from '../chain/signer.ts'
import type { Store } from '../store/open.ts'
import type { ConsentDocumentTable } from '../store/tables.ts'
import { commitmentOf, linkedOf } from './chain.ts'
import { findDocument } from './documents.ts'
import { headOf, type SignedHead } from './head.ts'
import { chainOf, readLinks } from './ledger.ts'
import { removedOf } from './removed.ts'
import { createVerifier, type Verification } from './verify.ts'

type AuditStore = Pick<Store, 'db'>

/** Every site with anything to verify, removed ones too. */
export async function sitesToVerify(store: AuditStore): Promise<number[]> {
  const found = await store.db
    .selectFrom('consent_ledger')
    .select('site_id')
    .union(store.db.selectFrom('consent_head').select('site_id'))
    .union(store.db.selectFrom('consent_removed').select('site_id'))
    .union(store.db.selectFrom('consent_receipt').select('site_id'))
    .execute()
  return found.map((row) => row.site_id).toSorted((a, b) => a - b)
}

/**
 * Verifies a site's ledger as the store holds it.
 * @param more heads that were kept elsewhere: they tell of rows that were cut off together with the store's own heads
 */
export async function verifySite(
  store: AuditStore,
  siteId: number,
  publicKey: PublicKey,
  more: readonly SignedHead[] = [],
): Promise<Verification> {
  const chain = await chainOf(store.db, siteId)
  // Heads before rows: a row that is appended meanwhile is one more, a head could be one too far.
  const rows = await store.db
    .selectFrom('consent_head')
    .selectAll()
    .where('site_id', '=', siteId)
    .orderBy('seq')
    .execute()
  const heads = [...rows.map((row) => headOf(chain, row)), ...more]
  const documents = new Map<string, ConsentDocumentTable | undefined>()
  const verifier = createVerifier({ chain, publicKey, heads, document: (hash) => documents.get(hash) })
  for await (const link of readLinks(store.db, siteId)) {
    if (link.kind === 'removed') {
      verifier.removed(removedOf(chain, link.removed))
      continue
    }
    const { row } = link
    for (const hash of [row.policy_hash, row.notice_hash]) {
      // Whoever writes SQLite's file can make a hash into bytes, which name no document.
      if (typeof hash !== 'string' || documents.has(hash)) continue
      documents.set(hash, await findDocument(store.db, hash))
    }
    verifier.row(linkedOf(chain.site, row))
  }
  await checkReceipts(store, siteId, verifier.fault)
  return verifier.end()
}

/** Whether each receipt fits its rows, and each row with a receipt still has it, or one that says it was erased. */
async function checkReceipts(
  store: AuditStore,
  siteId: number,
  fault: (sentence: string) => void,
): Promise<void> {
  const receipts = await store.db
    .selectFrom('consent_receipt')
    .selectAll()
    .where('site_id', '=', siteId)
    .execute()
  for (const { id, salt, commitment } of receipts) {
    const row = await store.db
      .selectFrom('consent_ledger')
      .select('seq')
      .where('site_id', '=', siteId)
      .where('commitment', '=', commitment)
      .orderBy('seq')
      .limit(1)
      .executeTakeFirst()
    if (commitmentOf(salt, id) !== commitment) {
      fault(`A receipt does not fit ${row ? `row ${row.seq}` : 'its row'}: it was changed.`)
    } else if (!row) fault('A receipt belongs to no row.')
  }
  const orphans = await store.db
    .selectFrom('consent_ledger as given')
    .select(['given.seq'])
    .where('given.site_id', '=', siteId)
    .where('given.event', '=', 'given')
    .where((where) =>
      where.not(
        where.exists(
          where
            .selectFrom('consent_receipt as receipt')
            .select('receipt.id')
            .whereRef('receipt.commitment', '=', 'given.commitment')
            .where('receipt.site_id', '=', siteId),
        ),
      ),
    )
    .where((where) =>
      where.not(
        where.exists(
          where
            .selectFrom('consent_ledger as erased')
            .select('erased.seq')
            .whereRef('erased.commitment', '=', 'given.commitment')
            .where('erased.site_id', '=', siteId)
            .where('erased.event', '=', 'erased'),
        ),
      ),
    )
    .orderBy('given.seq')
    .execute()
  for (const { seq } of orphans)
    fault(`The receipt of row ${seq} is gone, and no row says that it was erased.`)
}
