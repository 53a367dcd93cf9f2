import { chmodSync, copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { UserError } from '../../../server/errors.ts'
import { migrationFolder, readMigrations } from '../../../server/migrations.ts'
import { connect } from '../../../server/store/connection.ts'
import { openStore } from '../../../server/store/open.ts'
import type { SetUpLinkTable } from '../../../server/store/tables.ts'
import { atOnce, dataFolder, listen, openedStore } from './opened.ts'

const mode = (file: string): string => (statSync(file).mode & 0o777).toString(8)
const link = (token_hash: string): SetUpLinkTable => ({
  token_hash,
  account_id: null,
  totp_secret: '',
  expires_at: 1,
})

describe('opening the store', () => {
  it('makes folder and files for this user alone', async () => {
    const dataDir = path.join(dataFolder(), 'deep', 'data')
    const store = await openedStore(dataDir)
    await store.db.insertInto('set_up_link').values(link('a')).execute()
    expect(mode(dataDir)).toBe('700')
    for (const name of ['store.db', 'store.db-wal', 'store.db-shm'])
      expect(mode(path.join(dataDir, name))).toBe('600')
  })

  it('closes a file that others could read, and says so', async () => {
    const dataDir = dataFolder()
    await (await openedStore(dataDir)).close()
    chmodSync(path.join(dataDir, 'store.db'), 0o644)
    const { log, lines } = listen()
    await (await openStore({ dataDir, log })).close()
    expect(mode(path.join(dataDir, 'store.db'))).toBe('600')
    expect(lines.join()).toContain('0600')
  })

  it('refuses a folder it cannot use and a file that is no store, each in one sentence', async () => {
    const folder = dataFolder()
    writeFileSync(path.join(folder, 'file'), '')
    mkdirSync(path.join(folder, 'other'))
    writeFileSync(
      path.join(folder, 'other', 'store.db'),
      'a shopping list, long enough for a page header of SQLite '.repeat(20),
    )
    const { log } = listen()
    await expect(openStore({ dataDir: path.join(folder, 'file'), log })).rejects.toThrow(
      /cannot be used .*SLUICE_DATA/,
    )
    await expect(openStore({ dataDir: path.join(folder, 'other'), log })).rejects.toThrow(
      /is not a store of sluice/,
    )
    await expect(openStore({ dataDir: path.join(folder, 'other'), log })).rejects.toThrow(UserError)
    expect(readFileSync(path.join(folder, 'other', 'store.db'), 'utf8')).toContain('a shopping list')
  })

  it('writes ahead, syncs each commit, holds references and waits for others', async () => {
    const { db } = await openedStore()
    const pragma = async (name: string): Promise<unknown> =>
      Object.values((await sql.raw<Record<string, unknown>>(`PRAGMA ${name}`).execute(db)).rows[0] ?? {})[0]
    expect(await pragma('journal_mode')).toBe('wal')
    expect(await pragma('synchronous')).toBe(2)
    expect(await pragma('foreign_keys')).toBe(1)
    expect(await pragma('busy_timeout')).toBe(5_000)
  })

  it('is made once by processes that start at the same moment', async () => {
    const dataDir = dataFolder()
    const done = await atOnce(
      ['a', 'b', 'c'],
      `
        import { openStore } from './server/store/open.ts'
        const log = { info: () => process.stdout.write('migrated'), warn: () => {} }
        meet()
        openStore({ dataDir: process.env.FOLDER, log }).then(async (store) => {
          for (let i = 0; i < 20; i++) {
            await store.transaction(async (transaction) => {
              const rows = await transaction.selectFrom('set_up_link').selectAll().execute()
              await transaction.insertInto('set_up_link').values({ token_hash: process.env.NAME + i, totp_secret: '', expires_at: rows.length }).execute()
            })
          }
          await store.close()
        })
      `,
      { FOLDER: dataDir },
    )
    const files = readMigrations(migrationFolder('store'))
    expect(done.map(({ code }) => code)).toEqual([0, 0, 0])
    expect(done.map(({ stdout }) => stdout).toSorted()).toEqual(['', '', 'migrated'.repeat(files.length)])
    const store = await openedStore(dataDir)
    // Each transaction saw all those before it: none ran on an old state, none was lost.
    const seen = store.readRows('set_up_link', 'ORDER BY expires_at').map((row) => row.expires_at)
    expect(seen).toEqual(Array.from({ length: 60 }, (_, index) => index))
  })

  it('says who is in the way when another process holds the write lock for too long', async () => {
    const dataDir = dataFolder()
    await openedStore(dataDir)
    const [one, two] = [0, 1].map(() =>
      connect(path.join(dataDir, 'store.db'), { readOnly: false, busyMs: 1 }),
    )
    one?.exec('BEGIN IMMEDIATE')
    expect(() => two?.exec('BEGIN IMMEDIATE')).toThrow(/Another sluice command is writing/)
    one?.close()
    two?.close()
  })
})

describe('the open store', () => {
  it('takes claims, numbers and texts through queries, and refuses NUL without harm', async () => {
    const { db } = await openedStore()
    const row = { ...link('a'), expires_at: true as unknown as number }
    await db.insertInto('set_up_link').values(row).execute()
    expect(await db.selectFrom('set_up_link').selectAll().execute()).toEqual([link('a')])
    await expect(db.insertInto('set_up_link').values(link('b\0c')).execute()).rejects.toThrow(UserError)
    expect(await db.selectFrom('set_up_link').selectAll().execute()).toHaveLength(1)
  })

  it('holds references between tables', async () => {
    const { db } = await openedStore()
    const key = {
      id: 'k',
      site_id: 7,
      scope: 'query',
      key_hash: 'h',
      created_at: 1,
      last_used_day: null,
      revoked_at: null,
    } as const
    await expect(db.insertInto('api_key').values(key).execute()).rejects.toThrow(/FOREIGN KEY/)
  })

  it('keeps a transaction to itself until it is whole, and leaves nothing of one that failed', async () => {
    const store = await openedStore()
    const find = store.prepareRow('set_up_link', 'WHERE token_hash = ?')
    await store.transaction(async (transaction) => {
      await transaction.insertInto('set_up_link').values(link('a')).execute()
      expect(find('a')).toBeUndefined()
    })
    expect(find('a')).toEqual(link('a'))
    await expect(
      store.transaction(async (transaction) => {
        await transaction.insertInto('set_up_link').values(link('b')).execute()
        throw new Error('in the middle')
      }),
    ).rejects.toThrow('in the middle')
    expect(find('b')).toBeUndefined()
  })

  it('tells of every commit, its own and that of another process, and of nothing else', async () => {
    const dataDir = dataFolder()
    const store = await openedStore(dataDir)
    const other = await openedStore(dataDir)
    const start = store.dataVersion()
    store.readRows('site', '')
    await store.db.selectFrom('site').selectAll().execute()
    expect(store.dataVersion()).toBe(start)
    await store.db.insertInto('set_up_link').values(link('a')).execute()
    const own = store.dataVersion()
    expect(own).not.toBe(start)
    await other.db.insertInto('set_up_link').values(link('b')).execute()
    const others = store.dataVersion()
    expect(others).not.toBe(own)
    expect(store.dataVersion()).toBe(others)
  })

  it('is whole in its one file once it is closed', async () => {
    const [dataDir, copy] = [dataFolder(), dataFolder()]
    const store = await openedStore(dataDir)
    await store.db.insertInto('set_up_link').values(link('a')).execute()
    await store.close()
    copyFileSync(path.join(dataDir, 'store.db'), path.join(copy, 'store.db'))
    expect((await openedStore(copy)).readRows('set_up_link', '')).toEqual([link('a')])
  })

  it('closes twice without harm, also when it was never asked anything', async () => {
    const store = await openedStore()
    await store.close()
    await store.close()
    expect(() => store.db).toThrow(/closed/)
    const asked = await openedStore()
    await asked.db.selectFrom('site').selectAll().execute()
    await asked.close()
    await asked.close()
  })
})
