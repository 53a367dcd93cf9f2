import { describe, expect, it } from 'vitest'
import { answer, html, loaded, useConsentStage } from '../consent/consent-stage.ts'
import { leave, measured, more, told } from './events-stage.ts'

const stage = useConsentStage()

describe('R1.2 sluice.track', () => {
  it.each([
    ['a name', ['Signup'], { name: 'Signup' }],
    [
      'properties that are text, numbers, yes or no',
      [
        'Plan',
        { props: { plan: 'pro', seats: 3, yearly: true, none: null, list: [1], deep: {}, nan: Number.NaN } },
      ],
      { name: 'Plan', props: { plan: 'pro', seats: 3, yearly: true } },
    ],
    [
      'an amount',
      ['Buy', { revenue: { amount: 29, currency: 'EUR' } }],
      { name: 'Buy', revenue: { amount: '29', currency: 'EUR' } },
    ],
    [
      'an amount as text, kept as it is',
      ['Buy', { revenue: { amount: '29.90', currency: 'usd' } }],
      { name: 'Buy', revenue: { amount: '29.90', currency: 'USD' } },
    ],
    [
      'binary dust',
      ['Buy', { revenue: { amount: 0.1 + 0.2, currency: 'EUR' } }],
      { name: 'Buy', revenue: { amount: '0.3', currency: 'EUR' } },
    ],
    [
      'money given back',
      ['Refund', { revenue: { amount: -5.5, currency: 'EUR' } }],
      { name: 'Refund', revenue: { amount: '-5.5', currency: 'EUR' } },
    ],
  ])('tells of %s', async (_, call, expected) => {
    const { collector, visitor } = await measured(stage)
    await visitor.page.evaluate((args) => window.sluice?.track?.(...(args as [string])), call)
    await expect.poll(() => told(collector, 'event')).toEqual([{ url: `${stage.site}/page`, ...expected }])
    expect(visitor.complaints).toEqual([])
  })

  it('throws nothing and sends nothing for a call that is wrong', async () => {
    const { collector, visitor } = await measured(stage)
    const thrown = await visitor.page.evaluate(() => {
      const track = window.sluice?.track as unknown as (...args: unknown[]) => void
      const feedback = window.sluice?.feedback as unknown as (...args: unknown[]) => void
      const trap = Object.defineProperty({}, 'props', {
        get() {
          throw new Error('trap')
        },
      })
      const calls: unknown[][] = [[], [''], ['  '], [1], [null], [{}], [Symbol('x')], ['x', trap]]
      for (const amount of [
        '29,00',
        '1e3',
        '',
        'x',
        Number.NaN,
        Infinity,
        1e13,
        null,
        {},
        '1.23456',
        '1234567890123',
      ])
        calls.push(['Buy', { revenue: { amount, currency: 'EUR' } }])
      for (const currency of ['', 'EURO', 'E', 7, null, '€'])
        calls.push(['Buy', { revenue: { amount: 1, currency } }])
      const failures: unknown[] = []
      for (const call of calls) {
        try {
          track(...call)
        } catch (error) {
          failures.push(error)
        }
      }
      for (const score of [-1, 11, '5', null, undefined, Number.NaN, {}]) feedback(score, 'comment')
      track('last')
      return failures.length
    })
    expect(thrown).toBe(0)
    await expect.poll(() => told(collector, 'event')).toEqual([{ url: `${stage.site}/page`, name: 'last' }])
    expect(told(collector, 'feedback')).toEqual([])
    expect(visitor.complaints).toEqual([])
  })

  it('cuts what is too long for a request, and goes on', async () => {
    const { collector, visitor } = await measured(stage)
    await visitor.page.evaluate(() => {
      const long = 'x'.repeat(100_000)
      const props = Object.fromEntries(Array.from({ length: 100 }, (_, rank) => [`p${rank}`, long]))
      window.sluice?.track?.(long, { props })
      window.sluice?.track?.('after')
    })
    await expect.poll(() => told(collector, 'event').map(({ name }) => name.length)).toEqual([500, 5])
    expect(Object.keys(told(collector, 'event')[0]?.props ?? {})).toHaveLength(30)
  })

  it('R2.5 events and feedback work by the stub, before the script has come', async () => {
    const stub = `<script>window.sluice = window.sluice || function () { (sluice.q = sluice.q || []).push(arguments) }
      sluice('track', 'Early', { props: { plan: 'pro' } }); sluice('feedback', 7, 'good')</script>`
    const { collector, visitor } = await measured(stage, stub)
    const url = `${stage.site}/page`
    await expect
      .poll(() => told(collector, 'event'))
      .toEqual([{ url, name: 'Early', props: { plan: 'pro' } }])
    expect(told(collector, 'feedback')).toEqual([{ url, score: 7, comment: 'good' }])
    expect(visitor.complaints).toEqual([])
  })

  it('leaves with the page that is left at once', async () => {
    const { collector, visitor } = await measured(stage)
    await visitor.page.evaluate(() => {
      window.sluice?.track?.('Leaving')
      location.href = '/plain'
    })
    await expect
      .poll(() => told(collector, 'event'))
      .toEqual([{ url: `${stage.site}/page`, name: 'Leaving' }])
  })

  it('belongs to the page that is shown, and is not measured on one that is excluded', async () => {
    const { collector, visitor } = await measured(stage, '', 'data-exclude="/account/**"')
    await visitor.page.evaluate(() => {
      history.pushState({}, '', '/account/1')
      window.sluice?.track?.('hidden')
    })
    await visitor.settle()
    await visitor.page.evaluate(() => {
      history.pushState({}, '', '/shop')
      window.sluice?.track?.('seen')
    })
    await expect.poll(() => told(collector, 'event')).toEqual([{ url: `${stage.site}/shop`, name: 'seen' }])
  })
})

describe('without a consent to performance', () => {
  it.each(['none', 'anonymous'] as const)(
    'R6.5 %s: no call before the choice, after a refusal or after a withdrawal is sent or made up for',
    async (preConsent) => {
      const collector = await stage.collect({ preConsent })
      const link = '<a id="out" href="http://elsewhere.example:1/" target="_blank">Out</a>'
      stage.pages.route(
        '/page',
        html(collector.tag('data-events="outbound download form error vital click"'), link),
      )
      const visitor = await stage.visit()
      await visitor.page.locator('.cm').waitFor()
      const act = (name: string): Promise<void> =>
        visitor.page.evaluate((text) => {
          window.sluice?.track?.(text)
          window.sluice?.feedback?.(1, text)
          void Promise.reject(new Error(`failed ${text}`))
        }, name)
      await act('before')
      await visitor.page.click('#out')
      await visitor.settle()
      expect(more(collector)).toEqual([])
      expect(loaded(visitor, collector)).not.toContain('sluice-events.js')
      expect(loaded(visitor, collector)).not.toContain('sluice-measured.js')

      await answer(visitor, 'all')
      await visitor.settle()
      await act('granted')
      await expect.poll(() => told(collector, 'event').map(({ name }) => name)).toEqual(['granted'])
      expect(told(collector, 'feedback').map(({ comment }) => comment)).toEqual(['granted'])
      await visitor.settle()
      const before = more(collector).length

      await visitor.page.evaluate(() => window.sluice?.consent?.withdraw())
      await act('withdrawn')
      await visitor.page.click('#out')
      await visitor.settle()
      await leave(visitor, stage.site)
      expect(more(collector)).toHaveLength(before)
      expect(told(collector, 'vital')).toEqual([])

      await visitor.page.goto(`${stage.site}/page`)
      await visitor.settle()
      await act('refused')
      await visitor.settle()
      await leave(visitor, stage.site)
      expect(more(collector)).toHaveLength(before)
      expect(told(collector, 'error').map(({ message }) => message)).toEqual(['Error: failed granted'])
    },
  )

  it('R6.5 nothing after a withdrawal is made up for when the visitor allows it again on the same page', async () => {
    const link = `<a id="out" href="http://elsewhere.example:${stage.pages.port}/plain" target="_blank">Out</a>`
    const { collector, visitor } = await measured(stage, link)
    await visitor.page.evaluate(() => {
      window.sluice?.consent?.withdraw()
      window.sluice?.track?.('withdrawn')
    })
    await visitor.settle()
    await visitor.page.click('#out')
    await visitor.settle()
    await visitor.page.evaluate(() => window.sluice?.consent?.accept('all'))
    await visitor.settle()
    await visitor.page.evaluate(() => window.sluice?.track?.('again'))
    await expect.poll(() => told(collector, 'event').map(({ name }) => name)).toEqual(['again'])
    expect(told(collector, 'outbound')).toEqual([])
  })

  it('R6.5 the page that a visitor never allowed loads no byte of it', async () => {
    const { collector, visitor } = await measured(stage, '', '', {
      record: { categories: ['essential'], revision: 1, day: '2026-11-24', until: '2099-01-01' },
    })
    await visitor.page.evaluate(() => window.sluice?.track?.('refused'))
    await visitor.settle()
    await leave(visitor, stage.site)
    const paths = collector.received.map(({ path }) => path)
    expect(paths.filter((path) => !/^\/sluice(-choice)?\.js$/.test(path))).toEqual([])
  })

  it('R6.5 another tab that withdraws silences this one at once', async () => {
    const { collector, visitor } = await measured(stage)
    const second = await visitor.context.newPage()
    await second.goto(`${stage.site}/other`)
    await second.waitForFunction(() => window.sluice?.consent)
    const before = more(collector).length
    await second.evaluate(() => window.sluice?.consent?.withdraw())
    await visitor.page.evaluate(() => {
      window.sluice?.track?.('late')
      document.title = 'done'
    })
    await visitor.settle()
    await second.close()
    await leave(visitor, stage.site)
    expect(more(collector).filter(({ type }) => type === 'event')).toEqual([])
    expect(more(collector).length).toBeGreaterThanOrEqual(before)
  })
})
