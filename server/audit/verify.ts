import { setImmediate as nextTurn } from 'node:timers/promises'
import type { PublicKey } from '../chain/signer.ts'
import type { Store } from '../store/open.ts'
import type { AuditLogTable } from '../store/tables.ts'
import { entryHash, entryOf, GENESIS, headOf, isHeadSigned, type AuditHead } from './entry.ts'

export interface AuditVerification {
  readonly rows: number
  /** The store's own head; undefined where the log is empty. */
  readonly head: AuditHead | undefined
  /** A sentence for each, the first 100; empty: nothing was changed, left out, moved or cut off. */
  readonly faults: string[]
}

const MAX_FAULTS = 100
/** Rows read at once: some milliseconds. */
const PAGE = 500

/**
 * Finds each row that was changed, left out, inserted, moved or cut off. Whoever holds the master key can sign
 * anything, and whoever puts back an older copy of the whole store puts back its head too: a head that was kept
 * elsewhere shows both.
 * @param kept heads that were kept elsewhere
 */
export async function verifyAuditLog(
  store: Pick<Store, 'db'>,
  publicKey: PublicKey,
  kept: readonly AuditHead[] = [],
): Promise<AuditVerification> {
  const faults: string[] = []
  const fault = (sentence: string): void => {
    if (faults.length < MAX_FAULTS) faults.push(sentence)
  }
  // The head before the rows: one that is appended meanwhile is a row more, never one that is missing.
  const headRow = await store.db.selectFrom('audit_head').selectAll().executeTakeFirst()
  const head = headRow && headOf(headRow)
  const heads = [...(head ? [head] : []), ...kept].filter((one) => {
    if (isHeadSigned(publicKey, one)) return true
    fault(`The head of row ${one.seq} does not bear this installation's signature.`)
    return false
  })
  let [rows, last, previous] = [0, 0, GENESIS]
  for await (const row of readRows(store)) {
    rows++
    if (row.seq !== last + 1) {
      fault(`Row ${row.seq} stands where row ${last + 1} should be: rows are missing, moved or added.`)
    }
    if (row.prev_hash !== previous) fault(`Row ${row.seq} does not continue the row before it.`)
    if (!isAsWritten(row)) fault(`Row ${row.seq} was changed.`)
    for (const one of heads) {
      if (one.seq === row.seq && one.hash !== row.row_hash) {
        fault(`Row ${row.seq} is not the one that was signed on ${one.time}.`)
      }
    }
    last = row.seq
    previous = row.row_hash
  }
  for (const one of heads) {
    if (one.seq > last) {
      fault(`The log ends at row ${last}, but row ${one.seq} was signed on ${one.time}: rows are cut off.`)
    }
  }
  if (rows > 0 && !head) fault('The signed head is gone: nothing shows whether rows are cut off.')
  return { rows, head, faults }
}

async function* readRows(store: Pick<Store, 'db'>): AsyncGenerator<AuditLogTable> {
  for (let after = Number.MIN_SAFE_INTEGER; ;) {
    const page = await store.db
      .selectFrom('audit_log')
      .selectAll()
      .where('seq', '>', after)
      .orderBy('seq')
      .limit(PAGE)
      .execute()
    yield* page
    // A server that verifies answers requests between pages.
    await nextTurn()
    const last = page.at(-1)
    if (!last || page.length < PAGE) return
    after = last.seq
  }
}

function isAsWritten(row: AuditLogTable): boolean {
  try {
    return entryHash(entryOf(row), row.prev_hash) === row.row_hash
  } catch (error) {
    // A value that has no canonical form was never written.
    if (error instanceof TypeError) return false
    throw error
  }
}
