import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { breachesIn, LOOKS } from '../support/breaches.ts'
import { sharedBrowser } from '../support/browser.ts'
import { freePort, startProduct, type Product } from '../support/product.ts'
import { PASSWORD, setUpAccount, setUpLinkIn } from '../support/sign-in.ts'

/** Passkeys on the running product, with the browser's own virtual authenticator. */
describe('R4.3 passkeys in the dashboard', () => {
  let product: Product
  let browser: Browser
  let url: string
  const faults: string[] = []

  beforeAll(async () => {
    const port = await freePort()
    // Browsers make no passkeys for a bare address.
    url = `http://localhost:${port}`
    product = await startProduct({ PORT: String(port), PUBLIC_URL: url })
    await product.cli('site', 'add', 'one.example')
    browser = await sharedBrowser()
  }, 90_000)
  afterAll(() => product.dispose())

  /** A browser with an authenticator that has no passkey yet and verifies whoever holds it, without asking. */
  async function withAuthenticator(
    context: BrowserContext,
  ): Promise<{ page: Page; lose: () => Promise<void> }> {
    const page = await context.newPage()
    page.on('pageerror', (error) => faults.push(error.message))
    const devtools = await context.newCDPSession(page)
    await devtools.send('WebAuthn.enable')
    const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    })
    return {
      page,
      lose: async () => {
        await devtools.send('WebAuthn.clearCredentials', { authenticatorId })
      },
    }
  }

  const newContext = (): Promise<BrowserContext> =>
    browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce' })

  it('are added, sign in without address, password and code, and stand for a code', async () => {
    const context = await newContext()
    const { page, lose } = await withAuthenticator(context)
    const { cookie } = await setUpAccount(setUpLinkIn(product.output()))
    const [name = '', value = ''] = cookie.split('=')
    await context.addCookies([{ name, value, url }])
    await page.goto(`${url}/?show=account`)
    await page.getByRole('button', { name: 'Add a passkey' }).click()
    await page.getByLabel('Name of the passkey').fill('Laptop')
    await page.keyboard.press('Enter')
    await page.getByText(/^Laptop, added .* last used never$/).waitFor()
    expect(await breachesIn(page, LOOKS)).toEqual([])

    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'These numbers are private' }).waitFor()
    expect(await breachesIn(page, LOOKS)).toEqual([])
    await page.getByRole('button', { name: 'Sign in with a passkey' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('region', { name: 'Passkeys' }).getByText('last used').waitFor()
    expect(await page.getByText('last used never').count()).toBe(0)

    // As the server would say it ten minutes later.
    await page.route('**/api/session', async (route) => {
      const response = await route.fetch()
      const body = (await response.json()) as object
      await route.fulfill({ response, json: { ...body, confirmedUntil: '2026-01-01T00:00:00.000Z' } })
    })
    await page.goto(`${url}/?show=keys&site=one.example`)
    await page.getByRole('button', { name: 'Make a key' }).click()
    await page.getByLabel('Reason').fill('for the weekly report')
    const confirmed = page.waitForResponse('**/api/session/confirm')
    await page.getByRole('button', { name: 'Use a passkey instead' }).click()
    expect((await confirmed).status()).toBe(200)
    expect(await page.getByRole('textbox', { name: 'Key' }).inputValue()).toMatch(/^slk_query_/)

    await page.goto(`${url}/?show=account`)
    const codes = page.getByRole('region', { name: 'Recovery codes' })
    await codes.getByRole('button', { name: 'Use a passkey instead' }).click()
    await codes.getByRole('button', { name: 'I have kept them' }).click()

    await page.unrouteAll()
    await page.reload()
    await page.getByRole('button', { name: 'Remove Laptop' }).click()
    await page.getByRole('button', { name: 'Remove Laptop' }).click()
    await page.getByRole('button', { name: 'Remove Laptop' }).waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await page.getByRole('alert').getByText('This passkey is not known here').waitFor()
    await lose()
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await page.getByRole('alert').getByText('No passkey was shown').waitFor()
    await context.close()
  }, 120_000)

  it('set an account up in place of an authenticator, in a browser that knows nothing of their JSON', async () => {
    const context = await newContext()
    await context.addInitScript(() => {
      const known = PublicKeyCredential as unknown as Record<string, unknown>
      delete known['parseCreationOptionsFromJSON']
      delete known['parseRequestOptionsFromJSON']
      delete (PublicKeyCredential.prototype as unknown as Record<string, unknown>)['toJSON']
    })
    const { page } = await withAuthenticator(context)
    const link = setUpLinkIn(await product.cli('user', 'add', 'ana@example.org', '--role', 'analyst'))
    await page.goto(link)
    await page.getByRole('button', { name: 'Use a passkey instead' }).click()
    expect(await page.getByRole('img', { name: /^QR code/ }).count()).toBe(0)
    await page.getByLabel('Password').fill(PASSWORD)
    await page.getByLabel('Name of the passkey').fill('Phone')
    expect(await breachesIn(page, LOOKS)).toEqual([])
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Keep your recovery codes' }).waitFor()
    await page.getByRole('button', { name: 'I have kept them' }).click()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await page.getByRole('button', { name: 'Sign out' }).waitFor()
    await page.goto(`${url}/?show=account`)
    await page.getByRole('button', { name: 'Remove Phone' }).click()
    await page.getByRole('button', { name: 'Remove Phone' }).click()
    await page.getByRole('alert').getByText('This is your only second factor').waitFor()
    await context.close()
    expect(faults).toEqual([])
  }, 120_000)
})
