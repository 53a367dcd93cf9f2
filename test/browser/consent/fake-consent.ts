import {
  ADS_KEY,
  OPTIONAL_CATEGORIES,
  PREFERENCES_KEY,
  TRAITS_KEY,
  UNSENT_KEY,
  VISIT_KEY,
  type ConsentAnswer,
  type ConsentDecision,
  type ConsentRenewal,
  type OptionalCategory,
  type SweepList,
} from '../../../schema/consent.ts'
import { NOTICE_TEXTS, type BuiltInLanguage } from '../../../schema/consent-text/index.ts'
import type { ConsentNotice, NoticeCategory } from '../../../schema/policy.ts'
import type { WireBatch } from '../../../schema/event.ts'
import { calendarOf } from '../../../server/sites/site-day.ts'
import type { PublicSiteConfig } from '../../../schema/site.ts'
import type { Received } from '../../support/pages.ts'
import { JSON_HEADERS, SITE, startCollector, type Bundles, type FakeCollector } from '../fake-collector.ts'

/** What a policy keeps on the device, so that its clearing can be seen. */
export const LISTS: SweepList[] = [
  {
    category: 'performance',
    cookies: ['_stat', '_stat_*'],
    localStorage: ['stat_*', VISIT_KEY],
    sessionStorage: ['stat_*', UNSENT_KEY],
    indexedDB: ['stat'],
    caches: ['stat-*'],
  },
  {
    category: 'functionality',
    cookies: ['chat'],
    localStorage: ['chat', PREFERENCES_KEY],
    sessionStorage: [],
    indexedDB: [],
    caches: [],
  },
  {
    category: 'targeting',
    cookies: ['_ad', '__Secure-ad'],
    localStorage: ['ad_*', ADS_KEY, TRAITS_KEY],
    sessionStorage: [],
    indexedDB: ['ad*'],
    caches: [],
  },
]

export interface ConsentOptions {
  preConsent?: PublicSiteConfig['preConsent']
  gpc?: PublicSiteConfig['gpc']
  choice?: boolean
  notice?: Partial<ConsentNotice>
  cookieDomain?: string
  timezone?: string
}

/** A collector of a site with something to choose. */
export interface ConsentCollector extends FakeCollector {
  /** The policy revision in force, and since when a consent to each category holds; a test may raise them. */
  policy: { revision: number; since: Record<OptionalCategory, number> }
  /** Bodies of `POST /c`, in order of arrival, whatever was answered. */
  choices(): (ConsentDecision | ConsentRenewal)[]
  /** The batches with page views and engagement alone: for tests about those. What must not leave is looked for in all. */
  pages(): WireBatch[]
  /** Tokens that `/e` accepts now. */
  tokens: Set<string>
}

/** The notice of the test site in a language that is built in, as the real server makes it. */
export function noticeIn(language: BuiltInLanguage, more: Partial<ConsentNotice> = {}): ConsentNotice {
  const texts = NOTICE_TEXTS[language]
  const controller = { name: 'Shop Ltd', contact: 'privacy@shop.example' }
  const fill = (text: string): string =>
    text
      .replace('{controller}', controller.name)
      .replace('{contact}', controller.contact)
      .replace('{count}', '4')
      .replace('{purposes}', OPTIONAL_CATEGORIES.map((id) => texts.categories[id].title).join(', '))
  return {
    hash: `notice-of-${language}`,
    site: SITE,
    revision: 1,
    language,
    direction: language === 'ar' ? 'rtl' : 'ltr',
    controller,
    policyUrl: `https://${SITE}/privacy`,
    texts: { ...texts, intro: fill(texts.intro), contact: fill(texts.contact) },
    categories: CATEGORIES,
    appearance: { position: 'bottom-left', tokens: {}, order: 'accept-first' },
    anonymous: false,
    gpc: 'targeting',
    choiceDays: 182,
    ...more,
  }
}

const CATEGORIES: NoticeCategory[] = [
  {
    id: 'essential',
    services: [
      {
        name: 'Privacy choice',
        provider: 'Shop Ltd',
        purpose: 'Remembers what you chose.',
        hosts: [],
        items: [{ kind: 'cookie', name: 'cc_cookie', purpose: 'Your choice.', lifetime: '182 days' }],
      },
    ],
  },
  {
    id: 'performance',
    services: [
      {
        name: 'Visitor statistics',
        provider: 'Shop Ltd',
        purpose: 'Counts visits and pages.',
        hosts: [],
        items: [
          { kind: 'cookie', name: '_stat', purpose: 'Counts.', lifetime: '13 months' },
          { kind: 'localStorage', name: 'stat_*', purpose: 'Counts visits.', lifetime: '13 months' },
        ],
      },
    ],
  },
  {
    id: 'functionality',
    services: [
      {
        name: 'Film Library',
        provider: 'Films Inc.',
        purpose: 'Shows films on our pages.',
        hosts: ['*.films.example'],
        items: [],
      },
    ],
  },
  {
    id: 'targeting',
    services: [
      {
        name: 'Campaigns',
        provider: 'Ads Inc.',
        purpose: 'Measures whether a campaign had an effect.',
        hosts: ['ads.example'],
        items: [{ kind: 'cookie', name: '_ad', purpose: 'Last campaign.', lifetime: '90 days' }],
      },
    ],
  },
]

/** Starts a collector that obeys schema/consent.ts. `policy.notice` is served in the language that is asked for. */
export async function startConsentCollector(
  bundles: Bundles,
  options: ConsentOptions = {},
): Promise<ConsentCollector> {
  const { preConsent = 'none', gpc = 'targeting', choice = true, cookieDomain, timezone = 'UTC' } = options
  const server = await startCollector(bundles, preConsent)
  const tokens = new Set<string>()
  const policy: ConsentCollector['policy'] = {
    revision: 1,
    since: { performance: 1, functionality: 1, targeting: 1 },
  }
  const json = (body: unknown, status = 200) => ({
    status,
    headers: JSON_HEADERS,
    body: JSON.stringify(body),
  })

  server.route(`/s/${SITE}.json`, () =>
    json({
      site: SITE,
      preConsent,
      revision: policy.revision,
      choice,
      gpc,
      ...(cookieDomain && { cookieDomain }),
    } satisfies PublicSiteConfig),
  )
  server.route(`/s/${SITE}/notice.json`, ({ path }) => {
    const language = new URL(path, 'http://x').searchParams.get('language')?.slice(0, 2) ?? ''
    const known = language in NOTICE_TEXTS ? (language as BuiltInLanguage) : 'en'
    return json(
      noticeIn(known, {
        gpc,
        anonymous: preConsent === 'anonymous',
        revision: policy.revision,
        hash: `notice-of-${known}-${policy.revision}`,
        ...options.notice,
      }),
    )
  })

  let receipts = 0
  function issue(granted: OptionalCategory[], revision: number): string {
    const token = `${revision}~${granted.join('+')}~${tokens.size}`
    tokens.add(token)
    return token
  }
  server.route('/c', ({ body }: Received) => {
    const said = JSON.parse(body) as ConsentDecision | ConsentRenewal
    const [shown, wanted] =
      'renew' in said
        ? [
            Number(said.renew.split('~')[0]),
            OPTIONAL_CATEGORIES.filter((name) => said.renew.split('~')[1]?.split('+').includes(name)),
          ]
        : [said.revision, said.granted]
    const granted = wanted.filter((name) => policy.since[name] <= shown)
    if (wanted.length > 0 && granted.length === 0)
      return json({ error: 'Ask again.', revision: policy.revision }, 409)
    return json({
      revision: policy.revision,
      granted,
      until: '2027-05-25',
      ...(granted.length > 0 && { token: issue(granted, shown) }),
      ...(granted.length > 0 && !('renew' in said) && { receipt: said.receipt ?? `receipt-${++receipts}` }),
      ...(granted.includes('performance') && { calendar: calendarOf(timezone, Date.now()) }),
      sweep: LISTS.filter(({ category }) => !granted.includes(category)),
      keep: LISTS.filter(({ category }) => granted.includes(category)),
    } satisfies ConsentAnswer)
  })
  server.route('/e', ({ body }: Received) => {
    const { consent, events } = JSON.parse(body) as { consent?: string; events: unknown[] }
    const isTaken = consent === undefined ? preConsent === 'anonymous' : tokens.has(consent)
    const [accepted, dropped] = isTaken ? [events.length, 0] : [0, events.length]
    return json({ accepted, dropped }, 202)
  })

  return {
    ...server,
    policy,
    tokens,
    pages: () =>
      server
        .batches()
        .map((batch) => ({
          ...batch,
          events: batch.events.filter(({ type }) => type === 'pageview' || type === 'engagement'),
        }))
        .filter(({ events }) => events.length > 0),
    choices: () =>
      server.received
        .filter(({ method, path }) => method === 'POST' && path === '/c')
        .map(({ body }) => JSON.parse(body) as ConsentDecision | ConsentRenewal),
  }
}
