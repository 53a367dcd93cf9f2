import { describe, expect, it } from 'vitest'
import { readStorage, NOTHING_STORED } from '../../support/browser.ts'
import { JSON_HEADERS, SITE } from '../fake-collector.ts'
import { answer, asked, html, isBannerSeen, useConsentStage, withSignal } from './consent-stage.ts'
import { noticeIn } from './fake-consent.ts'

const stage = useConsentStage()

describe('symmetry', () => {
  it.each(['light', 'dark'] as const)(
    'R6.5 rejecting weighs as much as accepting, in each layer, measured: %s',
    async (colorScheme) => {
      const collector = await stage.collect()
      const visitor = await stage.visit('/page', { colorScheme })
      const { page } = visitor
      const measured = (layer: string, roles: string[]): Promise<unknown[]> =>
        page.evaluate(
          ([prefix, names]) =>
            names.map((role) => {
              const button = document.querySelector(`.${prefix}__btn[data-role="${role}"]`) as HTMLElement
              const { width, height } = button.getBoundingClientRect()
              const style = getComputedStyle(button)
              const { color, backgroundColor, borderColor, borderWidth, fontSize, fontWeight, opacity } =
                style
              return {
                width,
                height,
                color,
                backgroundColor,
                borderColor,
                borderWidth,
                fontSize,
                fontWeight,
                opacity,
              }
            }),
          [layer, roles] as const,
        )
      await page.locator('.cm').waitFor()
      const [accept, reject, choose] = await measured('cm', ['all', 'necessary', 'show'])
      expect(reject).toEqual(accept)
      expect(choose).toEqual(accept)
      await answer(visitor, 'show')
      await page.locator('.pm__title').waitFor()
      await page.mouse.move(0, 0)
      await page.waitForFunction(() => document.getAnimations().length === 0)
      const [acceptAll, rejectAll, save] = await measured('pm', ['all', 'necessary', 'save'])
      expect(rejectAll).toEqual(acceptAll)
      expect(save).toEqual(acceptAll)
      // Nothing is ticked but what cannot be refused.
      expect(
        await page.evaluate(() =>
          [...document.querySelectorAll<HTMLInputElement>('.section__toggle:checked')].map(
            ({ value }) => value,
          ),
        ),
      ).toEqual(['essential'])
      await page.keyboard.press('Escape')
      // One click each.
      await answer(visitor, 'necessary')
      await visitor.settle()
      expect(collector.choices()).toHaveLength(1)
    },
  )

  it('closing the dialog is no choice', async () => {
    const collector = await stage.collect()
    const visitor = await stage.visit()
    await answer(visitor, 'show')
    await visitor.page.locator('.section__toggle[value="targeting"]').check()
    await visitor.page.locator('.pm__close-btn').click()
    await visitor.settle()
    expect(collector.choices()).toEqual([])
    expect(await readStorage(visitor)).toEqual(NOTHING_STORED)
    expect(await isBannerSeen(visitor.page)).toBe(true)
    // What was ticked and not saved is forgotten.
    await answer(visitor, 'show')
    expect(await visitor.page.locator('.section__toggle[value="targeting"]').isChecked()).toBe(false)
  })

  it('puts rejecting first where the policy says so, for eye and keyboard alike', async () => {
    await stage.collect({
      notice: {
        appearance: { position: 'bottom-right', order: 'reject-first', tokens: { water: '#4b2e83' } },
      },
    })
    const visitor = await stage.visit()
    await visitor.page.locator('.cm').waitFor()
    expect(await visitor.page.locator('.cm__btn').allTextContents()).toEqual([
      'Reject all',
      'Accept all',
      'Choose',
    ])
    const [reject, accept] = await Promise.all(
      ['necessary', 'all'].map((role) => visitor.page.locator(`.cm__btn[data-role="${role}"]`).boundingBox()),
    )
    expect(reject?.x).toBeLessThan(accept?.x ?? 0)
    const link = visitor.page.locator('.cm a').first()
    expect(await link.evaluate((element) => getComputedStyle(element).color)).toBe('rgb(75, 46, 131)')
  })
})

describe('what is said', () => {
  it('R6.6 names controller and contact, the policy and the declaration, in both layers', async () => {
    const collector = await stage.collect()
    const visitor = await stage.visit()
    await visitor.page.locator('.cm').waitFor()
    await answer(visitor, 'show')
    for (const layer of ['.cm', '.pm']) {
      const part = visitor.page.locator(layer)
      expect(await part.textContent()).toContain('Shop Ltd')
      const addresses = await part
        .locator('a')
        .evaluateAll((links) => links.map((one) => (one as HTMLAnchorElement).href))
      expect(addresses).toEqual([
        'mailto:privacy@shop.example',
        `https://${SITE}/privacy`,
        `${collector.url}/privacy/cookies?site=${SITE}&language=en`,
      ])
    }
  })

  it('R6.7 lists in the dialog what each category keeps', async () => {
    await stage.collect()
    const visitor = await stage.visit()
    await answer(visitor, 'show')
    await visitor.page.locator('button.pm__section-title').nth(1).click()
    const rows = await visitor.page
      .locator('.pm__section--toggle')
      .nth(1)
      .locator('tr')
      .evaluateAll((found) => found.map((row) => [...row.children].map((cell) => cell.textContent)))
    expect(rows).toEqual([
      ['Name', 'Provider', 'Purpose', 'Kept for'],
      ['_stat', 'Shop Ltd', 'Counts.', '13 months'],
      ['stat_*', 'Shop Ltd', 'Counts visits.', '13 months'],
    ])
  })

  it('takes hostile texts as texts', async () => {
    const texts = noticeIn('en').texts
    const evil = '<img src=x onerror="window.owned=1"><b>bold</b>'
    await stage.collect({
      notice: {
        texts: {
          ...texts,
          title: evil,
          intro: evil,
          acceptAll: evil,
          reopen: evil,
          gpcHonoured: evil,
          saved: evil,
          dialogTitle: evil,
        },
        categories: [
          {
            id: 'performance',
            services: [
              {
                name: evil,
                provider: evil,
                purpose: evil,
                hosts: [],
                items: [{ kind: 'cookie', name: evil, purpose: evil, lifetime: evil }],
              },
            ],
          },
        ],
      },
    })
    const visitor = await stage.visit('/page', {}, withSignal)
    await answer(visitor, 'show')
    await visitor.page.locator('.pm__title').waitFor()
    await visitor.page.locator('button.pm__section-title').first().click()
    expect(await visitor.page.locator('.cm__title').textContent()).toBe(evil)
    await visitor.page.locator('.pm__btn[data-role="all"]').click()
    await visitor.page.locator('[data-sluice-open]').waitFor()
    await visitor.settle()
    expect(await visitor.page.evaluate(() => 'owned' in window)).toBe(false)
    expect(await visitor.page.locator('#sluice-consent b, #sluice-consent img').count()).toBe(0)
    expect(await visitor.page.locator('[data-sluice-open]').textContent()).toBe(evil)
  })

  it('gives the receipt as a file, and offers none where nothing is granted', async () => {
    const collector = await stage.collect()
    const receipt = { id: 'receipt-1', version: 1, site: SITE, signature: 'x.y.z' }
    collector.route('/c/receipt-1', { headers: JSON_HEADERS, body: JSON.stringify(receipt) })
    const visitor = await stage.visit()
    await answer(visitor, 'show')
    const button = visitor.page.getByRole('button', { name: 'Receipt of my choice' })
    expect(await button.count()).toBe(0)
    await visitor.page.locator('.pm__btn[data-role="all"]').click()
    await visitor.settle()
    await visitor.page.click('[data-sluice-open]')
    const [file] = await Promise.all([visitor.page.waitForEvent('download'), button.click()])
    expect(file.suggestedFilename()).toBe(`consent-receipt-${SITE}.json`)
    const chunks: Buffer[] = []
    for await (const chunk of await file.createReadStream()) chunks.push(chunk as Buffer)
    expect(JSON.parse(Buffer.concat(chunks).toString())).toEqual(receipt)
  })

  it('follows the language of the page, then of the browser', async () => {
    const collector = await stage.collect()
    stage.pages.route('/nowhere', html(collector.tag(), '', ''))
    const french = await stage.visit('/nowhere', { locale: 'fr-FR' })
    await french.page.locator('.cm').waitFor()
    expect(await french.page.locator('.cm__btn').first().textContent()).toBe('Tout accepter')
    expect(await french.page.locator('#sluice-consent').getAttribute('lang')).toBe('fr')
    expect(asked(french, collector)).toContain(`GET /s/${SITE}/notice.json?language=fr-FR`)
  })
})

describe('the way back', () => {
  it('R6.5 a link of the page’s own takes the place of our button', async () => {
    const collector = await stage.collect()
    stage.pages.route('/page', html(collector.tag(), '<a href="/other" data-sluice-open>Privacy</a>'))
    const visitor = await stage.visit()
    await answer(visitor, 'necessary')
    expect(await visitor.page.locator('[data-sluice-open]').count()).toBe(1)
    await visitor.page.getByText('Privacy', { exact: true }).click()
    await visitor.page.locator('.pm__title').waitFor()
    expect(new URL(visitor.page.url()).pathname).toBe('/page')
  })

  it.each([
    ['a long page', '<div style="height:3000px"></div>'],
    ['a page that fits into the window', ''],
  ])('our button stays in sight and covers nothing at the end of %s', async (_, filler) => {
    const collector = await stage.collect()
    const last = `${filler}<p id="last"><a href="/other">Imprint</a></p>`
    stage.pages.route('/page', html(collector.tag(), last))
    const visitor = await stage.visit()
    await answer(visitor, 'necessary')
    const button = visitor.page.locator('[data-sluice-open]')
    await button.waitFor()
    const box = async (selector: string): Promise<{ top: number; bottom: number }> =>
      visitor.page.evaluate((of) => {
        const { top, bottom } = (document.querySelector(of) as Element).getBoundingClientRect()
        return { top, bottom }
      }, selector)
    const { top, bottom } = await box('[data-sluice-open]')
    expect(bottom).toBeLessThanOrEqual(720)
    expect(bottom - top).toBeGreaterThanOrEqual(40)
    await visitor.page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight))
    expect((await box('#last')).bottom).toBeLessThanOrEqual((await box('[data-sluice-open]')).top)
    expect((await box('[data-sluice-open]')).bottom).toBeLessThanOrEqual(720)
  })

  it.each([
    'html, body { height: 100% }',
    'html, body { height: 100%; overflow: hidden }',
    'html { height: 100%; overflow: hidden } body { height: 100%; overflow: auto }',
    'html { display: flex }',
  ])('our button stays in sight, wherever the page scrolls, under %s', async (style) => {
    const collector = await stage.collect()
    const long = `<style>${style}</style><div style="height:3000px"></div>`
    stage.pages.route('/page', html(collector.tag(), long))
    const visitor = await stage.visit()
    await answer(visitor, 'necessary')
    await visitor.page.locator('[data-sluice-open]').waitFor()
    for (const top of [0, 1_000, 5_000]) {
      const isOnTop = await visitor.page.evaluate((to) => {
        scrollTo(0, to)
        document.body.scrollTop = to
        const button = document.querySelector('[data-sluice-open]') as Element
        const { x, y } = button.getBoundingClientRect()
        return document.elementFromPoint(x + 5, y + 5) === button
      }, top)
      expect(isOnTop, `scrolled to ${top}`).toBe(true)
    }
  })

  it('outlives a page that exchanges its body', async () => {
    await stage.collect()
    const visitor = await stage.visit()
    await visitor.page.locator('.cm').waitFor()
    await visitor.page.evaluate(() => {
      const body = document.createElement('body')
      body.textContent = 'Another page'
      document.body.replaceWith(body)
    })
    await answer(visitor, 'necessary')
    await visitor.page.click('[data-sluice-open]')
    await expect.poll(() => visitor.page.locator('.pm').isVisible()).toBe(true)
  })

  it('comes when the texts could not be had at first', async () => {
    const collector = await stage.collect()
    const visitor = await stage.visit()
    await answer(visitor, 'necessary')
    await visitor.settle()
    await visitor.page.reload()
    await visitor.page.locator('[data-sluice-open]').waitFor()
    let isDown = true
    await visitor.context.route(`${collector.url}/s/${SITE}/notice.json*`, (route) =>
      isDown ? route.abort() : route.continue(),
    )
    await visitor.page.click('[data-sluice-open]')
    await visitor.settle()
    expect(await visitor.page.locator('.pm').count()).toBe(0)
    isDown = false
    await visitor.page.click('[data-sluice-open]')
    await expect.poll(() => visitor.page.locator('.pm').isVisible()).toBe(true)
  })
})

describe('the library', () => {
  it('never writes a record, an id or anything else, whatever is clicked', async () => {
    const collector = await stage.collect()
    const triggers = ['accept-all', 'accept-necessary', 'show-preferencesModal', 'show-consentModal']
      .map((act) => `<button id="${act}" data-cc="${act}">${act}</button>`)
      .join('')
    stage.pages.route('/page', html(collector.tag(), triggers))
    const visitor = await stage.visit()
    const { page } = visitor
    await page.locator('.cm').waitFor()
    await page.evaluate(() => {
      const names: string[] = ((window as unknown as { heard: string[] }).heard = [])
      for (const name of ['onFirstConsent', 'onConsent', 'onChange'])
        addEventListener(`cc:${name}`, () => names.push(name))
    })
    await page.click('#accept-all')
    await visitor.settle()
    await page.click('#show-preferencesModal')
    await page.locator('.pm__btn[data-role="save"]').click()
    await visitor.settle()
    await page.click('#accept-necessary')
    await visitor.settle()
    expect(collector.choices()).toMatchObject([
      { action: 'accept_all' },
      { action: 'custom', granted: ['performance', 'functionality', 'targeting'] },
      { action: 'withdraw' },
    ])
    expect(await page.evaluate(() => (window as unknown as { heard: string[] }).heard)).toEqual([])
    const cookies = await visitor.context.cookies()
    expect(cookies.map(({ name }) => name)).toEqual(['cc_cookie'])
    expect(decodeURIComponent(cookies[0]?.value ?? '')).not.toMatch(/consentId|[\da-f]{8}-[\da-f]{4}/)
  })
})
