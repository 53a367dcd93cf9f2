import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { createSites } from '../../../../server/sites/registry.ts'
import { openStore, type Store } from '../../../../server/store/open.ts'
import { parseDatabaseUrl } from '../../../../server/store/postgres/address.ts'
import { connectOne } from '../../../../server/store/postgres/connection.ts'
import { openWatch } from '../../../../server/store/postgres/watch.ts'
import { startCluster, type Cluster } from '../../../support/postgres.ts'
import { dataFolder, environmentOf, listen, movedClock, openedStore, type MovedClock } from '../opened.ts'

/** One that is stopped and started. */
let cluster: Cluster

beforeAll(async () => {
  cluster = await startCluster()
})

afterAll(() => cluster.dispose())

interface Scene {
  clock: MovedClock
  store: Store
  lines: string[]
}

async function scene(): Promise<Scene> {
  const [clock, { log, lines }] = [movedClock(), listen()]
  const store = await openStore({ dataDir: dataFolder(), databaseUrl: cluster.url(), log, clock })
  onTestFinished(() => store.close())
  return { clock, store, lines }
}

const insertSite = (domain: string): ReturnType<typeof sql> =>
  sql`INSERT INTO site SELECT count(*) + 1, ${domain}, 'UTC', NULL, NULL, 'none', 0, 30, 5, 'all', 1, NULL FROM site`

describe('what is read at once in PostgreSQL', () => {
  it('follows changes made by hand and those that follow from a reference', async () => {
    const store = await openedStore()
    await sql`INSERT INTO account VALUES ('a', '', 'i', 'owner', 1, NULL, NULL, 0, 1)`.execute(store.db)
    await sql`INSERT INTO session VALUES ('h', 'n', 'a', 1, 1, 1), ('g', 'm', 'a', 1, 1, 1)`.execute(store.db)
    await store.catchUp()
    expect(store.readRows('session', 'ORDER BY id_hash').map((row) => row.id_hash)).toEqual(['g', 'h'])
    await sql`UPDATE session SET last_seen_at = 7 WHERE id_hash = 'g'`.execute(store.db)
    await sql`DELETE FROM session WHERE id_hash = 'h'`.execute(store.db)
    await store.catchUp()
    expect(store.readRows('session', '').map((row) => [row.id_hash, row.last_seen_at])).toEqual([['g', 7]])
    await sql`DELETE FROM account`.execute(store.db)
    await store.catchUp()
    expect([store.readRows('session', ''), store.readRows('account', '')]).toEqual([[], []])
  })

  it('is read again over the same connection where it is changed while that is opened', async () => {
    const dataDir = dataFolder()
    const store = await openedStore(dataDir)
    const { DATABASE_URL = '' } = await environmentOf(dataDir)
    const first = await connectOne(parseDatabaseUrl(DATABASE_URL))
    const listened = first.query.bind(first) as (...words: unknown[]) => Promise<unknown>
    // Told of between listening and reading.
    first.query = (async (...words: unknown[]) => {
      const answer = await listened(...words)
      if (String(words[0]).startsWith('LISTEN')) {
        await insertSite('meanwhile.example').execute(store.db)
        await listened('SELECT 1')
      }
      return answer
    }) as typeof first.query
    const sitesRead: string[] = []
    let connections = 0
    const watch = await openWatch({
      first,
      connect: () => {
        connections++
        return connectOne(parseDatabaseUrl(DATABASE_URL))
      },
      copy: {
        replace: (changes) => {
          for (const { table, rows } of changes) {
            if (table === 'site') sitesRead.push(...rows.map((row) => String(row['domain'])))
          }
        },
      },
      clock: movedClock(),
      log: listen().log,
    })
    await watch.close()
    expect(sitesRead).toContain('meanwhile.example')
    expect(connections).toBe(0)
  })

  it('is refused for a table of which there is no copy', async () => {
    const store = await openedStore()
    expect(() => store.readRows('audit_log' as 'site', '')).toThrow(/not resident/)
  })

  it('is told of without being asked', async () => {
    const dataDir = dataFolder()
    const [store, other] = [await openedStore(dataDir), await openedStore(dataDir)]
    await insertSite('told.example').execute(other.db)
    await expect.poll(() => store.readRows('site', '').length, { timeout: 20_000 }).toBe(1)
  })

  it('has a request wait for the newest state when the last look was 50 ms ago, and not before', async () => {
    const { store, clock } = await scene()
    await store.catchUp()
    await expect.poll(() => store.pending(), { timeout: 20_000 }).toBeUndefined()
    clock.pass(49)
    expect(store.pending()).toBeUndefined()
    clock.pass(1)
    const pending = store.pending()
    expect(pending).toBeDefined()
    await pending
    expect(store.pending()).toBeUndefined()
    await insertSite('asked.example').execute(store.db)
    clock.pass(50)
    await store.pending()
    expect(store.readRows('site', "WHERE domain = 'asked.example'")).toHaveLength(1)
  })
})

describe('a server that goes away', () => {
  it('leaves what was known, refuses changes in a sentence, and is used again once it is back', async () => {
    const { store, clock, lines } = await scene()
    const sites = createSites({ store, clock })
    const kept = await sites.add({ domain: 'kept.example' })
    await cluster.stop()
    clock.pass(50)
    await store.pending()
    expect(store.isReachable()).toBe(false)
    expect(store.pending()).toBeUndefined()
    expect(sites.find('kept.example')).toEqual(kept)
    const refused = { status: 503, message: expect.stringContaining('cannot be reached just now') as string }
    await expect(sites.add({ domain: 'lost.example' })).rejects.toMatchObject(refused)
    await expect(store.db.selectFrom('site').selectAll().execute()).rejects.toMatchObject(refused)
    await expect(store.catchUp()).rejects.toMatchObject(refused)
    expect(lines.filter((line) => line.includes('cannot be reached'))).toHaveLength(1)
    expect(lines.join()).not.toContain('pass#')

    await cluster.start()
    const added = await sites.add({ domain: 'back.example' })
    expect(store.isReachable()).toBe(true)
    expect(sites.find('back.example')).toEqual(added)
    expect(sites.find('lost.example')).toBeUndefined()
    expect(await store.db.selectFrom('site').selectAll().execute()).toHaveLength(
      store.readRows('site', '').length,
    )
    expect(lines.filter((line) => line.includes('is reached again'))).toHaveLength(1)
  })

  it('is come back to without a request, with what has changed meanwhile', async () => {
    const { store } = await scene()
    await cluster.stop()
    await expect.poll(() => store.isReachable(), { timeout: 20_000 }).toBe(false)
    await cluster.start()
    const other = await scene()
    await insertSite('meanwhile.example').execute(other.store.db)
    await expect.poll(() => store.isReachable(), { timeout: 20_000 }).toBe(true)
    await store.catchUp()
    expect(store.readRows('site', "WHERE domain = 'meanwhile.example'")).toHaveLength(1)
  })

  it('in the middle of a transaction leaves nothing of it', async () => {
    const { store } = await scene()
    const broken = store.transaction(async (transaction) => {
      await insertSite('half.example').execute(transaction)
      await cluster.stop()
      return 'done'
    })
    await expect(broken).rejects.toMatchObject({ status: 503 })
    await cluster.start()
    await store.catchUp()
    expect(store.readRows('site', "WHERE domain = 'half.example'")).toEqual([])
    expect(await store.transaction(async () => 'done')).toBe('done')
  })

  it('does not keep the store from closing', async () => {
    const { store } = await scene()
    await cluster.stop()
    await store.close()
    await cluster.start()
    await expect(store.transaction(async () => 'done')).rejects.toThrow(/closed/)
  })
})
