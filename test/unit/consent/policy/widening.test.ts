import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CONSENT_CATEGORIES, OPTIONAL_CATEGORIES } from '../../../../schema/consent.ts'
import { STORAGE_KINDS, type PolicyManifest, type PolicyService } from '../../../../schema/policy.ts'
import { widened } from '../../../../server/consent/policy/widening.ts'
import { item, manifest, service } from './manifests.ts'

const sentence = fc.constantFrom('One thing.', 'Another thing.', 'A third.')
const texts = fc.record({ en: sentence, de: sentence }, { requiredKeys: ['en'] })
const anyItem = fc.record({
  kind: fc.constantFrom(...STORAGE_KINDS),
  name: fc.constantFrom('a', 'ab', 'a*', 'b*', 'c'),
  purpose: texts,
  lifetime: fc.constantFrom('session', '1d', '13mo', '2y'),
})
const anyService = fc.record(
  {
    id: fc.constantFrom('one', 'two', 'three', 'four'),
    name: sentence,
    provider: fc.constantFrom('Example Ltd', 'Maps Inc'),
    category: fc.constantFrom(...CONSENT_CATEGORIES),
    purpose: texts,
    hosts: fc.uniqueArray(fc.constantFrom('a.example', '*.a.example', 'x.a.example', 'b.example')),
    items: fc.array(anyItem, { maxLength: 4 }),
    retention: texts,
  },
  { requiredKeys: ['id', 'name', 'provider', 'category', 'purpose', 'hosts', 'items'] },
)
const anyManifest = fc
  .uniqueArray(anyService, { maxLength: 4, selector: ({ id }) => id })
  .map((services) => manifest({ services }))

/** Every manifest that is this one with a single thing taken out. */
function lessened(whole: PolicyManifest): PolicyManifest[] {
  const { services } = whole
  const changed = (at: number, change: Partial<PolicyService>): PolicyManifest =>
    manifest({ services: services.map((one, index) => (index === at ? { ...one, ...change } : one)) })
  return services.flatMap((one, at) => {
    const { retention: _, ...silent } = one
    return [
      manifest({ services: services.toSpliced(at, 1) }),
      manifest({ services: services.with(at, silent) }),
      changed(at, { purpose: { en: one.purpose['en'] ?? '' } }),
      ...one.hosts.map((_host, index) => changed(at, { hosts: one.hosts.toSpliced(index, 1) })),
      ...one.items.map((_item, index) => changed(at, { items: one.items.toSpliced(index, 1) })),
      ...one.items.map((kept, index) =>
        changed(at, { items: one.items.with(index, { ...kept, lifetime: 'session' }) }),
      ),
    ]
  })
}

describe('widening, as a rule', () => {
  it('a manifest widens nothing of itself', () => {
    fc.assert(
      fc.property(anyManifest, (one) => {
        expect(widened(one, structuredClone(one))).toEqual([])
      }),
    )
  })

  it('whatever is taken out widens nothing', () => {
    fc.assert(
      fc.property(anyManifest, (whole) => {
        for (const less of lessened(whole)) expect(widened(whole, less)).toEqual([])
      }),
    )
  })

  it('a new service widens its own category and no other', () => {
    fc.assert(
      fc.property(anyManifest, anyService, (before, added) => {
        const after = manifest({ services: [...before.services, { ...added, id: 'new' }] })
        expect(widened(before, after)).toEqual(OPTIONAL_CATEGORIES.filter((one) => one === added.category))
      }),
    )
  })

  it('the order of anything widens nothing', () => {
    fc.assert(
      fc.property(anyManifest, (one) => {
        const turned = one.services.toReversed().map((each) => ({
          ...each,
          hosts: each.hosts.toReversed(),
          items: each.items.toReversed(),
        }))
        expect(widened(one, manifest({ services: turned }))).toEqual([])
      }),
    )
  })

  it('another controller widens every category that there is', () => {
    fc.assert(
      fc.property(anyManifest, (before) => {
        const after = { ...before, controller: { ...before.controller, name: 'Somebody Else' } }
        const used = OPTIONAL_CATEGORIES.filter((one) =>
          before.services.some(({ category }) => category === one),
        )
        expect(widened(before, after)).toEqual(used)
      }),
    )
  })
})

describe('what widens a service', () => {
  const before = service({
    hosts: ['maps.example.net', '*.tiles.example.net'],
    items: [item({ name: 'map_*', lifetime: '30d' })],
    retention: { en: 'A year.' },
  })
  const widens = (changes: Partial<PolicyService>): boolean =>
    widened(manifest({ services: [before] }), manifest({ services: [{ ...before, ...changes }] })).length > 0

  it.each([
    ['another purpose', { purpose: { en: 'Shows you ads.' } }],
    ['another provider', { provider: 'Data Broker Inc' }],
    ['a new host', { hosts: [...before.hosts, 'ads.example.net'] }],
    ['a wider host', { hosts: ['*.example.net'] }],
    ['a new item', { items: [...before.items, item({ name: 'id' })] }],
    ['an item of another kind', { items: [item({ name: 'map_*', kind: 'localStorage' })] }],
    ['a wider name', { items: [item({ name: 'm*' })] }],
    ['a longer lifetime', { items: [item({ name: 'map_*', lifetime: '31d' })] }],
    ['another purpose of an item', { items: [item({ name: 'map_*', purpose: { en: 'Who you are.' } })] }],
    ['another sentence about keeping', { retention: { en: 'Two years.' } }],
    ['another category', { category: 'targeting' as const }],
  ])('%s', (_what, changes) => {
    expect(widens(changes)).toBe(true)
  })

  it.each([
    ['another name of the service', { name: 'Maps' }],
    ['a new translation', { purpose: { ...before.purpose, de: 'Zeigt unsere Läden.' } }],
    ['a narrower host', { hosts: ['maps.example.net', 'a.tiles.example.net'] }],
    ['a narrower name', { items: [item({ name: 'map_view', lifetime: '30d' })] }],
    ['a shorter lifetime', { items: [item({ name: 'map_*', lifetime: 'session' })] }],
    ['the move to essential', { category: 'essential' as const, essentialPurpose: 'security' as const }],
  ])('but not %s', (_what, changes) => {
    expect(widens(changes)).toBe(false)
  })

  it('learning where nothing was learned', () => {
    const { retention: _, ...silent } = before
    expect(widened(manifest({ services: [silent] }), manifest({ services: [before] }))).toEqual([
      'functionality',
    ])
  })

  it('sentences are compared in a language that both manifests have', () => {
    const both = { en: 'Shows shops.', de: 'Zeigt Läden.' }
    const inGerman = (purpose: Record<string, string>): PolicyManifest =>
      manifest({ language: 'de', services: [service({ purpose, items: [] })] })
    const inEnglish = (purpose: Record<string, string>): PolicyManifest =>
      manifest({ services: [service({ purpose, items: [] })] })
    expect(widened(inEnglish({ en: both.en }), inGerman(both))).toEqual([])
    expect(widened(inEnglish(both), inGerman({ de: both.de }))).toEqual([])
    expect(widened(inEnglish(both), inGerman({ de: 'Zeigt Werbung.' }))).toEqual(['functionality'])
    expect(widened(inEnglish({ en: both.en }), inGerman({ de: both.de }))).toEqual(['functionality'])
  })
})
