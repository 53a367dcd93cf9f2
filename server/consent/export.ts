import type { PublicKey, Signer } from '../chain/signer.ts'
import type { Clock } from '../clock.ts'
import { UserError } from '../errors.ts'
import type { Store } from '../store/open.ts'
import { linkedOf, type ChainName, type LinkedEntry } from './chain.ts'
import { headOf, signHead, type SignedHead } from './head.ts'
import { chainOf, readLinks } from './ledger.ts'
import { removedOf, type RemovedRows } from './removed.ts'
import { secondOf } from './time.ts'

/**
 * The proof as a file: NDJSON, first what it is of, then signed heads, the notices and policies that rows name, and
 * the rows. Whoever has it can verify it without the store.
 */
export type ExportLine =
  | ({ type: 'ledger'; version: 1; from: number; to: number; exported: string; key: PublicKey } & ChainName)
  | ({ type: 'head' } & SignedHead)
  | { type: 'notice' | 'policy'; hash: string; document: unknown }
  | ({ type: 'row' } & LinkedEntry)
  /** In place of rows whose time had passed. */
  | ({ type: 'removed' } & RemovedRows)

export interface ExportParts {
  store: Pick<Store, 'db'>
  signer: Signer
  clock: Pick<Clock, 'now'>
  siteId: number
  /** Days in UTC, both included; default: all. */
  from?: string | undefined
  to?: string | undefined
}

/**
 * The lines of the export, of a ledger that has been verified: heads are signed for both ends. Throws UserError where
 * there is nothing in these days.
 */
export async function* exportLedger(parts: ExportParts): AsyncGenerator<string> {
  const { store, signer, clock, siteId } = parts
  const chain = await chainOf(store.db, siteId)
  const range = await rangeOf(parts)
  const exported = secondOf(clock.now())
  yield lineOf({
    type: 'ledger',
    version: 1,
    ...chain,
    from: range.first.seq,
    to: range.last.seq,
    exported,
    key: signer.publicKey,
  })
  for (const head of await headsOf(parts, chain, range, exported)) yield lineOf({ type: 'head', ...head })
  for (const { hash, kind, document } of await documentsOf(store, siteId, range)) {
    yield lineOf({ type: kind, hash, document: JSON.parse(document) })
  }
  for await (const link of readLinks(store.db, siteId, range.first.seq, range.last.seq)) {
    if (link.kind === 'removed') yield lineOf({ type: 'removed', ...removedOf(chain, link.removed) })
    else yield lineOf({ type: 'row', ...linkedOf(chain.site, link.row) })
  }
}

function lineOf(value: ExportLine): string {
  return `${JSON.stringify(value)}\n`
}

interface Range {
  first: { seq: number; previous: string }
  last: { seq: number; hash: string }
}

/** The rows from the first of the days to the last. They stand together: a chain with holes proves nothing. */
async function rangeOf({ store, siteId, from, to }: ExportParts): Promise<Range> {
  const rows = store.db
    .selectFrom('consent_ledger')
    .select(['seq', 'prev_hash', 'row_hash'])
    .where('site_id', '=', siteId)
  const within = rows
    .$if(from !== undefined, (query) => query.where('time', '>=', from ?? ''))
    // A time of a day is longer than the day and begins with it; nothing that begins so comes after `~`.
    .$if(to !== undefined, (query) => query.where('time', '<=', `${to}~`))
  const first = await within.orderBy('seq').limit(1).executeTakeFirst()
  const last = await within.orderBy('seq', 'desc').limit(1).executeTakeFirst()
  if (!first || !last)
    throw new UserError('The ledger holds nothing of these days: name others, or none.', 404)
  return {
    first: { seq: first.seq, previous: first.prev_hash },
    last: { seq: last.seq, hash: last.row_hash },
  }
}

/** The stored heads within, and one at each end: nothing can be cut from the file unseen. */
async function headsOf(
  { store, siteId, signer }: ExportParts,
  chain: ChainName,
  { first, last }: Range,
  time: string,
): Promise<SignedHead[]> {
  const stored = await store.db
    .selectFrom('consent_head')
    .selectAll()
    .where('site_id', '=', siteId)
    .where('seq', '>=', first.seq)
    .where('seq', '<=', last.seq)
    .orderBy('seq')
    .execute()
  const begin =
    first.seq > 1 ? [signHead(signer, chain, { seq: first.seq - 1, hash: first.previous, time })] : []
  return [...begin, ...stored.map((row) => headOf(chain, row)), signHead(signer, chain, { ...last, time })]
}

async function documentsOf(
  store: Pick<Store, 'db'>,
  siteId: number,
  { first, last }: Range,
): Promise<{ hash: string; kind: 'notice' | 'policy'; document: string }[]> {
  const named = (column: 'policy_hash' | 'notice_hash'): Promise<{ hash: string | null }[]> =>
    store.db
      .selectFrom('consent_ledger')
      .select(`${column} as hash`)
      .distinct()
      .where('site_id', '=', siteId)
      .where('seq', '>=', first.seq)
      .where('seq', '<=', last.seq)
      .execute()
  const hashes = [...(await named('policy_hash')), ...(await named('notice_hash'))].flatMap(({ hash }) =>
    hash === null ? [] : [hash],
  )
  return store.db
    .selectFrom('consent_document')
    .selectAll()
    .where('hash', 'in', hashes)
    .orderBy('hash')
    .execute()
}
