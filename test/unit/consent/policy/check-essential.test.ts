import { describe, expect, it } from 'vitest'
import { KNOWN_TRACKERS } from '../../../../server/consent/policy/trackers.ts'
import { corpus } from '../../../support/corpora.ts'
import { essential, item, manifest, refusals, service } from './manifests.ts'

const names = (changes: Parameters<typeof essential>[0]): string[] =>
  refusals(manifest({ services: [essential(changes)] }))

describe('R6.1b essential means essential', () => {
  it('and serves one purpose of the closed list', () => {
    expect(names({})).toEqual([])
    const { essentialPurpose: _, ...aimless } = essential()
    expect(refusals(manifest({ services: [aimless] }))).toEqual([
      expect.stringMatching(
        /^services\[0\]\.essentialPurpose: Essential is what serves one of these: security/,
      ),
    ])
    expect(refusals(manifest({ services: [service({ essentialPurpose: 'cart' })] }))).toEqual([
      expect.stringMatching(/^services\[0\]\.essentialPurpose: Only the category essential/),
    ])
  })

  it.each([
    '_ga',
    '_ga_9X8Y7Z',
    '_gid',
    '_gcl_au',
    '_fbp',
    '_fbc',
    'IDE',
    'NID',
    '_hjSessionUser_42',
    '_clck',
    '_clsk',
    'MUID',
    '_uetsid',
    '_pin_unauth',
    '_ttp',
    'li_sugr',
    'hubspotutk',
    '_pk_id.1.fff0',
    'AMP_0123456789',
    'AMCV_ABC%40AdobeOrg',
    '_ym_uid',
    '__Secure-_ga',
    '_g*',
    '_hj*',
  ])('a cookie %s declared essential is refused with its owner’s page', (name) => {
    expect(names({ items: [item({ name })] })).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^services\[0\]\.items\[0\]\.name: .*\(https:\/\/.*performance or targeting/),
      ]),
    )
  })

  it('wherever on the device it is kept', () => {
    expect(names({ items: [item({ kind: 'localStorage', name: '_hjid' })] })).toHaveLength(1)
  })

  it.each([
    'www.google-analytics.com',
    'region1.google-analytics.com',
    '*.google-analytics.com',
    'www.googletagmanager.com',
    'stats.g.doubleclick.net',
    'connect.facebook.net',
    '*.facebook.com',
    'script.hotjar.com',
    '*.google.com',
  ])('a host %s declared essential is refused', (host) => {
    expect(names({ hosts: [host] })).toEqual(
      expect.arrayContaining([expect.stringMatching(/^services\[0\]\.hosts\[0\]: /)]),
    )
  })

  it.each(['Google Analytics 4', 'Our Meta Pixel', 'HOTJAR recordings', 'Matomo'])(
    'a service called %s declared essential is refused',
    (name) => {
      expect(names({ name })).toEqual([expect.stringMatching(/^services\[0\]\.name: /)])
    },
  )

  it('names that others use too are refused beside their owner only', () => {
    expect(names({ items: [item({ name: 'fr' })] })).toEqual([])
    expect(names({ items: [item({ name: 'fr' })], provider: 'Meta Platforms' })).toHaveLength(1)
    expect(names({ items: [item({ name: 'fr' })], provider: 'Metallbau GmbH' })).toEqual([])
  })

  it('what a site needs is left in peace', () => {
    for (const name of [
      'PHPSESSID',
      'JSESSIONID',
      '__Host-session',
      'csrftoken',
      'XSRF-TOKEN',
      'cart',
      'lang',
      'AWSALB',
    ]) {
      expect(names({ items: [item({ name })] })).toEqual([])
    }
    for (const host of ['www.google.com', 'js.stripe.com', 'challenges.cloudflare.com', 'www.paypal.com']) {
      expect(names({ hosts: [host] })).toEqual([])
    }
  })

  it('the same names are welcome where they belong', () => {
    const analytics = service({
      id: 'ga',
      name: 'Google Analytics',
      category: 'performance',
      hosts: ['*.google-analytics.com'],
      items: [item({ name: '_ga*' })],
    })
    expect(refusals(manifest({ services: [analytics] }))).toEqual([])
  })

  it('every known tracker has a page of its owner as source, and something to know it by', () => {
    for (const { owner, source, names: known, hosts } of KNOWN_TRACKERS) {
      expect([owner, new URL(source).protocol]).toEqual([owner, 'https:'])
      expect(known.length + hosts.length).toBeGreaterThan(0)
      for (const name of known) expect([owner, /^[\w.-]{2,}\*?$/.test(name)]).toEqual([owner, true])
    }
  })

  it('knows what the Open Cookie Database says of the trackers that it lists', () => {
    const table = corpus('cookies/open-cookie-database.csv')
    // Without the corpus a few of its rows, in its own columns' order.
    const rows = (table ?? OWN_ROWS).split('\n').slice(1)
    const cookies = rows.flatMap((row) => {
      const [, platform = '', category = '', name = ''] = row.split(',')
      return LISTED.includes(platform) &&
        /^(?:Analytics|Marketing)$/.test(category) &&
        !LEFT_OUT.includes(name.trim())
        ? [name.trim()]
        : []
    })
    const missed = cookies.filter((name) => names({ items: [item({ name })] }).length === 0)
    expect(cookies.length).toBeGreaterThan(table === undefined ? 3 : 40)
    expect(missed).toEqual([])
  })
})

/** Platforms of which every analytics and marketing cookie is to be known. */
const LISTED = [
  'Google Analytics',
  'Hotjar',
  'Matomo',
  'Amplitude',
  'Mixpanel',
  'Pinterest',
  'Snapchat',
  'Quantcast',
]

/** Of those, what keeps a refusal or protects a form, and names that are nobody's alone. */
const LEFT_OUT =
  'mtm_consent mtm_consent_removed mtm_cookie_consent matomo_ignore matomo_sessid sc-a-nonce _routing_id sessionFunnelEventLogged cref mc d'.split(
    ' ',
  )

const OWN_ROWS = `ID,Platform,Category,Cookie / Data Key name
1,Google Analytics,Analytics,_ga
2,Google Analytics,Analytics,_ga_
3,Hotjar,Analytics,_hjid
4,Mixpanel,Analytics,mp_
5,Matomo,Functional,mtm_consent`
