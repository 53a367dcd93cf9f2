import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { breachesIn, TWO_LOOKS } from '../support/breaches.ts'
import { sharedBrowser } from '../support/browser.ts'
import { turnTo } from '../support/dashboard.ts'
import {
  addSite,
  ask,
  choose,
  eventually,
  pageview,
  send,
  startProduct,
  type Product,
} from '../support/product.ts'
import { setUpAccount, setUpLinkIn, type HttpPerson } from '../support/sign-in.ts'

const SITE = 'shop.example'
const HOSTILE = `<img src=x onerror=alert(1)>"'`

/** The pages about a site and the installation, on the running product, with data and without. */
describe('the settings in the dashboard', () => {
  let product: Product
  let browser: Browser
  let owner: HttpPerson
  /** The owner's, in which one is shown after the other: each test of these begins where the one before ended. */
  let page: Page
  const faults: string[] = []
  const foreign: string[] = []

  beforeAll(async () => {
    product = await startProduct()
    owner = await setUpAccount(setUpLinkIn(product.output()))
    const key = await addSite(product, SITE)
    await product.cli('site', 'add', 'empty.example')
    for (const [index, path] of ['/', '/thanks', '/thanks/you'].entries()) {
      await send(product.url, SITE, [pageview(SITE, path)], { address: `203.0.113.${index + 1}` })
    }
    await eventually(
      () => ask(product.url, key, { site: SITE, metrics: ['pageviews'] }),
      ({ totals }) => totals.pageviews === 3,
    )
    browser = await sharedBrowser()
    page = await open(await signedIn(owner), 'keys')
  }, 120_000)
  afterAll(async () => {
    await page.context().close()
    await product.dispose()
  })

  async function signedIn({ cookie }: HttpPerson, locale = 'en-GB'): Promise<BrowserContext> {
    const context = await browser.newContext({ locale, reducedMotion: 'reduce' })
    const [name = '', value = ''] = cookie.split('=')
    await context.addCookies([{ name, value, url: product.url }])
    return context
  }

  async function open(context: BrowserContext, view: string, site = SITE): Promise<Page> {
    const opened = await context.newPage()
    opened.on('pageerror', (error) => faults.push(error.message))
    opened.on('console', (message) => {
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
        faults.push(message.text())
      }
    })
    opened.on('dialog', (dialog) => {
      faults.push(dialog.message())
      void dialog.dismiss()
    })
    opened.on('request', (request) => {
      const { origin, protocol } = new URL(request.url())
      if (protocol !== 'blob:' && origin !== product.url) foreign.push(request.url())
    })
    await opened.goto(`${product.url}/?show=${view}&site=${site}`)
    await opened.getByRole('heading', { level: 1 }).waitFor()
    return opened
  }

  async function show(view: string): Promise<void> {
    const search = `?show=${view}&site=${SITE}`
    if (new URL(page.url()).searchParams.get('show') === view) await page.goto(product.url + search)
    else await turnTo(page, search)
  }

  it('R2.6 the settings of a site are saved, and what weakens them warns and asks why', async () => {
    await show('site')
    await page.getByLabel('Time zone').selectOption('Europe/Berlin')
    expect(await page.getByLabel('Reason').count()).toBe(0)
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('status').getByText('Saved.').first().waitFor()
    await page.getByText(/it is Europe\/Berlin\./).waitFor()
    await page.getByLabel('Days that single events are kept').fill('500')
    await page.getByText('Single events are kept for longer.').waitFor()
    expect(await breachesIn(page, TWO_LOOKS)).toEqual([])
    await page.getByLabel('Reason').fill('the shop compares years')
    await page.keyboard.press('Enter')
    await expect.poll(() => page.getByLabel('Reason').count()).toBe(0)
    const shown = JSON.parse(await product.cli('site', 'show', SITE, '--json')) as Record<string, unknown>
    expect(shown).toMatchObject({ eventWindowDays: 500, nextTimezone: { timezone: 'Europe/Berlin' } })
    await page.getByLabel('Fewest visitors').fill('0')
    await page.getByLabel('Reason').fill('to be refused')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').getByText('The minimum group must be').waitFor()
  }, 120_000)

  it('R9.1 the snippet is made here, and says whether anything has come of it', async () => {
    await show('snippet')
    await page.getByText('Yes: a page view arrived').waitFor()
    await page.getByLabel('The part after #').check()
    await page.getByLabel('Pages that are not measured').fill('/account/**"><script>')
    const line = await page.getByRole('textbox', { name: 'The line for your pages' }).inputValue()
    expect(line).toBe(
      `<script defer src="${product.url}/sluice.js" data-site="${SITE}" data-hash data-exclude="/account/**script"></script>`,
    )
    const empty = await open(page.context(), 'snippet', 'empty.example')
    onTestFinished(() => empty.close())
    await empty.getByText('Nothing has arrived yet.').waitFor()
    await empty.getByText('Open a page of empty.example in a private window').waitFor()
    expect(await breachesIn(empty, TWO_LOOKS)).toEqual([])
  }, 120_000)

  it('R9.1 goals are tried while they are typed, added and removed, whatever they are called', async () => {
    await show('goals')
    await page.getByText('This site has no goals.').waitFor()
    await page.getByRole('button', { name: 'Add a goal' }).focus()
    await page.keyboard.press('Enter')
    await page.getByLabel('Name', { exact: true }).fill(HOSTILE)
    await page.getByLabel('Page', { exact: true }).fill('/thanks**')
    await page.getByText('Of the last 30 days it fits /thanks (1), /thanks/you (1).').waitFor()
    await page.getByLabel('Page', { exact: true }).fill('/nowhere')
    await page.getByText('Nothing of the last 30 days fits it.').waitFor()
    await page.getByLabel('Page', { exact: true }).fill('/thanks**')
    expect(await breachesIn(page, TWO_LOOKS)).toEqual([])
    await page.getByLabel('Page', { exact: true }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: HOSTILE }).waitFor()
    await page.getByRole('button', { name: `Remove ${HOSTILE}` }).click()
    await page.getByText('What was measured stays').waitFor()
    await page.getByRole('button', { name: `Remove ${HOSTILE}` }).click()
    await page.getByText('This site has no goals.').waitFor()
  }, 120_000)

  it('R6.6 a policy is edited with its checks and its banner beside it, and published', async () => {
    await show('policy')
    await page.getByText('Nobody has published a manifest yet.').waitFor()
    const text = page.getByRole('textbox', { name: 'Manifest' })
    await page.getByText('It says the same as the one in force.').waitFor()
    const manifest = JSON.parse(await text.inputValue()) as { controller: object }
    const write = (changes: object): Promise<void> =>
      text.fill(JSON.stringify({ ...manifest, ...changes }, null, 2))
    await text.fill('{\n  "manifest": 1,\n}')
    await page.getByText('This is no valid JSON: look at line 3.').waitFor()
    await write({ controller: { name: '', contact: 'nobody' } })
    await page.getByText('What speaks against it').waitFor()
    const line = page.getByRole('button', { name: /^Line/ }).first()
    await line.click()
    const chosen = await text.evaluate((area) => {
      const { value, selectionStart, selectionEnd } = area as HTMLTextAreaElement
      return value.slice(selectionStart, selectionEnd)
    })
    expect(chosen).toMatch(/controller|name|contact/)
    expect(await page.getByRole('button', { name: /^Publish/ }).count()).toBe(0)
    expect(await breachesIn(page, TWO_LOOKS)).toEqual([])

    await write({ controller: { name: 'Shop and Sons', contact: 'dpo@shop.example' } })
    await page.getByText(/It widens performance/).waitFor()
    const banner = page.frameLocator('iframe')
    await banner.getByText('Shop and Sons').first().waitFor()
    const frame = page.locator('iframe')
    expect(await frame.getAttribute('sandbox')).toBe('allow-scripts')
    await banner
      .getByRole('button', { name: /reject/i })
      .first()
      .click()
    await banner.getByText('Nothing was recorded.').waitFor()
    await page.getByRole('button', { name: 'Publish as revision 2' }).click()
    await page.getByText('In force: revision 2').waitFor()
    await page.getByText('It says the same as the one in force.').waitFor()
  }, 120_000)

  it('R4.7 what is kept, and R2.7 a disclosure with reason and ground, as a file', async () => {
    await show('retention')
    await page.getByRole('heading', { name: 'single events' }).waitFor()
    await page.getByText('500 days after they happened').waitFor()
    expect(await breachesIn(page, TWO_LOOKS)).toEqual([])

    const decided = (await (await choose(product.url, SITE, { revision: 2 })).json()) as { receipt: string }
    await show('disclosure')
    const today = new Date().toISOString().slice(0, 10)
    await page.getByLabel('Id of the receipt').fill('made-up')
    await page.getByLabel('From').fill(today)
    await page.getByLabel('To', { exact: true }).fill(today)
    await page.getByLabel('Reason').fill('the person asked for it')
    expect(await breachesIn(page, TWO_LOOKS)).toEqual([])
    await page.getByRole('button', { name: 'Make the disclosure' }).click()
    await page.getByRole('alert').getByText('There is no such receipt here').waitFor()
    await page.getByLabel('Id of the receipt').fill(decided.receipt)
    await page.getByRole('button', { name: 'Make the disclosure' }).click()
    await page.getByRole('link', { name: /^Download/ }).waitFor()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: /^Download/ }).click(),
    ])
    expect(download.suggestedFilename()).toBe(`disclosure-${today}-${today}.json`)
  }, 120_000)

  it('R4.5 the audit log is paged, filtered and verified', async () => {
    await show('audit')
    await page.getByRole('cell', { name: 'consent.disclosed' }).waitFor()
    expect(await breachesIn(page, TWO_LOOKS)).toEqual([])
    await page.getByLabel('Action').selectOption('site.changed')
    await expect.poll(() => page.getByRole('cell', { name: 'consent.disclosed' }).count()).toBe(0)
    await page.getByRole('cell', { name: 'site.changed' }).first().waitFor()
    expect(page.url()).toContain('action=site.changed')
    await page.getByRole('button', { name: 'Verify it now' }).click()
    await page.getByText(/^It is as it was written: \d+ rows\.$/).waitFor()
  }, 120_000)

  it('R2.1 R4.4 each sees what is theirs: an analyst reads settings, an auditor changes nothing', async () => {
    const pagesOf = async (role: string): Promise<string[]> => {
      const invited = await product.cli('user', 'add', `${role}@example.org`, '--role', role)
      const context = await signedIn(await setUpAccount(setUpLinkIn(invited), `${role}@example.org`))
      onTestFinished(() => context.close())
      const theirs = await open(context, 'site')
      await theirs.getByText('You may look at these settings').waitFor()
      expect(await theirs.getByRole('button', { name: 'Save' }).count()).toBe(0)
      return theirs.getByRole('navigation').getByRole('link').allTextContents()
    }
    expect(await pagesOf('analyst')).toEqual([
      'Numbers',
      'Your account',
      'Site',
      'Snippet',
      'Goals',
      'Retention',
    ])
    expect(await pagesOf('auditor')).toEqual([
      'Numbers',
      'Your account',
      'Site',
      'Snippet',
      'Goals',
      'Policy',
      'Share links',
      'Reports',
      'Keys',
      'Retention',
      'People',
      'Audit log',
    ])
  }, 120_000)

  it('speaks German to who reads German', async () => {
    const context = await signedIn(owner, 'de-DE')
    onTestFinished(() => context.close())
    const german = await open(context, 'site')
    await german.getByLabel('Zeitzone').waitFor()
    await german.getByRole('link', { name: 'Aufbewahrung' }).click()
    await german.getByRole('heading', { name: 'einzelne Ereignisse' }).waitFor()
    expect(await german.title()).toBe('Aufbewahrung · Sluice')
  }, 60_000)

  it('none of it breaks, runs what strangers wrote, or asks another host', () => {
    expect(faults).toEqual([])
    expect(foreign).toEqual([])
  })
})
