import { describe, expect, it } from 'vitest'
import { TRAITS_KEY, UNSENT_KEY } from '../../../../schema/consent.ts'
import type { PolicyManifest } from '../../../../schema/policy.ts'
import type { Site } from '../../../../schema/site.ts'
import { canonicalJson } from '../../../../server/chain/canonical.ts'
import { appendEntry } from '../../../../server/consent/ledger.ts'
import { RefusedManifest } from '../../../../server/consent/policy/check.ts'
import { defaultManifest } from '../../../../server/consent/policy/default-manifest.ts'
import { allNotices } from '../../../../server/consent/policy/notice.ts'
import { OWN_IDS } from '../../../../server/consent/policy/own-services.ts'
import {
  askedAgain,
  createPolicies,
  hashOf,
  type Policies,
} from '../../../../server/consent/policy/policies.ts'
import { createSites } from '../../../../server/sites/registry.ts'
import type { Store } from '../../../../server/store/open.ts'
import {
  atOnce,
  dataFolder,
  environmentOf,
  movedClock,
  openedStore,
  type MovedClock,
} from '../../store/opened.ts'
import { item, manifest, service } from './manifests.ts'

interface Scene {
  dataDir: string
  clock: MovedClock
  store: Store
  site: Site
  policies: Policies
  /** The policies of another process on the same store. */
  elsewhere: Policies
  other: Store
}

async function scene(): Promise<Scene> {
  const [clock, dataDir] = [movedClock(), dataFolder()]
  const [store, other] = [await openedStore(dataDir), await openedStore(dataDir)]
  const site = await createSites({ store, clock }).add({ domain: 'example.com' })
  return {
    dataDir,
    clock,
    store,
    site,
    policies: createPolicies({ store, clock }),
    elsewhere: createPolicies({ store: other, clock }),
    other,
  }
}

const withServices = (...ids: string[]): PolicyManifest =>
  manifest({ services: ids.map((id) => service({ id, items: [item({ name: id })] })) })

describe('the policies of sites', () => {
  it('begin with the default manifest, as revision 1 and without a row', async () => {
    const { policies, store, site } = await scene()
    expect(policies.current(site)).toEqual({
      revision: 1,
      hash: hashOf(defaultManifest(site)),
      manifest: defaultManifest(site),
      publishedAt: 0,
      since: { performance: 1, functionality: 1, targeting: 1 },
    })
    expect(policies.at(site, 1)).toEqual(policies.current(site))
    expect(await policies.history(site)).toEqual([policies.current(site)])
    expect(store.readRows('policy', '')).toEqual([])
  })

  it('count up with each manifest that is published', async () => {
    const { policies, site, clock } = await scene()
    // Known by now: the next question must hear of the change all the same.
    expect(policies.current(site).revision).toBe(1)
    const second = await policies.publish(site, withServices('maps'))
    expect(second).toMatchObject({ revision: 2, publishedAt: clock.now() })
    expect(second.manifest.services.map(({ id }) => id)).toEqual([...OWN_IDS, 'maps'])
    expect(second.hash).toBe(hashOf(second.manifest))
    expect(policies.current(site)).toEqual(second)
    clock.pass(5_000)
    const third = await policies.publish(site, withServices('maps', 'chat'))
    expect(third).toMatchObject({ revision: 3, publishedAt: clock.now() })
    expect((await policies.history(site)).map(({ revision }) => revision)).toEqual([3, 2, 1])
    expect([1, 2, 3, 4, 0, -1, 2.5, NaN].map((revision) => policies.at(site, revision)?.revision)).toEqual([
      1,
      2,
      3,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ])
    expect(policies.at(site, 2)).toEqual(second)
  })

  it('stay as they are when the same manifest is published again, in whatever order it is written', async () => {
    const { policies, site, store } = await scene()
    const first = await policies.publish(site, defaultManifest(site))
    expect(first.revision).toBe(1)
    const second = await policies.publish(site, withServices('maps'))
    const turned = Object.fromEntries(
      Object.entries(withServices('maps')).toReversed(),
    ) as unknown as PolicyManifest
    expect(await policies.publish(site, turned)).toEqual(second)
    expect(await policies.publish(site, second.manifest)).toEqual(second)
    expect(store.readRows('policy', '')).toHaveLength(1)
  })

  it('keep a consent as long as its category is not widened', async () => {
    const { policies, site } = await scene()
    // Another controller than the default one widens all.
    expect((await policies.publish(site, manifest())).since).toEqual({
      performance: 2,
      functionality: 2,
      targeting: 2,
    })
    const third = await policies.publish(site, withServices('maps'))
    expect(third.since).toEqual({ performance: 2, functionality: 3, targeting: 2 })
    const fourth = await policies.publish(site, manifest())
    expect(fourth.since).toEqual(third.since)
    const look = { ...manifest().appearance, order: 'accept-first' as const }
    const fifth = await policies.publish(site, manifest({ appearance: look }))
    expect([fifth.revision, fifth.since]).toEqual([5, third.since])
    expect(askedAgain(fourth, fifth)).toEqual([])
    expect(askedAgain(fourth, await policies.publish(site, withServices('maps')))).toEqual(['functionality'])
  })

  it('load no manifest that is refused, and say why', async () => {
    const { policies, site } = await scene()
    const refused = policies.publish(
      site,
      manifest({ services: [service({ hosts: ['*'] }), service({ id: 'B' })] }),
    )
    await expect(refused).rejects.toThrow(RefusedManifest)
    await expect(refused).rejects.toThrow(
      /^The manifest is refused \(and 1 more\): services\[0\]\.hosts\[0\]: /,
    )
    expect(policies.current(site).revision).toBe(1)
  })

  it('are each site’s own', async () => {
    const { policies, site, store, clock } = await scene()
    const other = await createSites({ store, clock }).add({ domain: 'other.example' })
    await policies.publish(site, withServices('maps'))
    expect(policies.current(other)).toMatchObject({
      revision: 1,
      manifest: { controller: { name: 'other.example' } },
    })
    expect(policies.at(other, 2)).toBeUndefined()
  })

  it('are known to another process within 50 ms', async () => {
    const { policies, elsewhere, other, site, clock } = await scene()
    expect(elsewhere.current(site).revision).toBe(1)
    await policies.publish(site, withServices('maps'))
    clock.pass(50)
    await other.catchUp()
    expect(elsewhere.current(site)).toEqual(policies.current(site))
  })

  it('are asked for without touching the store, also where none was published', async () => {
    const { policies, site, store } = await scene()
    policies.current(site)
    await store.close()
    expect(policies.current(site).revision).toBe(1)
  })

  it('give everybody who publishes at once a revision, and lose none', async () => {
    const { policies, site } = await scene()
    const ids = Array.from({ length: 20 }, (_, index) => `s${index}`)
    const published = await Promise.all(ids.map((id) => policies.publish(site, withServices(id))))
    expect(published.map(({ revision }) => revision).toSorted((a, b) => a - b)).toEqual(
      ids.map((_, index) => index + 2),
    )
    for (const version of published) expect(policies.at(site, version.revision)).toEqual(version)
  })

  it('do so between processes too', async () => {
    const { dataDir, store, site } = await scene()
    await store.close()
    const done = await atOnce(
      ['a', 'b', 'c'],
      `
        import { openStore } from './server/store/open.ts'
        import { createPolicies } from './server/consent/policy/policies.ts'
        import { parseManifest } from './server/consent/policy/manifest.ts'
        import { systemClock } from './server/clock.ts'
        const site = { id: Number(process.env.SITE), domain: 'example.com' }
        const log = { info: () => {}, warn: () => {} }
        openStore({ dataDir: process.env.FOLDER, databaseUrl: process.env.DATABASE_URL, log }).then(async (store) => {
          const policies = createPolicies({ store, clock: systemClock })
          meet()
          for (let index = 0; index < 10; index++) {
            const controller = { name: process.env.NAME + index, contact: 'a@b.example' }
            const json = { manifest: 1, controller, language: 'en', services: [] }
            const { revision } = await policies.publish(site, parseManifest(json))
            process.stdout.write(revision + ' ')
          }
          await store.close()
        })
      `,
      { ...(await environmentOf(dataDir)), SITE: String(site.id) },
    )
    expect(done.map(({ code }) => code)).toEqual([0, 0, 0])
    const revisions = done.flatMap(({ stdout }) => stdout.trim().split(' ').map(Number))
    expect(revisions.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, index) => index + 2))
    const after = createPolicies({ store: await openedStore(dataDir), clock: movedClock() })
    expect((await after.history(site)).map(({ revision }) => revision)).toEqual(
      Array.from({ length: 31 }, (_, index) => 31 - index),
    )
  })

  describe('of a site that an earlier release served, which kept less', () => {
    /** What that release had in the manifest in place of what this one has: no traits, and nothing unsent. */
    const earlier = (whole: PolicyManifest): PolicyManifest => ({
      ...whole,
      services: whole.services.map((one) => ({
        ...one,
        items: one.items.filter(({ name }) => ![TRAITS_KEY, UNSENT_KEY].includes(name)),
      })),
    })

    it('R6.5 tell of all that is kept from the start of this release on, and ask those again who agreed to less', async () => {
      const { store, site, policies, clock } = await scene()
      const { manifest: published } = await policies.publish(site, withServices('maps'))
      const before = earlier(published)
      await store.db
        .updateTable('policy')
        .set({ manifest: canonicalJson(before), hash: hashOf(before) })
        .where('revision', '=', 2)
        .execute()
      policies.current(site)
      clock.pass(60_000)
      await policies.renewOwnServices([site])
      const now = policies.current(site)
      expect(now).toMatchObject({
        revision: 3,
        publishedAt: clock.now(),
        // Another controller than the default one came with the second revision.
        since: { performance: 3, functionality: 2, targeting: 3 },
      })
      expect(now.manifest).toEqual(published)
      const told = allNotices(site, now)[0]?.categories.flatMap(({ services }) => services)
      expect(told?.flatMap(({ items }) => items.map(({ name }) => name))).toEqual(
        expect.arrayContaining([TRAITS_KEY, UNSENT_KEY]),
      )
      expect(policies.at(site, 2)?.manifest).toEqual(before)
      await policies.renewOwnServices([site])
      expect(policies.current(site)).toEqual(now)
    })

    it('do so where nothing was ever published and somebody has chosen', async () => {
      const { store, site, policies } = await scene()
      const before = earlier(defaultManifest(site))
      const hash = hashOf(before)
      await store.transaction(async (transaction) => {
        await transaction
          .insertInto('consent_document')
          .values({ hash, kind: 'policy', document: canonicalJson(before) })
          .execute()
        await appendEntry(transaction, site.id, {
          time: '2026-11-24T13:00:00Z',
          event: 'given',
          action: 'accept_all',
          source: 'banner',
          granted: ['performance', 'functionality', 'targeting'],
          denied: [],
          policy: { revision: 1, hash },
          notice: null,
          locale: null,
          jurisdiction: 'DE',
          gpc: false,
          gpcOverride: false,
          until: '2027-05-25',
          commitment: null,
        })
      })
      await policies.renewOwnServices([site])
      const now = policies.current(site)
      expect(now).toMatchObject({
        revision: 2,
        manifest: defaultManifest(site),
        since: { performance: 2, functionality: 1, targeting: 2 },
      })
    })

    it('leave alone a site on which nobody has chosen', async () => {
      const { store, site, policies } = await scene()
      await policies.renewOwnServices([site])
      expect(policies.current(site).revision).toBe(1)
      expect(store.readRows('policy', '')).toEqual([])
    })
  })
})
