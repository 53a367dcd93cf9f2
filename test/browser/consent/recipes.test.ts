import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { OPTIONAL_CATEGORIES, type OptionalCategory } from '../../../schema/consent.ts'
import type { PolicyManifest } from '../../../schema/policy.ts'
import { inspectManifest } from '../../../server/consent/policy/check.ts'
import { consentMode } from '../../../server/consent/policy/consent-mode.ts'
import { lifetimeDays } from '../../../server/consent/policy/lifetime.ts'
import { projectRoot } from '../../../server/project-root.ts'
import { openVisitor, sharedBrowser, type Visitor } from '../../support/browser.ts'
import { startProduct, type Product } from '../../support/product.ts'
import { answer } from './consent-stage.ts'
import { FOREIGN } from './foreign-tags.ts'

/** The examples as they stand in the repository, at `https://example.com/consent/`, on the real product. */
const EXAMPLES = path.join(projectRoot, 'examples/consent')
const SITE = 'https://example.com'
const STATS = 'https://stats.example.com'
const TYPES: Record<string, string> = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript' }

interface Recipe {
  name: string
  /** The one category that it waits for. */
  category: OptionalCategory
  /** All hosts of others that it asks once it is allowed. */
  hosts: string[]
  /** Cookies that it sets on the site. */
  cookies: string[]
  isEmbed?: true
  /** The page is loaded anew when something is taken back. */
  reloads?: true
}
const GA_COOKIES = ['_ga', '_ga', '_ga_XXXXXXXXXX']
const RECIPES: Recipe[] = [
  {
    name: 'ga4',
    category: 'performance',
    hosts: ['region1.google-analytics.com', 'www.googletagmanager.com'],
    cookies: GA_COOKIES,
  },
  {
    name: 'gtm',
    category: 'performance',
    hosts: ['region1.google-analytics.com', 'www.googletagmanager.com'],
    cookies: GA_COOKIES,
    reloads: true,
  },
  {
    name: 'meta-pixel',
    category: 'targeting',
    hosts: ['connect.facebook.net', 'www.facebook.com'],
    cookies: ['_fbc', '_fbp'],
  },
  {
    name: 'youtube',
    category: 'functionality',
    hosts: ['i.ytimg.com', 'www.youtube-nocookie.com'],
    cookies: [],
    isEmbed: true,
  },
  {
    name: 'maps',
    category: 'targeting',
    hosts: ['maps.gstatic.com', 'www.google.com'],
    cookies: [],
    isEmbed: true,
  },
]

let product: Product
let browser: Browser
const visitors: Visitor[] = []

beforeAll(async () => {
  product = await startProduct({ PUBLIC_URL: STATS })
  await product.cli('site', 'add', 'example.com')
  browser = await sharedBrowser()
})
afterEach(async () => {
  for (const visitor of visitors.splice(0)) {
    // The page goes while all is still answered here; then what is on its way to the product arrives.
    await visitor.page.goto('about:blank')
    await visitor.context.unrouteAll({ behavior: 'wait' })
    await visitor.leave()
  }
})
afterAll(() => product.dispose())

const policyFile = ({ name }: Recipe): string => path.join(EXAMPLES, name, 'policy.json')
const policyOf = (recipe: Recipe): PolicyManifest =>
  JSON.parse(readFileSync(policyFile(recipe), 'utf8')) as PolicyManifest

let inForce = ''
/** A new visitor of a recipe's page. Nothing leaves the machine: what is not served here is refused. */
async function visit(recipe: Recipe): Promise<Visitor> {
  if (inForce !== recipe.name) await product.cli('policy', 'set', 'example.com', policyFile(recipe))
  inForce = recipe.name
  const visitor = await openVisitor(browser)
  visitors.push(visitor)
  const { context } = visitor
  await context.route('**/*', (route) => {
    const address = new URL(route.request().url())
    const served = FOREIGN[address.origin + address.pathname]
    const isForeign = recipe.hosts.includes(address.host) || address.host.endsWith('.doubleclick.net')
    if (served) return route.fulfill(served)
    return isForeign ? route.fulfill({ status: 204 }) : route.abort()
  })
  await context.route(`${SITE}/**`, (route) => {
    const { pathname } = new URL(route.request().url())
    const file = path.join(EXAMPLES, pathname.replace(/^\/consent/, '').replace(/\/$/, '/index.html'))
    return route.fulfill({ body: readFileSync(file), contentType: TYPES[path.extname(file)] ?? '' })
  })
  await context.route(`${STATS}/**`, async (route) => {
    const response = await route.fetch({ url: route.request().url().replace(STATS, product.url) })
    await route.fulfill({ response })
  })
  await visitor.page.goto(`${SITE}/consent/${recipe.name}/`)
  return visitor
}

/** The hosts of others that were asked for something, each once. */
function foreignHosts({ requests }: Visitor): string[] {
  const own = [SITE, STATS]
  const addresses = requests.map(({ url }) => new URL(url)).filter(({ protocol }) => protocol !== 'data:')
  return [
    ...new Set(addresses.filter(({ origin }) => !own.includes(origin)).map(({ host }) => host)),
  ].toSorted()
}

const siteCookies = async ({ context }: Visitor): Promise<string[]> =>
  (await context.cookies()).map(({ name }) => name).toSorted()

const words = ({ page }: Visitor): Promise<number> => page.locator('.sluice-embed').count()
const framesOfOthers = ({ page }: Visitor): string[] =>
  page
    .frames()
    .map((one) => one.url())
    .filter((url) => url.startsWith('https:') && !url.startsWith(SITE))

/** Chooses exactly these in the dialog, as a visitor does. */
async function choose(page: Page, categories: readonly string[]): Promise<void> {
  await page.click('[data-sluice-open]')
  await page.locator('.pm').waitFor()
  for (const category of OPTIONAL_CATEGORIES) {
    const toggle = page.locator(`.section__toggle[value="${category}"]`)
    await toggle.setChecked(categories.includes(category), { force: true })
  }
  await page.locator('.pm__btn[data-role="save"]').click()
}

/** Gives what runs on the page a reason to send something. */
async function click({ page }: Visitor): Promise<void> {
  await page.click('h1')
}

describe.each(RECIPES.map((recipe) => [recipe.name, recipe] as const))('examples/consent/%s', (_, recipe) => {
  it('has a manifest that nothing speaks against, and lets the page talk to hosts that it names only', () => {
    const { manifest, findings } = inspectManifest(policyOf(recipe), { domain: 'example.com' })
    expect([manifest !== undefined, findings]).toEqual([true, []])
    const declared = policyOf(recipe).services.flatMap(({ hosts }) => hosts)
    const page = readFileSync(path.join(EXAMPLES, recipe.name, 'index.html'), 'utf8')
    const policy = /content="(default-src [^"]+)"/.exec(page)?.[1] ?? ''
    const named = policy.match(/https:\/\/[^ ;]+/g) ?? []
    expect(named).toContain(STATS)
    expect(named.filter((host) => host !== STATS && !declared.includes(host.slice(8)))).toEqual([])
  })

  it('R6.5 asks nobody else before a choice, after a refusal, and when all but its category is allowed', async () => {
    const visitor = await visit(recipe)
    await visitor.page.locator('.cm').waitFor()
    await visitor.settle()
    expect(await siteCookies(visitor)).toEqual([])
    if (recipe.isEmbed) expect(await words(visitor)).toBe(1)
    await answer(visitor, 'necessary')
    await click(visitor)
    await visitor.settle()
    expect(await siteCookies(visitor)).toEqual(['cc_cookie'])
    await choose(
      visitor.page,
      OPTIONAL_CATEGORIES.filter((name) => name !== recipe.category),
    )
    await click(visitor)
    await visitor.settle()
    expect(foreignHosts(visitor)).toEqual([])
    expect(framesOfOthers(visitor)).toEqual([])
    expect(await siteCookies(visitor)).toEqual(['cc_cookie'])
    if (recipe.isEmbed) expect(await words(visitor)).toBe(1)
    expect(visitor.complaints).toEqual([])
  })

  it('R6.5 asks exactly its hosts when its category is allowed, and nobody any more when that is taken back', async () => {
    const visitor = await visit(recipe)
    await answer(visitor, 'show')
    await visitor.page.locator(`.section__toggle[value="${recipe.category}"]`).check({ force: true })
    await visitor.page.locator('.pm__btn[data-role="save"]').click()
    await expect.poll(() => foreignHosts(visitor), { timeout: 10_000 }).toEqual(recipe.hosts)
    await click(visitor)
    await visitor.settle()
    expect(foreignHosts(visitor)).toEqual(recipe.hosts)
    expect(await siteCookies(visitor)).toEqual([...recipe.cookies, 'cc_cookie'].toSorted())
    await expectDeclared(visitor, recipe)
    if (recipe.isEmbed) {
      expect(framesOfOthers(visitor)).toHaveLength(1)
      expect(await words(visitor)).toBe(0)
    }

    const loaded = recipe.reloads && visitor.page.waitForEvent('load')
    await visitor.page.click('[data-sluice-open]')
    await visitor.settle()
    visitor.requests.splice(0)
    await visitor.page.locator('.pm__btn[data-role="necessary"]').click()
    await loaded
    await expect.poll(() => siteCookies(visitor)).toEqual(['cc_cookie'])
    await click(visitor)
    await visitor.settle()
    if (recipe.isEmbed) {
      expect(framesOfOthers(visitor)).toEqual([])
      await expect.poll(() => words(visitor)).toBe(1)
    }
    await visitor.page.reload()
    await click(visitor)
    await visitor.settle()
    expect(foreignHosts(visitor)).toEqual([])
    expect(await siteCookies(visitor)).toEqual(['cc_cookie'])
    expect(await visitor.page.evaluate(() => Object.keys(localStorage))).toEqual([])
    expect(visitor.complaints).toEqual([])
  })
})

/** R6.7: what is on the device is declared, and stays no longer than declared. */
async function expectDeclared({ context }: Visitor, recipe: Recipe): Promise<void> {
  const items = policyOf(recipe).services.flatMap((service) => service.items)
  for (const { name, expires } of await context.cookies()) {
    if (name === 'cc_cookie') continue
    const item = items.find(
      (one) => one.name === name || (one.name.endsWith('*') && name.startsWith(one.name.slice(0, -1))),
    )
    expect(item, name).toBeDefined()
    const days = (expires * 1_000 - Date.now()) / 86_400_000
    expect(days, name).toBeLessThanOrEqual(lifetimeDays(item?.lifetime ?? ''))
  }
}

const recipeOf = (name: string): Recipe => RECIPES.find((recipe) => recipe.name === name) as Recipe

it('R6.5 Google is told what the visitor allows, by the same mapping as everywhere', async () => {
  const visitor = await visit(recipeOf('ga4'))
  await visitor.page.locator('.cm').waitFor()
  const told = (): Promise<unknown[]> =>
    visitor.page.evaluate(() => {
      const { dataLayer } = window as unknown as { dataLayer: ArrayLike<unknown>[] }
      return dataLayer.map((entry) => Array.from(entry)).filter(([command]) => command === 'consent')
    })
  expect(await told()).toEqual([['consent', 'default', consentMode(['essential']).google]])
  const choices = [1, 2, 3, 4, 5, 6, 7, 0].map((bits) =>
    OPTIONAL_CATEGORIES.filter((_, rank) => bits & (1 << rank)),
  )
  for (const granted of choices) {
    await visitor.page.evaluate((categories) => window.sluice?.consent?.accept(categories), granted)
    await expect
      .poll(async () => (await told()).at(-1))
      .toEqual(['consent', 'update', consentMode(['essential', ...granted]).google])
  }
})

it('R6.4 tags for ads in a container wait for their own category, and go when that alone is taken back', async () => {
  const visitor = await visit(recipeOf('gtm'))
  await answer(visitor, 'all')
  const hosts = ['googleads.g.doubleclick.net', 'region1.google-analytics.com', 'www.googletagmanager.com']
  await expect.poll(() => foreignHosts(visitor), { timeout: 10_000 }).toEqual(hosts)
  expect(await siteCookies(visitor)).toEqual([...GA_COOKIES, '_gcl_au', 'cc_cookie'])
  const loaded = visitor.page.waitForEvent('load')
  await choose(visitor.page, ['performance'])
  await loaded
  visitor.requests.splice(0)
  await click(visitor)
  await visitor.settle()
  expect(foreignHosts(visitor)).not.toContain('googleads.g.doubleclick.net')
  expect(await siteCookies(visitor)).toEqual([...GA_COOKIES, 'cc_cookie'])
})

it('R6.5 the button in place of an embed allows its category and shows it', async () => {
  const visitor = await visit(recipeOf('youtube'))
  await visitor.page.locator('.sluice-embed').getByRole('button', { name: 'Allow and show' }).click()
  await expect.poll(() => foreignHosts(visitor), { timeout: 10_000 }).toEqual(recipeOf('youtube').hosts)
  expect(await visitor.page.evaluate(() => window.sluice?.consent?.get().granted)).toEqual([
    'essential',
    'functionality',
  ])
})
