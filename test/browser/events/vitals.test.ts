import { build } from 'esbuild'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Vital } from '../../../schema/event.ts'
import type { Visitor } from '../../support/browser.ts'
import { answer, html, useConsentStage } from '../consent/consent-stage.ts'
import { hold } from '../stage.ts'
import { leave, measured, told } from './events-stage.ts'

const stage = useConsentStage()

/** The library that browsers' makers publish, `web-vitals`, reporting to the site itself. */
let library: string
beforeAll(async () => {
  const { outputFiles } = await build({
    stdin: {
      contents: `import { onCLS, onFCP, onINP, onLCP, onTTFB } from 'web-vitals'
        const tell = ({ name, value }) => navigator.sendBeacon('/library', JSON.stringify([name, value]))
        for (const on of [onCLS, onFCP, onINP, onLCP, onTTFB]) on(tell)`,
      resolveDir: fileURLToPath(new URL('../../..', import.meta.url)),
    },
    bundle: true,
    write: false,
    format: 'iife',
  })
  library = outputFiles[0]?.text ?? ''
})

/** A page that comes late, paints late, moves, and works hard when it is clicked. */
const PAGE = `<script src="/web-vitals.js"></script><h1>Vitals</h1><div id="room"></div>
<p>${'A long text that is painted. '.repeat(40)}</p><button id="slow">Slow</button><button id="fast">Fast</button><button id="brief">Brief</button><button id="worst">Worst</button><button id="grow">Grow</button>
<script>
  const work = (ms) => { const end = performance.now() + ms; while (performance.now() < end); }
  document.querySelector('#grow').addEventListener('click', () => { document.querySelector('#room').style.height = '600px' })
  document.querySelector('#worst').addEventListener('click', () => work(1_000))
  document.querySelector('#brief').addEventListener('click', () => work(50))
  document.querySelector('#slow').addEventListener('click', () => work(150))
  const grow = (px) => new Promise((done) => { document.querySelector('#room').style.height = px + 'px'
    requestAnimationFrame(() => setTimeout(done, 50)) })
  window.move = async () => { for (const px of [60, 120, 180]) await grow(px) }
</script>`

async function open(options?: Parameters<typeof measured>[3]): Promise<Awaited<ReturnType<typeof measured>>> {
  stage.pages.route('/web-vitals.js', { headers: { 'content-type': 'text/javascript' }, body: library })
  stage.pages.route('/library', { status: 204 })
  stage.pages.received.splice(0)
  return measured(stage, PAGE, '', options)
}

/** What the library told last of each vital, a reload or return at a time. */
const ofLibrary = (): [Vital, number][] =>
  stage.pages.received
    .filter(({ path }) => path === '/library')
    .map(({ body }) => JSON.parse(body) as [Vital, number])

const byName = (list: [Vital, number][]): Record<string, number> =>
  Object.fromEntries(
    list.map(([name, value]) => [name, name === 'CLS' ? Math.round(value * 1e4) / 1e4 : Math.round(value)]),
  )

async function use({ page }: Visitor): Promise<void> {
  // A second after input shifts count again.
  await page.evaluate(() => (window as unknown as { move: () => Promise<void> }).move())
  await page.click('#fast')
  await page.click('#slow')
  // What moves at once after a click was asked for.
  await page.click('#grow')
  await idle(page)
}

/** The library looks at an interaction when the browser is at rest, or a second later. */
const idle = (page: Visitor['page']): Promise<unknown> =>
  page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 1_200)))

describe('web vitals', () => {
  it('are what the library of their makers tells of the same page, once each', async () => {
    const { collector, visitor } = await open()
    await use(visitor)
    await leave(visitor, stage.site)
    await expect.poll(() => told(collector, 'vital')).toHaveLength(5)
    const ours = told(collector, 'vital')
    const expected = byName(ofLibrary())
    expect(Object.keys(expected).toSorted()).toEqual(['CLS', 'FCP', 'INP', 'LCP', 'TTFB'])
    expect(byName(ours.map(({ vital, value }) => [vital, value]))).toEqual(expected)
    expect(expected['CLS']).toBeGreaterThan(0)
    expect(expected['INP']).toBeGreaterThanOrEqual(150)
    expect(new Set(ours.map(({ url }) => url))).toEqual(new Set([`${stage.site}/page`]))
  })

  it('of the 51st interaction on leave out the worst one, as the library does', async () => {
    const { collector, visitor } = await open()
    await visitor.page.click('#worst')
    for (let click = 0; click < 50; click++) await visitor.page.click('#brief')
    await idle(visitor.page)
    await leave(visitor, stage.site)
    await expect.poll(() => told(collector, 'vital')).toHaveLength(5)
    const inp = told(collector, 'vital').find(({ vital }) => vital === 'INP')?.value
    expect(inp).toBe(byName(ofLibrary())['INP'])
    expect(inp).toBeGreaterThanOrEqual(50)
    expect(inp).toBeLessThan(1_000)
  })

  it('are told anew for a return from the back/forward cache, as the library does', async () => {
    const { collector, visitor } = await open({ visit: stage.visitWhole })
    await leave(visitor, stage.site)
    const [before, ofBefore] = [told(collector, 'vital').length, ofLibrary().length]
    await visitor.page.goBack({ waitUntil: 'commit' })
    await visitor.page.waitForFunction(() => document.title === 'Shop')
    await visitor.page.evaluate(() => (window as unknown as { move: () => Promise<void> }).move())
    await visitor.page.click('#slow')
    await idle(visitor.page)
    await leave(visitor, stage.site)
    await expect.poll(() => told(collector, 'vital').length).toBe(before + 5)
    const ours = byName(
      told(collector, 'vital')
        .slice(before)
        .map(({ vital, value }) => [vital, value]),
    )
    const theirs = byName(ofLibrary().slice(ofBefore))
    expect(ours).toMatchObject({ TTFB: 0, CLS: theirs['CLS'], INP: theirs['INP'] })
    expect(theirs['CLS']).toBeGreaterThan(0)
    // Two frames after the return, by two clocks that begin in one frame.
    for (const vital of ['LCP', 'FCP'])
      expect(Math.abs((ours[vital] ?? NaN) - (theirs[vital] ?? NaN))).toBeLessThan(20)
  })

  it('are told once, whatever happens after the page was first hidden', async () => {
    const { collector, visitor } = await open()
    const turn = (isHidden: boolean): Promise<void> =>
      visitor.page.evaluate((hidden) => {
        Object.defineProperty(document, 'hidden', { value: hidden, configurable: true })
        document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
      }, isHidden)
    await turn(true)
    await visitor.settle()
    const before = told(collector, 'vital').length
    expect(before).toBeGreaterThanOrEqual(4)
    await turn(false)
    await use(visitor)
    await turn(true)
    await visitor.settle()
    expect(told(collector, 'vital')).toHaveLength(before)
  })

  it('of an application belong to the page that was loaded', async () => {
    const { collector, visitor } = await open()
    await visitor.page.evaluate(() => history.pushState({}, '', '/page/step'))
    await leave(visitor, stage.site)
    await expect.poll(() => told(collector, 'vital').length).toBeGreaterThanOrEqual(4)
    expect(new Set(told(collector, 'vital').map(({ url }) => url))).toEqual(new Set([`${stage.site}/page`]))
  })

  it('R6.5 are not told of a page that began before the consent, nor of one with a withdrawal in between', async () => {
    const collector = await stage.collect()
    stage.pages.route('/page', html(collector.tag(), PAGE))
    stage.pages.route('/web-vitals.js', { headers: { 'content-type': 'text/javascript' }, body: '' })
    const visitor = await stage.visit()
    await answer(visitor, 'all')
    await visitor.settle()
    await leave(visitor, stage.site)
    expect(told(collector, 'vital')).toEqual([])
    await visitor.page.goto(`${stage.site}/page`)
    await visitor.settle()
    await visitor.page.evaluate(() => window.sluice?.consent?.withdraw())
    await visitor.settle()
    await visitor.page.evaluate(() => window.sluice?.consent?.accept('all'))
    await visitor.settle()
    await leave(visitor, stage.site)
    expect(told(collector, 'visit').length).toBeGreaterThan(0)
    expect(told(collector, 'vital')).toEqual([])
  })

  it('of a page that nobody could see have no time until it was painted', async () => {
    const { held, release } = hold()
    stage.pages.route('/late.css', () =>
      held.then(() => ({ headers: { 'content-type': 'text/css' }, body: '' })),
    )
    const { collector, visitor } = await measured(stage, 'Text', '', {
      prepare: ({ context }) =>
        context.addInitScript(() =>
          Object.defineProperty(document, 'hidden', { value: true, configurable: true }),
        ),
    })
    release()
    await leave(visitor, stage.site)
    await expect.poll(() => told(collector, 'vital').map(({ vital }) => vital)).toEqual(['TTFB'])
  })
})
