import type { Transaction } from 'kysely'
import { canonicalJson } from '../chain/canonical.ts'
import { createSigner, type PublicKey, type Signer } from '../chain/signer.ts'
import type { Clock } from '../clock.ts'
import { UserError } from '../errors.ts'
import type { LastingKey } from '../store/data-keys.ts'
import { deriveKey } from '../store/key-file.ts'
import type { Store } from '../store/open.ts'
import type { AuditLogTable, Tables } from '../store/tables.ts'
import {
  entryHash,
  GENESIS,
  headOf,
  signHead,
  type AuditAction,
  type AuditEntry,
  type AuditEvent,
  type AuditHead,
} from './entry.ts'

/** Who did what, kept so that nobody can change it unseen. */
export interface AuditLog {
  /** Appends within a transaction, so that what was done and the row that tells of it are kept together or not at all. */
  append(transaction: Transaction<Tables>, event: AuditEvent): Promise<void>
  /** Appends in a transaction of its own; resolves once it is on disk. */
  record(event: AuditEvent): Promise<void>
  /** Rows from the newest back, at most `limit`; of those that fit, and before a row's number where it is given. */
  list(options: AuditList): Promise<AuditLogTable[]>
  /** The signed statement of how far it reaches; undefined while it is empty. */
  head(): AuditHead | undefined
  readonly publicKey: PublicKey
}

export interface AuditList {
  readonly limit: number
  /** Number of a row. */
  readonly before?: number | undefined
  readonly action?: AuditAction | undefined
  /** Domain. */
  readonly site?: string | undefined
  /** As the log names it, `account:0123456789abcdef`. */
  readonly actor?: string | undefined
}

/** The key that signs heads; the same for as long as the installation is. */
export function auditSigner(lasting: LastingKey): Signer {
  return createSigner(deriveKey(lasting, 'audit log', 32))
}

export function createAuditLog(parts: {
  store: Pick<Store, 'db' | 'transaction' | 'prepareRow'>
  clock: Pick<Clock, 'now'>
  signer: Signer
}): AuditLog {
  const { store, clock, signer } = parts
  const headRow = store.prepareRow('audit_head', '')

  const append = async (transaction: Transaction<Tables>, event: AuditEvent): Promise<void> => {
    const signed = await transaction.selectFrom('audit_head').selectAll().executeTakeFirst()
    if (signed && signed.key_id !== signer.publicKey.kid) {
      throw new UserError(
        'The audit log is signed with another key: use the key file or SLUICE_KEY that the server uses.',
        500,
      )
    }
    const last = await transaction
      .selectFrom('audit_log')
      .select('seq')
      .orderBy('seq', 'desc')
      .limit(1)
      .executeTakeFirst()
    // It goes on from what was signed, not from what is there: were rows cut off or changed meanwhile, the new
    // signature must not cover it up.
    const previous = signed?.row_hash ?? GENESIS
    const time = `${new Date(clock.now()).toISOString().slice(0, 19)}Z`
    const entry: AuditEntry = {
      seq: Math.max(signed?.seq ?? 0, last?.seq ?? 0) + 1,
      time,
      actor: event.actor,
      action: event.action,
      subject: event.subject ?? null,
      site: event.site ?? null,
      reason: event.reason ?? null,
      detail: canonicalJson(event.detail ?? {}),
    }
    const hash = entryHash(entry, previous)
    await transaction
      .insertInto('audit_log')
      .values({ ...entry, prev_hash: previous, row_hash: hash })
      .execute()
    const { seq, signature, key } = signHead(signer, { seq: entry.seq, hash, time })
    const head = { seq, row_hash: hash, time, key_id: key, signature }
    await transaction
      .insertInto('audit_head')
      .values({ only: 1, ...head })
      .onConflict((conflict) => conflict.column('only').doUpdateSet(head))
      .execute()
  }

  return {
    append,
    record: (event) => store.transaction((transaction) => append(transaction, event)),
    list: ({ limit, before = Number.MAX_SAFE_INTEGER, action, site, actor }) =>
      store.db
        .selectFrom('audit_log')
        .selectAll()
        .where('seq', '<', before)
        .$if(action !== undefined, (query) => query.where('action', '=', action ?? ''))
        .$if(site !== undefined, (query) => query.where('site', '=', site ?? ''))
        .$if(actor !== undefined, (query) => query.where('actor', '=', actor ?? ''))
        .orderBy('seq', 'desc')
        .limit(limit)
        .execute(),
    head: () => {
      const row = headRow()
      return row && headOf(row)
    },
    publicKey: signer.publicKey,
  }
}
