import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { readStorage } from '../../support/browser.ts'
import { html, useConsentStage } from '../consent/consent-stage.ts'
import { GRANTED, measured, told } from './events-stage.ts'

const stage = useConsentStage()

const text = readFileSync(new URL('../../../docs/tracker.md', import.meta.url), 'utf8')
const blocks = (language: string): string[] =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, code]) => code as string)

it('what docs/tracker.md shows runs on a page as it stands there', async () => {
  const [tag, stub] = blocks('html')
  const { collector, visitor } = await measured(stage, '', '', {
    record: { ...GRANTED, categories: ['essential', 'performance', 'functionality', 'targeting'] },
  })
  const own = (tag as string)
    .replace('https://stats.example.com', collector.url)
    .replace('data-site="example.com"', 'data-site="shop.example"')
  expect(own.trim()).toBe(collector.tag().replace(' >', '>'))
  stage.pages.route('/page', html(own + (stub as string)))
  await visitor.page.goto(`${stage.site}/page`)
  await visitor.page.waitForFunction(() => window.sluice?.consent)
  const scripts = blocks('js')
  expect(scripts).toHaveLength(5)
  for (const script of scripts) await visitor.page.evaluate(`(async () => { ${script} })()`)
  await expect
    .poll(() => told(collector, 'event').map(({ name, props, revenue }) => [name, props, revenue]))
    .toEqual([
      ['Search', { feature: 'search' }, undefined],
      ['Signup', { plan: 'pro' }, undefined],
      ['Purchase', undefined, { amount: '29.90', currency: 'EUR' }],
    ])
  expect(told(collector, 'feedback')).toMatchObject([{ score: 9, comment: 'Found it at once' }])
  expect((await readStorage(visitor)).localStorage.toSorted()).toEqual([
    'sluice_ads',
    'sluice_preferences',
    'sluice_traits',
    'sluice_visit',
  ])
  expect(visitor.complaints).toEqual([])
})
