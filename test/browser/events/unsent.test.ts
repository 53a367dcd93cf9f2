import { describe, expect, it } from 'vitest'
import { readStorage, type Visitor } from '../../support/browser.ts'
import type { Route } from '../../support/pages.ts'
import { JSON_HEADERS } from '../fake-collector.ts'
import { useConsentStage } from '../consent/consent-stage.ts'
import type { ConsentCollector } from '../consent/fake-consent.ts'
import { GRANTED, measured, told } from './events-stage.ts'

const stage = useConsentStage()

/** How often each event arrived and was taken. */
function taken(
  collector: ConsentCollector,
  isTaken: () => boolean,
  refusal: Route = { status: 503, headers: { ...JSON_HEADERS, 'retry-after': '600' } },
): Map<string, number> {
  const counts = new Map<string, number>()
  collector.route('/e', ({ body }) => {
    if (!isTaken()) return refusal
    const { events } = JSON.parse(body) as { events: { id: string; name?: string }[] }
    for (const { id, name } of events)
      if (name) counts.set(`${name} ${id}`, (counts.get(`${name} ${id}`) ?? 0) + 1)
    return { status: 202, headers: JSON_HEADERS, body: `{"accepted":${events.length},"dropped":0}` }
  })
  return counts
}
const track = ({ page }: Visitor, name: string): Promise<void> =>
  page.evaluate((text) => window.sluice?.track?.(text), name)
const session = async (visitor: Visitor): Promise<string[]> => (await readStorage(visitor)).sessionStorage

describe('what a page could not deliver', () => {
  it.each(['answers 503', 'is gone'])(
    'while the collector %s is told by the next page, once',
    async (way) => {
      let isUp = true
      const { collector, visitor } = await measured(stage, '', '', { visit: stage.visitWhole })
      // The connection breaks off.
      const gone = (): Promise<Route> => Promise.reject(new Error('gone'))
      const counts = taken(collector, () => isUp, way === 'is gone' ? gone : undefined)
      await visitor.settle()
      isUp = false
      await track(visitor, 'one')
      await visitor.settle()
      await track(visitor, 'two')
      await visitor.page.goto(`${stage.site}/plain`)
      expect(await session(visitor)).toEqual(['sluice_unsent'])
      isUp = true
      await visitor.page.goto(`${stage.site}/page`)
      await expect
        .poll(() => [...counts.keys()].map((key) => key.split(' ', 1).join()).toSorted())
        .toEqual(['one', 'two'])
      await visitor.settle()
      expect([...counts.values()]).toEqual([1, 1])
      expect(await session(visitor)).toEqual([])
    },
  )

  it('is nothing while all is well: nothing is kept, and nothing sent twice', async () => {
    const { collector, visitor } = await measured(stage, '', '', { visit: stage.visitWhole })
    const counts = taken(collector, () => true)
    await track(visitor, 'one')
    await visitor.page.goto(`${stage.site}/plain`)
    expect(await session(visitor)).toEqual([])
    await visitor.page.goto(`${stage.site}/page`)
    await visitor.settle()
    expect([...counts.values()]).toEqual([1])
  })

  it('waits for the token of a choice that could not be told yet', async () => {
    const { collector, visitor } = await measured(stage, '', '', {
      record: {
        ...GRANTED,
        token: undefined as never,
        pending: {
          version: 1,
          site: 'shop.example',
          action: 'accept_all',
          granted: ['performance'],
          revision: 1,
          source: 'banner',
          gpc: false,
        },
      },
      prepare: ({ context }) => context.route('**/c', (route) => route.abort()),
    })
    await track(visitor, 'granted')
    await visitor.settle()
    expect(collector.batches()).toEqual([])
    await visitor.page.goto(`${stage.site}/plain`)
    expect(await session(visitor)).toEqual(['sluice_unsent'])
    await visitor.context.unrouteAll()
    await visitor.page.goto(`${stage.site}/page`)
    await expect.poll(() => told(collector, 'event').map(({ name }) => name)).toEqual(['granted'])
  })

  it('is at most what a page keeps waiting', async () => {
    const { collector, visitor } = await measured(stage)
    taken(collector, () => false)
    for (let rank = 0; rank < 80; rank++) await track(visitor, `event ${rank}`)
    await visitor.page.goto(`${stage.site}/plain`)
    const kept = await visitor.page.evaluate(
      () => JSON.parse(sessionStorage.getItem('sluice_unsent') ?? '[]') as { name?: string }[],
    )
    expect(kept.length).toBeLessThanOrEqual(51)
    expect(kept.some(({ name }) => name === 'event 79')).toBe(true)
  })

  it('R6.5 is swept with the withdrawal, and never sent after it', async () => {
    let isUp = false
    const { collector, visitor } = await measured(stage)
    const counts = taken(collector, () => isUp)
    await visitor.page.evaluate(() => window.sluice?.consent?.accept('all'))
    await visitor.settle()
    await track(visitor, 'one')
    await visitor.page.goto(`${stage.site}/plain`)
    expect(await session(visitor)).toEqual(['sluice_unsent'])
    // As the choices page does it: another record, and nothing else.
    const record = { categories: ['essential'], revision: 1, day: '2026-11-24', until: '2099-01-01' }
    await visitor.context.addCookies([
      { name: 'cc_cookie', value: encodeURIComponent(JSON.stringify(record)), url: stage.site },
    ])
    isUp = true
    await visitor.page.goto(`${stage.site}/page`)
    await visitor.settle()
    expect(await session(visitor)).toEqual([])
    await visitor.page.goto(`${stage.site}/plain`)
    expect([...counts.keys()]).toEqual([])
  })

  it.each(['{', '7', '[7]', '{"length":1}'])('%s, which nobody of us wrote, breaks nothing', async (text) => {
    const { collector, visitor } = await measured(stage, '', '', {
      prepare: ({ context }) =>
        context.addInitScript((junk) => sessionStorage.setItem('sluice_unsent', junk), text),
    })
    await track(visitor, 'still')
    await expect
      .poll(() => collector.events().some((event) => 'name' in event && event.name === 'still'))
      .toBe(true)
    expect(visitor.complaints).toEqual([])
  })
})
