import { chmodSync, copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { UserError } from '../../../server/errors.ts'
import { connect } from '../../../server/store/connection.ts'
import { openStore } from '../../../server/store/open.ts'
import type { SetUpLinkTable } from '../../../server/store/tables.ts'
import { newFolder, listen, openedStore } from './opened.ts'

const mode = (file: string): string => (statSync(file).mode & 0o777).toString(8)
const link = (token_hash: string): SetUpLinkTable => ({
  token_hash,
  account_id: null,
  totp_secret: '',
  expires_at: 1,
})

describe('the store in SQLite', () => {
  it('makes folder and files for this user alone', async () => {
    const dataDir = path.join(newFolder(), 'deep', 'data')
    const store = await openedStore(dataDir)
    await store.db.insertInto('set_up_link').values(link('a')).execute()
    expect(mode(dataDir)).toBe('700')
    for (const name of ['store.db', 'store.db-wal', 'store.db-shm'])
      expect(mode(path.join(dataDir, name))).toBe('600')
  })

  it('closes a file that others could read, and says so', async () => {
    const dataDir = newFolder()
    await (await openedStore(dataDir)).close()
    chmodSync(path.join(dataDir, 'store.db'), 0o644)
    const { log, lines } = listen()
    await (await openStore({ dataDir, log })).close()
    expect(mode(path.join(dataDir, 'store.db'))).toBe('600')
    expect(lines.join()).toContain('0600')
  })

  it('refuses a folder it cannot use and a file that is no store, each in one sentence', async () => {
    const folder = newFolder()
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

  it('says who is in the way when another process holds the write lock for too long', async () => {
    const dataDir = newFolder()
    await openedStore(dataDir)
    const [one, two] = [0, 1].map(() =>
      connect(path.join(dataDir, 'store.db'), { readOnly: false, busyMs: 1 }),
    )
    one?.exec('BEGIN IMMEDIATE')
    expect(() => two?.exec('BEGIN IMMEDIATE')).toThrow(/Another sluice command is writing/)
    one?.close()
    two?.close()
  })

  it('is whole in its one file once it is closed', async () => {
    const [dataDir, copy] = [newFolder(), newFolder()]
    const store = await openedStore(dataDir)
    await store.db.insertInto('set_up_link').values(link('a')).execute()
    await store.close()
    copyFileSync(path.join(dataDir, 'store.db'), path.join(copy, 'store.db'))
    expect((await openedStore(copy)).readRows('set_up_link', '')).toEqual([link('a')])
  })
})
