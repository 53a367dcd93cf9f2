import { describe, expect, it } from 'vitest'
import { UserError } from '../../../server/errors.ts'
import { migrationFolder, readMigrations } from '../../../server/migrations.ts'
import type { SetUpLinkTable } from '../../../server/store/tables.ts'
import { atOnce, dataFolder, environmentOf, newFolder, openedStore } from './opened.ts'

const link = (token_hash: string): SetUpLinkTable => ({
  token_hash,
  account_id: null,
  totp_secret: '',
  expires_at: 1,
})

describe('the store', () => {
  it('is made once by processes that start at the same moment', async () => {
    const dataDir = newFolder()
    const done = await atOnce(
      ['a', 'b', 'c'],
      `
        import { openStore } from './server/store/open.ts'
        const log = { info: () => process.stdout.write('migrated'), warn: () => {} }
        meet()
        openStore({ dataDir: process.env.FOLDER, databaseUrl: process.env.DATABASE_URL, log }).then(async (store) => {
          for (let i = 0; i < 20; i++) {
            await store.transaction(async (transaction) => {
              const rows = await transaction.selectFrom('set_up_link').selectAll().execute()
              await transaction.insertInto('set_up_link').values({ token_hash: process.env.NAME + i, totp_secret: '', expires_at: rows.length }).execute()
            })
          }
          await store.close()
        })
      `,
      await environmentOf(dataDir),
    )
    const files = readMigrations(migrationFolder('store'))
    expect(done.map(({ code }) => code)).toEqual([0, 0, 0])
    expect(done.map(({ stdout }) => stdout).toSorted()).toEqual(['', '', 'migrated'.repeat(files.length)])
    const store = await openedStore(dataDir)
    // Each transaction saw all those before it: none ran on an old state, none was lost.
    const seen = store.readRows('set_up_link', 'ORDER BY expires_at').map((row) => row.expires_at)
    expect(seen).toEqual(Array.from({ length: 60 }, (_, index) => index))
  })

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
    await expect(db.insertInto('api_key').values(key).execute()).rejects.toThrow(/FOREIGN KEY/i)
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
    const version = async (): Promise<number> => {
      await store.catchUp()
      return store.dataVersion()
    }
    const start = await version()
    store.readRows('site', '')
    await store.db.selectFrom('site').selectAll().execute()
    expect(await version()).toBe(start)
    await store.db.insertInto('set_up_link').values(link('a')).execute()
    const own = await version()
    expect(own).not.toBe(start)
    await other.db.insertInto('set_up_link').values(link('b')).execute()
    const others = await version()
    expect(others).not.toBe(own)
    expect(await version()).toBe(others)
  })

  it('clears away what was deleted in its turn, beside a transaction that is under way', async () => {
    const store = await openedStore()
    let purged: Promise<void> | undefined
    await store.transaction(async (transaction) => {
      await transaction.insertInto('set_up_link').values(link('a')).execute()
      purged = store.purge()
      // Nobody waits for it within the transaction.
      await transaction.selectFrom('site').selectAll().execute()
    })
    await purged
    expect(store.prepareRow('set_up_link', 'WHERE token_hash = ?')('a')).toEqual(link('a'))
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
