import type { Signer } from '../chain/signer.ts'
import type { Clock } from '../clock.ts'
import type { Store } from '../store/open.ts'
import { headOf, headRowOf, signHead, type SignedHead } from './head.ts'
import { chainOf, lastRow } from './ledger.ts'
import { secondOf } from './time.ts'
import type { Writer } from './writer.ts'

export interface Heads {
  /** Signs how far a site's chain reaches, unless that row is signed already. Undefined where there is no row. */
  sign(siteId: number): Promise<SignedHead | undefined>
  /** The same for every site. */
  signAll(): Promise<void>
  /** The latest signed head of a site. */
  latest(siteId: number): Promise<SignedHead | undefined>
  /** All of them, oldest first. */
  list(siteId: number): Promise<SignedHead[]>
}

export function createHeads(parts: {
  store: Pick<Store, 'db'>
  writer: Pick<Writer, 'write'>
  signer: Signer
  clock: Pick<Clock, 'now'>
}): Heads {
  const { store, writer, signer, clock } = parts

  async function list(siteId: number): Promise<SignedHead[]> {
    const chain = await chainOf(store.db, siteId)
    const rows = await store.db
      .selectFrom('consent_head')
      .selectAll()
      .where('site_id', '=', siteId)
      .orderBy('seq')
      .execute()
    return rows.map((row) => headOf(chain, row))
  }

  async function latest(siteId: number): Promise<SignedHead | undefined> {
    const row = await store.db
      .selectFrom('consent_head')
      .selectAll()
      .where('site_id', '=', siteId)
      .orderBy('seq', 'desc')
      .limit(1)
      .executeTakeFirst()
    return row && headOf(await chainOf(store.db, siteId), row)
  }

  async function sign(siteId: number): Promise<SignedHead | undefined> {
    const known = await latest(siteId)
    const reached = await lastRow(store.db, siteId)
    if (!reached || reached.seq === known?.seq) return known
    await writer.write(async (transaction) => {
      const last = (await lastRow(transaction, siteId)) ?? reached
      const chain = await chainOf(transaction, siteId)
      const time = secondOf(clock.now())
      const head = signHead(signer, chain, { seq: last.seq, hash: last.row_hash, time })
      await transaction
        .insertInto('consent_head')
        .values(headRowOf(siteId, head))
        // Signed by another process meanwhile: the earlier statement is the stronger one.
        .onConflict((conflict) => conflict.columns(['site_id', 'seq']).doNothing())
        .execute()
    })
    return latest(siteId)
  }

  return {
    sign,
    latest,
    list,
    async signAll() {
      // Asked site by site: which sites a ledger of millions of rows holds is found by reading all of them.
      const sites = await store.db.selectFrom('site').select('id').execute()
      for (const { id } of sites) await sign(id)
    },
  }
}
