import type { Kysely, Transaction } from 'kysely'
import type { Clock } from '../clock.ts'
import { newKey, unwrap, wrap, wrapping, type DataKeys } from './data-keys.ts'
import { createEnvelope } from './envelope.ts'
import type { MasterKey } from './key-file.ts'
import type { Store } from './open.ts'
import type { DataKeyTable, Tables } from './tables.ts'

/**
 * Replaces the master key while servers and commands go on, in steps that can each be repeated:
 *
 * 1. begin: every data key is wrapped for the new master key too, and a new sealing key is made. From here on either
 *    master key opens everything.
 * 2. reseal: what is sealed with older sealing keys is sealed with the new one.
 * 3. finish: once nothing names an older key, those and all that the old master key wrapped are deleted.
 */

/** Columns of texts that are sealed (envelope.ts), with the column that says which row it is. */
export const SEALED_COLUMNS = [
  { table: 'account', row: 'id', column: 'email' },
  { table: 'account', row: 'id', column: 'totp_secret' },
  { table: 'set_up_link', row: 'token_hash', column: 'totp_secret' },
  { table: 'passkey', row: 'id', column: 'credential_id' },
  { table: 'passkey', row: 'id', column: 'name' },
  { table: 'sms_sender', row: 'id', column: 'number' },
  { table: 'sms_subject', row: 'id', column: 'wrapped_key' },
  { table: 'email_recipient', row: 'id', column: 'email' },
  { table: 'report_recipient', row: 'id', column: 'email' },
  { table: 'sms_media', row: 'id', column: 'body' },
] as const satisfies readonly { table: keyof Tables; row: string; column: string }[]
type SealedColumn = (typeof SEALED_COLUMNS)[number]

/** Texts that are sealed anew in one transaction: other writers wait no longer than that takes. */
const PAGE = 100
/** The same of tables whose texts are large: pictures. */
const LARGE_PAGE: Partial<Record<string, number>> = { sms_media: 8 }

/** Which column holds what is known at run time only. */
type AnyTables = Record<string, Record<SealedColumn['row' | 'column'], string>>

/** Ids of the master keys that open the store: two while one is being replaced. */
export async function mastersOf(store: Pick<Store, 'db'>): Promise<string[]> {
  const rows = await store.db
    .selectFrom('data_key')
    .select('master_id')
    .distinct()
    .orderBy('master_id')
    .execute()
  return rows.map((row) => row.master_id)
}

/** Step 1. Throws Error when the old key is none of mastersOf. */
export function beginReplacement(
  store: Pick<Store, 'transaction'>,
  keys: { old: MasterKey; next: MasterKey },
  clock: Pick<Clock, 'now'>,
): Promise<void> {
  const { old, next } = keys
  const [from, to] = [wrapping(old), wrapping(next)]
  return store.transaction(async (transaction) => {
    const rows = await transaction.selectFrom('data_key').selectAll().orderBy('generation').execute()
    const mine = rows.filter((row) => row.master_id === old.id)
    if (mine.length === 0) throw new Error('the old master key wrapped none of the data keys')
    const add = async (row: DataKeyTable): Promise<void> => {
      await transaction
        .insertInto('data_key')
        .values(row)
        .onConflict((conflict) => conflict.doNothing())
        .execute()
    }
    for (const row of mine) await add(wrap(to, next, row, unwrap(from, row).key))
    const fresh = newKey()
    const generation = Math.max(...mine.map((row) => row.generation)) + 1
    const row = { id: fresh.id, purpose: 'sealing', generation, created_at: clock.now(), taken: 0 } as const
    await add(wrap(from, old, row, fresh.key))
    await add(wrap(to, next, row, fresh.key))
  })
}

/** Step 2; resolves to how many texts were sealed anew. */
export async function resealAll(
  store: Pick<Store, 'db' | 'transaction'>,
  dataKeys: DataKeys,
): Promise<number> {
  let resealed = 0
  for (const column of SEALED_COLUMNS) {
    const page = LARGE_PAGE[column.table] ?? PAGE
    for (let count = page; count === page;) {
      count = await store.transaction((transaction) => resealPage(transaction, dataKeys, column, page))
      resealed += count
    }
  }
  return resealed
}

async function resealPage(
  transaction: Transaction<Tables>,
  dataKeys: DataKeys,
  { table, row: key, column }: SealedColumn,
  page: number,
): Promise<number> {
  const envelope = createEnvelope(dataKeys)
  const db = transaction as unknown as Kysely<AnyTables>
  const rows = await db
    .selectFrom(table)
    .select([key, column])
    .where(column, 'not like', `v1.${dataKeys.current().id}.%`)
    .limit(page)
    .execute()
  for (const found of rows) {
    const [row, sealed] = [found[key], found[column]]
    const place = { table, row, column }
    await db
      .updateTable(table)
      .set({ [column]: envelope.seal(envelope.open(sealed, place), place) })
      .where(key, '=', row)
      .execute()
  }
  return rows.length
}

/** Whether a running server has the sealing key that is in use (replacement-watch.ts). */
export async function isTaken(
  store: Pick<Store, 'db'>,
  dataKeys: Pick<DataKeys, 'current'>,
): Promise<boolean> {
  const row = await store.db
    .selectFrom('data_key')
    .select('taken')
    .where('id', '=', dataKeys.current().id)
    .executeTakeFirst()
  return row?.taken === 1
}

/**
 * Step 3: deletes what only the old master key and older sealing keys are for, if nothing names them any more. Resolves
 * to how many texts still do; then nothing was changed.
 * @param onDone runs in the same transaction
 */
export function finishReplacement(
  store: Pick<Store, 'transaction'>,
  dataKeys: Pick<DataKeys, 'current'>,
  next: MasterKey,
  onDone: (transaction: Transaction<Tables>) => Promise<void>,
): Promise<number> {
  return store.transaction(async (transaction) => {
    const { id } = dataKeys.current()
    let left = 0
    for (const { table, column } of SEALED_COLUMNS) {
      const { count } = await (transaction as unknown as Kysely<AnyTables>)
        .selectFrom(table)
        .select((select) => select.fn.countAll<number>().as('count'))
        .where(column, 'not like', `v1.${id}.%`)
        .executeTakeFirstOrThrow()
      left += count
    }
    if (left > 0) return left
    await transaction.deleteFrom('data_key').where('master_id', '!=', next.id).execute()
    await transaction.deleteFrom('data_key').where('purpose', '=', 'sealing').where('id', '!=', id).execute()
    await onDone(transaction)
    return 0
  })
}
