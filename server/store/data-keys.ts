import { randomBytes } from 'node:crypto'
import type { Transaction } from 'kysely'
import type { Clock } from '../clock.ts'
import { UserError } from '../errors.ts'
import { adoptedKeys } from './adopted-keys.ts'
import {
  anotherKey,
  createEnvelope,
  onlyKey,
  type Envelope,
  type SealingKey,
  type SealingKeys,
} from './envelope.ts'
import { deriveKey, named, type MasterKey } from './key-file.ts'
import type { Store } from './open.ts'
import type { DataKeyTable, Tables } from './tables.ts'

/**
 * What signs, finds and recognises derives from this key: signatures of logs and receipts, blind indexes, consent
 * tokens, ids of events, marks of erasures. It stays the same for as long as the installation is.
 */
export interface LastingKey {
  /** 256 bits. */
  readonly key: Uint8Array
  /** Keeps a master key from being taken for it. */
  readonly isLasting: true
}

/** The keys that the store holds, wrapped by the master key. */
export interface DataKeys extends SealingKeys {
  readonly lasting: LastingKey
}

/** Bytes of a key. */
const KEY_BYTES = 32

/**
 * Opens the data keys, and makes them in a new store. What is sealed within a transaction is sealed with the key that
 * is in use then, also while the master key is being replaced by another process. Throws UserError when another master
 * key wrapped them.
 */
export async function openDataKeys(parts: {
  store: Pick<Store, 'transaction' | 'prepareRow' | 'readRows'>
  master: MasterKey
  clock: Pick<Clock, 'now'>
}): Promise<DataKeys> {
  const { store, master, clock } = parts
  if (store.readRows('data_key', '').length === 0) {
    await store.transaction((transaction) => makeDataKeys(transaction, master, clock.now()))
  }
  const envelope = wrapping(master)
  const rows = store.readRows('data_key', 'ORDER BY generation')
  const mine = rows.filter((row) => row.master_id === master.id)
  if (mine.length === 0) throw wrapped(rows, master)
  const known = new Map(
    mine.filter(({ purpose }) => purpose === 'sealing').map((row) => [row.id, unwrap(envelope, row)]),
  )
  const newest = store.prepareRow(
    'data_key',
    `WHERE purpose = 'sealing' ORDER BY generation DESC, master_id = ? DESC LIMIT 1`,
  )
  const byId = store.prepareRow('data_key', 'WHERE id = ? AND master_id = ?')

  function take(row: DataKeyTable | undefined): SealingKey {
    if (!row) throw anotherKey()
    const held = known.get(row.id)
    if (held) return held
    if (row.master_id !== master.id) throw replaced()
    const key = unwrap(envelope, row)
    known.set(key.id, key)
    return key
  }

  return {
    lasting: lastingOf(envelope, mine),
    current: () => take(newest(master.id)),
    find: (id) => known.get(id) ?? take(byId(id, master.id)),
  }
}

/** The keys as a transaction sees them: in a store that is just being filled. Throws as openDataKeys does. */
export async function keysIn(transaction: Transaction<Tables>, master: MasterKey): Promise<DataKeys> {
  const rows = await transaction.selectFrom('data_key').selectAll().orderBy('generation').execute()
  const mine = rows.filter((row) => row.master_id === master.id)
  if (mine.length === 0) throw wrapped(rows, master)
  const envelope = wrapping(master)
  const sealing = mine.filter(({ purpose }) => purpose === 'sealing').map((row) => unwrap(envelope, row))
  return {
    lasting: lastingOf(envelope, mine),
    current: () => hereOr(sealing.at(-1)),
    find: (id) => hereOr(sealing.find((key) => key.id === id)),
  }
}

function hereOr(key: SealingKey | undefined): SealingKey {
  if (!key) throw anotherKey()
  return key
}

async function makeDataKeys(transaction: Transaction<Tables>, master: MasterKey, now: number): Promise<void> {
  // Another process may have made them while this one waited for its turn.
  if (await transaction.selectFrom('data_key').select('id').limit(1).executeTakeFirst()) return
  const adopted = await adoptedKeys(transaction, master)
  const envelope = wrapping(master)
  for (const purpose of ['lasting', 'sealing'] as const) {
    const key = adopted ?? newKey()
    // What was adopted would have the same name for both purposes, which are two keys.
    const id = purpose === 'lasting' ? named(deriveKey(key, 'name of the lasting key', KEY_BYTES)).id : key.id
    const row = { id, purpose, generation: 1, created_at: now, taken: 1 }
    await transaction
      .insertInto('data_key')
      .values(wrap(envelope, master, row, key.key))
      .execute()
  }
}

export function newKey(): SealingKey {
  return named(randomBytes(KEY_BYTES))
}

/** What wraps data keys: an envelope under the master key. */
export function wrapping(master: MasterKey): Envelope {
  return createEnvelope(onlyKey({ id: master.id, key: deriveKey(master, 'data keys', KEY_BYTES) }))
}

/** A row for a key. */
export function wrap(
  envelope: Envelope,
  master: MasterKey,
  row: Omit<DataKeyTable, 'master_id' | 'wrapped'>,
  key: Uint8Array,
): DataKeyTable {
  const text = Buffer.from(key).toString('base64url')
  return { ...row, master_id: master.id, wrapped: envelope.seal(text, placeOf(row)) }
}

/** The key of a row that this master key's envelope wrapped. */
export function unwrap(
  envelope: Envelope,
  row: Pick<DataKeyTable, 'id' | 'purpose' | 'wrapped'>,
): SealingKey {
  return { id: row.id, key: Buffer.from(envelope.open(row.wrapped, placeOf(row)), 'base64url') }
}

function placeOf({ id, purpose }: Pick<DataKeyTable, 'id' | 'purpose'>): Parameters<Envelope['seal']>[1] {
  return { table: 'data_key', row: `${purpose} ${id}`, column: 'wrapped' }
}

function lastingOf(envelope: Envelope, rows: readonly DataKeyTable[]): LastingKey {
  const row = rows.find(({ purpose }) => purpose === 'lasting')
  if (!row) throw new Error('a store without its lasting key')
  return { key: unwrap(envelope, row).key, isLasting: true }
}

function wrapped(rows: readonly DataKeyTable[], master: MasterKey): UserError {
  const ids = [...new Set(rows.map((row) => row.master_id))].join(' or ')
  return new UserError(
    `The store was sealed with another key: this one is ${master.id}, and it needs ${ids}; start with that key file or SLUICE_KEY.`,
    500,
  )
}

function replaced(): UserError {
  return new UserError('The master key was replaced: start again with the new key file or SLUICE_KEY.', 500)
}
