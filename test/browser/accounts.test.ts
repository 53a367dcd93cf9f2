import { Secret, TOTP } from 'otpauth'
import type { Page } from 'playwright-core'
import { encode } from 'uqr'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { breachesIn, LOOKS } from '../support/breaches.ts'
import { sharedBrowser } from '../support/browser.ts'
import { startProduct, type Product } from '../support/product.ts'
import { PASSWORD, setUpLinkIn } from '../support/sign-in.ts'

/** Making the first account and signing in, with the keyboard alone, on the running product. */
describe('the pages that let somebody in', () => {
  let product: Product
  let page: Page
  let secret: string
  let recoveryCode: string
  const faults: string[] = []
  const email = 'owner@example.org'
  const code = (steps: number): string =>
    new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + steps * 30_000 })

  beforeAll(async () => {
    product = await startProduct()
    page = await (await sharedBrowser()).newPage({ locale: 'en-GB', reducedMotion: 'reduce' })
    page.on('pageerror', (error) => faults.push(error.message))
  }, 90_000)
  afterAll(async () => {
    await page.close()
    await product.dispose()
  })

  /** Fills the fields of the form in their order, as somebody who never touches a mouse. */
  async function type(texts: readonly string[]): Promise<void> {
    await page.getByRole('textbox').first().focus()
    for (const [index, text] of texts.entries()) {
      if (index > 0) await page.keyboard.press('Tab')
      // A link stands between the fields.
      const tag = await page.evaluate(() => document.activeElement?.tagName)
      if (tag === 'A') await page.keyboard.press('Tab')
      await page.keyboard.type(text)
    }
  }

  it('R2.1 the set-up link asks for address, password and a code of the new authenticator', async () => {
    await page.goto(setUpLinkIn(product.output()))
    await page.getByRole('heading', { name: 'Set up your account' }).waitFor()
    await page.getByRole('button', { name: 'Set up and sign in' }).waitFor()
    expect(page.url(), 'the token is taken out of the address').toBe(`${product.url}/`)
    secret = (await page.locator('.secret code').textContent()) ?? ''
    expect(secret).toMatch(/^[A-Z2-7]{32}$/)
    const address = await page.getByRole('link', { name: 'Add it on this device' }).getAttribute('href')
    expect(address).toContain(`secret=${secret}`)
    const drawn = await modulesIn(page)
    expect(drawn).toEqual(encode(address ?? '', { ecc: 'M', border: 4 }).data)
    expect(await breachesIn(page, LOOKS)).toEqual([])

    await type([email, 'password1', code(0)])
    await page.keyboard.press('Enter')
    await expect.poll(() => page.getByRole('alert').textContent()).toContain('among the most common')
    await page.getByLabel('Password').fill(PASSWORD)
    await page.getByLabel('Code that it shows now').fill(code(0))
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Keep your recovery codes' }).waitFor()
    const codes = await page
      .getByRole('list', { name: 'Recovery codes' })
      .getByRole('listitem')
      .allTextContents()
    expect(codes).toHaveLength(10)
    recoveryCode = codes[0] ?? ''
    expect(await breachesIn(page, LOOKS)).toEqual([])

    await page.getByRole('button', { name: 'I have kept them' }).click()
    await page.getByRole('heading', { name: 'No site is measured yet' }).waitFor()
  }, 120_000)

  it('R4.3 signs out and in again, by keyboard, with a code or a recovery code', async () => {
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'These numbers are private' }).waitFor()
    expect(await breachesIn(page, LOOKS)).toEqual([])
    await type([email, PASSWORD, '000000'])
    await page.keyboard.press('Enter')
    await expect
      .poll(() => page.getByRole('alert').textContent())
      .toContain('Address, password or code is wrong')
    await page.getByLabel('Code').fill(code(1))
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'No site is measured yet' }).waitFor()

    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'These numbers are private' }).waitFor()
    await type([email, PASSWORD, recoveryCode])
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'No site is measured yet' }).waitFor()
  }, 120_000)

  it('a used link says so, also in a tab that shows the page already, and leaves the reader signed in', async () => {
    await page.goto(setUpLinkIn(product.output()))
    await page.getByText('This link was used, has ended').waitFor()
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByRole('heading', { name: 'No site is measured yet' }).waitFor()
    expect(faults).toEqual([])
  }, 60_000)
})

/** The QR code as a camera sees it: for each module whether its middle is in the dark path. */
function modulesIn(page: Page): Promise<boolean[][]> {
  return page.getByRole('img', { name: 'QR code of the key' }).evaluate((drawing) => {
    const svg = drawing as unknown as SVGSVGElement
    const size = svg.viewBox.baseVal.width
    const dark = svg.querySelector<SVGPathElement>('.qr-modules')
    const modules = Array.from({ length: size }, (_, at) => at + 0.5)
    return modules.map((y) => modules.map((x) => dark?.isPointInFill(new DOMPoint(x, y)) ?? false))
  })
}
