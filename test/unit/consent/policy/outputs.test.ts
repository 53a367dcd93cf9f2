import { describe, expect, it } from 'vitest'
import { consentMode } from '../../../../server/consent/policy/consent-mode.ts'
import { contentSecurityPolicy } from '../../../../server/consent/policy/content-security-policy.ts'
import { defaultManifest } from '../../../../server/consent/policy/default-manifest.ts'
import { sweepLists } from '../../../../server/consent/policy/sweep-lists.ts'
import { essential, item, manifest, service, SITE } from './manifests.ts'

describe('the lists for sweeping', () => {
  it('hold what a category keeps, by kind, each name once', () => {
    const ads = service({
      id: 'ads',
      category: 'targeting',
      items: [
        item({ name: 'ad_*' }),
        item({ name: 'ad', kind: 'localStorage' }),
        item({ name: 'ad', kind: 'sessionStorage' }),
        item({ name: 'ad-db', kind: 'indexedDB' }),
        item({ name: 'ad-cache', kind: 'cache' }),
      ],
    })
    const more = service({
      id: 'more',
      category: 'targeting',
      items: [item({ name: 'ad_*' }), item({ name: 'x' })],
    })
    const version = { manifest: manifest({ services: [essential(), ads, more] }) }
    expect(sweepLists(version, ['performance', 'targeting'])).toEqual([
      {
        category: 'targeting',
        cookies: ['ad_*', 'x'],
        localStorage: ['ad'],
        sessionStorage: ['ad'],
        indexedDB: ['ad-db'],
        caches: ['ad-cache'],
      },
    ])
  })

  it('name what Sluice keeps itself, and never the choice', () => {
    const lists = sweepLists({ manifest: defaultManifest(SITE) }, [
      'performance',
      'functionality',
      'targeting',
    ])
    expect(lists.map(({ category, localStorage, cookies }) => [category, localStorage, cookies])).toEqual([
      ['performance', ['sluice_visit'], []],
      ['functionality', ['sluice_preferences'], []],
      ['targeting', ['sluice_ads', 'sluice_traits'], []],
    ])
  })
})

describe('the content security policy of a consent state', () => {
  const version = {
    manifest: manifest({
      services: [
        essential({ hosts: ['pay.example.net'] }),
        service({ id: 'stats', category: 'performance', hosts: ['stats.example.net'] }),
        service({ id: 'ads', category: 'targeting', hosts: ['*.ads.example.net'] }),
      ],
    }),
  }
  const directives = (granted: Parameters<typeof contentSecurityPolicy>[1]): Record<string, string[]> =>
    Object.fromEntries(
      contentSecurityPolicy(version, granted, 'https://s.example.com')
        .split('; ')
        .map((directive) => directive.split(' '))
        .map(([name = '', ...sources]) => [name, sources]),
    )

  it('R6.5 lets a page talk to the hosts of granted and essential services, and to no others', () => {
    const policy = (granted: Parameters<typeof contentSecurityPolicy>[1]): string =>
      contentSecurityPolicy(version, granted, 'https://s.example.com')
    for (const state of [[], ['performance'], ['targeting'], ['performance', 'targeting']] as const) {
      expect(policy(state)).toContain('https://pay.example.net')
      expect(policy(state).includes('stats.example.net')).toBe(state.some((one) => one === 'performance'))
      expect(policy(state).includes('ads.example.net')).toBe(state.some((one) => one === 'targeting'))
    }
  })

  it('names them wherever a page can load from, and nothing inline', () => {
    expect(directives(['targeting'])).toEqual({
      'default-src': ["'self'"],
      'script-src': [
        "'self'",
        'https://s.example.com',
        'https://*.ads.example.net',
        'https://pay.example.net',
      ],
      'style-src': [
        "'self'",
        'https://s.example.com',
        'https://*.ads.example.net',
        'https://pay.example.net',
      ],
      'img-src': [
        "'self'",
        'https://s.example.com',
        'data:',
        'https://*.ads.example.net',
        'https://pay.example.net',
      ],
      'font-src': ["'self'", 'https://*.ads.example.net', 'https://pay.example.net'],
      'connect-src': [
        "'self'",
        'https://s.example.com',
        'https://*.ads.example.net',
        'https://pay.example.net',
        'wss://*.ads.example.net',
        'wss://pay.example.net',
      ],
      'frame-src': ["'self'", 'https://*.ads.example.net', 'https://pay.example.net'],
      'media-src': ["'self'", 'https://*.ads.example.net', 'https://pay.example.net'],
      'object-src': ["'none'"],
      'base-uri': ["'self'"],
      'form-action': ["'self'"],
    })
  })
})

describe('the consent mode of tags', () => {
  it('denies everything but security before a choice', () => {
    expect(consentMode([])).toEqual({
      google: {
        ad_storage: 'denied',
        ad_user_data: 'denied',
        ad_personalization: 'denied',
        analytics_storage: 'denied',
        functionality_storage: 'denied',
        personalization_storage: 'denied',
        security_storage: 'granted',
      },
      microsoft: { ad_storage: 'denied' },
    })
  })

  it.each([
    ['performance', ['analytics_storage']],
    ['functionality', ['functionality_storage', 'personalization_storage']],
    ['targeting', ['ad_storage', 'ad_user_data', 'ad_personalization']],
  ] as const)('grants for %s: %s', (category, signals) => {
    const { google, microsoft } = consentMode(['essential', category])
    const granted = Object.entries(google).filter(([, state]) => state === 'granted')
    expect(granted.map(([name]) => name)).toEqual([...signals, 'security_storage'])
    expect(microsoft.ad_storage).toBe(category === 'targeting' ? 'granted' : 'denied')
  })
})
