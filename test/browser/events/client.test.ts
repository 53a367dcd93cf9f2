import { build } from 'esbuild'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { answer, html, useConsentStage } from '../consent/consent-stage.ts'
import { GRANTED, measured, more, told, type Measured } from './events-stage.ts'

const stage = useConsentStage()

/** A program as a site builds it, with the names by which the package is imported. */
async function bundle(contents: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL('../../..', import.meta.url)), loader: 'tsx' },
    bundle: true,
    write: false,
    format: 'iife',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
  })
  return outputFiles[0]?.text ?? ''
}
const program = async (contents: string): Promise<void> =>
  stage.pages.route('/app.js', {
    headers: { 'content-type': 'text/javascript' },
    body: await bundle(contents),
  })
const APP = '<div id="app"></div><script src="/app.js"></script>'

describe('sluice/tracker', () => {
  const PROGRAM = `import { feedback, ready, track } from 'sluice/tracker'
    track('Early', { props: { plan: 'pro' } })
    feedback(8)
    void ready().then((sluice) => { sluice.track('Ready'); document.title = sluice.consent.get().granted.join() })`

  it.each(['before', 'after'])('%s the script has come: each call is made once', async (order) => {
    await program(PROGRAM)
    const { collector, visitor } = await measured(stage)
    stage.pages.route(
      '/page',
      html(order === 'before' ? collector.tag() : collector.tag().replace('defer', ''), APP),
    )
    await visitor.page.goto(`${stage.site}/page`)
    await expect
      .poll(() =>
        told(collector, 'event')
          .map(({ name }) => name)
          .toSorted(),
      )
      .toEqual(['Early', 'Ready'])
    expect(told(collector, 'feedback')).toEqual([{ url: `${stage.site}/page`, score: 8 }])
    expect(await visitor.page.title()).toBe('essential,performance')
    expect(visitor.complaints).toEqual([])
  })

  it('on a server does nothing, and breaks nothing', async () => {
    const { track, pageview, ready } = await import('sluice/tracker')
    track('Server')
    pageview()
    expect(await Promise.race([ready(), Promise.resolve('waits')])).toBe('waits')
  })
})

describe('sluice/react', () => {
  const programFor = (url: string): string => `import { createRoot } from 'react-dom/client'
    import { StrictMode } from 'react'
    import { Sluice, useSluice } from 'sluice/react'
    function App() {
      const { track, openChoices, choice } = useSluice()
      return <>
        <Sluice site="shop.example" src="${url}/sluice.js" events="" />
        <button id="buy" onClick={() => track('Buy', { revenue: { amount: 29, currency: 'EUR' } })}>Buy</button>
        <button id="choices" onClick={openChoices}>Privacy</button>
        <output>{choice ? choice.granted.join() : 'unknown'}</output>
      </>
    }
    createRoot(document.querySelector('#app')!).render(<StrictMode><App /></StrictMode>)`

  async function open(): Promise<Measured> {
    const collector = await stage.collect()
    collector.tokens.add(GRANTED.token as string)
    await program(programFor(collector.url))
    stage.pages.route('/page', html('', APP))
    return { collector, visitor: await stage.visit() }
  }

  it('puts the tag there once, tells the choice as it changes, and tracks under it', async () => {
    const { collector, visitor } = await open()
    await visitor.page.locator('.cm').waitFor()
    expect(await visitor.page.locator('output').textContent()).toBe('essential')
    expect(await visitor.page.locator('script[data-site]').count()).toBe(1)
    await visitor.page.click('#buy')
    await answer(visitor, 'all')
    await visitor.settle()
    await expect
      .poll(() => visitor.page.locator('output').textContent())
      .toBe('essential,performance,functionality,targeting')
    expect(more(collector).filter(({ type }) => type === 'event')).toEqual([])
    await visitor.page.click('#buy')
    await expect
      .poll(() => told(collector, 'event'))
      .toEqual([{ url: `${stage.site}/page`, name: 'Buy', revenue: { amount: '29', currency: 'EUR' } }])
    await visitor.page.click('#choices')
    await visitor.page.locator('.pm').waitFor()
    expect(visitor.complaints).toEqual([])
  })

  it('renders nothing on a server', async () => {
    const [{ renderToString }, { createElement }, { Sluice }] = await Promise.all([
      import('react-dom/server'),
      import('react'),
      import('sluice/react'),
    ])
    expect(
      renderToString(createElement(Sluice, { site: 'shop.example', src: 'https://stats.example/sluice.js' })),
    ).toBe('')
  })
})
