import type { Chain, Db } from '../ports.ts'
import { entryHash, entryOf, genesisOf, headOf, headText, type LedgerHead } from './ledger-entry.ts'
import type { LedgerTable } from './tables.ts'

export interface LedgerVerification {
  readonly rows: number
  /** The store's own head; undefined where the ledger is empty. */
  readonly head: LedgerHead | undefined
  /** A sentence for each, the first 100; empty: nothing was changed, left out, moved or cut off. */
  readonly faults: string[]
}

const MAX_FAULTS = 100
/** Rows read at once: some milliseconds. */
const PAGE = 500

/**
 * Finds each row of the ledger that was changed, left out, inserted, moved or cut off, also where what rows commit to was
 * erased. Whoever holds the master key can sign anything: a head that was kept elsewhere shows that too.
 * @param isSigned whether a signature over a text is this installation's
 * @param kept heads that were kept elsewhere
 */
export async function verifyLedger(
  db: Db,
  chain: Pick<Chain, 'canonicalJson' | 'hash' | 'keyId'>,
  isSigned: (text: string, signature: string) => boolean,
  kept: readonly LedgerHead[] = [],
): Promise<LedgerVerification> {
  const faults: string[] = []
  const fault = (sentence: string): void => {
    if (faults.length < MAX_FAULTS) faults.push(sentence)
  }
  // The head before the rows: one that is appended meanwhile is a row more, never one that is missing.
  const headRow = await db.selectFrom('sms_ledger_head').selectAll().executeTakeFirst()
  const head = headRow && headOf(headRow)
  const heads = [...(head ? [head] : []), ...kept].filter((one) => {
    if (one.key === chain.keyId && isSigned(headText(chain, one), one.signature)) return true
    fault(`The head of row ${one.seq} does not bear this installation's signature.`)
    return false
  })
  let [rows, last, previous] = [0, 0, genesisOf(chain)]
  for await (const row of readRows(db)) {
    rows++
    if (row.seq !== last + 1) {
      fault(`Row ${row.seq} stands where row ${last + 1} should be: rows are missing, moved or added.`)
    }
    if (row.prev_hash !== previous) fault(`Row ${row.seq} does not continue the row before it.`)
    if (!isAsWritten(chain, row)) fault(`Row ${row.seq} was changed.`)
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
      fault(`The ledger ends at row ${last}, but row ${one.seq} was signed on ${one.time}: rows are cut off.`)
    }
  }
  if (rows > 0 && !head) fault('The signed head is gone: nothing shows whether rows are cut off.')
  return { rows, head, faults }
}

async function* readRows(db: Db): AsyncGenerator<LedgerTable> {
  for (let after = Number.MIN_SAFE_INTEGER; ;) {
    const page = await db
      .selectFrom('sms_ledger')
      .selectAll()
      .where('seq', '>', after)
      .orderBy('seq')
      .limit(PAGE)
      .execute()
    yield* page
    const last = page.at(-1)
    if (!last || page.length < PAGE) return
    after = last.seq
  }
}

function isAsWritten(chain: Pick<Chain, 'canonicalJson' | 'hash'>, row: LedgerTable): boolean {
  try {
    return entryHash(chain, entryOf(row), row.prev_hash) === row.row_hash
  } catch (error) {
    // A value that has no canonical form was never written.
    if (error instanceof TypeError) return false
    throw error
  }
}
