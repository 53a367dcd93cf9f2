import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { UserError } from '../../../../server/errors.ts'
import { inspectManifest, isRefused } from '../../../../server/consent/policy/check.ts'
import { parseManifest, readManifest } from '../../../../server/consent/policy/manifest.ts'
import { manifest, service, SITE } from './manifests.ts'

const json = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

/** Where and why the shape of a value is refused. */
function faults(value: unknown): string[] {
  const read = readManifest(value)
  return 'findings' in read ? read.findings.map(({ place, sentence }) => `${place}: ${sentence}`) : []
}

describe('reading a manifest', () => {
  it('takes what it was written from', () => {
    const whole = manifest({
      services: [service({ retention: { en: 'A year.' } })],
      controller: { name: 'Example Ltd', contact: 'a@example.com', address: '1 High Street' },
      policyUrl: 'https://example.com/privacy',
      cookieDomain: 'example.com',
      gpc: 'all',
      texts: { en: { title: 'Hello' } },
      appearance: { position: 'middle-center', tokens: { water: '#123456' }, order: 'accept-first' },
    })
    expect(parseManifest(json(whole))).toEqual(whole)
  })

  it('fills in what has a default', () => {
    const { gpc: _gpc, choiceDays: _days, appearance: _appearance, ...short } = manifest()
    expect(parseManifest(json(short))).toEqual(manifest())
  })

  it('names every fault with its place', () => {
    const bad = { ...manifest(), services: [{ ...service(), hosts: 'a.example', colour: 1 }], language: 3 }
    expect(faults(json(bad))).toEqual([
      'language: This must be of the type string.',
      'services[0].hosts: This must be a list.',
      'services[0]: "colour" is no field here: take it out.',
    ])
    expect(faults({ ...manifest(), manifest: 2 })).toEqual(['manifest: This must be 1.'])
    expect(faults({ ...manifest(), services: [{ ...service(), category: 'marketing' }] })).toEqual([
      'services[0].category: This must be essential or performance or functionality or targeting.',
    ])
    expect(faults(json({ ...manifest(), texts: { en: { rejectAll: '' } } }))).toEqual([
      'texts.en.rejectAll: This is empty.',
    ])
  })

  it('refuses the first fault in one sentence', () => {
    expect(() => parseManifest({})).toThrow(UserError)
    expect(() => parseManifest({})).toThrow(/^manifest: The version of the format is missing/)
  })

  it.each(['{"__proto__": {}}', '{"purpose": {"__proto__": "x"}}', '{"tokens": {"__proto__": 1}}'])(
    'refuses the name __proto__, wherever it hides: %s',
    (text) => {
      const hostile = { ...manifest(), services: [{ ...service(), ...(JSON.parse(text) as object) }] }
      Object.defineProperty(hostile, 'extra', { value: JSON.parse(text), enumerable: true })
      expect(faults(hostile)).toEqual([
        'manifest: __proto__ is no name that a manifest can hold: take it out.',
      ])
      expect(({} as Record<string, unknown>)['x']).toBeUndefined()
    },
  )

  it('takes no name from the prototype for one of the manifest', () => {
    for (const name of ['constructor', 'toString', 'hasOwnProperty']) {
      const texts = { [name]: { title: 'x' } }
      const { manifest: loaded, findings } = inspectManifest(json({ ...manifest(), texts }), SITE)
      expect(loaded).toBeUndefined()
      expect(findings).toEqual([expect.objectContaining({ kind: 'refused', place: `texts.${name}` })])
      const tokens = { [name]: '#000' }
      const look = { ...manifest().appearance, tokens }
      expect(inspectManifest(json({ ...manifest(), appearance: look }), SITE).findings.some(isRefused)).toBe(
        true,
      )
      const purpose = { en: 'A purpose.', [name]: 'x' }
      const services = [service({ purpose })]
      expect(inspectManifest(json({ ...manifest(), services }), SITE).manifest).toBeUndefined()
    }
  })

  it('refuses half a character, which has no hash', () => {
    expect(faults(manifest({ controller: { name: 'A\ud800', contact: 'a@b.example' } }))).toEqual([
      'manifest: A text holds half a character: write it again.',
    ])
    expect(faults(manifest({ services: [service({ purpose: { en: 'a', 'd\udc00': 'b' } })] }))).toHaveLength(
      1,
    )
  })

  it('refuses what is too much, without effort', () => {
    expect(faults({ ...manifest(), services: Array.from({ length: 201 }, () => service()) })).toEqual([
      'services: This is too long: at most 200.',
    ])
    expect(faults(manifest({ controller: { name: 'x'.repeat(201), contact: 'a@b.example' } }))).toEqual([
      'controller.name: This is too long: at most 200.',
    ])
    // A file of the wrong kind has a fault in each of its lines.
    expect(faults({ ...manifest(), services: Array.from({ length: 200 }, () => 1) })).toHaveLength(50)
  })

  it('is not overcome by depth', () => {
    const deep = JSON.parse(`${'['.repeat(5_000)}${']'.repeat(5_000)}`) as unknown
    expect(faults(deep)).toEqual([expect.stringMatching(/^manifest: This must be of the type object/)])
    expect(faults({ ...manifest(), services: deep })).toHaveLength(1)
    expect(faults({ ...manifest(), extra: deep })).toEqual([
      'manifest: "extra" is no field here: take it out.',
    ])
  })

  it('never throws, whatever comes, and only loads what has the shape of a manifest', () => {
    const anything = fc.oneof(
      fc.jsonValue(),
      fc.anything({ withBigInt: true, withDate: true, withMap: true }),
    )
    const keys = fc.constantFrom(...Object.keys(manifest()), 'texts', 'policyUrl', 'cookieDomain')
    fc.assert(
      fc.property(fc.dictionary(keys, anything, { noNullPrototype: true }), (changes) => {
        const { manifest: loaded, findings } = inspectManifest({ ...manifest(), ...changes }, SITE)
        expect(loaded === undefined).toBe(findings.some(isRefused))
      }),
    )
  })
})
