import type { Clock } from '../clock.ts'
import type { Store } from '../store/open.ts'
import { headOf, headRowOf, signHead, type SignedHead } from './head.ts'
import { chainOf, lastRow } from './ledger.ts'
import type { Signer } from './signer.ts'
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
    await writer.write(async (transaction) => {
      const last = await lastRow(transaction, siteId)
      if (!last) return
      const chain = await chainOf(transaction, siteId)
      const time = secondOf(clock.now())
      const head = signHead(signer, chain, { seq: last.seq, hash: last.row_hash, time })
      await transaction
        .insertInto('consent_head')
        .values(headRowOf(siteId, head))
        // The earlier statement is the stronger one.
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
      const sites = await store.db.selectFrom('consent_ledger').select('site_id').distinct().execute()
      for (const { site_id: siteId } of sites) await sign(siteId)
    },
  }
}
