import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { breachesIn, TWO_LOOKS } from '../support/breaches.ts'
import { sharedBrowser } from '../support/browser.ts'
import { manifest, service } from '../unit/consent/policy/manifests.ts'
import { startRig, type Rig } from '../unit/consent/policy/rig.ts'

const DOMAIN = 'shop.example'

let browser: Browser
beforeAll(async () => {
  browser = await sharedBrowser()
})

/** A page on the site's own host over plain http, and every address it asked for. */
async function open(
  path: string,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; rig: Rig; asked: string[] }> {
  const rig = await startRig({ domain: DOMAIN, publicUrl: `http://${DOMAIN}` })
  rig.publish(manifest({ services: [service()], policyUrl: 'https://shop.example/privacy' }))
  const context = await browser.newContext(options)
  onTestFinished(() => context.close())
  const page = await context.newPage()
  const asked: string[] = []
  page.on('request', (request) => {
    const { host, pathname } = new URL(request.url())
    asked.push(host === `${DOMAIN}:${rig.port}` ? pathname : request.url())
  })
  await page.goto(`http://${DOMAIN}:${rig.port}${path}`)
  return { page, rig, asked }
}

describe('the pages for visitors', () => {
  it.each(
    ['cookies', 'choices'].flatMap((name) => ['en', 'ar'].map((language) => [name, language] as const)),
  )(
    '%s in %s can be read by everybody, on a phone and on a wide screen, light and dark',
    async (name, language) => {
      const { page } = await open(`/privacy/${name}?language=${language}`)
      expect(await breachesIn(page, TWO_LOOKS)).toEqual([])
    },
  )

  it('ask for themselves and their style, and for nothing else', async () => {
    for (const name of ['cookies', 'choices']) {
      const { page, asked } = await open(`/privacy/${name}`)
      await page.waitForLoadState('networkidle')
      expect(asked).toEqual([`/privacy/${name}`, '/privacy/pages.css'])
      expect(await page.context().cookies()).toEqual([])
    }
  })

  it('R6.5 the choice is made, shown and withdrawn without JavaScript, over plain http too', async () => {
    const { page, rig } = await open('/privacy/choices', { javaScriptEnabled: false })
    await page.getByRole('checkbox', { name: 'Allow Preferences' }).check()
    await page.getByRole('button', { name: 'Save my choice' }).click()
    await page.getByText('Your choice is saved.').waitFor()
    expect(await page.getByRole('checkbox', { name: 'Allow Preferences' }).isChecked()).toBe(true)
    expect(await page.getByRole('checkbox', { name: 'Allow Advertising' }).isChecked()).toBe(false)
    const kept = async (): Promise<unknown[]> =>
      (await page.context().cookies()).map(({ name, value }) => [
        name,
        (JSON.parse(decodeURIComponent(value)) as { categories: string[] }).categories,
      ])
    expect(await kept()).toEqual([['cc_cookie', ['essential', 'functionality']]])
    await page.getByRole('button', { name: 'Reject all' }).click()
    await page.getByText('Your choice is saved.').waitFor()
    expect(await page.getByRole('checkbox', { name: 'Allow Preferences' }).isChecked()).toBe(false)
    expect(await kept()).toEqual([['cc_cookie', ['essential']]])
    expect(rig.decisions.map(({ action, granted }) => [action, granted])).toEqual([
      ['custom', ['functionality']],
      ['withdraw', []],
    ])
  })

  it('R6.5 rejecting weighs the same as accepting: size, colours, border and letters', async () => {
    for (const language of ['en', 'de', 'ar']) {
      const { page } = await open(`/privacy/choices?language=${language}`)
      const looks = await page.locator('.buttons button').evaluateAll((buttons) =>
        buttons.map((button) => {
          const { width, height } = button.getBoundingClientRect()
          const style = getComputedStyle(button)
          const { color, backgroundColor, border, font, opacity, visibility } = style
          // Columns of a grid differ by a fraction of a pixel.
          return {
            width: Math.round(width),
            height,
            color,
            backgroundColor,
            border,
            font,
            opacity,
            visibility,
          }
        }),
      )
      expect(looks).toHaveLength(3)
      expect(looks[0]?.height).toBeGreaterThanOrEqual(44)
      for (const look of looks) expect(look).toEqual(looks[0])
    }
  })
})
