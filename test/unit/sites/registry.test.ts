import { describe, expect, it } from 'vitest'
import type { Site } from '../../../schema/site.ts'
import { UserError } from '../../../server/errors.ts'
import { createSites, type Sites } from '../../../server/sites/registry.ts'
import type { Store } from '../../../server/store/open.ts'
import { dataFolder, movedClock, openedStore, type MovedClock } from '../store/opened.ts'

interface Scene {
  clock: MovedClock
  store: Store
  sites: Sites
  /** The registry of another process on the same store. */
  elsewhere: Sites
  other: Store
}

async function scene(): Promise<Scene> {
  const clock = movedClock()
  const dataDir = dataFolder()
  const [store, other] = [await openedStore(dataDir), await openedStore(dataDir)]
  const sites = createSites({ store, clock })
  return { clock, store, sites, other, elsewhere: createSites({ store: other, clock }) }
}

describe('the registry of sites', () => {
  it('gives a new site its defaults and an id of 52 bits that nobody can guess', async () => {
    const { sites, clock } = await scene()
    const site = await sites.add({ domain: 'https://Example.com/' })
    expect(site).toEqual({
      id: site.id,
      domain: 'example.com',
      timezone: 'UTC',
      preConsent: 'none',
      subdomains: false,
      eventWindowDays: 396,
      minimumGroup: 5,
      minimumGroupScope: 'close',
      properties: ['feature', 'plan'],
      traits: [],
      goals: [],
      addedAt: clock.now(),
    })
    const others = await Promise.all(
      ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => sites.add({ domain: `${name}.example` })),
    )
    const ids = [site, ...others].map(({ id }) => id)
    for (const id of ids) expect(Number.isInteger(id) && id > 0 && id < 2 ** 52).toBe(true)
    expect(new Set(ids).size).toBe(7)
    // Of seven ids of 52 random bits all lie in the lower 44 once in 10^16 runs.
    expect(Math.max(...ids)).toBeGreaterThan(2 ** 44)
  })

  it('finds a site by every way to write its domain, and by id', async () => {
    const { sites } = await scene()
    const site = await sites.add({
      domain: 'münchen.example',
      preConsent: 'anonymous',
      subdomains: true,
      eventWindowDays: 30,
    })
    for (const name of [
      'xn--mnchen-3ya.example',
      'XN--MNCHEN-3YA.example',
      'münchen.example',
      'München.EXAMPLE',
    ]) {
      expect(sites.find(name)).toEqual(site)
    }
    expect(sites.byId(site.id)).toEqual(site)
    expect(sites.find('www.xn--mnchen-3ya.example')).toBeUndefined()
    expect(sites.byId(1)).toBeUndefined()
    expect(sites.get('https://münchen.example/x')).toEqual(site)
  })

  it('answers anything a request may name without throwing', async () => {
    const { sites } = await scene()
    for (const name of [
      '',
      'a\0b',
      '\ud800',
      'x'.repeat(1_000_000),
      "'; DROP TABLE site; --",
      '__proto__',
      'a.'.repeat(126),
    ]) {
      expect(sites.find(name)).toBeUndefined()
    }
  })

  it('refuses a domain twice, and lists by domain', async () => {
    const { sites, elsewhere, store } = await scene()
    await sites.add({ domain: 'b.example' })
    await elsewhere.add({ domain: 'a.example' })
    await store.catchUp()
    await expect(elsewhere.add({ domain: 'B.example' })).rejects.toThrow(
      /b\.example is registered already: .*site set b\.example/,
    )
    await expect(elsewhere.add({ domain: 'B.example' })).rejects.toBeInstanceOf(UserError)
    expect(sites.list().map(({ domain }) => domain)).toEqual(['a.example', 'b.example'])
  })

  it('names what is missing when asked to change what is not there', async () => {
    const { sites } = await scene()
    const sentence = /"nowhere\.example" is not registered: `sluice site list` shows what is/
    expect(() => sites.get('nowhere.example')).toThrow(sentence)
    await expect(sites.set('nowhere.example', { minimumGroup: 7 })).rejects.toThrow(sentence)
    await expect(sites.remove('nowhere.example')).rejects.toThrow(sentence)
  })
})

describe('what another process does', () => {
  it('adds is known to the next question', async () => {
    const { sites, elsewhere, store } = await scene()
    expect(sites.find('example.com')).toBeUndefined()
    const added = await elsewhere.add({ domain: 'example.com' })
    await store.catchUp()
    expect(sites.find('example.com')).toEqual(added)
  })

  it('changes and removes is noticed within 50 ms', async () => {
    const { sites, elsewhere, clock, store } = await scene()
    await sites.add({ domain: 'example.com' })
    expect(sites.find('example.com')?.minimumGroup).toBe(5)
    await elsewhere.set('example.com', { minimumGroup: 9, subdomains: true })
    clock.pass(50)
    await store.catchUp()
    expect(sites.find('example.com')).toMatchObject({ minimumGroup: 9, subdomains: true })
    await elsewhere.remove('example.com')
    clock.pass(50)
    await store.catchUp()
    expect(sites.find('example.com')).toBeUndefined()
  })

  it('does here is known here at once', async () => {
    const { sites } = await scene()
    await sites.add({ domain: 'example.com' })
    sites.find('example.com')
    await sites.set('example.com', { minimumGroup: 9 })
    expect(sites.find('example.com')?.minimumGroup).toBe(9)
    await sites.remove('example.com')
    expect(sites.find('example.com')).toBeUndefined()
  })
})

describe('a removed site', () => {
  it('frees its domain and keeps its id out of use', async () => {
    const { sites, store } = await scene()
    const before = await sites.add({ domain: 'example.com' })
    await sites.remove('example.com')
    expect(sites.byId(before.id)).toBeUndefined()
    const after = await sites.add({ domain: 'example.com' })
    expect(after.id).not.toBe(before.id)
    expect(sites.find('example.com')?.id).toBe(after.id)
    const again = store.db.updateTable('site').set({ id: before.id }).where('id', '=', after.id).execute()
    await expect(again).rejects.toThrow(/UNIQUE/i)
  })
})

const zoneOf = (site: Site | undefined): string | undefined => site?.timezone

describe('a changed time zone', () => {
  it('waits for the end of the current day of the site', async () => {
    const { sites, clock } = await scene()
    await sites.add({ domain: 'example.com', timezone: 'Asia/Tokyo' })
    // 19:00 in Tokyo: five hours are left.
    const changed = await sites.set('example.com', { timezone: 'europe/berlin', minimumGroup: 6 })
    expect(changed).toMatchObject({
      timezone: 'Asia/Tokyo',
      minimumGroup: 6,
      nextTimezone: { timezone: 'Europe/Berlin', fromMs: Date.parse('2026-11-24T15:00:00Z') },
    })
    clock.pass(5 * 3_600_000 - 1)
    expect(zoneOf(sites.find('example.com'))).toBe('Asia/Tokyo')
    clock.pass(1)
    expect(zoneOf(sites.find('example.com'))).toBe('Europe/Berlin')
    expect(zoneOf(sites.byId(changed.id))).toBe('Europe/Berlin')
    expect(sites.list()[0]).toEqual(sites.get('example.com'))
    expect(sites.get('example.com').nextTimezone).toBeUndefined()
  })

  it('comes into force without a question at midnight, and in a process that starts later', async () => {
    const { sites, elsewhere, clock, other } = await scene()
    await sites.add({ domain: 'example.com' })
    await sites.set('example.com', { timezone: 'Europe/Berlin' })
    clock.pass(3 * 86_400_000)
    await other.catchUp()
    expect(zoneOf(elsewhere.find('example.com'))).toBe('Europe/Berlin')
    // What is changed next leaves it in force.
    await elsewhere.set('example.com', { minimumGroup: 7 })
    expect(elsewhere.get('example.com')).toMatchObject({ timezone: 'Europe/Berlin', minimumGroup: 7 })
    expect(elsewhere.get('example.com').nextTimezone).toBeUndefined()
  })

  it('waits on when another setting is changed, and is dropped by changing back', async () => {
    const { sites } = await scene()
    await sites.add({ domain: 'example.com' })
    await sites.set('example.com', { timezone: 'Europe/Berlin' })
    expect((await sites.set('example.com', { subdomains: true })).nextTimezone?.timezone).toBe(
      'Europe/Berlin',
    )
    expect((await sites.set('example.com', { timezone: 'Asia/Tokyo' })).nextTimezone?.timezone).toBe(
      'Asia/Tokyo',
    )
    expect((await sites.set('example.com', { timezone: 'utc' })).nextTimezone).toBeUndefined()
  })
})

describe('a flood of names that somebody makes up', () => {
  it('costs microseconds each', async () => {
    const { sites, clock } = await scene()
    await sites.add({ domain: 'example.com' })
    const ask = (from: number, count: number): void => {
      for (let i = from; i < from + count; i++) {
        sites.find(`n${i}.example.com`)
        clock.pass(0.01)
      }
    }
    ask(0, 2_000)
    const start = performance.now()
    ask(2_000, 20_000)
    // Some 5 µs each on an idle machine; the bound is far above, for a busy one, and far below a disk access.
    expect((performance.now() - start) / 20_000).toBeLessThan(0.2)
  })
})
