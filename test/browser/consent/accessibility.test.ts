import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { axeBreaches } from '../../support/breaches.ts'
import { JSON_HEADERS, SITE } from '../fake-collector.ts'
import { hold } from '../stage.ts'
import { answer, choiceOf, html, isBannerSeen, useConsentStage } from './consent-stage.ts'
import { noticeIn } from './fake-consent.ts'

const stage = useConsentStage()

const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const { activeElement } = document
    return (
      activeElement?.textContent?.trim() ||
      activeElement?.getAttribute('value') ||
      activeElement?.tagName ||
      ''
    )
  })

describe('R6.5 for everybody', () => {
  it.each([
    ['light, English', 'en', { colorScheme: 'light' }],
    ['dark, German', 'de', { colorScheme: 'dark' }],
    ['from right to left, Arabic', 'ar', { colorScheme: 'light' }],
    ['on a narrow screen, French', 'fr', { viewport: { width: 320, height: 640 } }],
  ] as const)('axe finds nothing in banner, dialog and button: %s', async (_, language, options) => {
    const collector = await stage.collect({ preConsent: 'anonymous' })
    stage.pages.route(
      '/page',
      html(
        collector.tag(),
        '<iframe title="Film" data-category="functionality" data-src="/film"></iframe>',
        `lang="${language}"`,
      ),
    )
    const visitor = await stage.visit('/page', options)
    await visitor.page.locator('.cm').waitFor()
    expect(await axeBreaches(visitor.page)).toEqual([])
    await answer(visitor, 'show')
    await visitor.page.locator('.pm__title').waitFor()
    await visitor.page.locator('button.pm__section-title').nth(1).click()
    expect(await axeBreaches(visitor.page)).toEqual([])
    await visitor.page.locator('.pm__btn[data-role="all"]').click()
    await visitor.page.locator('[data-sluice-open]').waitFor()
    expect(await axeBreaches(visitor.page)).toEqual([])
  })

  it('fits into 320 pixels without scrolling sideways, buttons of 44 pixels and more', async () => {
    await stage.collect({ preConsent: 'anonymous' })
    const visitor = await stage.visit('/page', { viewport: { width: 320, height: 480 }, locale: 'de-DE' })
    await visitor.page.locator('.cm').waitFor()
    expect(await visitor.page.evaluate(() => document.documentElement.scrollWidth)).toBe(320)
    for (const role of ['all', 'necessary', 'show']) {
      const box = await visitor.page.locator(`.cm__btn[data-role="${role}"]`).boundingBox()
      expect(box?.height).toBeGreaterThanOrEqual(44)
      expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(480)
    }
    await answer(visitor, 'show')
    await visitor.page.locator('.pm__title').waitFor()
    const dialog = await visitor.page.locator('.pm').boundingBox()
    expect(dialog).toMatchObject({ x: 0, width: 320 })
    const overflow = await visitor.page.evaluate(() =>
      [...document.querySelectorAll('.pm, .pm__body, .pm__footer')].filter(
        (part) => part.scrollWidth > part.clientWidth + 1,
      ),
    )
    expect(overflow).toEqual([])
  })

  it('can be gone through by keyboard alone: no trap in the banner, order in the dialog, a way back', async () => {
    await stage.collect()
    const visitor = await stage.visit()
    const { page } = visitor
    await page.locator('.cm').waitFor()
    await page.focus('#search')
    const seen: string[] = []
    for (let step = 0; step < 8; step++) {
      await page.keyboard.press('Tab')
      seen.push(await focused(page))
    }
    expect(seen.slice(0, 6)).toEqual([
      'privacy@shop.example',
      'Privacy policy',
      'Cookies and other storage',
      'Accept all',
      'Reject all',
      'Choose',
    ])
    // Out of the banner and round to the page again.
    expect(seen.slice(6)).not.toContain('privacy@shop.example')
    await page.locator('.cm__btn[data-role="show"]').focus()
    await page.keyboard.press('Enter')
    await page.waitForFunction(() => document.activeElement?.closest('.pm'))
    const inDialog = new Set<boolean>()
    for (let step = 0; step < 30; step++) {
      await page.keyboard.press('Tab')
      inDialog.add(await page.evaluate(() => document.activeElement?.closest('.pm') !== null))
    }
    expect([...inDialog]).toEqual([true])
    await page.keyboard.press('Escape')
    await expect.poll(() => page.locator('.pm').isVisible()).toBe(false)
    expect(await focused(page)).toBe('Choose')
    expect(await isBannerSeen(page)).toBe(true)
    // The whole way to a choice of one's own.
    await page.keyboard.press('Enter')
    await page.waitForFunction(() => document.activeElement?.closest('.pm'))
    await page.locator('.section__toggle[value="performance"]').focus()
    await page.keyboard.press('Space')
    await page.locator('.pm__btn[data-role="save"]').focus()
    await page.keyboard.press('Enter')
    await expect.poll(async () => (await choiceOf(visitor))?.granted).toEqual(['essential', 'performance'])
  })

  it('takes no focus, moves nothing on the page, and is a region, not a dialog', async () => {
    const { held, release } = hold()
    const collector = await stage.collect()
    collector.route(`/s/${SITE}/notice.json`, () =>
      held.then(() => ({ headers: JSON_HEADERS, body: JSON.stringify(noticeIn('en')) })),
    )
    const visitor = await stage.visit('/page', {}, ({ context }) =>
      context.addInitScript(() => {
        const shifts: number[] = ((window as unknown as { shifts: number[] }).shifts = [])
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) shifts.push((entry as unknown as { value: number }).value)
        }).observe({ type: 'layout-shift', buffered: true })
      }),
    )
    const { page } = visitor
    await page.focus('#search')
    await page.keyboard.type('bik')
    await page.evaluate(() => {
      document.addEventListener('focusin', () => (document.title += ' moved'))
      document.addEventListener('focusout', () => (document.title += ' lost'))
    })
    release()
    await page.locator('.cm').waitFor()
    await page.waitForFunction(() => document.getAnimations().length === 0)
    await visitor.settle()
    await page.keyboard.type('es')
    expect(await page.inputValue('#search')).toBe('bikes')
    // Another tab answers: the banner goes, and the field keeps the focus.
    const tab = await visitor.context.newPage()
    await tab.goto(`${stage.site}/other`)
    await tab.locator('.cm__btn[data-role="necessary"]').click()
    await page.bringToFront()
    await expect.poll(() => isBannerSeen(page)).toBe(false)
    expect(await page.title()).toBe('Shop')
    expect(await page.evaluate(() => (window as unknown as { shifts: number[] }).shifts)).toEqual([])
    const region = page.locator('.cm')
    expect(await region.getAttribute('role')).toBe('region')
    expect(await region.getAttribute('aria-modal')).toBeNull()
    expect(await region.getAttribute('aria-labelledby')).toBe('cm__title')
  })

  it('leaves room to bring what has the focus out from under the banner', async () => {
    const long = `<div style="height:3000px"></div><button id="last">Last</button><div style="height:3000px"></div>`
    stage.pages.route('/long', html((await stage.collect()).tag(), long))
    const visitor = await stage.visit('/long', { viewport: { width: 320, height: 640 } })
    const { page } = visitor
    await page.locator('.cm').waitFor()
    await page.focus('#last')
    const last = await page.locator('#last').boundingBox()
    const banner = await page.locator('.cm').boundingBox()
    expect((last?.y ?? 0) + (last?.height ?? 0)).toBeLessThanOrEqual(banner?.y ?? 0)
    await answer(visitor, 'necessary')
    expect(await page.evaluate(() => document.documentElement.getAttribute('style') ?? '')).toBe('')
  })

  it('says that the choice is saved, to screen readers too', async () => {
    await stage.collect()
    const visitor = await stage.visit()
    const status = visitor.page.getByRole('status')
    await visitor.page.locator('.cm').waitFor()
    expect(await status.textContent()).toBe('')
    await answer(visitor, 'necessary')
    await expect.poll(() => status.textContent()).toBe('Your choice is saved.')
  })

  it('does not move where motion is unwelcome, and keeps its edges in forced colours', async () => {
    await stage.collect()
    const visitor = await stage.visit('/page', { reducedMotion: 'reduce', forcedColors: 'active' })
    await visitor.page.locator('.cm').waitFor()
    await answer(visitor, 'show')
    for (const layer of ['.cm', '.pm']) {
      const part = visitor.page.locator(layer)
      await part.waitFor()
      const style = await part.evaluate((element) => {
        const { transitionDuration, borderTopWidth, borderTopStyle } = getComputedStyle(element)
        return { transitionDuration, borderTopWidth, borderTopStyle }
      })
      expect(style).toEqual({ transitionDuration: '0s', borderTopWidth: '1px', borderTopStyle: 'solid' })
    }
    const moving = await stage.visit('/page', { reducedMotion: 'no-preference' })
    await moving.page.locator('.cm').waitFor()
    const duration = await moving.page
      .locator('.cm')
      .evaluate((element) => getComputedStyle(element).transitionDuration)
    expect(duration).toBe('0.12s')
  })
})
