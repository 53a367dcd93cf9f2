/** Made-up visits for the dashboard's tests: the same ones each time, of nobody. */

export const DATASETS = ['little', 'much', 'none', 'hostile'] as const
export type Dataset = (typeof DATASETS)[number]

/** A number of visits that are alike. */
export interface FakeVisit {
  day: string
  minuteOfDay: number
  pages: readonly string[]
  source: string
  channel: string
  utmCampaign: string
  country: string
  browser: string
  os: string
  device: string
  seconds: number
  visits: number
  visitors: number
}

/** Today, in the site's time zone, of every test. */
export const TODAY = '2026-11-24'
/** Now, in minutes of that day: 14:32 in Berlin. */
export const NOW_MINUTE = 14 * 60 + 32
export const NOW_MS = Date.parse('2026-11-24T13:32:00Z')

type Weighted<T> = readonly (readonly [weight: number, value: T])[]

/** A small generator of numbers 0 to 1, the same for the same seed (mulberry32). */
function numbersFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export function dayBefore(day: string, days: number): string {
  return new Date(Date.parse(day) - days * 86_400_000).toISOString().slice(0, 10)
}

const ORDINARY_PAGES: Weighted<string> = [
  [30, '/'],
  [14, '/pricing'],
  [11, '/docs'],
  [9, '/blog/cookieless-by-design'],
  [7, '/docs/install'],
  [6, '/blog/what-a-visit-is'],
  [5, '/about'],
  [4, '/docs/api/query'],
  [3, '/blog/2026/why-we-fold-small-groups-and-what-that-means-for-your-reports'],
  [3, '/changelog'],
  [2, '/contact'],
  [2, '/docs/consent'],
  [1, '/jobs'],
  [1, '/imprint'],
]

const SOURCES: Weighted<readonly [source: string, channel: string, campaign: string]> = [
  [34, ['Google', 'Organic Search', '']],
  [27, ['Direct', 'Direct', '']],
  [8, ['GitHub', 'Referral', '']],
  [7, ['Hacker News', 'Referral', '']],
  [6, ['Newsletter', 'Email', 'november-letter']],
  [5, ['DuckDuckGo', 'Organic Search', '']],
  [4, ['Mastodon', 'Organic Social', '']],
  [3, ['ChatGPT', 'AI', '']],
  [3, ['Bing', 'Paid Search', 'autumn-search']],
  [2, ['LinkedIn', 'Organic Social', '']],
  [1, ['lobste.rs', 'Referral', '']],
]

const COUNTRIES: Weighted<string> = [
  [31, 'DE'],
  [17, 'US'],
  [9, 'FR'],
  [8, 'GB'],
  [7, 'NL'],
  [5, 'AT'],
  [5, 'CH'],
  [4, 'PL'],
  [3, 'IN'],
  [3, 'BR'],
  [2, 'JP'],
  [2, ''],
]

const MACHINES: Weighted<readonly [browser: string, os: string, device: string]> = [
  [30, ['Chrome', 'Windows', 'desktop']],
  [19, ['Safari', 'iOS', 'mobile']],
  [17, ['Chrome', 'Android', 'mobile']],
  [12, ['Firefox', 'Linux', 'desktop']],
  [10, ['Safari', 'macOS', 'desktop']],
  [6, ['Edge', 'Windows', 'desktop']],
  [3, ['Samsung Internet', 'Android', 'mobile']],
  [2, ['Safari', 'iPadOS', 'tablet']],
  [1, ['Opera', 'Windows', 'desktop']],
]

const XSS = '<img src=x onerror="window.wasRun=true">'
const HOSTILE_PAGES: Weighted<string> = [
  [20, `/${XSS}`],
  [15, '/"><script>window.wasRun=true</script>'],
  [14, `/${'very-long-segment/'.repeat(111)}`.slice(0, 2_000)],
  [12, '/مرحبا/بالعالم'],
  [10, '/‮gnp.exe'],
  [9, "/javascript:window.wasRun=true//'"],
  [8, '/日本語のページ/とても長いパス'],
  [6, '/👩‍👩‍👧‍👦/Z̸̛̺a̵l̷g̴o̶'],
  [4, '/a,b=c&d%2Cе?'],
  [2, '/\u0000\u0007\u001b[31m'],
  [1, '(other)'],
  [1, '/__proto__'],
]
const HOSTILE_SOURCES: Weighted<readonly [string, string, string]> = [
  [10, [XSS, 'constructor', '"><svg onload=window.wasRun=true>']],
  [8, ['javascript:window.wasRun=true', 'toString', '{metric}']],
  [6, ['שלום עולם', '__proto__', '${window.wasRun=true}']],
  [4, ['W'.repeat(300), '', '=1+1']],
]
const HOSTILE_COUNTRIES: Weighted<string> = [
  [9, 'DE'],
  [6, 'ZZ'],
  [4, 'X1'],
  [3, '<b>'],
  [2, ''],
]
const HOSTILE_MACHINES: Weighted<readonly [string, string, string]> = [
  [9, ['hasOwnProperty', XSS, 'constructor']],
  [5, ['', '', '']],
  [3, ['متصفح', 'نظام', 'mobile']],
]

function pick<T>(choices: Weighted<T>, random: () => number): T {
  let left = random() * choices.reduce((sum, [weight]) => sum + weight, 0)
  for (const [weight, value] of choices) {
    left -= weight
    if (left < 0) return value
  }
  const last = choices.at(-1)
  if (!last) throw new Error('pick: nothing to choose from')
  return last[1]
}

/** More in the afternoon than at night. */
function pickMinute(random: () => number): number {
  const hour = 14 + (random() + random() + random() - 1.5) * 13
  return Math.floor((((hour % 24) + 24) % 24) * 60)
}

interface Recipe {
  days: number
  perDay: number
  /** Visits that one made-up visit stands for, at most. */
  alike: number
  pages: Weighted<string>
  sources: Weighted<readonly [string, string, string]>
  countries: Weighted<string>
  machines: Weighted<readonly [string, string, string]>
}

const ORDINARY = { pages: ORDINARY_PAGES, sources: SOURCES, countries: COUNTRIES, machines: MACHINES }
const RECIPES: Record<Dataset, Recipe> = {
  none: { days: 0, perDay: 0, alike: 1, ...ORDINARY },
  little: { days: 40, perDay: 5, alike: 1, ...ORDINARY },
  much: { days: 760, perDay: 60, alike: 60, ...ORDINARY },
  hostile: {
    days: 70,
    perDay: 40,
    alike: 90_000,
    pages: HOSTILE_PAGES,
    sources: HOSTILE_SOURCES,
    countries: HOSTILE_COUNTRIES,
    machines: HOSTILE_MACHINES,
  },
}

export function makeVisits(dataset: Dataset): FakeVisit[] {
  const recipe = RECIPES[dataset]
  const random = numbersFrom(20_261_124)
  const visits: FakeVisit[] = []
  for (let ago = recipe.days - 1; ago >= 0; ago--) {
    const day = dayBefore(TODAY, ago)
    const isWeekend = [0, 6].includes(new Date(day).getUTCDay())
    const growth = 1 - (0.45 * ago) / Math.max(1, recipe.days)
    const count = Math.round(recipe.perDay * growth * (isWeekend ? 0.6 : 1) * (0.75 + random() * 0.5))
    for (let index = 0; index < count; index++) {
      const visit = makeVisit(recipe, day, random)
      // What has not happened yet is not counted.
      if (day !== TODAY || visit.minuteOfDay <= NOW_MINUTE) visits.push(visit)
    }
  }
  return visits
}

function makeVisit(recipe: Recipe, day: string, random: () => number): FakeVisit {
  const length = random() < 0.46 ? 1 : 2 + Math.floor(random() * random() * 6)
  const pages = Array.from({ length }, () => pick(recipe.pages, random))
  const [source, channel, utmCampaign] = pick(recipe.sources, random)
  const [browser, os, device] = pick(recipe.machines, random)
  const visits = 1 + Math.floor(random() * recipe.alike)
  return {
    day,
    minuteOfDay: pickMinute(random),
    pages,
    source,
    channel,
    utmCampaign,
    country: pick(recipe.countries, random),
    browser,
    os,
    device,
    seconds: length === 1 ? Math.floor(random() * 40) : Math.floor(length * (20 + random() * 90)),
    visits,
    visitors: Math.max(1, Math.round(visits * 0.82)),
  }
}
