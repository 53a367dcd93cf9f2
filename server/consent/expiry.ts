import type { Transaction } from 'kysely'
import type { AuditLog } from '../audit/log.ts'
import type { Signer } from '../chain/signer.ts'
import type { Clock } from '../clock.ts'
import type { Store } from '../store/open.ts'
import type { Tables } from '../store/tables.ts'
import { chainOf } from './ledger.ts'
import { isGrant } from './receipts.ts'
import { removeRows, type Going } from './removed.ts'
import { dayAfter, secondOf } from './time.ts'
import type { Writer } from './writer.ts'

/**
 * How long a row without a receipt is kept, in days: six months, for which the CNIL calls it good practice to ask nobody
 * again. What it counted stays in the sums.
 */
export const REFUSAL_DAYS = 183
/** How long the proof of a consent is kept after it has ended, in days: three years, a limitation period (BGB § 195). */
export const PROOF_DAYS = 1_096

/** Removes what the ledger need not hold any more. */
export interface Expiry {
  /** Looks through the ledgers of all sites. Answers how many rows it removed. */
  run(): Promise<number>
  /** Ends a run after the rows that it is at. */
  close(): void
}

/** Rows looked at in one transaction: choices wait for some milliseconds. */
const PAGE = 250

type Row = Pick<Tables['consent_ledger'], 'seq' | 'time' | 'event' | 'until_day' | 'commitment' | 'row_hash'>

export function createExpiry(parts: {
  store: Pick<Store, 'db' | 'purge'>
  writer: Pick<Writer, 'write'>
  audit: Pick<AuditLog, 'append'>
  signer: Signer
  clock: Pick<Clock, 'now'>
}): Expiry {
  const { store, writer, audit, signer, clock } = parts
  const closing = new AbortController()

  /** Removes in one transaction what `choose` finds within it; the receipts of what goes go with it. */
  function removeChosen(
    siteId: number,
    choose: (transaction: Transaction<Tables>) => Promise<Row[]>,
  ): Promise<number> {
    return writer.write(async (transaction) => {
      const going = await choose(transaction)
      if (going.length === 0) return 0
      const chain = await chainOf(transaction, siteId)
      const rows: Going[] = going.map((row) => ({ seq: row.seq, hash: row.row_hash }))
      await removeRows(transaction, { siteId, chain, signer, time: secondOf(clock.now()) }, rows)
      const commitments = new Set(going.flatMap((row) => row.commitment ?? []))
      if (commitments.size > 0) {
        await transaction
          .deleteFrom('consent_receipt')
          .where('site_id', '=', siteId)
          .where('commitment', 'in', [...commitments])
          .execute()
      }
      return going.length
    })
  }

  /** Rows that nobody has a receipt of. */
  async function expireUnnamed(siteId: number): Promise<number> {
    const now = clock.now()
    const [firstKept, today] = [dayAfter(now, -REFUSAL_DAYS), dayAfter(now, 0)]
    let removed = 0
    for (let after = 0; !closing.signal.aborted;) {
      const page = await columnsOf(store.db, siteId)
        .where('commitment', 'is', null)
        .where('seq', '>', after)
        .orderBy('seq')
        .limit(PAGE)
        .execute()
      const old = page.filter(({ time }) => time < firstKept)
      const over = old.filter(({ until_day: until }) => until === null || until <= today)
      removed += await removeChosen(siteId, async () => over)
      after = old.at(-1)?.seq ?? after
      if (old.length < PAGE) break
    }
    return removed
  }

  /** All rows of a receipt together, once what they prove has ended long ago. */
  async function expireProofs(siteId: number): Promise<number> {
    const firstKept = dayAfter(clock.now(), -PROOF_DAYS)
    let removed = 0
    for (let after = 0; !closing.signal.aborted;) {
      const page = await columnsOf(store.db, siteId)
        .where('event', '=', 'given')
        .where('seq', '>', after)
        .orderBy('seq')
        .limit(PAGE)
        .execute()
      const old = page.filter(({ time }) => time < firstKept)
      const commitments = old.flatMap(({ commitment }) => commitment ?? [])
      if (commitments.length > 0) {
        removed += await removeChosen(siteId, async (transaction) => {
          const rows = await columnsOf(transaction, siteId)
            .where('commitment', 'in', commitments)
            .orderBy('seq')
            .execute()
          const latest = new Map(rows.map((row) => [row.commitment, row]))
          return rows.filter(({ commitment }) => endOf(latest.get(commitment)) < firstKept)
        })
      }
      after = old.at(-1)?.seq ?? after
      if (old.length < PAGE) break
    }
    return removed
  }

  return {
    run: async () => {
      let removed = 0
      const sites = await store.db.selectFrom('site').select(['id', 'domain']).execute()
      for (const { id, domain } of sites) {
        const rows = (await expireUnnamed(id)) + (await expireProofs(id))
        removed += rows
        if (rows === 0) continue
        // One for all pages: each stretch says by itself, signed, when it was removed.
        await writer.write((transaction) =>
          audit.append(transaction, {
            actor: 'server',
            action: 'consent.expired',
            site: domain,
            detail: { rows },
          }),
        )
      }
      // Receipts are gone when the disk holds no older state of them either.
      if (removed > 0) await store.purge(['consent_receipt'])
      return removed
    },
    close: () => closing.abort(),
  }
}

/** When what a receipt proves has ended, by its last row: a grant holds until it is asked for again. */
function endOf(row: Row | undefined): string {
  if (!row) return ''
  return isGrant(row) ? (row.until_day ?? row.time) : row.time
}

function columnsOf(db: Store['db'], siteId: number) {
  return db
    .selectFrom('consent_ledger')
    .select(['seq', 'time', 'event', 'until_day', 'commitment', 'row_hash'])
    .where('site_id', '=', siteId)
}
