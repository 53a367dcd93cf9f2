import { writeFileSync } from 'node:fs'
import path from 'node:path'
import Database from 'libsql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TRAITS_KEY, type ConsentAnswer, type ConsentDecision } from '../../schema/consent.ts'
import type { CollectAnswer } from '../../schema/event.ts'
import type { DropReason } from '../../schema/outcome.ts'
import type { PolicyManifest } from '../../schema/policy.ts'
import type { PublicSiteConfig } from '../../schema/site.ts'
import { canonicalJson } from '../../server/chain/canonical.ts'
import { sha256 } from '../../server/chain/sha256.ts'
import {
  addSite,
  ask,
  choose,
  CHROME,
  eventually,
  pageview,
  send,
  startProduct,
  type Product,
} from '../support/product.ts'

/** From a choice to a stored row and its basis: the whole server, as a page talks to it. */
const strict = 'strict.example'
const lawful = 'lawful.example'
const other = 'other.example'

const FRENCH = '90.0.0.1'
const GERMAN = '84.128.0.1'

describe('consent from the choice to the stored row', () => {
  let product: Product
  const keys = new Map<string, string>()
  beforeAll(async () => {
    product = await startProduct()
    keys.set(strict, await addSite(product, strict, '--pre-consent', 'none'))
    keys.set(lawful, await addSite(product, lawful, '--pre-consent', 'auto'))
    keys.set(other, await addSite(product, other, '--pre-consent', 'none'))
  })
  afterAll(() => product.dispose())

  const chooseOn = (site: string, changes?: Partial<ConsentDecision>): Promise<Response> =>
    choose(product.url, site, changes)
  const tokenOf = async (site: string, changes: Partial<ConsentDecision> = {}): Promise<string> => {
    const { token } = (await (await chooseOn(site, changes)).json()) as ConsentAnswer
    if (token === undefined) throw new Error('no token came')
    return token
  }
  const sent = async (...[site, page, sender]: [string, string, object?]): Promise<CollectAnswer> => {
    const answer = await send(product.url, site, [pageview(site, page)], sender)
    expect(answer.status).toBe(202)
    return (await answer.json()) as CollectAnswer
  }
  const drops = async (reason: DropReason): Promise<number> => {
    const text = await (await fetch(`${product.url}/metrics`)).text()
    return Number(
      new RegExp(`^sluice_events_dropped_total\\{reason="${reason}"\\} (\\d+)`, 'm').exec(text)?.[1],
    )
  }
  const basesOf = async (site: string, page: string): Promise<Record<string, unknown>> => {
    const answer = await ask(product.url, keys.get(site) ?? '', {
      site,
      period: 'today',
      metrics: ['pageviews'],
      breakdown: 'basis',
      filters: [{ dimension: 'page', is: [page] }],
    })
    return Object.fromEntries(answer.rows.map((row) => [row['basis'], row.pageviews]))
  }
  const configFor = async (site: string, address: string): Promise<PublicSiteConfig> => {
    const headers = { 'x-forwarded-for': address, 'user-agent': CHROME }
    return (await (await fetch(`${product.url}/s/${site}.json`, { headers })).json()) as PublicSiteConfig
  }

  it('R6.2 R6.5 an event is kept under the consent it carries, and without one it is not', async () => {
    expect(await sent(strict, '/basis')).toEqual({ accepted: 0, dropped: 1 })
    const consent = await tokenOf(strict)
    expect(await sent(strict, '/basis', { consent })).toEqual({ accepted: 1, dropped: 0 })
    const bases = await eventually(
      () => basesOf(strict, '/basis'),
      (found) => Object.keys(found).length > 0,
    )
    expect(bases).toEqual({ 'performance@1': 1 })
  })

  it('R6.5 what a token does not cover is refused, counted by reason, and never stored', async () => {
    const good = await tokenOf(strict)
    const flipped = good.slice(0, -2) + (good.at(-2) === 'A' ? 'B' : 'A') + good.slice(-1)
    const functionality = await tokenOf(strict, { action: 'custom', granted: ['functionality'] })
    const tries: [string, DropReason][] = [
      ['nonsense', 'consent_invalid'],
      [flipped, 'consent_invalid'],
      [await tokenOf(other), 'consent_invalid'],
      [functionality, 'consent_category'],
    ]
    for (const [consent, reason] of tries) {
      const before = await drops(reason)
      expect(await sent(strict, '/refused', { consent })).toEqual({ accepted: 0, dropped: 1 })
      expect(await drops(reason)).toBe(before + 1)
    }
    await sent(strict, '/after-refused', { consent: good })
    await eventually(
      () => basesOf(strict, '/after-refused'),
      (found) => found['performance@1'] === 1,
    )
    expect(await basesOf(strict, '/refused')).toEqual({})
  })

  it('R6.5 a policy that widens measurement ends every earlier consent to it at once, and no other', async () => {
    const before = await tokenOf(other)
    expect(await sent(other, '/widened', { consent: before })).toMatchObject({ accepted: 1 })
    const manifest = JSON.parse(await product.cli('policy', 'show', other)) as PolicyManifest
    manifest.services.push({
      id: 'heatmaps',
      name: 'Heat maps',
      provider: 'Example Ltd',
      category: 'performance',
      purpose: { en: 'Shows which parts of a page people look at.' },
      hosts: ['maps.example.net'],
      items: [],
    })
    const file = path.join(product.data, 'manifest.json')
    writeFileSync(file, JSON.stringify(manifest))
    await product.cli('policy', 'set', other, file)
    await eventually(
      () => configFor(other, GERMAN),
      (config) => config.revision === 2,
      2,
    )
    const refused = await drops('consent_revision')
    expect(await sent(other, '/widened', { consent: before })).toEqual({ accepted: 0, dropped: 1 })
    expect(await drops('consent_revision')).toBe(refused + 1)
    const renewed = await fetch(`${product.url}/c`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain', origin: `https://${other}`, 'user-agent': CHROME },
      body: JSON.stringify({ version: 1, site: other, renew: before }),
    })
    expect(await renewed.json()).toMatchObject({ revision: 2, granted: ['functionality', 'targeting'] })
    const consent = await tokenOf(other, { revision: 2 })
    expect(await sent(other, '/widened', { consent })).toMatchObject({ accepted: 1 })
    expect(
      await eventually(
        () => basesOf(other, '/widened'),
        (found) => Object.keys(found).length === 2,
      ),
    ).toEqual({ 'performance@1': 1, 'performance@2': 1 })
  })

  it('R6.2 the law of the visitor’s country decides where the site leaves it to that, unknown is strictest', async () => {
    expect(await configFor(lawful, FRENCH)).toMatchObject({ preConsent: 'anonymous', choice: true })
    expect(await configFor(lawful, GERMAN)).toMatchObject({ preConsent: 'none', choice: true })
    expect(await configFor(lawful, '10.1.2.3')).toMatchObject({ preConsent: 'none' })
    expect(await configFor(strict, FRENCH)).toMatchObject({ preConsent: 'none' })
    expect(await sent(lawful, '/law', { address: FRENCH })).toEqual({ accepted: 1, dropped: 0 })
    expect(await sent(lawful, '/law', { address: GERMAN })).toEqual({ accepted: 0, dropped: 1 })
    expect(await sent(lawful, '/law', { address: '10.1.2.3' })).toEqual({ accepted: 0, dropped: 1 })
    expect(await sent(lawful, '/law', { address: FRENCH, headers: { 'sec-gpc': '1' } })).toEqual({
      accepted: 0,
      dropped: 1,
    })
  })

  it('R6.2 who accepts in the middle of a visit stays one visitor where some are counted before', async () => {
    await sent(lawful, '/visit', { address: FRENCH })
    await sent(lawful, '/visit', { address: FRENCH, consent: await tokenOf(lawful) })
    const answer = await eventually(
      () =>
        ask(product.url, keys.get(lawful) ?? '', {
          site: lawful,
          period: 'today',
          metrics: ['visitors', 'visits', 'pageviews'],
          filters: [{ dimension: 'page', is: ['/visit'] }],
        }),
      ({ totals }) => totals.pageviews === 2,
    )
    expect(answer.totals).toEqual({ visitors: 1, visits: 1, pageviews: 2 })
  })

  it('R6.5 choices are offered, made and counted without anybody in them', async () => {
    const domain = 'counted.example'
    const key = await addSite(product, domain, '--pre-consent', 'none')
    for (let visit = 0; visit < 3; visit++) await configFor(domain, GERMAN)
    // A robot is nobody to offer a choice to.
    await fetch(`${product.url}/s/${domain}.json`, { headers: { 'user-agent': 'curl/8.5.0' } })
    await chooseOn(domain)
    await chooseOn(domain, { action: 'reject_all', granted: [] })
    await chooseOn(domain, { action: 'custom', granted: ['performance'] })
    const counted = await eventually(
      async () => {
        const { rows } = await ask(product.url, key, {
          site: domain,
          period: 'today',
          metrics: ['choices'],
          breakdown: 'consentState',
        })
        return Object.fromEntries(rows.map((row) => [row['consentState'], row['choices']]))
      },
      (found) => found['shown'] === 3,
      5,
    )
    expect(counted).toEqual({ shown: 3, accepted: 1, rejected: 1, custom: 1 })
  })

  it('R2.6 R6.5 the ledger that all this wrote verifies, while the server runs', async () => {
    expect(await product.cli('consent', 'verify')).toMatch(/strict\.example/)
  })

  it('R6.5 a release that keeps more than the one before tells of it when it starts', async () => {
    const told = async (): Promise<string> =>
      (await fetch(`${product.url}/s/${other}/notice.json?language=en`)).text()
    expect(await told()).toContain(TRAITS_KEY)
    await product.stop()
    // As the release before left it, which knew no traits.
    const store = new Database(path.join(product.data, 'store.db'))
    const row = store.prepare('SELECT manifest FROM policy').get() as { manifest: string }
    const manifest = JSON.parse(row.manifest) as PolicyManifest
    for (const service of manifest.services)
      service.items = service.items.filter(({ name }) => name !== TRAITS_KEY)
    const before = canonicalJson(manifest)
    store.prepare('UPDATE policy SET manifest = ?, hash = ?').run(before, sha256(before))
    store.close()
    await product.restart()
    expect(await told()).toContain(TRAITS_KEY)
    expect((await configFor(other, GERMAN)).revision).toBe(3)
  })
})
