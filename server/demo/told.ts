import type { Verdict } from '../../schema/email.ts'
import { EMPTY_ROW, type EventDetail, type EventRow } from '../../schema/rows.ts'
import type { SiteDay } from '../sites/site-day.ts'
import { AGENTS, HOURS } from './people.ts'
import { pick, seeded, type Weighted } from './random.ts'

/** What the demo's own server tells: requests as it answered them, calls, and what became of mails. Of no visitor. */

const REQUESTS: Weighted<readonly [page: string, status: number, bytes: number]> = [
  [30, ['/demo/', 200, 18_400]],
  [14, ['/demo/pricing', 200, 21_900]],
  [12, ['/demo/workshop', 200, 12_600]],
  [10, ['/demo/gallery', 200, 24_800]],
  [9, ['/demo/blog/', 200, 9_100]],
  [6, ['/demo/contact', 200, 11_200]],
  [5, ['/demo', 301, 0]],
  [4, ['/demo/old-prices', 404, 900]],
  [2, ['/wp-login.php', 404, 900]],
  [1, ['/demo/gallery', 503, 300]],
  [0.5, ['/demo/pricing', 500, 300]],
]
const NETWORKS: Weighted<string> = [
  [30, 'Deutsche Telekom AG'],
  [18, 'Vodafone GmbH'],
  [14, 'Telefonica Germany'],
  [8, '1&1 Versatel'],
  [4, 'Example Hosting'],
]
/** Every week or so somebody looks for weak places, within an hour of the night. */
const SCANS_ON = 6
const SCAN_REQUESTS = 90
const SCANNED = ['/wp-login.php', '/.env', '/xmlrpc.php', '/wp-admin/setup.php'] as const

const CALLS: Weighted<readonly [direction: string, outcome: string]> = [
  [40, ['in', 'answered']],
  [11, ['in', 'missed']],
  [4, ['in', 'voicemail']],
  [12, ['out', 'answered']],
  [5, ['out', 'missed']],
]

/** A campaign goes out on a weekday, to so many. */
export const CAMPAIGNS: readonly {
  readonly name: string
  readonly weekday: number
  readonly sends: number
}[] = [
  { name: 'Winter newsletter', weekday: 2, sends: 640 },
  { name: 'Service reminder', weekday: 4, sends: 180 },
]

/** How often a hundred mails are fetched on the day they go out, and a tenth as often on each of the next. */
const FETCHES: Weighted<Verdict> = [
  [16, 'human'],
  [14, 'proxy'],
  [21, 'prefetch'],
  [9, 'scanner'],
  [2, 'unknown'],
]
const FOLLOWS_IN_A_HUNDRED = 4

const NONE: EventDetail = { name: '', value: 0, revenue: '0', currency: '', props: {}, status: 0 }
const REQUESTS_A_DAY = 220
const CALLS_A_DAY = 14

/** What was told of one day; nothing later than now. */
export function* demoTold(options: { site: number; now: number }, day: SiteDay): Generator<EventRow> {
  const random = seeded(Date.parse(day.day) / 86_400_000 + 2)
  const when = (): number => day.startMs + (pick(random, HOURS) + random()) * 3_600_000
  const row = (at: number, type: string, page: string, detail: Partial<EventDetail>): EventRow => ({
    ...EMPTY,
    day: day.day,
    timeMs: Math.floor(at),
    site: options.site,
    eventId: BigInt(Math.floor(random() * 2 ** 52)) * 4096n + 4095n,
    type,
    page,
    detail: { ...NONE, ...detail },
  })
  const requests = Math.round(REQUESTS_A_DAY * (0.8 + random() * 0.4))
  const calls = Math.round(CALLS_A_DAY * (0.6 + random() * 0.8))
  for (let count = 0; count < requests; count++) {
    const [page, status, value] = pick(random, REQUESTS)
    const { browser, browserVersion, os, osVersion, device } = pick(random, AGENTS)
    const at = when()
    if (at > options.now) continue
    yield {
      ...row(at, 'request', page, { name: 'GET', status, value }),
      browser,
      browserVersion,
      os,
      osVersion,
      device,
      collector: 'log',
      basis: 'log',
      network: pick(random, NETWORKS),
    }
  }
  const scans = new Date(`${day.day}T12:00:00Z`).getUTCDay() === SCANS_ON ? SCAN_REQUESTS : 0
  for (let count = 0; count < scans; count++) {
    const at = day.startMs + 3 * 3_600_000 + random() * 3_000_000
    if (at > options.now) continue
    const status = pick(random, [
      [8, 404],
      [2, 403],
      [1, 429],
    ])
    const page = SCANNED[count % SCANNED.length] ?? SCANNED[0]
    yield {
      ...row(at, 'request', page, { name: 'GET', status, value: 900 }),
      collector: 'log',
      basis: 'log',
      network: 'Example Hosting',
    }
  }
  for (let count = 0; count < calls; count++) {
    const [direction, outcome] = pick(random, CALLS)
    const at = when()
    const value = outcome === 'answered' ? 20 + Math.floor(random() ** 2 * 900) : 0
    if (at <= options.now) yield row(at, 'call', '', { name: outcome, value, props: { direction } })
  }
  const weekday = new Date(`${day.day}T12:00:00Z`).getUTCDay()
  for (const { name, weekday: sentOn, sends } of CAMPAIGNS) {
    const hundreds = (sends / 100) * (weekday === sentOn ? 1 : 0.1)
    const mails = (type: 'fetch' | 'follow', verdict: Verdict, times: number): EventRow[] =>
      Array.from({ length: Math.round(times * hundreds * (0.8 + random() * 0.4)) }, () => ({
        ...row(day.startMs, type, '', { name, props: { verdict } }),
        collector: 'email',
        basis: 'aggregate',
      }))
    for (const [times, verdict] of FETCHES) yield* mails('fetch', verdict, times)
    yield* mails('follow', 'human', FOLLOWS_IN_A_HUNDRED)
  }
}

const EMPTY = { ...EMPTY_ROW, collector: 'server', basis: 'server', hostname: 'localhost' } as const
