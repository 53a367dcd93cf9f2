import type { Transaction } from 'kysely'
import { UserError } from '../errors.ts'
import type { Store } from '../store/open.ts'
import type { Tables } from '../store/tables.ts'
import { removedAt } from './removed.ts'
import { entryHash, genesisHash, rowOf, type ChainName, type LedgerEntry, type LinkedEntry } from './chain.ts'

/** The chain in the store. All here runs within a transaction that holds the write lock: nobody else can append. */

/** An entry without its place, which the chain gives it. */
export type Unplaced = Omit<LedgerEntry, 'site' | 'seq'>

/** Appends a row to a site's chain. */
export async function appendEntry(
  transaction: Transaction<Tables>,
  siteId: number,
  unplaced: Unplaced,
): Promise<LinkedEntry> {
  const chain = await chainOf(transaction, siteId)
  const last = await lastRow(transaction, siteId)
  const previous = last?.row_hash ?? genesisHash(chain)
  const entry: LedgerEntry = { site: chain.site, seq: (last?.seq ?? 0) + 1, ...unplaced }
  const linked = { entry, previous, hash: entryHash(entry, previous) }
  await transaction.insertInto('consent_ledger').values(rowOf(siteId, linked)).execute()
  return linked
}

/** Which chain a site's rows belong to; removed sites keep theirs. Throws UserError for a site there never was. */
export async function chainOf(db: Store['db'], siteId: number): Promise<ChainName> {
  const site = await db
    .selectFrom('site')
    .select(['domain', 'added_at'])
    .where('id', '=', siteId)
    .executeTakeFirst()
  if (!site) throw new UserError('This site is not registered: add it with `sluice site add`.', 404)
  return { site: site.domain, opened: new Date(site.added_at).toISOString() }
}

/** Where the chain goes on from: its last row, or the last that was removed. */
export async function lastRow(
  db: Store['db'],
  siteId: number,
): Promise<Pick<Tables['consent_ledger'], 'seq' | 'row_hash'> | undefined> {
  const row = await db
    .selectFrom('consent_ledger')
    .select(['seq', 'row_hash'])
    .where('site_id', '=', siteId)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  const removed = await removedAt(db, siteId, (row?.seq ?? 0) + 1)
  return removed ? { seq: removed.to_seq, row_hash: removed.row_hash } : row
}

/** Rows read at once: an export of millions takes no more memory than one of these. */
const PAGE = 1_000

/** The rows of a chain in order, from one to another, both included. */
export async function* readEntries(
  db: Store['db'],
  siteId: number,
  from = 1,
  to = Number.MAX_SAFE_INTEGER,
): AsyncGenerator<Tables['consent_ledger']> {
  for (let after = from - 1; ;) {
    const page = await db
      .selectFrom('consent_ledger')
      .selectAll()
      .where('site_id', '=', siteId)
      .where('seq', '>', after)
      .where('seq', '<=', to)
      .orderBy('seq')
      .limit(PAGE)
      .execute()
    yield* page
    const last = page.at(-1)
    if (!last || page.length < PAGE) return
    after = last.seq
  }
}

/** A row, or what stands in place of some. */
export type Link =
  | { readonly kind: 'row'; readonly row: Tables['consent_ledger'] }
  | { readonly kind: 'removed'; readonly removed: Tables['consent_removed'] }

/**
 * The same with what stands in place of removed rows. What is removed while it reads was either read before or is asked
 * for after, as it is then.
 */
export async function* readLinks(
  db: Store['db'],
  siteId: number,
  from = 1,
  to = Number.MAX_SAFE_INTEGER,
): AsyncGenerator<Link> {
  let expected = from
  const removedBefore = async function* (seq: number): AsyncGenerator<Link> {
    while (expected < seq) {
      const removed = await removedAt(db, siteId, expected)
      if (!removed) return
      yield { kind: 'removed', removed }
      expected = removed.to_seq + 1
    }
  }
  for await (const row of readEntries(db, siteId, from, to)) {
    yield* removedBefore(row.seq)
    yield { kind: 'row', row }
    expected = row.seq + 1
  }
  yield* removedBefore(to)
}
