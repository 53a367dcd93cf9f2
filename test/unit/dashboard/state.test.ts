import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  DIMENSIONS,
  INTERVALS,
  NAMED_PERIODS,
  type AnyDimension,
  type Period,
} from '../../../schema/query.ts'
import { makeFilter, OPERATORS } from '../../../dashboard/conditions.ts'
import {
  COMPARISONS,
  DEFAULT_VIEW,
  HEADLINE_METRICS,
  isDay,
  PANELS,
  readView,
  writeView,
  type View,
} from '../../../dashboard/state.ts'
import { loaderOf, PAGES, SETTINGS_PAGES } from '../../../dashboard/registry.ts'

/** Names that an address has for every view. */
function isShared(name: string): boolean {
  return /^(show|site|period|compare|filter|metric|interval|pages|sources|places|technology|events|times|share)$/.test(
    name,
  )
}

/** Text that an address can carry: encodeURIComponent refuses half a surrogate pair. */
const anyText = fc.string({ unit: 'grapheme' })
const filter = fc
  .tuple(
    fc.constantFrom<AnyDimension>(...DIMENSIONS, 'prop:plan', 'prop:Team-size'),
    fc.constantFrom(...OPERATORS),
    fc.array(anyText, { minLength: 1, maxLength: 3 }),
  )
  .map((parts) => makeFilter(...parts))
const period: fc.Arbitrary<Period> = fc.oneof(
  fc.constantFrom(...NAMED_PERIODS),
  fc.constantFrom({ from: '2026-11-01', to: '2026-11-30' }, { from: '2024-02-29', to: '2024-02-29' }),
)
/** What a view says for itself: any name but those that every view has, in order and more than once. */
const own = fc.array(
  fc.tuple(
    anyText.filter((name) => !isShared(name)),
    anyText,
  ),
  { maxLength: 3 },
)
const shared: fc.Arbitrary<Omit<View, 'show' | 'own'>> = fc.record({
  site: fc.option(anyText, { nil: undefined }),
  period,
  compare: fc.constantFrom(...COMPARISONS),
  filters: fc.array(filter, { maxLength: 3 }),
  metric: fc.constantFrom(...HEADLINE_METRICS),
  interval: fc.option(fc.constantFrom(...INTERVALS), { nil: undefined }),
  share: fc.option(fc.constantFrom('0123456789abcdef'), { nil: undefined }),
  tabs: fc.record({
    pages: fc.constantFrom(...PANELS.pages),
    sources: fc.constantFrom(...PANELS.sources),
    places: fc.constantFrom(...PANELS.places),
    technology: fc.constantFrom(...PANELS.technology),
    events: fc.constantFrom(...PANELS.events),
    times: fc.constantFrom(...PANELS.times),
  }),
})
const view: fc.Arbitrary<View> = fc
  .tuple(shared, fc.constantFrom(...PAGES), own)
  .map(([one, show, said]) => ({ ...one, show, own: show === 'numbers' ? [] : said }))

describe('the view in the address', () => {
  it('comes back as it was written', () => {
    fc.assert(
      fc.property(view, (one) => {
        expect(readView(writeView(one))).toEqual(one)
      }),
    )
  })

  it('leaves out what is ordinary', () => {
    expect(writeView(DEFAULT_VIEW)).toBe('')
    expect(readView('')).toEqual(DEFAULT_VIEW)
  })

  it('stays readable', () => {
    const one: View = {
      ...DEFAULT_VIEW,
      site: 'example.com',
      period: { from: '2026-11-01', to: '2026-11-30' },
      filters: [makeFilter('page', 'is', ['/docs/install']), makeFilter('country', 'isNot', ['DE', 'FR'])],
      tabs: { ...DEFAULT_VIEW.tabs, pages: 'entryPage' },
    }
    expect(writeView(one)).toBe(
      '?site=example.com&period=2026-11-01..2026-11-30&filter=page=/docs/install&filter=country!=DE,FR&pages=entryPage',
    )
  })

  it('takes the default for what it does not know', () => {
    const strange =
      '?period=next-week&compare=mars&metric=mood&interval=eon&pages=country&sources=page&filter=mood=good&filter=%'
    expect(readView(strange)).toEqual(DEFAULT_VIEW)
    expect(readView('?period=2026-02-30..2026-03-01').period).toBe('30d')
    expect(readView('?period=2026-03-02..2026-03-01').period).toBe('30d')
  })
})

it('a day is a day of the calendar', () => {
  expect(isDay('2024-02-29')).toBe(true)
  const others = ['2026-02-29', '2026-13-01', '2026-1-1', '', 'today', '2026-11-24T00:00']
  expect(others.filter(isDay)).toEqual([])
})

it('no two pages have one name: each stands in `show=`', () => {
  expect(PAGES.toSorted()).toEqual([...new Set(PAGES)].toSorted())
  for (const page of SETTINGS_PAGES) expect([page, loaderOf(page)]).toEqual([page, undefined])
})
