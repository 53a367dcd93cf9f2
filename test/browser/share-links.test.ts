import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { breachesIn, LOOKS, TWO_LOOKS } from '../support/breaches.ts'
import { sharedBrowser } from '../support/browser.ts'
import { addSite, ask, eventually, pageview, send, startProduct, type Product } from '../support/product.ts'
import { setUpAccount, setUpLinkIn, type HttpPerson } from '../support/sign-in.ts'

const SITE = 'shop.example'
const HOSTILE = `<img src=x onerror=alert(1)>"'`

/** Share links as their makers and their readers meet them, on the running product. */
describe('share links in a browser', () => {
  let product: Product
  let browser: Browser
  let owner: HttpPerson
  const faults: string[] = []
  const foreign: string[] = []

  beforeAll(async () => {
    product = await startProduct()
    owner = await setUpAccount(setUpLinkIn(product.output()))
    const key = await addSite(product, SITE)
    await addSite(product, 'other.example')
    for (const [index, page] of ['/', '/docs', '/docs/a', '/pricing'].entries()) {
      await send(product.url, SITE, [pageview(SITE, page)], { address: `203.0.113.${index + 1}` })
    }
    await eventually(
      () => ask(product.url, key, { site: SITE, metrics: ['pageviews'] }),
      ({ totals }) => totals.pageviews === 4,
    )
    browser = await sharedBrowser()
  }, 120_000)
  afterAll(() => product.dispose())

  async function context(cookie?: string): Promise<BrowserContext> {
    const made = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce' })
    onTestFinished(() => made.close())
    const [name = '', value = ''] = cookie?.split('=') ?? []
    if (cookie !== undefined) await made.addCookies([{ name, value, url: product.url }])
    return made
  }

  async function open(within: BrowserContext, address: string): Promise<Page> {
    const page = await within.newPage()
    page.on('pageerror', (error) => faults.push(error.message))
    page.on('dialog', (dialog) => {
      faults.push(dialog.message())
      void dialog.dismiss()
    })
    page.on('request', (request) => {
      if (new URL(request.url()).origin !== product.url) foreign.push(request.url())
    })
    await page.goto(address)
    return page
  }

  const make = async (...flags: string[]): Promise<{ id: string; link: string }> =>
    JSON.parse(
      await product.cli('share', 'create', '--site', SITE, '--name', 'by hand', ...flags, '--json'),
    ) as { id: string; link: string }

  it('R2.1 an owner makes one by keyboard, its reader opens it with the password, and it is revoked', async () => {
    const page = await open(await context(owner.cookie), `${product.url}/?show=sharing&site=${SITE}`)
    await page.getByText('This site has no share link.').waitFor()
    expect(await breachesIn(page, TWO_LOOKS)).toEqual([])
    await page.getByRole('button', { name: 'Make a link' }).focus()
    await page.keyboard.press('Enter')
    await page.getByLabel('What it is for').fill(HOSTILE)
    await page.getByLabel('Password').fill('calm water, 1870')
    await page.getByLabel('Ends').selectOption('30d')
    await page.getByLabel('Hosts that may show it').fill('*')
    await page.getByLabel('Reason').fill('the board asked')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').getByText('is no host that can frame a link').waitFor()
    await page.getByLabel('Hosts that may show it').fill('wiki.example')
    expect(await breachesIn(page, TWO_LOOKS)).toEqual([])
    await page.getByLabel('Reason').focus()
    await page.keyboard.press('Enter')
    const link = await page.getByRole('textbox', { name: 'Share link' }).inputValue()
    expect(link).toMatch(/\/\?share=[\da-f]{16}#[\w-]{43}$/)
    const frame = await page.getByRole('textbox', { name: 'To show it in a page' }).inputValue()
    expect(frame).toContain(`<iframe src="${link}"`)
    expect(frame).not.toContain('onerror=alert(1)>"')
    await page.getByRole('heading', { name: HOSTILE }).waitFor()
    expect(await breachesIn(page, LOOKS)).toEqual([])

    const reading = await context()
    const reader = await open(reading, link)
    await reader.getByRole('heading', { name: 'This link has a password' }).waitFor()
    expect(await breachesIn(reader, TWO_LOOKS)).toEqual([])
    await reader.getByLabel('Password').fill('wrong water')
    await reader.keyboard.press('Enter')
    await reader.getByRole('alert').getByText('The password is wrong').waitFor()
    await reader.getByLabel('Password').fill('calm water, 1870')
    await reader.keyboard.press('Enter')
    await reader.getByRole('slider').waitFor()
    expect(await reading.cookies()).toEqual([])
    expect(await reading.storageState()).toMatchObject({ origins: [] })

    await page.reload()
    await page.getByRole('button', { name: /^Revoke/ }).click()
    await page.getByRole('button', { name: `Revoke ${HOSTILE}` }).click()
    await page.getByText('This site has no share link.').waitFor()
    // It opens itself again when the server knows it no more, and is told why it cannot.
    await reader.getByRole('combobox', { name: 'Period' }).selectOption('7d')
    await reader.getByText('This link has ended or was never made').waitFor()
  }, 120_000)

  it('R9.1 shows numbers, keeps what opens it through filters, history and reloads, and offers nothing else', async () => {
    const { link } = await make('--filter', 'page*=/docs')
    const page = await open(await context(), link)
    await page.getByRole('button', { name: /^Page views 2/ }).waitFor()
    await page.getByText('Narrowed to Page contains /docs.').waitFor()
    expect(await breachesIn(page, LOOKS)).toEqual([])
    for (const name of ['Sign out', 'Account']) {
      expect([name, await page.getByText(name, { exact: true }).count()]).toEqual([name, 0])
    }
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'CSV of Page' }).click(),
    ])
    expect(file.suggestedFilename()).toMatch(/^sluice-\d{4}-\d\d-\d\d-\d{4}-\d\d-\d\d\.csv$/)
    // With the filter that is the link's own, as on the page.
    const lines = readFileSync(await file.path(), 'utf8')
      .split('\r\n')
      .slice(1, -1)
    const pages = lines.map((line) => String(line.split(',')[0]))
    expect(new Set(pages)).toEqual(new Set(['"/docs"', '"/docs/a"']))
    await page.getByRole('link', { name: 'Only /docs/a' }).click()
    await page.getByRole('button', { name: /^Page views 1/ }).waitFor()
    const [, token = ''] = link.split('#')
    expect(page.url()).toContain(`#${token}`)
    await page.reload()
    await page.getByRole('button', { name: /^Page views 1/ }).waitFor()
    await page.goBack()
    await page.getByRole('button', { name: /^Page views 2/ }).waitFor()
    // Pages of the settings are none of a reader's.
    await page.goto(link.replace('?', '?show=sharing&'))
    await page.getByRole('slider').waitFor()
  }, 120_000)

  it('a link that is wrong says so, and does not ask anybody to sign in', async () => {
    const { link } = await make()
    const page = await open(await context(), `${link.slice(0, -1)}${link.endsWith('A') ? 'B' : 'A'}`)
    await page.getByText('This link has ended or was never made').waitFor()
    expect(await page.getByLabel('Password').count()).toBe(0)
  }, 60_000)

  it('R2.2 stands in a frame of the hosts that were named, and in no other', async () => {
    const { link: nobody } = await make()
    const host = createServer((request, response) => {
      response.setHeader('content-type', 'text/html')
      const shown = request.url === '/framed' ? framed : nobody
      response.end(
        `<!doctype html><title>host</title><iframe src="${shown}" width="900" height="700"></iframe>`,
      )
    }).listen(0, '127.0.0.1')
    await once(host, 'listening')
    onTestFinished(() => void host.close())
    const port = (host.address() as AddressInfo).port
    const { link: framed } = await make('--embed', `http://localhost:${port}`)
    const within = await context()
    const page = await within.newPage()
    await page.goto(`http://localhost:${port}/framed`)
    await page.frameLocator('iframe').getByRole('slider').waitFor()
    for (const address of [`http://localhost:${port}/other`, `http://127.0.0.1:${port}/framed`]) {
      const refused: string[] = []
      const other = await within.newPage()
      other.on('console', (message) => refused.push(message.text()))
      await other.goto(address)
      await expect.poll(() => refused.join(' ')).toContain('frame-ancestors')
      expect(await other.frameLocator('iframe').getByRole('slider').count()).toBe(0)
    }
  }, 120_000)

  it('on paper there are numbers and nothing to press', async () => {
    const page = await open(await context(), (await make()).link)
    await page.getByRole('slider').waitFor()
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
    for (const name of ['Views', 'Refresh']) {
      for (const part of await page.getByLabel(name).all()) expect(await part.isVisible()).toBe(false)
    }
    expect(await page.getByRole('navigation').isVisible()).toBe(false)
    const [ground, ink] = await page.evaluate(() => {
      const { backgroundColor, color } = getComputedStyle(document.documentElement)
      return [backgroundColor, color]
    })
    expect([ground, ink]).toEqual(['rgb(255, 255, 255)', 'rgb(0, 0, 0)'])
  }, 60_000)

  it('none of it breaks, runs what strangers wrote, or asks another host', () => {
    expect(faults).toEqual([])
    expect(foreign).toEqual([])
  })
})
