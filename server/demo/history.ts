import type { EventRow } from '../../schema/rows.ts'
import { demoHappenings } from './happenings.ts'
import { demoTold } from './told.ts'
import { AGENTS, HOURS } from './people.ts'
import { pick, seeded, type Weighted } from './random.ts'
import { demoMemory } from './returning.ts'
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

/** The commonest screen of each system; told by those who grant measurement only. */
const SCREENS: Readonly<Record<string, string>> = {
  Android: '412x915',
  iOS: '390x844',
  iPadOS: '820x1180',
  Windows: '1920x1080',
  macOS: '1440x900',
  Linux: '2560x1440',
}

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
  ...(['Winter tyres', 'Brake check'] as const).map((campaign): readonly [number, Arrival] => [
    2,
    {
      source: 'sms',
      channel: 'SMS',
      referrer: '',
      entry: '/demo/workshop',
      utmSource: 'sms',
      utmMedium: 'sms',
      utmCampaign: campaign,
    },
  ]),
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

const MINUTE_MS = 60_000
/** Share of the visitors who grant measurement. */
const GRANTING = 0.6
/** Visits within the last half hour. */
const JUST_NOW = 14

export function* demoHistory(options: HistoryOptions): Generator<EventRow> {
  let day = siteDay(options.timezone, options.now)
  const days: SiteDay[] = []
  for (let count = 0; count < options.days; count++) {
    days.push(day)
    day = siteDay(options.timezone, day.startMs - 1)
  }
  const first = days.at(-1)?.day ?? day.day
  for (const [age, one] of days.entries()) {
    yield* demoDay(options, one, age, first)
    yield* demoTold(options, one)
  }
  const [today] = days
  if (today) yield* justNow(options, today)
}

function* demoDay(options: HistoryOptions, day: SiteDay, age: number, first: string): Generator<EventRow> {
  const random = seeded(Date.parse(day.day) / 86_400_000)
  // What browsers remember has a randomness of its own: the rest stays as it is without it.
  const remembered = seeded(Date.parse(day.day) / 86_400_000 + 1_000_003)
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
      let remembers = visit === 0 && basis !== 'anonymous'
      for (const row of demoVisit(options, day, random, { ...context, visitor }, at)) {
        yield row
        if (!remembers) continue
        remembers = false
        const detail = demoMemory(remembered, day.day, first)
        yield { ...event(options, day, { ...context, visitor }, remembered, at, 'visit', row.page), detail }
      }
    }
  }
}

/** So that there is somebody in the last half hour, whatever the time of day. */
function* justNow(options: HistoryOptions, today: SiteDay): Generator<EventRow> {
  const random = seeded(1)
  for (let count = 0; count < JUST_NOW; count++) {
    const visitor = BigInt(count + 1) * 4096n + 2n
    const context = { ...pick(random, PLACES), ...pick(random, AGENTS), basis: 'performance@1', visitor }
    const at = options.now - random() * 28 * MINUTE_MS
    if (at > today.startMs) yield* demoVisit(options, today, random, context, at)
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
    const view = event(options, day, context, random, at, 'pageview', page, entry ? arrival : undefined)
    yield context.basis === 'anonymous' ? view : { ...view, screen: SCREENS[context.os] ?? '' }
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
      for (const { type, detail } of demoHappenings(random, {
        page,
        device: context.device,
        isEntry: entry,
      })) {
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
