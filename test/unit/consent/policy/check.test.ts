import { describe, expect, it } from 'vitest'
import type { PolicyManifest } from '../../../../schema/policy.ts'
import { inspectManifest } from '../../../../server/consent/policy/check.ts'
import { defaultManifest } from '../../../../server/consent/policy/default-manifest.ts'
import { OWN_IDS, withOwnServices } from '../../../../server/consent/policy/own-services.ts'
import { item, manifest, refusals, service, SITE, warnings } from './manifests.ts'

describe('a manifest that loads', () => {
  it('is one with nothing to be said against it', () => {
    expect(refusals(manifest({ services: [service()] }))).toEqual([])
    expect(warnings(manifest({ services: [service()] }))).toEqual([])
  })

  it('always has Sluice’s own services', () => {
    const { manifest: loaded } = inspectManifest(manifest({ services: [service()] }), SITE)
    expect(loaded?.services.map(({ id }) => id)).toEqual([...OWN_IDS, 'maps'])
  })

  it('may list them as they were shown', () => {
    const shown = withOwnServices(manifest({ services: [service()] }))
    expect(inspectManifest(JSON.parse(JSON.stringify(shown)), SITE)).toEqual({
      manifest: shown,
      findings: [],
    })
  })
})

describe('the manifest of a site that never set one', () => {
  it.each(['example.com', 'localhost', 'xn--mnchen-3ya.example', '10.0.0.7'])('loads for %s', (domain) => {
    const { manifest: loaded, findings } = inspectManifest(defaultManifest({ domain }), { domain })
    expect(loaded).toEqual(defaultManifest({ domain }))
    expect(findings.map(({ kind, place }) => [kind, place])).toEqual([['warning', 'controller']])
  })

  it('R6.7 lists what Sluice itself can leave on a device', () => {
    const kept = defaultManifest(SITE).services.map(({ category, items }) => [
      category,
      items.map(({ kind, name, lifetime }) => `${kind} ${name} ${lifetime}`),
    ])
    expect(kept).toEqual([
      [
        'essential',
        ['cookie cc_cookie 182d', 'localStorage sluice_receipt 182d', 'localStorage sluice_sweep 182d'],
      ],
      ['performance', ['localStorage sluice_visit 13mo', 'sessionStorage sluice_unsent session']],
      ['functionality', ['localStorage sluice_preferences 182d']],
      ['targeting', ['localStorage sluice_ads 182d', 'localStorage sluice_traits 182d']],
    ])
  })
})

describe('controller and contact', () => {
  it('R6.6 a manifest without a controller, or without a contact, does not load', () => {
    const { controller: _, ...nobody } = manifest()
    const reasons = (json: unknown): string[] => {
      const { manifest: loaded, findings } = inspectManifest(json, SITE)
      expect(loaded).toBeUndefined()
      return findings.map(({ place, sentence }) => `${place}: ${sentence}`)
    }
    expect(reasons(nobody)).toEqual([expect.stringMatching(/^controller: The controller is missing/)])
    expect(reasons({ ...nobody, controller: { name: 'Example Ltd' } })).toEqual([
      expect.stringMatching(/^controller\.contact: The controller has no contact/),
    ])
    expect(reasons({ ...nobody, controller: { name: '', contact: 'a@b.example' } })).toEqual([
      expect.stringMatching(/^controller\.name: The controller has no name/),
    ])
    // Nothing that can be seen: a Hangul filler, which is a letter to Unicode.
    expect(reasons({ ...nobody, controller: { name: '\u3164 ', contact: 'a@b.example' } })).toEqual([
      expect.stringMatching(/^controller\.name: This is empty/),
    ])
  })

  it.each([
    'privacy@example.com',
    'data.protection+eu@xn--mnchen-3ya.example',
    'https://example.com/contact',
    'https://example.com/privacy?topic=data#form',
  ])('is reached by %s', (contact) => {
    expect(refusals(manifest({ controller: { name: 'Example Ltd', contact } }))).toEqual([])
  })

  it.each([
    'http://example.com/',
    'javascript:alert(1)//@example.com',
    'privacy@localhost',
    'someone',
    'a@b@example.com',
    'a@example.com?bcc=b@example.org',
    'https://user:secret@example.com/',
    'https://example.com/"><script>',
    'mailto:a@example.com',
    `${'a'.repeat(65)}@example.com`,
  ])('is not reached by %s', (contact) => {
    expect(refusals(manifest({ controller: { name: 'Example Ltd', contact } }))).toEqual([
      expect.stringMatching(/^controller\.contact: /),
    ])
  })

  it('has its privacy policy at an https address', () => {
    expect(refusals(manifest({ policyUrl: 'https://example.com/privacy' }))).toEqual([])
    for (const policyUrl of ['http://example.com/', 'javascript:alert(1)', '/privacy', '']) {
      expect(refusals(manifest({ policyUrl }))).toEqual([expect.stringMatching(/^policyUrl: /)])
    }
  })

  it.each(['{company}', 'TODO: name', 'Lorem ipsum Ltd', 'A <b>Ltd</b>', 'A\nB', 'A&nbsp;B', '\u202eLtd'])(
    'is not called %j',
    (name) => {
      expect(refusals(manifest({ controller: { name, contact: 'a@b.example' } }))).toEqual([
        expect.stringMatching(/^controller\.name: /),
      ])
    },
  )

  it('may be called by any real name', () => {
    for (const name of [
      'Müller & Söhne',
      '株式会社例',
      'شركة المثال',
      'Todo Bien S.A.',
      '3M',
      "O'Neill [UK] Ltd.",
    ]) {
      expect(refusals(manifest({ controller: { name, contact: 'a@b.example' } }))).toEqual([])
    }
  })
})

describe('how long and where a choice holds', () => {
  it('is 30 to 395 whole days, and six months at least are good practice', () => {
    for (const choiceDays of [30, 182, 395]) expect(refusals(manifest({ choiceDays }))).toEqual([])
    for (const choiceDays of [29, 396, 182.5, -1, Number.MAX_SAFE_INTEGER]) {
      expect(refusals(manifest({ choiceDays }))).toEqual([expect.stringMatching(/^choiceDays: /)])
    }
    expect(warnings(manifest({ choiceDays: 181 }))).toEqual([expect.stringMatching(/^choiceDays: /)])
    expect(warnings(manifest({ choiceDays: 182 }))).toEqual([])
  })

  const shares = (domain: string, cookieDomain: string): boolean =>
    inspectManifest(manifest({ cookieDomain }), { domain }).manifest !== undefined

  it('is shared with the domain itself and its parents', () => {
    expect(shares('example.com', 'example.com')).toBe(true)
    expect(shares('shop.eu.example.com', 'example.com')).toBe(true)
    expect(shares('shop.example.co.uk', 'example.co.uk')).toBe(true)
    expect(shares('localhost', 'localhost')).toBe(true)
  })

  it.each([
    ['example.com', 'com'],
    ['example.com', 'other.com'],
    ['example.com', 'shop.example.com'],
    ['example.com', '.example.com'],
    ['example.com', 'ample.com'],
    ['example.com', ''],
    ['shop.co.uk', 'co.uk'],
    ['somebody.github.io', 'github.io'],
    ['a.com.br', 'com.br'],
    ['10.0.0.7', '0.7'],
    ['example.com', 'example.com; Secure'],
  ])('by %s never with %s', (domain, cookieDomain) => {
    expect(shares(domain, cookieDomain)).toBe(false)
  })
})

describe('services and what they keep', () => {
  const one = (changes: Parameters<typeof service>[0]): PolicyManifest =>
    manifest({ services: [service(changes)] })

  it.each(['Maps', '', 'a--b', '-a', 'ä', '__proto__', 'a b', 'constructor '])('have no id like %j', (id) => {
    expect(refusals(one({ id }))).toEqual([expect.stringMatching(/^services\[0\]\.id: /)])
  })

  it('have an id each', () => {
    const changed = manifest({ services: [service(), service({ items: [] })] })
    expect(refusals(changed)).toEqual([
      expect.stringMatching(/^services\[1\]\.id: "maps" is the id of another/),
    ])
  })

  it('leave Sluice’s own to Sluice', () => {
    expect(refusals(one({ id: 'sluice-statistics' }))).toEqual([
      expect.stringMatching(/^services\[0\]\.id: sluice-statistics is Sluice's own/),
    ])
  })

  it.each(['cdn.example.com', '*.example.com', 'xn--mnchen-3ya.example'])('talk to %s', (host) => {
    expect(refusals(one({ hosts: [host] }))).toEqual([])
  })

  it.each([
    '*',
    '*.com',
    'https://example.com',
    'example.com/path',
    'example.com:443',
    'Example.com',
    'a.*.example.com',
    "example.com; script-src 'unsafe-inline'",
    "'self'",
    '',
    'localhost',
    '127.0.0.1',
    '[::1]',
    'münchen.example',
  ])('do not talk to %j, which is no host', (host) => {
    expect(refusals(one({ hosts: [host] }))).toEqual([expect.stringMatching(/^services\[0\]\.hosts\[0\]: /)])
  })

  it.each(['a b', 'a;b', 'a=b', 'a**', '*a', 'a*b', 'ä'])('keep no cookie called %j', (name) => {
    expect(refusals(one({ items: [item({ name })] }))).toEqual([
      expect.stringMatching(/^services\[0\]\.items\[0\]\.name: /),
    ])
  })

  it('keep nothing under every name there is', () => {
    expect(refusals(one({ items: [item({ name: '*' })] }))[0]).toMatch(
      /^services\[0\]\.items\[0\]\.name: "\*" cannot be/,
    )
  })

  it('keep other storage under any name that can be seen', () => {
    for (const name of ['a b', 'ä:1', 'cart/2026', '{"a":1}', 'chat*']) {
      expect(refusals(one({ items: [item({ kind: 'localStorage', name })] }))).toEqual([])
    }
    for (const name of ['a\nb', 'a\0b', '\u200b']) {
      expect(refusals(one({ items: [item({ kind: 'localStorage', name })] }))).toHaveLength(1)
    }
  })

  it('say for how long, and are told what browsers do anyway', () => {
    expect(refusals(one({ items: [item({ lifetime: 'for ever' })] }))).toEqual([
      expect.stringMatching(/^services\[0\]\.items\[0\]\.lifetime: /),
    ])
    expect(warnings(one({ items: [item({ lifetime: '2y' })] }))).toEqual([
      expect.stringMatching(
        /^services\[0\]\.items\[0\]\.lifetime: Browsers keep no cookie longer than 400 days/,
      ),
    ])
    expect(warnings(one({ items: [item({ kind: 'localStorage', lifetime: '2y' })] }))).toEqual([])
  })

  it('have their sentences in the language of the manifest at least, and in real languages only', () => {
    expect(refusals(one({ purpose: { de: 'Zeigt unsere Läden.' } }))).toEqual([
      expect.stringMatching(/^services\[0\]\.purpose: .* en, is missing/),
    ])
    expect(refusals(one({ retention: { en: 'A year.', klingonisch: 'x' } }))).toEqual([
      expect.stringMatching(/^services\[0\]\.retention\.klingonisch: /),
    ])
    expect(refusals(one({ items: [item({ purpose: { en: '<script>' } })] }))).toEqual([
      expect.stringMatching(/^services\[0\]\.items\[0\]\.purpose\.en: /),
    ])
  })

  it('keep a name in one category only, so that a refusal clears nothing that is granted', () => {
    const two = (first: string, second: string): string[] =>
      refusals(
        manifest({
          services: [
            service({ items: [item({ name: first })] }),
            service({ id: 'ads', category: 'targeting', items: [item({ name: second })] }),
          ],
        }),
      )
    expect(two('view_a', 'view_b')).toEqual([])
    expect(two('view', 'view')).toHaveLength(1)
    expect(two('view_*', 'view_b')).toHaveLength(1)
    expect(two('view_b', 'view*')).toEqual([
      expect.stringMatching(/^services\[1\]\.items\[0\]\.name: view\* is also in the category functionality/),
    ])
  })

  it('do not claim the names under which Sluice keeps the choice', () => {
    expect(refusals(one({ items: [item({ name: 'cc_*' })] }))).toEqual([
      expect.stringMatching(
        /^services\[0\]\.items\[0\]\.name: cc_\* is also in the category essential \(cc_cookie\)/,
      ),
    ])
    expect(refusals(one({ items: [item({ kind: 'localStorage', name: 'sluice_*' })] }))).toHaveLength(1)
  })

  it('are not too many to compare', () => {
    const items = Array.from({ length: 100 }, (_, index) => item({ name: `a${index}` }))
    const services = Array.from({ length: 11 }, (_, index) => service({ id: `s${index}`, items }))
    expect(refusals(manifest({ services }))).toEqual([
      expect.stringMatching(/^services: .* at most 1000 items/),
    ])
  })
})
