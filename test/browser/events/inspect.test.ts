import { expect, it } from 'vitest'
import type { Sent } from '../../../schema/consent.ts'
import { readStorage, type Visitor } from '../../support/browser.ts'
import { answer, html, useConsentStage, withSignal } from '../consent/consent-stage.ts'
import { measured } from './events-stage.ts'

const stage = useConsentStage()

const inspect = ({ page }: Visitor): Promise<Sent[]> => page.evaluate(() => window.sluice?.inspect?.() ?? [])
const brief = (list: Sent[]): string[] =>
  list.map(
    ({ basis, sent }) => `${basis} ${'type' in sent ? sent.type : 'action' in sent ? sent.action : 'renew'}`,
  )

it.each([
  ['none', ['essential accept_all', 'performance pageview', 'performance visit', 'performance event']],
  ['anonymous', ['anonymous pageview', 'essential accept_all', 'performance visit', 'performance event']],
] as const)(
  '%s: lists what the page sent, to the letter, and why it was allowed',
  async (preConsent, expected) => {
    const collector = await stage.collect({ preConsent })
    stage.pages.route('/page', html(collector.tag('data-events=""')))
    const visitor = await stage.visit()
    await visitor.page.locator('.cm').waitFor()
    await visitor.settle()
    expect(brief(await inspect(visitor))).toEqual(preConsent === 'anonymous' ? ['anonymous pageview'] : [])
    await answer(visitor, 'all')
    await visitor.settle()
    await visitor.page.evaluate(() => window.sluice?.track?.('Signup', { props: { plan: 'pro' } }))
    await visitor.settle()
    const list = await inspect(visitor)
    expect(brief(list).toSorted()).toEqual([...expected].toSorted())
    const events = list.map(({ sent }) => sent).filter((sent) => 'type' in sent)
    expect(events.map((event) => JSON.stringify(event)).toSorted()).toEqual(
      collector
        .events()
        .map((event) => JSON.stringify(event))
        .toSorted(),
    )
    expect(list.map(({ sent }) => sent).filter((sent) => 'action' in sent)).toEqual(collector.choices())
    for (const { time } of list) expect(Math.abs(Date.parse(time) - Date.now())).toBeLessThan(60_000)
  },
)

it('is empty where nothing was sent, and what is refused is in it once, as it left', async () => {
  const collector = await stage.collect({ preConsent: 'anonymous' })
  const visitor = await stage.visit('/page', {}, withSignal)
  await visitor.page.locator('.cm').waitFor()
  await visitor.settle()
  expect(await inspect(visitor)).toEqual([])
  await answer(visitor, 'necessary')
  await visitor.settle()
  await visitor.page.evaluate(() => window.sluice?.track?.('refused'))
  await visitor.settle()
  expect((await inspect(visitor)).map(({ sent }) => sent)).toEqual(collector.choices())
  expect(brief(await inspect(visitor))).toEqual(['essential reject_all'])
})

it('holds the last hundred, in memory only, and cannot be changed from outside', async () => {
  const { collector, visitor } = await measured(stage)
  for (let rank = 0; rank < 120; rank++) {
    await visitor.page.evaluate((name) => {
      window.sluice?.track?.(name)
      return new Promise((resolve) => setTimeout(resolve))
    }, `event ${rank}`)
  }
  await expect.poll(() => collector.events().length).toBeGreaterThan(120)
  await visitor.settle()
  await visitor.page.evaluate(() => window.sluice?.inspect?.().splice(0))
  const list = await inspect(visitor)
  expect(list).toHaveLength(100)
  expect(list.some(({ sent }) => 'name' in sent && sent.name === 'event 119')).toBe(true)
  expect((await readStorage(visitor)).localStorage).toEqual(['sluice_visit'])
})

it.each([
  ['en', 'What this page sent', 'Statistics'],
  ['de', 'Was diese Seite gesendet hat', 'Statistik'],
  ['fr', 'Ce que cette page a envoyé', ''],
  ['es', 'Lo que ha enviado esta página', ''],
  ['ar', 'ما أرسلته هذه الصفحة', ''],
])('R6.7 %s: the dialog shows it, each message as it left', async (language, heading, reason) => {
  const collector = await stage.collect()
  const direction = language === 'ar' ? 'dir="rtl"' : ''
  stage.pages.route('/page', html(collector.tag('data-events=""'), '', `lang="${language}" ${direction}`))
  const visitor = await stage.visit()
  await answer(visitor, 'all')
  await visitor.settle()
  await visitor.page.evaluate(() => window.sluice?.track?.('<b>Signup</b>'))
  await visitor.settle()
  await visitor.page.click('[data-sluice-open]')
  const details = visitor.page.locator('.sluice-sent')
  await details.locator('summary').click()
  expect(await details.locator('summary').textContent()).toBe(`${heading} (4)`)
  const shown = await details.locator('pre').allTextContents()
  expect(shown.map((text) => JSON.parse(text) as unknown)).toEqual(
    (await inspect(visitor)).map(({ sent }) => sent),
  )
  if (reason) expect(await details.locator('li > p').last().textContent()).toContain(`· ${reason}`)
  expect(await details.locator('b').count()).toBe(0)
  expect(visitor.complaints).toEqual([])
})

it('the dialog says so where nothing was sent', async () => {
  await stage.collect()
  const visitor = await stage.visit()
  await answer(visitor, 'show')
  await visitor.page.locator('.sluice-sent summary').click()
  expect(await visitor.page.locator('.sluice-sent p').textContent()).toBe('Nothing yet.')
})
