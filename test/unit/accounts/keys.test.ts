import { describe, expect, it } from 'vitest'
import { createKeyRing, type KeyRing } from '../../../server/accounts/keys.ts'
import { UserError } from '../../../server/errors.ts'
import { createSites, type Sites } from '../../../server/sites/registry.ts'
import type { Store } from '../../../server/store/open.ts'
import { KEY_SCOPES } from '../../../server/store/tables.ts'
import { dataFolder, keptIn, listen, movedClock, openedStore, type MovedClock } from '../store/opened.ts'

interface Scene {
  store: Store
  other: Store
  clock: MovedClock
  dataDir: string
  keys: KeyRing
  sites: Sites
  /** The keys as another process sees them. */
  elsewhere: KeyRing
  warnings: string[]
  siteId: number
}

async function scene(): Promise<Scene> {
  const clock = movedClock()
  const dataDir = dataFolder()
  const { log, lines } = listen()
  const [store, other] = [await openedStore(dataDir), await openedStore(dataDir)]
  const sites = createSites({ store, clock })
  const { id } = await sites.add({ domain: 'example.com' })
  return {
    store,
    other,
    clock,
    dataDir,
    sites,
    keys: createKeyRing({ store, clock, log }),
    elsewhere: createKeyRing({ store: other, clock, log }),
    warnings: lines,
    siteId: id,
  }
}

describe('API keys', () => {
  it.each(KEY_SCOPES)('with the scope %s opens that and nothing else, for its site', async (scope) => {
    const { keys, siteId } = await scene()
    const { id, key } = await keys.create({ siteId, scope })
    expect(key).toMatch(new RegExp(`^slk_${scope}_[A-Za-z0-9_-]{43}$`))
    const opened = KEY_SCOPES.filter((asked) => keys.verify(key, asked))
    expect(opened).toEqual([scope])
    expect(keys.verify(`Bearer ${key}`, scope)).toEqual({ id, siteId, scope })
    expect(keys.verify(`bearer  ${key}`, scope)).toEqual({ id, siteId, scope })
    await keys.settled()
  })

  it('refuses everything that is no key of ours, without throwing', async () => {
    const { keys, siteId } = await scene()
    const { key } = await keys.create({ siteId, scope: 'query' })
    const last = key.at(-1) === 'A' ? 'E' : 'A'
    const wrong = [
      undefined,
      '',
      'Bearer',
      key.slice(0, -1),
      `${key.slice(0, -1)}${last}`,
      `${key}x`,
      key.replace('slk_query_', 'slk_admin_'),
      key.toUpperCase(),
      `Basic ${key}`,
      `${key} ${key}`,
      `${key}\0`,
      'x'.repeat(1_000_000),
      `slk_query_${'A'.repeat(43)}`,
    ]
    for (const text of wrong) for (const scope of KEY_SCOPES) expect(keys.verify(text, scope)).toBeUndefined()
    expect(keys.verify(key, 'query')).toBeDefined()
    await keys.settled()
  })

  it('are nowhere in the store or the data folder, nor in the list', async () => {
    const { keys, siteId, dataDir, store } = await scene()
    const { key } = await keys.create({ siteId, scope: 'query' })
    keys.verify(key, 'query')
    await keys.settled()
    const secret = key.slice('slk_query_'.length)
    for (const [name, bytes] of await keptIn(dataDir, store)) {
      expect([name, bytes.includes(secret)]).toEqual([name, false])
    }
    expect(JSON.stringify(keys.list())).not.toContain(secret)
  })

  it('revoked by another process are refused within 50 ms, and by this one at once', async () => {
    const { keys, elsewhere, siteId, clock, store } = await scene()
    const [one, two] = [
      await keys.create({ siteId, scope: 'query' }),
      await keys.create({ siteId, scope: 'ingest' }),
    ]
    keys.verify(one.key, 'query')
    keys.verify(two.key, 'ingest')
    await keys.settled()
    await elsewhere.revoke(one.id)
    clock.pass(50)
    await store.catchUp()
    expect(keys.verify(one.key, 'query')).toBeUndefined()
    expect(keys.verify(two.key, 'ingest')).toBeDefined()
    await keys.revoke(two.id)
    expect(keys.verify(two.key, 'ingest')).toBeUndefined()
  })

  it('made by another process are good at once', async () => {
    const { keys, elsewhere, siteId, store } = await scene()
    const { key } = await elsewhere.create({ siteId, scope: 'query' })
    await store.catchUp()
    expect(keys.verify(key, 'query')).toBeDefined()
    await keys.settled()
  })

  it('end by themselves at their time, and not before', async () => {
    const { keys, elsewhere, siteId, clock, other } = await scene()
    const { key } = await keys.create({ siteId, scope: 'query', expiresAt: clock.now() + 1_000 })
    clock.pass(999)
    await other.catchUp()
    expect(keys.verify(key, 'query')).toBeDefined()
    expect(elsewhere.verify(key, 'query')).toBeDefined()
    await Promise.all([keys.settled(), elsewhere.settled()])
    clock.pass(1)
    expect(keys.verify(key, 'query')).toBeUndefined()
    expect(elsewhere.verify(key, 'query')).toBeUndefined()
    expect(keys.list()[0]?.expiresAt).toBe(clock.now())
  })

  it('end with their site', async () => {
    const { keys, sites, siteId, clock } = await scene()
    const { key } = await keys.create({ siteId, scope: 'query' })
    expect(keys.verify(key, 'query')).toBeDefined()
    await keys.settled()
    await sites.remove('example.com')
    clock.pass(50)
    expect(keys.verify(key, 'query')).toBeUndefined()
    expect(keys.list()[0]?.revokedAt).toBe(clock.now() - 50)
  })

  it('are listed by site with creation, last use and revocation', async () => {
    const { keys, sites, siteId, clock } = await scene()
    const other = await sites.add({ domain: 'other.example' })
    const createdAt = clock.now()
    const { id } = await keys.create({ siteId, scope: 'query' })
    clock.pass(1_000)
    await keys.create({ siteId: other.id, scope: 'admin' })
    expect(keys.list().map(({ scope }) => scope)).toEqual(['query', 'admin'])
    expect(keys.list(siteId)).toEqual([{ id, siteId, scope: 'query', createdAt }])
    await keys.revoke(id)
    const revokedAt = clock.now()
    clock.pass(1_000)
    await keys.revoke(id)
    expect(keys.list(siteId)).toEqual([{ id, siteId, scope: 'query', createdAt, revokedAt }])
    await expect(keys.revoke('nothing')).rejects.toThrow(/no key with the id "nothing"/)
    await expect(keys.revoke('nothing')).rejects.toBeInstanceOf(UserError)
  })

  it('remember the day of their last use, and write it once a day', async () => {
    const { keys, siteId, clock, store } = await scene()
    const { key } = await keys.create({ siteId, scope: 'query' })
    for (let count = 0; count < 3; count++) keys.verify(key, 'query')
    await keys.settled()
    await store.catchUp()
    expect(keys.list()[0]?.lastUsedDay).toBe('2026-11-24')
    clock.pass(86_400_000)
    keys.verify(key, 'query')
    await keys.settled()
    await store.catchUp()
    expect(keys.list()[0]?.lastUsedDay).toBe('2026-11-25')
  })

  it('stay good when the last use cannot be written, and the log says so without the key', async () => {
    const clock = movedClock()
    const { log, lines } = listen()
    const store = await openedStore()
    const { id: siteId } = await createSites({ store, clock }).add({ domain: 'example.com' })
    const { key } = await createKeyRing({ store, clock, log }).create({ siteId, scope: 'query' })
    const full = {
      ...store,
      get db(): never {
        throw new Error('the disk is full')
      },
    }
    const keys = createKeyRing({ store: full, clock, log })
    expect(keys.verify(key, 'query')).toBeDefined()
    await keys.settled()
    expect(lines.join()).toContain('the disk is full')
    expect(lines.join()).not.toContain(key)
  })
})
