/** What the page shows is what its address says: nothing is kept anywhere else. */
import {
  INTERVALS,
  NAMED_PERIODS,
  type DayRange,
  type Dimension,
  type Filter,
  type Interval,
  type Metric,
  type Period,
} from '../schema/query.ts'
import { readFilter, writeFilter } from './conditions.ts'
import type { Own } from './own.ts'
import { PAGES, type PageName } from './registry.ts'

export const HEADLINE_METRICS = [
  'visitors',
  'visits',
  'pageviews',
  'viewsPerVisit',
  'bounceRate',
  'visitDuration',
] as const satisfies readonly Metric[]
export type HeadlineMetric = (typeof HEADLINE_METRICS)[number]

export const COMPARISONS = ['previous', 'year', 'none'] as const
export type Comparison = (typeof COMPARISONS)[number]

/** The panels in their order on the page, and the breakdown behind each tab; the first is the default. */
export const PANELS = {
  pages: ['page', 'entryPage', 'exitPage'],
  sources: ['source', 'channel', 'utmCampaign'],
  places: ['country', 'region', 'city', 'language'],
  technology: ['browser', 'os', 'device', 'screen', 'network'],
  events: ['event', 'goal', 'outbound', 'download'],
  times: ['weekday', 'hourOfDay'],
} as const satisfies Record<string, readonly Dimension[]>
export type PanelName = keyof typeof PANELS
export type PanelDimension = (typeof PANELS)[PanelName][number]
export const PANEL_NAMES = Object.keys(PANELS) as PanelName[]

export interface View {
  /** The overview (`numbers`), another view, or a page of the settings. */
  show: PageName
  /** Domain; undefined: the first site there is. */
  site: string | undefined
  period: Period
  compare: Comparison
  filters: Filter[]
  /** The metric in the chart. */
  metric: HeadlineMetric
  /** Grain of the chart; undefined: what suits the period. */
  interval: Interval | undefined
  tabs: Record<PanelName, PanelDimension>
  /** Id of the share link that the page was opened by; what opens it stands behind the `#`. */
  share: string | undefined
  /** What the view that is shown says besides, see own.ts. */
  own: Own
}

export const DEFAULT_VIEW: View = {
  show: 'numbers',
  site: undefined,
  period: '30d',
  compare: 'previous',
  filters: [],
  metric: 'visitors',
  interval: undefined,
  tabs: {
    pages: 'page',
    sources: 'source',
    places: 'country',
    technology: 'browser',
    events: 'event',
    times: 'weekday',
  },
  share: undefined,
  own: [],
}

/** Names that an address has for every view; the others are a view's own. */
const SHARED = new Set<string>([
  'show',
  'site',
  'period',
  'compare',
  'filter',
  'metric',
  'interval',
  'share',
  ...PANEL_NAMES,
])

const DAY = /^\d{4}-\d\d-\d\d$/

export function isDay(text: string): boolean {
  return DAY.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.slice(0, 10) === text
}

function readPeriod(text: string): Period | undefined {
  const [from = '', to = ''] = text.split('..')
  if (isDay(from) && isDay(to) && from <= to) return { from, to }
  return NAMED_PERIODS.find((name) => name === text)
}

export function isRange(period: Period): period is DayRange {
  return typeof period === 'object'
}

/** The view that an address's query string asks for. What it does not know, as from a newer version, is the default. */
export function readView(search: string): View {
  const asked = new URLSearchParams(search)
  const pick = <T extends string>(name: string, known: readonly T[]) =>
    known.find((one) => one === asked.get(name))
  const show = pick('show', PAGES) ?? DEFAULT_VIEW.show
  const tabs = { ...DEFAULT_VIEW.tabs }
  for (const panel of PANEL_NAMES) tabs[panel] = pick<PanelDimension>(panel, PANELS[panel]) ?? tabs[panel]
  return {
    show,
    site: asked.get('site') ?? undefined,
    period: readPeriod(asked.get('period') ?? '') ?? DEFAULT_VIEW.period,
    compare: pick('compare', COMPARISONS) ?? DEFAULT_VIEW.compare,
    filters: asked.getAll('filter').flatMap((written) => readFilter(written) ?? []),
    metric: pick('metric', HEADLINE_METRICS) ?? DEFAULT_VIEW.metric,
    interval: pick('interval', INTERVALS),
    tabs,
    share: asked.get('share') ?? undefined,
    // The overview has none: whatever else its address says is from a newer version.
    own: show === 'numbers' ? [] : [...asked].filter(([name]) => !SHARED.has(name)),
  }
}

/** Percent-encodes what a query string cannot hold, and leaves readable what it can: `filter=page=/docs`. */
function readable(text: string): string {
  return encodeURIComponent(text).replace(/%(2F|3D|2C|3A)/g, (code) => decodeURIComponent(code))
}

/** The query string of a view, `?` and all; defaults are left out, and empty where all is ordinary. */
export function writeView(view: View): string {
  const parts: string[] = []
  const add = (name: string, value: string | undefined, ordinary?: string) => {
    if (value !== undefined && value !== ordinary) parts.push(`${name}=${readable(value)}`)
  }
  add('share', view.share)
  add('show', view.show, DEFAULT_VIEW.show)
  add('site', view.site)
  add('period', isRange(view.period) ? `${view.period.from}..${view.period.to}` : view.period, '30d')
  add('compare', view.compare, DEFAULT_VIEW.compare)
  for (const filter of view.filters) add('filter', writeFilter(filter))
  add('metric', view.metric, DEFAULT_VIEW.metric)
  add('interval', view.interval)
  for (const panel of PANEL_NAMES) add(panel, view.tabs[panel], DEFAULT_VIEW.tabs[panel])
  for (const [name, value] of view.own) parts.push(`${readable(name)}=${readable(value)}`)
  return parts.length > 0 ? `?${parts.join('&')}` : ''
}
