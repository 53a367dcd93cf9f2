import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { BUILT_IN_LANGUAGES, NOTICE_TEXTS } from '../../../../schema/consent-text/index.ts'
import type { ConsentNotice, PolicyManifest, PolicyVersion } from '../../../../schema/policy.ts'
import { canonicalJson } from '../../../../server/chain/canonical.ts'
import { defaultManifest } from '../../../../server/consent/policy/default-manifest.ts'
import { allNotices, createNotice } from '../../../../server/consent/policy/notice.ts'
import { withOwnServices } from '../../../../server/consent/policy/own-services.ts'
import { hashOf } from '../../../../server/consent/policy/policies.ts'
import { item, manifest, service, SITE } from './manifests.ts'

export function version(of: PolicyManifest): PolicyVersion {
  const whole = withOwnServices(of)
  return { revision: 3, hash: hashOf(whole), manifest: whole, publishedAt: Date.UTC(2026, 10, 24), since: {} }
}

const notice = (of: PolicyManifest, language: string | string[] = 'en'): ConsentNotice =>
  createNotice(SITE, version(of), language, { anonymous: false })

describe('the notice', () => {
  it('R6.6 names the controller and the contact in every language', () => {
    for (const language of BUILT_IN_LANGUAGES) {
      const { texts, controller } = notice(manifest(), language)
      expect(controller).toEqual({ name: 'Example Ltd', contact: 'privacy@example.com' })
      expect(texts.intro).toContain('Example Ltd')
      expect(texts.contact).toContain('Example Ltd')
      expect(texts.contact).toContain('privacy@example.com')
    }
  })

  it('says for what is asked and how many services there are', () => {
    const { texts } = notice(manifest({ services: [service()] }))
    expect(texts.intro).toContain('for: Statistics, Preferences, and Advertising (services: 4).')
    expect(notice(manifest(), 'de').texts.intro).toContain(
      'für: Statistik, Einstellungen und Werbung (Dienste: 3).',
    )
  })

  it('leaves no name in braces on the first layer or in the dialog', () => {
    for (const language of BUILT_IN_LANGUAGES) {
      const { placeholder: _, pages: _pages, ...texts } = notice(manifest(), language).texts
      expect(JSON.stringify(texts)).not.toMatch(/\{\w+\}/)
    }
  })

  it('fills a name in once: a controller called {contact} stays one', () => {
    const odd = { ...defaultManifest(SITE), controller: { name: '{contact} $& Ltd', contact: 'a@b.example' } }
    expect(notice(odd).texts.contact).toBe(
      'Responsible: {contact} $& Ltd. Questions about your data: a@b.example',
    )
  })

  it('lists services by category in words of the language', () => {
    const german = { en: 'Shows shops.', de: 'Zeigt Läden.' }
    const { categories } = notice(
      manifest({ services: [service({ purpose: german, items: [item({ lifetime: '13mo' })] })] }),
      'de',
    )
    expect(categories.map(({ id }) => id)).toEqual(['essential', 'performance', 'functionality', 'targeting'])
    expect(categories[2]?.services[1]).toEqual({
      name: 'Street maps',
      provider: 'Maps Inc',
      purpose: 'Zeigt Läden.',
      hosts: ['maps.example.net'],
      // Not translated: the manifest's own language stands in.
      items: [
        { kind: 'cookie', name: 'map_view', purpose: 'The part of the map you saw.', lifetime: '13 Monate' },
      ],
    })
  })

  it('calls Sluice’s own services by their names in the language', () => {
    const names = (language: string): string[] =>
      notice(manifest({ services: [service()] }), language).categories.flatMap(({ services }) =>
        services.map(({ name }) => name),
      )
    expect(names('de')).toEqual([
      'Datenschutz-Auswahl',
      'Besuchsstatistik',
      'Einstellungen',
      'Street maps',
      'Kampagnen',
    ])
    expect(names('en')[1]).toBe('Visitor statistics')
  })

  it('is in the best of the wanted languages, else in the manifest’s own, else in English', () => {
    expect(notice(manifest(), ['nl', 'fr-CA', 'de']).language).toBe('fr')
    expect(notice(manifest({ language: 'de' }), ['nl']).language).toBe('de')
    expect(notice(manifest({ language: 'sv' }), ['nl']).language).toBe('en')
    expect(notice(manifest(), 'ar').direction).toBe('rtl')
    expect(notice(manifest(), 'de').direction).toBe('ltr')
  })

  it('lets a site’s own texts go first, region before language', () => {
    const texts = { de: { title: 'Hallo', save: 'Sichern' }, 'de-AT': { title: 'Servus' } }
    const austrian = notice(manifest({ texts }), 'de-AT')
    expect([austrian.language, austrian.texts.title, austrian.texts.save, austrian.texts.choose]).toEqual([
      'de-AT',
      'Servus',
      'Sichern',
      'Auswählen',
    ])
    expect(notice(manifest({ texts }), 'de-CH').texts.title).toBe('Hallo')
    expect(notice(manifest({ texts: { nl: NOTICE_TEXTS.en } }), 'nl-BE').language).toBe('nl')
  })

  it('has the hash of all that it shows, the same for everybody', () => {
    const { hash, ...shown } = notice(manifest())
    expect(hash).toBe(createHash('sha256').update(canonicalJson(shown)).digest('base64url'))
    expect(notice(manifest()).hash).toBe(hash)
    expect(notice(manifest(), 'de').hash).not.toBe(hash)
    expect(createNotice(SITE, version(manifest()), 'en', { anonymous: true }).hash).not.toBe(hash)
    expect(
      createNotice({ domain: 'other.example' }, version(manifest()), 'en', { anonymous: false }).hash,
    ).not.toBe(hash)
  })

  it('is one of all notices of its version', () => {
    const texts = { 'de-AT': { title: 'Servus' } }
    const all = allNotices(SITE, version(manifest({ texts })))
    expect(new Set(all.map(({ hash }) => hash)).size).toBe(12)
    for (const language of ['de-AT', 'de-CH', 'ar', 'tlh']) {
      expect(all.map(({ hash }) => hash)).toContain(notice(manifest({ texts }), language).hash)
    }
  })
})
