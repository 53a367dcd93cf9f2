import type { ConsentNotice, PolicyVersion } from '../../schema/policy.ts'
import { canonicalJson } from '../chain/canonical.ts'
import { sha256 } from '../chain/sha256.ts'
import type { Store } from '../store/open.ts'
import type { ConsentDocumentTable } from '../store/tables.ts'
import { createRecentlyUsed } from './recently-used.ts'
import type { Writer } from './writer.ts'

/** What the ledger names by its hash, kept with it: an auditor reads the very text that was shown. */
export interface Documents {
  /** Keeps what is not there yet; resolves once it is on disk. */
  keep(documents: readonly ConsentDocumentTable[]): Promise<void>
  /** A kept notice, undefined where no row ever named it. */
  notice(hash: string): Promise<ConsentNotice | undefined>
}

export function noticeDocument({ hash, ...notice }: ConsentNotice): ConsentDocumentTable {
  return { hash, kind: 'notice', document: canonicalJson(notice) }
}

export function policyDocument({ hash, manifest }: PolicyVersion): ConsentDocumentTable {
  return { hash, kind: 'policy', document: canonicalJson(manifest) }
}

/** A kept notice or policy. */
export function findDocument(db: Store['db'], hash: string): Promise<ConsentDocumentTable | undefined> {
  return db.selectFrom('consent_document').selectAll().where('hash', '=', hash).executeTakeFirst()
}

/** Hashes that are known to be on disk: a handful is in use at a time. */
const REMEMBERED = 1_024

export function createDocuments(parts: { store: Pick<Store, 'db'>; writer: Writer }): Documents {
  const kept = createRecentlyUsed<string, true>(REMEMBERED)
  return {
    async keep(documents) {
      const missing = documents.filter(({ hash }) => kept.get(hash) !== true)
      if (missing.length === 0) return
      for (const { hash, document } of missing) {
        // A document under a wrong hash would make every row that names it look forged.
        if (sha256(document) !== hash) throw new Error('a notice or policy does not have the hash it names')
      }
      await parts.writer.write((transaction) =>
        transaction
          .insertInto('consent_document')
          .values(missing)
          .onConflict((conflict) => conflict.column('hash').doNothing())
          .execute(),
      )
      for (const { hash } of missing) kept.set(hash, true)
    },
    notice: async (hash) => {
      const row = await findDocument(parts.store.db, hash)
      return row?.kind === 'notice'
        ? { hash, ...(JSON.parse(row.document) as Omit<ConsentNotice, 'hash'>) }
        : undefined
    },
  }
}
