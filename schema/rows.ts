/**
 * The shape at rest: one row of the table `events`, in the order in which the collector writes it.
 *
 * A record in the spool is such a row as one tab-separated line with a head of fixed width: day, visitor and
 * time in milliseconds. Sorting records as bytes therefore sorts them by day, visitor and time, and the loader
 * never has to parse what it moves. No column holds an address, a user agent or a client's identifier.
 */

/** Columns the collector writes, in order: name, ClickHouse type, and what it holds. */
export const EVENT_COLUMNS = [
  ['day', 'Date', 'the site-local day'],
  [
    'visitor',
    'UInt64',
    'keyed hash under the day key, which dies at the site-local midnight; 0: no visitor key',
  ],
  ['time', "DateTime('UTC')", 'when it happened, floored to the second'],
  ['site', 'UInt64', 'internal id of the site'],
  ['event_id', 'UInt64', 'keyed hash of the event id: a retry counts once'],
  ['type', 'LowCardinality(String)', 'kind of event'],
  ['collector', 'LowCardinality(String)', 'tracker, log, server or email'],
  [
    'basis',
    'LowCardinality(String)',
    'why it may be stored: anonymous, the consent category and policy revision, log, server, aggregate, email_open or email_click',
  ],
  ['hostname', 'LowCardinality(String)', 'host of the page'],
  ['page', 'String', 'path of the page, scrubbed, id-like segments collapsed'],
  ['referrer', 'LowCardinality(String)', 'host of the referrer; empty: direct or internal'],
  ['source', 'LowCardinality(String)', 'name of the source; empty: internal navigation'],
  ['channel', 'LowCardinality(String)', 'acquisition channel; empty: internal navigation'],
  ['utm_source', 'LowCardinality(String)', 'campaign source'],
  ['utm_medium', 'LowCardinality(String)', 'campaign medium'],
  ['utm_campaign', 'LowCardinality(String)', 'campaign name'],
  ['utm_term', 'LowCardinality(String)', 'campaign term'],
  ['utm_content', 'LowCardinality(String)', 'campaign content'],
  ['country', 'LowCardinality(String)', 'ISO 3166-1 alpha-2 code'],
  ['region', 'LowCardinality(String)', 'ISO 3166-2 code, with the country'],
  ['city', 'LowCardinality(String)', 'name of the city'],
  ['network', 'LowCardinality(String)', 'network operator: name of the autonomous system'],
  ['browser', 'LowCardinality(String)', 'browser family'],
  ['browser_version', 'LowCardinality(String)', 'major version of the browser'],
  ['os', 'LowCardinality(String)', 'operating system'],
  ['os_version', 'LowCardinality(String)', 'version of the operating system'],
  ['device', 'LowCardinality(String)', 'desktop, mobile, tablet, tv, console, wearable, other'],
  ['screen', 'LowCardinality(String)', 'screen size; empty before a choice'],
  ['language', 'LowCardinality(String)', 'BCP 47 primary language and region'],
  [
    'visible_ms',
    'UInt32',
    'engagement: time the page was visible, milliseconds; request: until it was answered, 0 unknown',
  ],
  ['scroll_percent', 'UInt8', 'engagement: deepest point scrolled to, percent'],
  [
    'name',
    'LowCardinality(String)',
    'event: its name; click: element; outbound, download: target; form: its name; error: message and place; vital: its name; feedback: comment; visit: week of the first one; request: method; call: outcome; beacon: its name; fetch, follow: e-mail campaign; ad: campaign; trait: its name',
  ],
  [
    'value',
    'UInt32',
    'vital: milliseconds, of CLS thousandths; feedback: score; visit: bits of first day, week, month, year; request: bytes; call: seconds; ad: of a conversion touches before it',
  ],
  ['revenue', 'Decimal(18, 4)', 'event: amount of money'],
  ['currency', 'LowCardinality(String)', 'event: ISO 4217 code of the amount'],
  [
    'props',
    'Map(String, String)',
    'event: properties that the site has declared; visit: recency; call: direction; fetch, follow: verdict; ad: what became of it, and of a conversion event and days; trait: its value',
  ],
  ['status', 'UInt16', 'HTTP status of the page; 0: unknown'],
] as const

export type EventColumn = (typeof EVENT_COLUMNS)[number][0]
type LoaderColumn = (typeof LOADER_COLUMNS)[number][0]

/** Columns the loader adds in front. */
export const LOADER_COLUMNS = [
  ['batch_id', 'UInt64', 'sealed batch the row came with'],
  ['row', 'UInt32', 'position in the batch'],
] as const

const names = [...LOADER_COLUMNS, ...EVENT_COLUMNS].map(([name]) => name)
/** The names of all columns, in the order of a stored line. */
export const STORED_COLUMNS = names as [LoaderColumn, ...(LoaderColumn | EventColumn)[]]

/** The types of columns; server/load/native.ts knows how each is written. */
export type EventColumnType = (typeof EVENT_COLUMNS | typeof LOADER_COLUMNS)[number][1]

/** The first of the columns at the end of a line that most events have nothing for: they are left out there. */
const FIRST_DETAIL: EventColumn = 'name'
/** Columns of a line, and of one without details. */
export const STORED_WIDTH = STORED_COLUMNS.length
export const PLAIN_WIDTH = STORED_COLUMNS.indexOf(FIRST_DETAIL)

/**
 * Version of the record layout, kept in every segment header; an older layout stays readable. 2: details may follow
 * (of layout 1 no record has any).
 */
export const RECORD_LAYOUT = 2

const DAY_WIDTH = 10
const VISITOR_WIDTH = 20
const MILLISECOND_WIDTH = 13
/** Bytes that sort a record: day, tab, visitor, tab, milliseconds. */
export const SORT_KEY_BYTES = DAY_WIDTH + 1 + VISITOR_WIDTH + 1 + MILLISECOND_WIDTH
/** Bytes of the sort key that are written to the table: the milliseconds lose their last three digits. */
export const STORED_HEAD_BYTES = SORT_KEY_BYTES - 3

/** Byte of a record at which the visitor begins; its zeros in front are not written to the table, which refuses them. */
export const VISITOR_START = DAY_WIDTH + 1

/** An event, ready to be stored: every value already anonymised, scrubbed and within its limits. */
export interface EventRow {
  day: string
  /** 0 ≤ visitor < 2^64. */
  visitor: bigint
  /** Unix time in milliseconds; only whole seconds reach the table. */
  timeMs: number
  site: number
  /** 0 ≤ id < 2^64. */
  eventId: bigint
  type: string
  collector: 'tracker' | 'log' | 'server' | 'email'
  basis: string
  hostname: string
  page: string
  referrer: string
  source: string
  channel: string
  utmSource: string
  utmMedium: string
  utmCampaign: string
  utmTerm: string
  utmContent: string
  country: string
  region: string
  city: string
  network: string
  browser: string
  browserVersion: string
  os: string
  osVersion: string
  device: string
  screen: string
  language: string
  visibleMs: number
  scrollPercent: number
  /** Absent: all of it empty, as for most events. */
  detail?: EventDetail
}

/** What a row has nothing of, where it is of no visitor and no page: the one place that lists all of it. */
export const EMPTY_ROW = {
  visitor: 0n,
  hostname: '',
  page: '',
  referrer: '',
  source: '',
  channel: '',
  utmSource: '',
  utmMedium: '',
  utmCampaign: '',
  utmTerm: '',
  utmContent: '',
  country: '',
  region: '',
  city: '',
  network: '',
  browser: '',
  browserVersion: '',
  os: '',
  osVersion: '',
  device: '',
  screen: '',
  language: '',
  visibleMs: 0,
  scrollPercent: 0,
} as const satisfies Partial<EventRow>

/** What only some kinds of events have; see EVENT_COLUMNS. */
export interface EventDetail {
  name: string
  /** 0 ≤ value < 2^32. */
  value: number
  /** Decimal text with at most 4 decimals. */
  revenue: string
  currency: string
  props: Readonly<Record<string, string>>
  /** 0 to 599. */
  status: number
}

const NEEDS_ESCAPE = /[\\\t\n]/
const ESCAPE = /[\\\t\n]/g
const ESCAPED: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n' }

/** A text as it stands in a line. */
export function lineField(value: string): string {
  return NEEDS_ESCAPE.test(value) ? value.replace(ESCAPE, (character) => ESCAPED[character] ?? '') : value
}

/** A map as ClickHouse writes it in a line: texts in quotes, with escapes of their own. */
function map(values: Readonly<Record<string, string>>): string {
  return `{${Object.entries(values)
    .map(([key, value]) => `${quoted(key)}:${quoted(value)}`)
    .join(',')}}`
}

function quoted(value: string): string {
  return `'${lineField(value).replaceAll("'", String.raw`\'`)}'`
}

function details({ name, value, revenue, currency, props, status }: EventDetail): string {
  return `\t${lineField(name)}\t${value}\t${revenue}\t${currency}\t${map(props)}\t${status}`
}

/**
 * One record: the row as a tab-separated line, with the head padded to its fixed width, and without its last columns
 * where there are no details.
 */
export function encodeRow(row: EventRow): string {
  return `${row.day}\t${String(row.visitor).padStart(VISITOR_WIDTH, '0')}\t${String(row.timeMs).padStart(MILLISECOND_WIDTH, '0')}\t${row.site}\t${row.eventId}\t${row.type}\t${row.collector}\t${row.basis}\t${lineField(row.hostname)}\t${lineField(row.page)}\t${lineField(row.referrer)}\t${lineField(row.source)}\t${row.channel}\t${lineField(row.utmSource)}\t${lineField(row.utmMedium)}\t${lineField(row.utmCampaign)}\t${lineField(row.utmTerm)}\t${lineField(row.utmContent)}\t${row.country}\t${row.region}\t${lineField(row.city)}\t${lineField(row.network)}\t${lineField(row.browser)}\t${lineField(row.browserVersion)}\t${lineField(row.os)}\t${lineField(row.osVersion)}\t${row.device}\t${lineField(row.screen)}\t${lineField(row.language)}\t${row.visibleMs}\t${row.scrollPercent}${row.detail ? details(row.detail) : ''}\n`
}

/**
 * A record as a line of the table: which batch and which row of it, the visitor without zeros in front, the time
 * without its milliseconds. The loader does the same on bytes.
 */
export function storedLine(batchId: number | bigint, row: number, record: string): string {
  const head = record.slice(VISITOR_START, STORED_HEAD_BYTES).replace(/^0+(?=\d)/, '')
  return `${batchId}\t${row}\t${record.slice(0, VISITOR_START)}${head}${record.slice(SORT_KEY_BYTES)}`
}
