import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startApp, type App } from '../../server/app.ts'
import { readConfig } from '../../server/config.ts'
import { silentLog } from '../../server/log.ts'
import { axeBreaches } from '../support/breaches.ts'
import { openVisitor, sharedBrowser, type Visitor } from '../support/browser.ts'
import { servePages, type PageServer } from '../support/pages.ts'
import { ask, eventually, freePort } from '../support/product.ts'

/** Web beacons through the whole product, in each state of consent: which pictures are asked for, and which count. */
describe('R7.2 R6.5 a web beacon on a page', () => {
  const data = mkdtempSync(path.join(tmpdir(), 'sluice-beacons-'))
  let app: App
  let browser: Browser
  let pages: PageServer
  let collector: string
  const visitors: Visitor[] = []
  beforeAll(async () => {
    const port = await freePort()
    collector = `http://stats.example:${port}`
    app = await startApp({
      config: readConfig({ PORT: String(port), SLUICE_DATA: data, PUBLIC_URL: collector }),
      log: silentLog,
    })
    pages = await servePages({})
    browser = await sharedBrowser()
  })
  afterEach(async () => {
    await Promise.all(visitors.splice(0).map((visitor) => visitor.leave()))
  })
  afterAll(async () => {
    await pages.close()
    await app.stop()
    rmSync(data, { recursive: true, force: true })
  })

  interface Scene {
    readonly visitor: Visitor
    /** Pictures that were asked for, by name, with what they carry. */
    pictures(): { name: string; category: string | null; hasToken: boolean }[]
    /** Beacons that count, by name and basis. */
    counted(): Promise<Record<string, number>>
    settle(): Promise<void>
  }

  async function scene(domain: string, options: { gpc?: boolean; noScript?: boolean } = {}): Promise<Scene> {
    const { id } = await app.sites.add({ domain, preConsent: 'anonymous', minimumGroup: 1 })
    const { key } = await app.keys.create({ siteId: id, scope: 'query' })
    const img = (name: string, category: string): string =>
      `<img data-category="${category}" data-src="${collector}/b/${domain}/${name}.gif?category=${category}" alt="">`
    pages.route(
      '/page',
      `<!doctype html><html lang="en"><title>Shop</title><script defer src="${collector}/sluice.js" data-site="${domain}"></script><h1>Shop</h1>${img('seen', 'performance')}${img('offer', 'targeting')}`,
    )
    const visitor = await openVisitor(browser, { javaScriptEnabled: options.noScript !== true })
    visitors.push(visitor)
    if (options.gpc) {
      await visitor.context.addInitScript(() =>
        Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true }),
      )
    }
    await visitor.page.goto(`${pages.origin(domain)}/page`)
    if (!options.noScript) await visitor.settle()
    return {
      visitor,
      pictures: () =>
        visitor.requests
          .filter(({ url }) => url.startsWith(`${collector}/b/`))
          .map(({ url }) => {
            const { pathname, searchParams } = new URL(url)
            return {
              name: pathname.split('/').at(-1) ?? '',
              category: searchParams.get('category'),
              hasToken: searchParams.has('consent'),
            }
          }),
      async counted() {
        const found: Record<string, number> = {}
        for (const basis of ['performance@1', 'targeting@1', 'functionality@1', 'anonymous']) {
          const { rows } = await ask(app.url, key, {
            site: domain,
            period: 'today',
            metrics: ['events'],
            breakdown: 'beacon',
            filters: [{ dimension: 'basis', is: [basis] }],
          })
          for (const row of rows) found[`${row['beacon']} ${basis}`] = Number(row.events)
        }
        return found
      },
      async settle() {
        await visitor.settle()
      },
    }
  }

  /** Makes a choice as the page's own code does, and a call for a beacon after it. */
  async function choose(
    { visitor, settle }: Scene,
    categories: string[] | 'reject' | 'withdraw',
  ): Promise<void> {
    await visitor.page.evaluate((chosen) => {
      const { consent } = (
        window as unknown as { sluice: Record<string, Record<string, (list?: string[]) => void>> }
      ).sluice as never as { consent: Record<string, (list?: string[]) => void> }
      if (chosen === 'reject') consent['rejectAll']?.()
      else if (chosen === 'withdraw') consent['withdraw']?.()
      else consent['accept']?.(chosen)
    }, categories)
    await settle()
  }

  async function call({ visitor, settle }: Scene, name: string, category: string): Promise<void> {
    await visitor.page.evaluate(
      ([called, under]) => {
        const { sluice } = window as unknown as { sluice: { beacon(name: unknown, details?: unknown): void } }
        sluice.beacon(called, { category: under })
        // Nothing comes of what cannot be read, and nothing is thrown.
        sluice.beacon(undefined)
        sluice.beacon('x')
        sluice.beacon('', { category: under })
      },
      [name, category],
    )
    await settle()
  }

  it('before a choice asks for nothing, in the anonymous mode too', async () => {
    const one = await scene('before.example')
    await call(one, 'called', 'performance')
    expect(one.pictures()).toEqual([])
    expect(one.visitor.requests.map(({ url }) => url).filter((url) => url.includes('sluice-beacon'))).toEqual(
      [],
    )
    expect(await one.counted()).toEqual({})
  })

  it('after a refusal asks for nothing, nor with Global Privacy Control, nor without JavaScript', async () => {
    const refused = await scene('refused.example')
    await choose(refused, 'reject')
    await call(refused, 'called', 'targeting')
    await refused.visitor.page.reload()
    await refused.settle()
    const gpc = await scene('gpc.example', { gpc: true })
    await call(gpc, 'called', 'targeting')
    const plain = await scene('plain.example', { noScript: true })
    for (const one of [refused, gpc, plain]) {
      expect(one.pictures()).toEqual([])
      expect(await one.counted()).toEqual({})
    }
  })

  it('under performance is shown with the token, and what another category asks for is not', async () => {
    const one = await scene('measured.example')
    await choose(one, ['performance'])
    await call(one, 'called', 'performance')
    await call(one, 'elsewhere', 'targeting')
    await expect.poll(() => one.pictures().length).toBe(2)
    await one.settle()
    expect(one.pictures()).toEqual([
      { name: 'seen.gif', category: 'performance', hasToken: true },
      { name: 'called.gif', category: 'performance', hasToken: true },
    ])
    const counted = await eventually(one.counted, (found) => Object.keys(found).length === 2)
    expect(counted).toEqual({ 'seen performance@1': 1, 'called performance@1': 1 })
    expect(one.visitor.complaints).toEqual([])
  })

  it('under targeting alone counts what waits for it, and on the next page again', async () => {
    const one = await scene('targeted.example')
    await choose(one, ['targeting'])
    await expect.poll(() => one.pictures().length).toBe(1)
    await one.visitor.page.reload()
    await expect.poll(() => one.pictures().length).toBe(2)
    await one.settle()
    expect(one.pictures().map(({ name }) => name)).toEqual(['offer.gif', 'offer.gif'])
    const counted = await eventually(one.counted, (found) => found['offer targeting@1'] === 2)
    expect(counted).toEqual({ 'offer targeting@1': 2 })
  })

  it('after a withdrawal is taken from the page, and nothing more is asked for', async () => {
    const one = await scene('withdrawn.example')
    await choose(one, ['performance', 'targeting'])
    await expect.poll(() => one.pictures().length).toBe(2)
    await choose(one, 'withdraw')
    await call(one, 'called', 'performance')
    expect(await one.visitor.page.locator('img[src]').count()).toBe(0)
    await one.visitor.page.reload()
    await one.settle()
    expect(one.pictures()).toHaveLength(2)
    const counted = await eventually(one.counted, (found) => Object.keys(found).length === 2)
    expect(counted).toEqual({ 'seen performance@1': 1, 'offer targeting@1': 1 })
  })

  it('R2.4 lets a recipient of mails take their consent back with the keyboard, in English and German', async () => {
    const { id } = await app.sites.add({ domain: 'mails.example', minimumGroup: 1 })
    const { key } = await app.keys.create({ siteId: id, scope: 'admin' })
    const api = async <T>(method: string, address: string, body: object): Promise<T> => {
      const answer = await fetch(`${app.url}${address}`, {
        method,
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ site: 'mails.example', ...body }),
      })
      expect(answer.ok).toBe(true)
      return (await answer.json()) as T
    }
    await api('PUT', '/api/beacons', { campaign: 'Spring', mode: 'identified' })
    const email = 'ada@lovelace.example'
    const given = { email, event: 'given', purposes: ['email_open'], copy: 'May we?', method: 'form' }
    await api('POST', '/api/email-consents', { consents: [given] })
    const mail = await api<{ withdraw: string }>('POST', '/api/beacons', {
      campaign: 'Spring',
      recipient: email,
    })
    const visitor = await openVisitor(browser, { locale: 'de-DE', viewport: { width: 320, height: 640 } })
    visitors.push(visitor)
    const { page } = visitor
    await page.goto(mail.withdraw)
    expect(await page.getByRole('heading').textContent()).toBe('Nicht mehr zählen, was ich öffne')
    expect(await axeBreaches(page)).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320)
    await page.getByRole('link', { name: 'English' }).click()
    await page.getByRole('button', { name: 'Stop counting' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('status').waitFor()
    expect(await page.getByRole('heading').textContent()).toBe('It is stopped')
    const { granted } = await api<{ granted: string[] }>('POST', '/api/email-consents/find', { email })
    expect(granted).toEqual([])
    // Nothing but the collector was asked, and nothing is kept.
    expect(visitor.requests.every(({ url }) => url.startsWith(collector))).toBe(true)
    expect(await visitor.context.cookies()).toEqual([])
    // Over plain http a browser says that it passes over two headers which are of https.
    const ofHttps = /^The Cross-Origin-Opener-Policy header|^The page requested an origin-keyed/
    expect(visitor.complaints.filter((line) => !ofHttps.test(line))).toEqual([])
  })

  it('is refused again by the collector, whoever asks for it, with the same picture and a counted drop', async () => {
    const one = await scene('asked.example')
    const address = `${collector.replace('stats.example', '127.0.0.1')}/b/asked.example/seen.gif?category=performance`
    const agent = await one.visitor.page.evaluate(() => navigator.userAgent)
    const answer = await fetch(address, { headers: { 'user-agent': agent } })
    expect([answer.status, (await answer.arrayBuffer()).byteLength]).toEqual([200, 43])
    expect(await one.counted()).toEqual({})
    const site = app.sites.get('asked.example')
    const { key } = await app.keys.create({ siteId: site.id, scope: 'query' })
    const dropped = async (): Promise<unknown> =>
      (await ask(app.url, key, { site: site.domain, period: 'today', breakdown: 'dropReason' })).rows
    expect(await dropped()).toEqual([{ dropReason: 'no_consent', drops: 1 }])
  })
})
