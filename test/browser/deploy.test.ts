import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { Secret, TOTP } from 'otpauth'
import type { Browser, BrowserContextOptions } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { ConsentRecord } from '../../schema/consent.ts'
import { launchWholeBrowser, openVisitor, type Visitor } from '../support/browser.ts'
import { ask, eventually, freePort, startProduct, type Product } from '../support/product.ts'
import { RECIPES, type Recipe } from '../support/recipes.ts'
import { PASSWORD, setUpLinkIn } from '../support/sign-in.ts'
import { item, manifest, service } from '../unit/consent/policy/manifests.ts'

/** Of a network in London, and of one in Sydney: what is stored shows whose word was taken. */
const LONDON = '81.2.69.142'
const SYDNEY = '1.1.1.1'

/** Cookies of the site that no script can see, where only https lets most of them be. */
const HIDDEN_COOKIES = {
  shop_stats: 'Path=/; HttpOnly',
  shop_stats_wide: 'Path=/; HttpOnly; Domain=example.com',
  '__Secure-shop_stats': 'Path=/; HttpOnly; Secure',
  '__Host-shop_stats': 'Path=/; HttpOnly; Secure',
  shop_stats_apart: 'Path=/; HttpOnly; Secure; Partitioned; SameSite=None',
}
const HIDDEN_NAMES = Object.keys(HIDDEN_COOKIES)
const PAGE =
  '<!doctype html><html lang="en"><title>Shop</title><link rel="icon" href="data:," /><script defer src="/_s/sluice.js" data-site="example.com"></script><h1>Shop</h1></html>'

/** The whole product behind nginx over TLS, on the site's own host, as examples/deploy/nginx sets it up. */
describe('first-party behind nginx, over TLS', () => {
  let product: Product
  let browser: Browser
  let nginx: Recipe
  /** The same behind a CDN, which is this machine. */
  let behindCdn: Recipe
  let key: string
  const visitors: Visitor[] = []

  beforeAll(async () => {
    const sluicePort = await freePort()
    const pages = { 'index.html': PAGE, 'bikes.html': PAGE, 'london.html': PAGE, 'favicon.ico': '' }
    const options = { sluicePort, pages }
    const lines = Object.entries(HIDDEN_COOKIES).map(
      ([name, attributes]) => `add_header Set-Cookie "${name}=1; ${attributes}";`,
    )
    nginx = await RECIPES.nginx({
      ...options,
      changes: { '# The site itself.': `location = /cart { ${lines.join(' ')} return 200 "Cart"; }` },
    })
    behindCdn = await RECIPES.nginx({
      ...options,
      changes: {
        '# set_real_ip_from 192.0.2.0/24;': 'set_real_ip_from 127.0.0.1;',
        '# real_ip_header': 'real_ip_header',
        '# real_ip_recursive': 'real_ip_recursive',
      },
    })
    product = await startProduct({
      PORT: String(sluicePort),
      PUBLIC_URL: `${nginx.origin}/_s`,
      SLUICE_TRUSTED_PROXIES: '',
    })
    await product.cli('site', 'add', 'example.com', '--minimum-group', '1')
    const answer = await product.cli('key', 'create', '--site', 'example.com', '--scope', 'query', '--json')
    key = (JSON.parse(answer) as { key: string }).key
    const items = HIDDEN_NAMES.map((name) => item({ name }))
    const policy = manifest({
      services: [service({ id: 'shop', name: 'Shop statistics', category: 'performance', hosts: [], items })],
    })
    const file = path.join(product.data, 'policy.json')
    writeFileSync(file, JSON.stringify(policy))
    await product.cli('policy', 'set', 'example.com', file)
    browser = await launchWholeBrowser('--host-resolver-rules=MAP example.com 127.0.0.1')
  }, 120_000)
  afterEach(async () => {
    await Promise.all(visitors.splice(0).map((visitor) => visitor.leave()))
  })
  afterAll(async () => {
    await browser.close()
    await product.dispose()
    await behindCdn.stop()
    await nginx.stop()
  })

  async function visit(url: string, options: BrowserContextOptions = {}): Promise<Visitor> {
    const visitor = await openVisitor(browser, { ignoreHTTPSErrors: true, ...options })
    visitors.push(visitor)
    await visitor.page.goto(url)
    return visitor
  }

  /** What was asked below /_s/ since `from`, files of the product left out. */
  const told = ({ requests }: Visitor, from = 0): string[] =>
    requests
      .slice(from)
      .filter(({ kind }) => !['script', 'stylesheet', 'document'].includes(kind))
      .map(({ method, url }) => `${method} ${new URL(url).pathname}`)
  const press = ({ page }: Visitor, name: string): Promise<void> =>
    page.getByRole('button', { name, exact: true }).first().click()
  const cookiesOf = async ({ context }: Visitor): Promise<string[]> =>
    (await context.cookies()).map(({ name }) => name).toSorted()

  /** Has the site set the cookies that no script can see. */
  async function fillCart(visitor: Visitor): Promise<void> {
    await visitor.page.goto(`${nginx.origin}/cart`)
    expect(await cookiesOf(visitor)).toEqual(['cc_cookie', ...HIDDEN_NAMES].toSorted())
  }

  const sessionStatus = ({ page }: Visitor): Promise<number> =>
    page.evaluate(async () => (await fetch('/_s/api/session')).status)

  /** Page views by page, basis and country. */
  async function stored(): Promise<Record<string, number>> {
    const found: Record<string, number> = {}
    for (const country of ['GB', 'AU', '']) {
      const { rows } = await ask(product.url, key, {
        site: 'example.com',
        period: 'today',
        metrics: ['pageviews'],
        breakdown: 'page',
        filters: [
          { dimension: 'basis', is: ['performance@2'] },
          { dimension: 'country', is: [country] },
        ],
      })
      for (const row of rows) found[`${row['page']} ${country || 'unknown'}`] = Number(row.pageviews)
    }
    return found
  }

  it('R6.5 shows the banner, takes the choice, measures under it and believes nobody about their address', async () => {
    const visitor = await visit(`${nginx.origin}/`, { extraHTTPHeaders: { 'X-Forwarded-For': LONDON } })
    await visitor.page.getByRole('button', { name: 'Accept all', exact: true }).waitFor()
    await visitor.settle()
    expect(told(visitor)).toEqual(['GET /_s/s/example.com.json', 'GET /_s/s/example.com/notice.json'])
    expect(await cookiesOf(visitor)).toEqual([])

    const from = visitor.requests.length
    await press(visitor, 'Accept all')
    await visitor.settle()
    expect(told(visitor, from)).toEqual(['POST /_s/c', 'POST /_s/e'])
    const [cookie] = await visitor.context.cookies()
    expect(cookie).toMatchObject({ name: 'cc_cookie', secure: true, sameSite: 'Lax', path: '/' })
    await visitor.page.goto(`${nginx.origin}/bikes.html`)
    await visitor.settle()

    const cdn = { 'X-Forwarded-For': `${SYDNEY}, ${LONDON}` }
    const other = await visit(`${behindCdn.origin}/london.html`, { extraHTTPHeaders: cdn })
    await press(other, 'Accept all')
    await other.settle()
    const found = await eventually(stored, (rows) => Object.keys(rows).length === 3)
    expect(found).toEqual({ '/ unknown': 1, '/bikes.html unknown': 1, '/london.html GB': 1 })
    expect([...visitor.complaints, ...other.complaints]).toEqual([])
    for (const one of visitor.requests) expect(new URL(one.url).origin, one.url).toBe(nginx.origin)
  })

  it('R6.5 a withdrawal expires what no script can see: HttpOnly, Secure, prefixed and partitioned cookies', async () => {
    const visitor = await visit(`${nginx.origin}/`)
    await press(visitor, 'Accept all')
    await visitor.settle()
    await fillCart(visitor)
    await visitor.page.goto(`${nginx.origin}/`)
    expect(await visitor.page.evaluate(() => document.cookie)).not.toContain('shop_stats')
    await visitor.page.evaluate(() => window.sluice?.consent?.withdraw())
    await visitor.settle()
    expect(await cookiesOf(visitor)).toEqual(['cc_cookie'])
    const from = visitor.requests.length
    await visitor.page.goto(`${nginx.origin}/bikes.html`)
    await visitor.settle()
    expect(told(visitor, from)).toEqual([])
  })

  it('R6.5 the choices page changes the choice without JavaScript, and expires the same cookies', async () => {
    const visitor = await visit(`${nginx.origin}/_s/privacy/choices`, { javaScriptEnabled: false })
    const { page, context } = visitor
    const record = async (): Promise<ConsentRecord> => {
      const cookie = (await context.cookies()).find(({ name }) => name === 'cc_cookie')
      expect(cookie).toMatchObject({ secure: true, sameSite: 'Lax', path: '/' })
      return JSON.parse(decodeURIComponent(cookie?.value ?? 'null')) as ConsentRecord
    }
    await page.getByRole('checkbox', { name: 'Allow Statistics' }).check()
    await press(visitor, 'Save my choice')
    await page.getByText('Your choice is saved.').waitFor()
    expect(new URL(page.url()).pathname).toBe('/_s/privacy/choices')
    expect((await record()).categories).toEqual(['essential', 'performance'])

    await fillCart(visitor)
    await page.goto(`${nginx.origin}/_s/privacy/choices`)
    await press(visitor, 'Reject all')
    await page.getByText('Your choice is saved.').waitFor()
    expect((await record()).categories).toEqual(['essential'])
    expect(await cookiesOf(visitor)).toEqual(['cc_cookie'])
    expect(visitor.complaints).toEqual([])
  })

  it('a choice made without JavaScript holds on the pages of the site', async () => {
    const visitor = await visit(`${nginx.origin}/_s/privacy/choices`)
    await press(visitor, 'Accept all')
    await visitor.page.getByText('Your choice is saved.').waitFor()
    const from = visitor.requests.length
    await visitor.page.goto(`${nginx.origin}/bikes.html`)
    await visitor.settle()
    // The view, and that the browser is here for the first time, in one request.
    expect(told(visitor, from)).toEqual(['POST /_s/e'])
  })

  it('gpc.json stands on the site’s own host', async () => {
    const { page } = await visit(`${nginx.origin}/`)
    const answer = await page.goto(`${nginx.origin}/.well-known/gpc.json`)
    expect(answer?.headers()['content-type']).toBe('application/json')
    expect(await answer?.json()).toMatchObject({ gpc: true })
  })

  it('R2.1 R4.2 the dashboard signs in with a cookie of https alone, below its own path', async () => {
    const visitor = await visit(setUpLinkIn(product.output()))
    const { page, context } = visitor
    const secret = (await page.locator('.secret code').textContent()) ?? ''
    await page.getByLabel('E-mail address').fill('owner@example.org')
    await page.getByLabel('Password').fill(PASSWORD)
    const totp = new TOTP({ secret: Secret.fromBase32(secret) })
    await page.getByLabel('Code that it shows now').fill(totp.generate())
    await page.getByRole('button', { name: 'Set up and sign in' }).click()
    await page.getByRole('button', { name: 'I have kept them' }).click()
    await page.getByRole('button', { name: /^Page views/ }).waitFor()
    const session = (await context.cookies()).find(({ name }) => name.includes('session'))
    expect(session).toMatchObject({
      name: '__Secure-sluice_session',
      path: '/_s',
      httpOnly: true,
      secure: true,
      sameSite: 'Strict',
    })
    const opened = await page.reload()
    expect(opened?.headers()['strict-transport-security']).toBe('max-age=63072000')
    await page.getByRole('button', { name: /^Page views/ }).waitFor()

    // The site's own pages are not sent it, and whoever asks without it is nobody.
    expect(await sessionStatus(visitor)).toBe(200)
    const from = visitor.requests.length
    await page.goto(`${nginx.origin}/`)
    await visitor.settle()
    for (const { url, headers } of visitor.requests.slice(from)) {
      expect(headers['cookie'] ?? '', url).not.toContain('sluice_session')
    }
    expect(await sessionStatus(await visit(`${nginx.origin}/`))).toBe(401)
    expect(visitor.complaints).toEqual([])
  })

  it('R8.1 nothing of all this names a visitor in a log of nginx or of the product', () => {
    expect(nginx.logs()).toMatch(/ 200 GET \/bikes\.html /)
    for (const logs of [nginx.logs(), behindCdn.logs(), product.output()]) {
      for (const secret of [/127\.0\.0\.1(?!:)/, LONDON, SYDNEY, 'Chrome/', '_s/c']) {
        expect(logs).not.toMatch(secret)
      }
    }
  })
})
