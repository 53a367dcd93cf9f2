import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { breachesIn, TWO_LOOKS } from '../support/breaches.ts'
import { sharedBrowser } from '../support/browser.ts'
import { addSite, startProduct, type Product } from '../support/product.ts'
import { post, setUpAccount, setUpLinkIn, type HttpPerson } from '../support/sign-in.ts'
import { smtpSink, type SmtpSink } from '../support/smtp-sink.ts'

const SITE = 'shop.example'
const hasFocus = (part: Locator): Promise<boolean> =>
  part.evaluate((element) => element === document.activeElement)

/** Reports by e-mail as their makers and their recipients meet them, on the running product with a mail server. */
describe('reports by e-mail in a browser', () => {
  let product: Product
  let browser: Browser
  let owner: HttpPerson
  let sink: SmtpSink
  beforeAll(async () => {
    sink = await smtpSink()
    product = await startProduct({
      SLUICE_SMTP_URL: `smtp://127.0.0.1:${sink.port}`,
      SLUICE_MAIL_FROM: 'stats@example.com',
    })
    owner = await setUpAccount(setUpLinkIn(product.output()))
    await addSite(product, SITE)
    browser = await sharedBrowser()
  }, 120_000)
  afterAll(async () => {
    await product.dispose()
    await sink.close()
  })

  async function open(address: string, cookie?: string): Promise<Page> {
    const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce' })
    onTestFinished(() => context.close())
    const [name = '', value = ''] = cookie?.split('=') ?? []
    if (cookie !== undefined) await context.addCookies([{ name, value, url: product.url }])
    const page = await context.newPage()
    await page.goto(address)
    return page
  }

  /** The link to the recipient's page in the last mail. */
  const linkIn = (): string => {
    const text = (sink.mails.at(-1)?.text ?? '').replace(/=\n/g, '')
    return /Say yes or no: (\S+)/.exec(text)?.[1] ?? ''
  }

  it('R9.1 an owner makes one and sees it beforehand; its recipient says yes by a page, and ends it by one click', async () => {
    const page = await open(`${product.url}/?show=reports&site=${SITE}`, owner.cookie)
    await page.getByText('Nothing is sent about this site.').waitFor()
    await page.getByRole('button', { name: 'Make a report or an alert' }).focus()
    await page.keyboard.press('Enter')
    await expect.poll(() => hasFocus(page.getByLabel('What is sent'))).toBe(true)
    await page.getByLabel('What is sent').selectOption('spike')
    await page.getByLabel('From so many page views').fill('500')
    await page.getByLabel('What is sent').selectOption('weekly')
    await page.getByLabel('Recipients').fill('ann@example.org nobody')
    await page.getByLabel('Reason').fill('the board asked')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').getByText('This is no e-mail address').waitFor()
    await page.getByLabel('Recipients').fill('ann@example.org')
    expect(await breachesIn(page, TWO_LOOKS)).toEqual([])
    await page.getByLabel('Reason').focus()
    await page.keyboard.press('Enter')
    const of = (email: string): Locator => page.getByRole('listitem').filter({ hasText: email }).last()
    await of('ann@example.org').getByText('was asked').waitFor()
    await page.getByRole('button', { name: /^Preview/ }).click()
    await page
      .frameLocator('iframe')
      .getByRole('heading', { name: `The week on ${SITE}` })
      .waitFor()
    expect(await breachesIn(page, TWO_LOOKS)).toEqual([])

    const link = linkIn()
    expect(link).toContain(`${product.url}/reports/`)
    // What looks at links for somebody says nothing in their name.
    expect((await fetch(link)).status).toBe(200)
    await page.reload()
    await page.getByText('was asked').waitFor()
    const reader = await open(link)
    await reader.getByText('Do you want a report of each week?').waitFor()
    expect(await breachesIn(reader, TWO_LOOKS)).toEqual([])
    await reader.getByRole('button', { name: 'Yes, send it' }).click()
    await reader.getByText('Thank you. The next one comes to you.').waitFor()
    await page.reload()
    await page.getByText('said yes').waitFor()

    const before = sink.mails.length
    await page.getByRole('button', { name: /^Add a recipient/ }).focus()
    await page.keyboard.press('Enter')
    await page.getByLabel('Add a recipient').fill('ann@example.org')
    await page.getByLabel('Reason').fill('a colleague joined')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').getByText('This address is a recipient already').waitFor()
    await page.getByLabel('Add a recipient').fill('bob@example.org')
    expect(await breachesIn(page, TWO_LOOKS)).toEqual([])
    await page.getByRole('button', { name: 'Ask them' }).click()
    await of('bob@example.org').getByText('was asked').waitFor()
    // The keyboard goes on where it was, and not at the top of the page.
    await expect.poll(() => hasFocus(page.getByRole('button', { name: /^Add a recipient/ }))).toBe(true)
    expect(sink.mails.slice(before).map(({ to }) => to.join(' '))).toEqual(['bob@example.org'])
    await page.getByText('said yes').waitFor()
    await page.getByRole('button', { name: 'Remove bob@example.org' }).click()
    await page.getByText('it is forgotten. The others go on.').waitFor()
    expect(await breachesIn(page, TWO_LOOKS)).toEqual([])
    await page.getByRole('button', { name: 'Cancel' }).press('Enter')
    const remove = page.getByRole('button', { name: 'Remove bob@example.org' })
    await expect.poll(() => hasFocus(remove)).toBe(true)
    await remove.press('Enter')
    await page.getByRole('button', { name: 'Remove this recipient' }).click()
    await expect.poll(() => page.getByText('bob@example.org').count()).toBe(0)
    await expect.poll(() => hasFocus(page.getByRole('main'))).toBe(true)
    await of('ann@example.org').getByText('said yes').waitFor()
    const gone = await open(linkIn())
    await gone.getByText('There is nothing here').waitFor()

    const clicked = await fetch(`${link}/stop`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'List-Unsubscribe=One-Click',
    })
    expect(clicked.status).toBe(200)
    await reader.goto(link)
    await reader.getByText('There is nothing here').waitFor()
    await page.reload()
    await page.getByText('Nobody gets it').waitFor()
    expect(await page.getByText('ann@example.org').count()).toBe(0)
    await page.getByRole('button', { name: /^Remove/ }).click()
    await page.getByText('Nothing more is sent').waitFor()
    await page.getByRole('button', { name: 'Remove', exact: true }).click()
    await page.getByText('Nothing is sent about this site.').waitFor()
  }, 120_000)

  it('R2.2 links that were changed lead nowhere, and say yes for nobody', async () => {
    const made = await post(
      `${product.url}/api/reports`,
      { site: SITE, kind: 'monthly', recipients: ['bob@example.org'], reason: 'to try its links' },
      { cookie: owner.cookie },
    )
    expect(made.status).toBe(201)
    const link = linkIn()
    const wrong = `${link.slice(0, -1)}${link.endsWith('A') ? 'B' : 'A'}`
    for (const address of [`${wrong}/confirm`, `${wrong}/stop`, `${link}/other`]) {
      expect([address, (await fetch(address, { method: 'POST' })).status]).toEqual([address, 404])
    }
    const listed = await fetch(`${product.url}/api/reports?site=${SITE}`, {
      headers: { cookie: owner.cookie },
    })
    expect(await listed.json()).toMatchObject({
      canSend: true,
      reports: [{ kind: 'monthly', recipients: [{ email: 'bob@example.org', isConfirmed: false }] }],
    })
    expect(product.output()).not.toContain('bob@')
  }, 60_000)
})
