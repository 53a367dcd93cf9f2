import { expect, it } from 'vitest'
import type { WireEngagement } from '../../../schema/event.ts'
import { movableTime, passSeconds, type Visitor } from '../../support/browser.ts'
import { answer, holding, kept, useConsentStage, withSignal } from './consent-stage.ts'
import type { ConsentCollector } from './fake-consent.ts'

const stage = useConsentStage(true)

const withTime = ({ context }: Visitor): Promise<unknown> => context.addInitScript(movableTime)
async function leave(visitor: Visitor): Promise<void> {
  await visitor.page.goto(`${stage.site}/plain`)
  await visitor.settle()
}
/** Seconds of each engagement that was sent, whole. */
const seconds = (collector: ConsentCollector): number[] =>
  collector
    .events()
    .filter((event): event is WireEngagement => event.type === 'engagement')
    .map(({ visibleMs }) => Math.floor(visibleMs / 100_000) * 100)

it.each([
  ['the page', []],
  ['steps of an application', ['/page/1', '/page/2']],
] as const)(
  'R6.1 R6.2 what was seen before the choice is no part of what is told after it: %s',
  async (_, steps) => {
    const collector = await stage.collect()
    const visitor = await stage.visit('/page', {}, withTime)
    await visitor.page.locator('.cm').waitFor()
    await passSeconds(visitor.page, 5_000)
    for (const step of steps) {
      await visitor.page.evaluate((path) => history.pushState({}, '', path), step)
      await passSeconds(visitor.page, 5_000)
    }
    await answer(visitor, 'all')
    await visitor.settle()
    await passSeconds(visitor.page, 200)
    await leave(visitor)
    expect(seconds(collector)).toEqual([200])
    const last = stage.site + (steps.at(-1) ?? '/page')
    const seen = collector.pages().flatMap(({ events }) => events)
    expect(seen.map(({ type, url }) => [type, url])).toEqual([
      ['pageview', last],
      ['engagement', last],
    ])
    const token = (await kept(visitor))?.token
    expect(collector.pages().map(({ consent }) => consent)).toEqual([token, token])
  },
)

it('R6.5 nothing is told of a page on which the visitor withdraws, whatever was seen before', async () => {
  const collector = await stage.collect()
  const visitor = await stage.visit('/page', {}, withTime)
  await answer(visitor, 'all')
  await visitor.settle()
  await passSeconds(visitor.page, 1_000)
  await visitor.page.evaluate(() => window.sluice?.consent?.withdraw())
  await visitor.settle()
  await passSeconds(visitor.page, 1_000)
  await visitor.page.evaluate(() => history.pushState({}, '', '/page/2'))
  await visitor.settle()
  await leave(visitor)
  // What was told while it was allowed: the view, and that the browser is here for the first time.
  expect(
    collector
      .events()
      .map(({ type, url }) => `${type} ${url}`)
      .toSorted(),
  ).toEqual([`pageview ${stage.site}/page`, `visit ${stage.site}/page`])
})

it.each(['none', 'anonymous'] as const)(
  'R6.5 %s: who has refused is not measured at all',
  async (preConsent) => {
    const collector = await stage.collect({ preConsent })
    const visitor = await stage.visit('/page', {}, async (newcomer) => {
      await withTime(newcomer)
      await holding(stage.site, {
        categories: ['essential'],
        revision: 1,
        day: '2026-11-24',
        until: '2099-01-01',
      })(newcomer)
    })
    await visitor.settle()
    await passSeconds(visitor.page, 1_000)
    await leave(visitor)
    // As the collector saw it: what a page sends at its very end the browser's driver does not tell.
    expect(collector.received.map(({ path }) => path).filter((path) => !path.startsWith('/sluice'))).toEqual(
      [],
    )
  },
)

it('R6.5 the anonymous mode measures nobody whose browser objects', async () => {
  const collector = await stage.collect({ preConsent: 'anonymous' })
  const visitor = await stage.visit('/page', {}, async (newcomer) => {
    await withTime(newcomer)
    await withSignal(newcomer)
  })
  await visitor.settle()
  await passSeconds(visitor.page, 1_000)
  await leave(visitor)
  expect(collector.batches()).toEqual([])
})

it('anonymous: a page has one time, across the choice', async () => {
  const collector = await stage.collect({ preConsent: 'anonymous' })
  const visitor = await stage.visit('/page', {}, withTime)
  await visitor.page.locator('.cm').waitFor()
  await visitor.settle()
  await passSeconds(visitor.page, 300)
  await answer(visitor, 'all')
  await visitor.settle()
  await passSeconds(visitor.page, 400)
  await leave(visitor)
  // The anonymous mode allowed to measure from the beginning: one page, one time.
  expect(seconds(collector)).toEqual([700])
  expect(collector.batches().at(-1)?.consent).toBe((await kept(visitor))?.token)
})
