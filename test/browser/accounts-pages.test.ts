import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { breachesIn, LOOKS, TWO_LOOKS } from '../support/breaches.ts'
import { sharedBrowser } from '../support/browser.ts'
import { startProduct, type Product } from '../support/product.ts'
import { PASSWORD, post, setUpAccount, setUpLinkIn, type HttpPerson } from '../support/sign-in.ts'

/** The pages about one's own account, people and keys, on the running product. */
describe('accounts and keys in the dashboard', () => {
  let product: Product
  let browser: Browser
  let owner: HttpPerson
  const faults: string[] = []
  const foreign: string[] = []

  beforeAll(async () => {
    product = await startProduct()
    await product.cli('site', 'add', 'one.example')
    await product.cli('site', 'add', 'two.example')
    owner = await setUpAccount(setUpLinkIn(product.output()))
    browser = await sharedBrowser()
  }, 90_000)
  afterAll(() => product.dispose())

  /** A browser in which somebody is signed in. */
  async function signedIn({ cookie }: HttpPerson): Promise<BrowserContext> {
    const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce' })
    const [name = '', value = ''] = cookie.split('=')
    await context.addCookies([{ name, value, url: product.url }])
    return context
  }

  async function open(context: BrowserContext, search: string): Promise<Page> {
    const page = await context.newPage()
    page.on('pageerror', (error) => faults.push(error.message))
    page.on('request', (request) => {
      if (new URL(request.url()).origin !== product.url) foreign.push(request.url())
    })
    await page.goto(`${product.url}/${search}`)
    return page
  }

  it('R2.1 people are invited, changed and removed by keyboard, each with a reason', async () => {
    const context = await signedIn(owner)
    const page = await open(context, '')
    await page.getByRole('link', { name: 'Account' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Your account' }).waitFor()
    await page.getByRole('link', { name: 'People' }).focus()
    await page.keyboard.press('Enter')
    const card = (email: string) => page.getByRole('listitem').filter({ hasText: email })
    await card('owner@example.org').getByText('Owner', { exact: true }).waitFor()
    expect(page.url()).toBe(`${product.url}/?show=people`)
    expect(await breachesIn(page, LOOKS)).toEqual([])

    await page.getByRole('button', { name: 'Invite somebody' }).focus()
    await page.keyboard.press('Enter')
    await page.getByLabel('E-mail address').fill('ana@example.org')
    await page.getByRole('checkbox', { name: 'all sites' }).focus()
    await page.keyboard.press('Space')
    await page.getByRole('checkbox', { name: 'two.example' }).focus()
    await page.keyboard.press('Space')
    expect(await page.getByLabel('Code').count(), 'the second factor is fresh').toBe(0)
    expect(await breachesIn(page, TWO_LOOKS)).toEqual([])
    await page.getByLabel('Reason').fill('x')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').getByText('Say why in').waitFor()
    await page.getByLabel('Reason').fill('joins the shop')
    await page.keyboard.press('Enter')
    const link = await page.getByLabel('Set-up link').inputValue()
    await card('ana@example.org').getByText('not set up yet').waitFor()
    await card('ana@example.org').getByText('two.example').waitFor()
    const analyst = await setUpAccount(link)

    await card('ana@example.org').getByRole('button', { name: 'Change' }).click()
    await page.getByLabel('Role').selectOption('consent_officer')
    await page.getByRole('checkbox', { name: 'all sites' }).check()
    await page.getByLabel('Reason').fill('keeps the policy now')
    await page.keyboard.press('Enter')
    await card('ana@example.org').getByText('Consent officer').waitFor()
    await card('ana@example.org').getByText('all sites').waitFor()
    const session = await fetch(`${product.url}/api/session`, { headers: { cookie: analyst.cookie } })
    expect(session.status, 'the session under the old rights has ended').toBe(401)

    await card('ana@example.org').getByRole('button', { name: 'Remove' }).click()
    await page.getByLabel('Reason').fill('has left the shop')
    await page.getByRole('button', { name: 'Remove ana@example.org' }).click()
    await card('ana@example.org').waitFor({ state: 'detached' })
    await page.reload()
    await card('owner@example.org').waitFor()
    expect(await page.getByText('ana@example.org').count()).toBe(0)
    expect(await page.locator('body').textContent()).not.toContain(link)
    await context.close()
  }, 120_000)

  it('R2.1 keys are made, shown once, and revoked', async () => {
    const context = await signedIn(owner)
    const page = await open(context, '?show=keys&site=two.example')
    await page.getByText('This site has no key.').waitFor()
    await page.getByRole('button', { name: 'Make a key' }).click()
    await page.getByLabel('Reason').fill('for the weekly report')
    await page.keyboard.press('Enter')
    const key = await page.getByRole('textbox', { name: 'Key' }).inputValue()
    expect(key).toMatch(/^slk_query_/)
    expect(await breachesIn(page, LOOKS)).toEqual([])
    const question = { site: 'two.example', period: '7d', metrics: ['visitors'] }
    const ask = async (): Promise<number> =>
      (await post(`${product.url}/api/query`, question, { authorization: `Bearer ${key}` })).status
    expect(await ask()).toBe(200)

    await page.reload()
    await page.getByRole('button', { name: /^Revoke/ }).click()
    expect(await page.locator('body').textContent()).not.toContain(key)
    await page.getByLabel('Reason').fill('the report is not needed')
    await page.keyboard.press('Enter')
    await page.getByText('Revoked', { exact: true }).waitFor()
    expect(await ask()).toBe(401)
    await context.close()
  }, 120_000)

  it('R4.3 asks for a code where the second factor was shown ten minutes ago', async () => {
    const context = await signedIn(owner)
    // As the server would say it then.
    await context.route('**/api/session', async (route) => {
      const response = await route.fetch()
      const body = (await response.json()) as object
      await route.fulfill({ response, json: { ...body, confirmedUntil: '2026-01-01T00:00:00.000Z' } })
    })
    const page = await open(context, '?show=keys&site=one.example')
    await page.getByRole('button', { name: 'Make a key' }).click()
    await page.getByLabel('Reason').fill('for the monthly report')
    await page.getByLabel('Code').fill('000000')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').getByText('The code is wrong').waitFor()
    await page.getByLabel('Code').fill(owner.code(1))
    await page.keyboard.press('Enter')
    expect(await page.getByRole('textbox', { name: 'Key' }).inputValue()).toMatch(/^slk_query_/)
    // The session goes on under another name.
    const cookie = (await context.cookies()).find(({ name }) => name === 'sluice_session')?.value ?? ''
    owner = { ...owner, cookie: `sluice_session=${cookie}` }
    await context.close()
  }, 120_000)

  it('R2.1 one’s own account: recovery codes, password and sessions', async () => {
    const [first = '', second = '', third = ''] = owner.recoveryCodes
    const elsewhere = await post(`${product.url}/api/sign-in`, {
      email: 'owner@example.org',
      password: PASSWORD,
      code: first,
    })
    expect(elsewhere.status).toBe(200)
    const context = await signedIn(owner)
    const page = await open(context, '?show=account')
    await page.getByText('You have 9 left.').waitFor()
    await page.getByText('this one').waitFor()
    expect(await breachesIn(page, LOOKS)).toEqual([])
    const region = (name: string) => page.getByRole('region', { name })
    const end = region('Sessions').getByRole('button', { name: 'End all others' })
    await page.route('**/api/sessions', (route) => route.abort(), { times: 1 })
    await end.click()
    await region('Sessions').getByRole('alert').getByText('The server did not answer').waitFor()
    await end.click()
    await expect.poll(() => region('Sessions').getByRole('listitem').count()).toBe(1)

    await region('Recovery codes').getByLabel('Code').fill(second)
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'I have kept them' }).waitFor()
    const codes = await page
      .getByRole('list', { name: 'Recovery codes' })
      .getByRole('listitem')
      .allTextContents()
    expect(codes).toHaveLength(10)
    await page.getByRole('button', { name: 'I have kept them' }).click()
    await page.getByText('You have 10 left.').waitFor()

    const password = region('Password')
    await password.getByLabel('Present password').fill(PASSWORD)
    await password.getByLabel('New password').fill('calm water over a gate')
    await password.getByLabel('Code').fill(third)
    await page.keyboard.press('Enter')
    await password.getByRole('alert').getByText('the code is wrong').waitFor()
    await password.getByLabel('Code').fill(codes[0] ?? '')
    await page.keyboard.press('Enter')
    await password.getByText('The password is changed').waitFor()
    await page.reload()
    await page.getByText('You have 9 left.').waitFor()
    const old = await post(`${product.url}/api/sign-in`, {
      email: 'owner@example.org',
      password: PASSWORD,
      code: codes[1],
    })
    expect(old.status).toBe(401)
    await context.close()
  }, 120_000)

  it('show somebody no page that is not for them, and ask no other host', async () => {
    const invited = await product.cli('user', 'add', 'eve@example.org', '--role', 'analyst')
    const context = await signedIn(await setUpAccount(setUpLinkIn(invited)))
    const page = await open(context, '?show=people')
    await page.getByRole('heading', { name: 'Your account' }).waitFor()
    const links = page.getByRole('navigation').getByRole('link')
    expect(await links.allTextContents()).toEqual([
      'Numbers',
      'Your account',
      'Site',
      'Snippet',
      'Goals',
      'Retention',
    ])
    await links.first().click()
    await page.getByRole('heading', { name: /^Waiting for the first page view/ }).waitFor()
    await context.close()
    expect(faults).toEqual([])
    expect(foreign).toEqual([])
  }, 120_000)
})
