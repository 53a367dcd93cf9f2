import type { Expression, Kysely, Transaction } from 'kysely'
import type { Store } from '../store/open.ts'
import type { Tables } from '../store/tables.ts'
import type { Section } from './archive.ts'

/**
 * The control plane as rows of JSON, whatever database it lies in: read in one transaction, which sees one moment and
 * holds nobody up, and written in one.
 */

type Columns<Name extends keyof Tables> = readonly (keyof Tables[Name] & string)[]

/**
 * Every table, those that others refer to first, with its primary key; null: left out. The compiler refuses a table
 * that is not here.
 */
export const STORE_TABLES: { readonly [Name in keyof Tables]: Columns<Name> | null } = {
  site: ['id'],
  data_key: ['id', 'master_id'],
  api_key: ['id'],
  account: ['id'],
  account_site: ['account_id', 'site_id'],
  recovery_code: ['account_id', 'code_hash'],
  passkey: ['id'],
  share_link: ['id'],
  report: ['id'],
  note: ['id'],
  policy: ['site_id', 'revision'],
  consent_document: ['hash'],
  consent_ledger: ['site_id', 'seq'],
  consent_receipt: ['id'],
  consent_removed: ['site_id', 'from_seq'],
  consent_head: ['site_id', 'seq'],
  consent_count: ['site_id', 'day', 'language', 'country', 'outcome'],
  consent_granted_count: ['site_id', 'day', 'outcome', 'granted', 'gpc'],
  drop_count: ['site_id', 'day', 'hour', 'kind', 'reason'],
  email_campaign: ['id'],
  email_link: ['id'],
  email_send: ['site_id', 'campaign', 'day'],
  email_recipient: ['id'],
  email_ledger: ['site_id', 'seq'],
  email_head: ['site_id'],
  email_copy: ['hash'],
  audit_log: ['seq'],
  audit_head: ['only'],
  sms_sender: ['id'],
  sms_program: ['id'],
  sms_disclosure: ['program_id', 'version', 'locale'],
  sms_subject: ['id'],
  sms_consent: ['subject_id', 'program_id'],
  sms_suppression: ['number_index'],
  sms_ledger: ['seq'],
  sms_ledger_head: ['single'],
  sms_message: ['id'],
  sms_inbound: ['id'],
  sms_event: ['uuid'],
  sms_push: ['entry_id', 'sender_id'],
  sms_cost: ['id'],
  sms_cursor: ['name'],
  sms_hold: ['subject_id'],
  sms_approval: ['program_id', 'text_index'],
  sms_media: ['id'],
  // A session that was ended, and a link that was used, must not come back to life.
  session: null,
  // Nor must somebody who has stopped a report get it again.
  report_recipient: null,
  set_up_link: null,
  // Of files on the disk of a collector, which are in no backup.
  drop_file: null,
}

/** Rows read and written at once: with all columns below the 32,766 values that a statement of SQLite takes. */
const PAGE = 1_000
/** Of tables whose rows are as large as pictures are. */
const LARGE_PAGE: Partial<Record<string, number>> = { sms_media: 8 }

/** A table of whatever name: which columns it has is known at run time only. */
type AnyTables = Record<string, Record<string, unknown>>

export async function* dumpStore(store: Pick<Store, 'db'>): AsyncGenerator<Section> {
  // Generators cannot yield from within the callback of a transaction.
  const transaction = await store.db
    .startTransaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute()
  try {
    for (const [table, key] of Object.entries(STORE_TABLES)) {
      if (key) yield* dumpTable(transaction as unknown as Kysely<AnyTables>, table, key)
    }
  } finally {
    await transaction.rollback().execute()
  }
}

async function* dumpTable(
  db: Kysely<AnyTables>,
  table: string,
  key: readonly string[],
): AsyncGenerator<Section> {
  const page = LARGE_PAGE[table] ?? PAGE
  let after: Record<string, unknown> | undefined
  for (;;) {
    let query = db.selectFrom(table).selectAll().limit(page)
    for (const column of key) query = query.orderBy(column)
    if (after) {
      const last = after
      // Compared as rows, which both databases answer from the index of the key.
      query = query.where((where) => {
        const tuple = where.tuple as (...values: unknown[]) => Expression<unknown>
        const refTuple = where.refTuple as (...columns: string[]) => Expression<unknown>
        return where(refTuple(...key), '>', tuple(...key.map((column) => last[column])))
      })
    }
    const rows = await query.execute()
    const [first] = rows
    if (first) yield sectionOf(table, Object.keys(first), rows)
    if (rows.length < page) return
    after = rows.at(-1)
  }
}

function sectionOf(table: string, columns: string[], rows: readonly Record<string, unknown>[]): Section {
  const lines = rows.map((row) => `${JSON.stringify(columns.map((column) => plain(row[column])))}\n`)
  return { head: { part: 'store', table, columns, rows: rows.length }, body: Buffer.from(lines.join('')) }
}

/** What JSON gives back as it was. */
function plain(value: unknown): string | number | null {
  if (value === null || typeof value === 'string' || Number.isSafeInteger(value)) {
    return value as string | number | null
  }
  throw new TypeError(`a backup of the store holds texts, whole numbers and null, not ${typeof value}`)
}

/** Writes a section's rows. Throws Error when the store has no such table. */
export async function fillStore(
  transaction: Transaction<Tables>,
  { head, body }: Pick<Section, 'head' | 'body'>,
): Promise<void> {
  const { table = '', columns = [] } = head
  if (!STORE_TABLES[table as keyof Tables]) throw new Error(`the store has no table ${table}`)
  const rows = body
    .toString('utf8')
    .trimEnd()
    .split('\n')
    .map((line) => {
      const values = JSON.parse(line) as (string | number | null)[]
      const row = Object.fromEntries(columns.map((column, index) => [column, values[index]]))
      return table === 'sms_message' ? keptBack(row) : row
    })
  await (transaction as unknown as Kysely<AnyTables>).insertInto(table).values(rows).execute()
}

/** Whether a message that was on its way went out after the backup nobody knows: none goes out from a restored store. */
function keptBack(message: Record<string, unknown>): Record<string, unknown> {
  if (!['queued', 'dispatching', 'handed', 'unknown'].includes(String(message['status']))) return message
  return { ...message, status: 'cancelled', decision: '{"because":["restored"]}' }
}

/** Whether nobody has ever used the store: no site, no account. */
export async function isStoreEmpty(store: Pick<Store, 'db'>): Promise<boolean> {
  for (const table of ['site', 'account'] as const) {
    if (await store.db.selectFrom(table).selectAll().limit(1).executeTakeFirst()) return false
  }
  return true
}
