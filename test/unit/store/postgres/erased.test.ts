import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { appendEntry, type Unplaced } from '../../../../server/consent/ledger.ts'
import { eraseReceipt, mintReceipt } from '../../../../server/consent/receipts.ts'
import { createWriter } from '../../../../server/consent/writer.ts'
import { createSites } from '../../../../server/sites/registry.ts'
import type { Store } from '../../../../server/store/open.ts'
import { PERSONAL_COLUMNS } from '../../../../server/store/personal.ts'
import { parseDatabaseUrl } from '../../../../server/store/postgres/address.ts'
import { connectOne } from '../../../../server/store/postgres/connection.ts'
import { SEALED_COLUMNS } from '../../../../server/store/replace-master.ts'
import { dataFolder, environmentOf, movedClock, openedStore } from '../opened.ts'
import { asSuperuser } from './made.ts'

const CHOICE: Unplaced = {
  time: '2026-11-24',
  event: 'given',
  action: 'accept_all',
  source: 'banner',
  granted: ['essential', 'performance'],
  denied: [],
  policy: { revision: 1, hash: 'hash' },
  notice: 'notice',
  locale: 'en',
  jurisdiction: 'DE',
  gpc: false,
  gpcOverride: false,
  until: '2027-05-25',
  commitment: null,
}

interface Scene {
  readonly store: Store
  readonly databaseUrl: string
  /** Which of some texts are in a file of the database, its write-ahead log left aside. */
  found(texts: readonly string[]): Promise<string[]>
}

async function scene(): Promise<Scene> {
  const dataDir = dataFolder()
  const databaseUrl = (await environmentOf(dataDir))['DATABASE_URL'] ?? ''
  const store = await openedStore(dataDir)
  const { database } = parseDatabaseUrl(databaseUrl)
  const answer = await asSuperuser(
    database,
    "SELECT current_setting('data_directory') AS data, (SELECT oid::text FROM pg_database WHERE datname = current_database()) AS oid",
  )
  const { data, oid } = answer.rows[0] as { data: string; oid: string }
  return {
    store,
    databaseUrl,
    found: async (texts) => {
      await asSuperuser(database, 'CHECKPOINT')
      const folder = path.join(data, 'base', oid)
      const files = readdirSync(folder).map((name) => readFileSync(path.join(folder, name)))
      return texts.filter((text) => files.some((bytes) => bytes.includes(text)))
    },
  }
}

/** Receipts of a site, each with a row of the ledger; of one its secrets. */
async function mint(store: Store, count: number): Promise<{ id: string; salt: string }> {
  const site = await createSites({ store, clock: movedClock(0) }).add({ domain: 'example.com' })
  return store.transaction(async (transaction) => {
    const all = []
    for (let minted = 0; minted < count; minted++) {
      const receipt = await mintReceipt(transaction, site.id)
      await appendEntry(transaction, site.id, { ...CHOICE, commitment: receipt.commitment })
      all.push(receipt)
    }
    return all[Math.floor(count / 2)] ?? { id: '', salt: '' }
  })
}

describe('what PostgreSQL has on its disk of somebody who was erased', () => {
  it('R4.8 is nothing in its files: no receipt, no salt, also where ANALYZE had looked at it', async () => {
    const { store, databaseUrl, found } = await scene()
    const { id, salt } = await mint(store, 60)
    await asSuperuser(parseDatabaseUrl(databaseUrl).database, 'ANALYZE')
    expect(await found([id, salt])).toEqual([id, salt])
    const parts = { store, writer: createWriter(store), clock: { now: () => 0 } }
    expect(await eraseReceipt(parts, id)).toBe(true)
    expect(await found([id, salt])).toEqual([])
    // The others are as they were.
    const left = await store.db.selectFrom('consent_receipt').select('id').execute()
    expect(left.length).toBe(59)
    expect(await found([left[0]?.id ?? ''])).toEqual([left[0]?.id])
  })

  it('R4.8 is nothing of a removed account, or of what was sealed anew', async () => {
    const { store, found } = await scene()
    const secrets = ['sealed-address-one', 'index-of-address-one', '$argon2id$hash-one', 'sealed-secret-one']
    const [email = '', email_index = '', password_hash = '', totp_secret = ''] = secrets
    const row = { role: 'owner', all_sites: 1, totp_step: 0, created_at: 0 } as const
    await store.db
      .insertInto('account')
      .values([
        { ...row, id: 'a', email, email_index, password_hash, totp_secret },
        {
          ...row,
          id: 'b',
          email: 'other',
          email_index: 'other',
          password_hash: 'other',
          totp_secret: 'older-secret',
        },
      ])
      .execute()
    expect(await found([...secrets, 'older-secret'])).toEqual([...secrets, 'older-secret'])
    await store.db.updateTable('account').set({ totp_secret: 'newer-secret' }).where('id', '=', 'b').execute()
    await store.db.deleteFrom('account').where('id', '=', 'a').execute()
    await store.purge(['account'])
    expect(await found([...secrets, 'older-secret', 'newer-secret'])).toEqual(['newer-secret'])
  })

  it('R4.8 goes with the next purge where somebody reads the table for long, as a backup does, and nobody waits', async () => {
    const { store, databaseUrl, found } = await scene()
    const { id } = await mint(store, 3)
    const reader = await connectOne(parseDatabaseUrl(databaseUrl))
    onTestFinished(() => reader.end())
    await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    await reader.query('SELECT count(*) FROM consent_receipt')
    await store.db.deleteFrom('consent_receipt').where('id', '=', id).execute()
    await store.purge(['consent_receipt'])
    expect(await found([id])).toEqual([id])
    await reader.query('COMMIT')
    // Whatever that one is for.
    await store.purge(['session'])
    expect(await found([id])).toEqual([])
  })

  it('R4.8 R4.1 is looked for in every table with sealed columns, and ANALYZE gathers nothing of them', async () => {
    const { databaseUrl } = await scene()
    const listed = Object.entries(PERSONAL_COLUMNS).flatMap(([table, columns]) =>
      columns.map((column) => `${table}.${column}`),
    )
    // Numbers of senders are the operator's own.
    const sealed = SEALED_COLUMNS.map(({ table, column }) => `${table}.${column}`)
    expect(sealed.filter((name) => !listed.includes(name))).toEqual(['sms_sender.number'])
    const client = await connectOne(parseDatabaseUrl(databaseUrl))
    onTestFinished(() => client.end())
    const { rows } = await client.query<{ name: string }>(
      `SELECT attrelid::regclass || '.' || attname AS name FROM pg_attribute
       JOIN pg_class ON pg_class.oid = attrelid
       WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND attstattarget = 0 AND attnum > 0`,
    )
    expect(rows.map(({ name }) => name).toSorted()).toEqual(listed.toSorted())
  })
})
