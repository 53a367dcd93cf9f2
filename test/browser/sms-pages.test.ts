import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { breachesIn, LOOKS } from '../support/breaches.ts'
import { sharedBrowser } from '../support/browser.ts'
import { NUMBER, PROGRAM, startRig, type Rig } from '../unit/sms/pages/rig.ts'

let browser: Browser
beforeAll(async () => {
  browser = await sharedBrowser()
})

async function open(
  path: string | ((rig: Rig) => string),
  options: BrowserContextOptions = {},
): Promise<{ page: Page; rig: Rig; asked: string[] }> {
  const rig = await startRig()
  const context = await browser.newContext(options)
  onTestFinished(() => context.close())
  const page = await context.newPage()
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url().replace(rig.url, '')))
  await page.goto(rig.url + (typeof path === 'string' ? path : path(rig)))
  return { page, rig, asked }
}

const NO_SCRIPTS = { javaScriptEnabled: false }

describe('the pages for people with phones', () => {
  it.each(['en', 'de'])(
    'the form in %s can be read by everybody: empty, refused and taken, on a phone and a wide screen, light and dark',
    async (language) => {
      const { page } = await open(`/sms/opt-in/deals?language=${language}`)
      expect(await breachesIn(page, LOOKS)).toEqual([])
      await page.locator('button').click()
      expect(await page.getByRole('alert').isVisible()).toBe(true)
      expect(await breachesIn(page, LOOKS)).toEqual([])
      await page.locator('#number').fill(NUMBER)
      await page.getByRole('checkbox').check()
      await page.locator('button').click()
      await page.getByRole('status').waitFor()
      expect(await breachesIn(page, LOOKS)).toEqual([])
    },
  )

  it('so can the preferences, before and after', async () => {
    const { page } = await open(({ preferences }) => preferences)
    expect(await breachesIn(page, LOOKS)).toEqual([])
    await page.getByRole('button', { name: 'Stop all messages' }).click()
    await page.getByRole('status').waitFor()
    expect(await breachesIn(page, LOOKS)).toEqual([])
  })

  it('S3 S9 somebody signs up without JavaScript; the box is theirs to tick, also after a fault', async () => {
    const { page, rig } = await open('/sms/opt-in/deals?language=en', NO_SCRIPTS)
    const box = page.getByRole('checkbox', { name: PROGRAM.disclosures.en?.text ?? '-' })
    expect(await box.isChecked()).toBe(false)
    await box.check()
    await page.getByRole('textbox', { name: 'Mobile number' }).fill('(201) 555-01')
    await page.getByRole('button', { name: 'Sign up' }).click()
    await page.getByText('This is not a phone number').first().waitFor()
    expect(await page.title()).toMatch(/^Not sent yet/)
    expect(await page.getByRole('textbox', { name: 'Mobile number' }).inputValue()).toBe('(201) 555-01')
    expect(await box.isChecked()).toBe(false)
    await page.getByRole('textbox', { name: 'Mobile number' }).fill('(201) 555-0123')
    await box.check()
    await page.getByRole('button', { name: 'Sign up' }).click()
    await page.getByText('Look at your phone').first().waitFor()
    expect(rig.consents.map(({ program, number }) => [program, number])).toEqual([['deals', NUMBER]])
  })

  it('S3 works by keyboard alone', async () => {
    const { page, rig } = await open('/sms/opt-in/deals?language=en')
    await page.keyboard.press('Tab')
    await page.keyboard.type('2015550123')
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('agree')
    await page.keyboard.press('Space')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByText('Look at your phone').first().waitFor()
    expect(rig.consents).toHaveLength(1)
  })

  it('S12 one press ends messages, without JavaScript and without signing in', async () => {
    const { page, rig } = await open(({ preferences }) => preferences, NO_SCRIPTS)
    await page.getByRole('button', { name: 'Stop Lantern Orders' }).click()
    await page.getByText('Lantern Orders: no messages are sent.').waitFor()
    expect(rig.stopped).toEqual([{ subject: 's1', program: 'orders' }])
  })

  it('R5.2 ask for themselves and their style, and keep nothing on the device', async () => {
    const { page, asked } = await open('/sms/opt-in/deals?language=de')
    await page.waitForLoadState('networkidle')
    expect(asked).toEqual(['/sms/opt-in/deals?language=de', '/sms/pages.css'])
    expect(await page.context().cookies()).toEqual([])
    expect(await page.evaluate(() => localStorage.length + sessionStorage.length)).toBe(0)
  })
})

it('S3 examples/sms-opt-in leads to the form, and loads nothing of it before', async () => {
  const rig = await startRig()
  const context = await browser.newContext(NO_SCRIPTS)
  onTestFinished(() => context.close())
  const asked: string[] = []
  const file = new URL('../../examples/sms-opt-in/index.html', import.meta.url)
  await context.route('**/*', async (route) => {
    const url = new URL(route.request().url())
    asked.push(url.host + url.pathname)
    if (url.host === 'example.com') await route.fulfill({ path: file.pathname })
    // The server of the example is the rig.
    else if (url.host === 'stats.example.com') {
      const answer = await route.fetch({ url: rig.url + url.pathname + url.search })
      await route.fulfill({ response: answer })
    } else await route.abort()
  })
  const page = await context.newPage()
  await page.goto('https://example.com/')
  expect(asked).toEqual(['example.com/'])
  await page.getByRole('link', { name: 'Sign up for Lantern Deals' }).click()
  const box = page.getByRole('checkbox', { name: PROGRAM.disclosures.en?.text ?? '-' })
  expect([await box.isChecked(), await page.getByRole('button', { name: 'Sign up' }).isVisible()]).toEqual([
    false,
    true,
  ])
})
