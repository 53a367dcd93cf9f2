import type { EventRow } from '../../schema/rows.ts'
import { demoHappenings } from './happenings.ts'
import { siteDay, type SiteDay } from '../sites/site-day.ts'

/**
 * A plausible past for the demo site: the same on every machine for the same day, since its randomness is seeded.
 * Nobody was measured to make it.
 */
export interface HistoryOptions {
  site: number
  timezone: string
  /** Unix milliseconds; nothing happens later. */
  now: number
  days: number
}

type Weighted<T> = readonly (readonly [weight: number, value: T])[]

const PLACES: Weighted<{ country: string; region: string; city: string; network: string; language: string }> =
  [
    [
      34,
      { country: 'DE', region: 'DE-HH', city: 'Hamburg', network: 'Deutsche Telekom AG', language: 'de-DE' },
    ],
    [14, { country: 'DE', region: 'DE-BE', city: 'Berlin', network: 'Vodafone GmbH', language: 'de-DE' }],
    [11, { country: 'NL', region: 'NL-NH', city: 'Amsterdam', network: 'KPN B.V.', language: 'nl-NL' }],
    [
      9,
      {
        country: 'GB',
        region: 'GB-ENG',
        city: 'Bristol',
        network: 'British Telecommunications PLC',
        language: 'en-GB',
      },
    ],
    [8, { country: 'FR', region: 'FR-IDF', city: 'Paris', network: 'Orange S.A.', language: 'fr-FR' }],
    [
      7,
      {
        country: 'US',
        region: 'US-OR',
        city: 'Portland',
        network: 'Comcast Cable Communications, LLC',
        language: 'en-US',
      },
    ],
    [
      6,
      { country: 'DK', region: 'DK-84', city: 'Copenhagen', network: 'TDC Holding A/S', language: 'da-DK' },
    ],
    [
      4,
      { country: 'AT', region: 'AT-9', city: 'Vienna', network: 'A1 Telekom Austria AG', language: 'de-AT' },
    ],
    [
      4,
      {
        country: 'ES',
        region: 'ES-CT',
        city: 'Barcelona',
        network: 'Telefonica de Espana',
        language: 'es-ES',
      },
    ],
    [
      3,
      { country: 'CH', region: 'CH-ZH', city: 'Zurich', network: 'Swisscom (Schweiz) AG', language: 'de-CH' },
    ],
  ]

const AGENTS: Weighted<{
  browser: string
  browserVersion: string
  os: string
  osVersion: string
  device: string
}> = [
  [27, { browser: 'Chrome', browserVersion: '142', os: 'Android', osVersion: '15', device: 'mobile' }],
  [24, { browser: 'Safari', browserVersion: '18', os: 'iOS', osVersion: '18', device: 'mobile' }],
  [18, { browser: 'Chrome', browserVersion: '142', os: 'Windows', osVersion: '10', device: 'desktop' }],
  [10, { browser: 'Firefox', browserVersion: '144', os: 'Windows', osVersion: '10', device: 'desktop' }],
  [8, { browser: 'Safari', browserVersion: '18', os: 'macOS', osVersion: '15', device: 'desktop' }],
  [6, { browser: 'Edge', browserVersion: '142', os: 'Windows', osVersion: '10', device: 'desktop' }],
  [4, { browser: 'Firefox', browserVersion: '144', os: 'Linux', osVersion: '', device: 'desktop' }],
  [3, { browser: 'Safari', browserVersion: '17', os: 'iPadOS', osVersion: '17', device: 'tablet' }],
]

interface Arrival {
  source: string
  channel: string
  referrer: string
  entry: string
  utmSource?: string
  utmMedium?: string
  utmCampaign?: string
}
const ARRIVALS: Weighted<Arrival> = [
  [26, { source: 'Direct', channel: 'Direct', referrer: '', entry: '/demo/' }],
  [30, { source: 'Google', channel: 'Organic Search', referrer: 'google.com', entry: '/demo/' }],
  [
    8,
    { source: 'Google', channel: 'Organic Search', referrer: 'google.com', entry: '/demo/blog/a-quiet-bike' },
  ],
  [
    5,
    { source: 'DuckDuckGo', channel: 'Organic Search', referrer: 'duckduckgo.com', entry: '/demo/workshop' },
  ],
  [
    7,
    {
      source: 'Mastodon',
      channel: 'Organic Social',
      referrer: 'mastodon.social',
      entry: '/demo/blog/winter-tyres',
    },
  ],
  [
    5,
    {
      source: 'Reddit',
      channel: 'Organic Social',
      referrer: 'reddit.com',
      entry: '/demo/blog/first-service',
    },
  ],
  [5, { source: 'ChatGPT', channel: 'AI Assistants', referrer: 'chatgpt.com', entry: '/demo/pricing' }],
  [
    6,
    {
      source: 'hamburg-cycling.example',
      channel: 'Referral',
      referrer: 'hamburg-cycling.example',
      entry: '/demo/workshop',
    },
  ],
  [
    8,
    {
      source: 'newsletter',
      channel: 'Email',
      referrer: '',
      entry: '/demo/blog/winter-tyres',
      utmSource: 'newsletter',
      utmMedium: 'email',
      utmCampaign: 'november',
    },
  ],
]

/** Where people go next from anywhere on the site. */
const NEXT: Weighted<string> = [
  [22, '/demo/pricing'],
  [18, '/demo/workshop'],
  [14, '/demo/gallery'],
  [13, '/demo/blog/'],
  [9, '/demo/contact'],
  [9, '/demo/'],
  [6, '/demo/blog/winter-tyres'],
  [5, '/demo/blog/a-quiet-bike'],
  [4, '/demo/blog/first-service'],
]

/** Share of a day's visits that begin in each local hour. */
const HOURS: Weighted<number> = [
  2, 1, 1, 1, 1, 2, 4, 8, 12, 14, 15, 15, 16, 14, 13, 13, 14, 16, 18, 20, 19, 15, 9, 5,
].map((weight, hour) => [weight, hour] as const)

const MINUTE_MS = 60_000
/** Share of the visitors who grant measurement. */
const GRANTING = 0.6

export function* demoHistory(options: HistoryOptions): Generator<EventRow> {
  let day = siteDay(options.timezone, options.now)
  const days: SiteDay[] = []
  for (let count = 0; count < options.days; count++) {
    days.push(day)
    day = siteDay(options.timezone, day.startMs - 1)
  }
  for (const [age, one] of days.entries()) yield* demoDay(options, one, age)
}

function* demoDay(options: HistoryOptions, day: SiteDay, age: number): Generator<EventRow> {
  const random = seeded(Date.parse(day.day) / 86_400_000)
  const weekend = [0, 6].includes(new Date(`${day.day}T12:00:00Z`).getUTCDay())
  const trend = 330 - age * 4
  const visitors = Math.round(trend * (weekend ? 1.25 : 1) * (0.9 + random() * 0.2))
  for (let count = 0; count < visitors; count++) {
    const visitor = BigInt(Math.floor(random() * 2 ** 52)) * 4096n + 1n
    const basis = random() < GRANTING ? 'performance@1' : 'anonymous'
    const context = { ...pick(random, PLACES), ...pick(random, AGENTS), basis }
    const visits = random() < 0.12 ? 2 : 1
    for (let visit = 0; visit < visits; visit++) {
      const at = day.startMs + (pick(random, HOURS) * 60 + random() * 60) * MINUTE_MS
      yield* demoVisit(options, day, random, { ...context, visitor }, at)
    }
  }
}

type Context = Pick<
  EventRow,
  | 'basis'
  | 'visitor'
  | 'country'
  | 'region'
  | 'city'
  | 'network'
  | 'language'
  | 'browser'
  | 'browserVersion'
  | 'os'
  | 'osVersion'
  | 'device'
>

function* demoVisit(
  options: HistoryOptions,
  day: SiteDay,
  random: () => number,
  context: Context,
  start: number,
): Generator<EventRow> {
  const arrival = pick(random, ARRIVALS)
  let at = start
  let page = arrival.entry
  const end = Math.min(options.now, day.endMs)
  for (let views = 0; views < 12 && at < end; views++) {
    const entry = views === 0
    yield event(options, day, context, random, at, 'pageview', page, entry ? arrival : undefined)
    const seconds = 8 + Math.floor(random() ** 2 * 170)
    if (at + seconds * 1000 < end) {
      const scroll = Math.min(100, 30 + Math.floor(random() * 90))
      yield {
        ...event(options, day, context, random, at + seconds * 1000, 'engagement', page),
        visibleMs: seconds * 1000,
        scrollPercent: scroll,
      }
    }
    if (context.basis !== 'anonymous' && at + 6_000 < end) {
      for (const { type, detail } of demoHappenings(random, page)) {
        yield { ...event(options, day, context, random, at + 5_000, type, page), detail }
      }
    }
    if (random() < 0.44) return
    at += (seconds + 1) * 1000
    page = pick(random, NEXT)
  }
}

function event(
  options: HistoryOptions,
  day: SiteDay,
  context: Context,
  random: () => number,
  at: number,
  type: string,
  page: string,
  arrival?: Arrival,
): EventRow {
  return {
    ...context,
    day: day.day,
    timeMs: Math.floor(at),
    site: options.site,
    eventId: BigInt(Math.floor(random() * 2 ** 52)) * 4096n + BigInt(Math.floor(random() * 4096)),
    type,
    collector: 'tracker',
    hostname: 'localhost',
    page,
    referrer: arrival?.referrer ?? '',
    source: arrival?.source ?? '',
    channel: arrival?.channel ?? '',
    utmSource: arrival?.utmSource ?? '',
    utmMedium: arrival?.utmMedium ?? '',
    utmCampaign: arrival?.utmCampaign ?? '',
    utmTerm: '',
    utmContent: '',
    screen: '',
    visibleMs: 0,
    scrollPercent: 0,
  }
}

function pick<T>(random: () => number, choices: Weighted<T>): T {
  let left = random() * choices.reduce((sum, [weight]) => sum + weight, 0)
  for (const [weight, value] of choices) {
    left -= weight
    if (left < 0) return value
  }
  const last = choices.at(-1)
  if (!last) throw new Error('nothing to choose from')
  return last[1]
}

/** Mulberry32: small, and good enough for a picture. */
function seeded(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
