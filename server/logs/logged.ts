import type { EventRow } from '../../schema/rows.ts'
import type { Site } from '../../schema/site.ts'
import { hostMatches } from '../collect/admit.ts'
import { isSpamHost } from '../collect/spam.ts'
import type { Enrich } from '../enrich/pipeline.ts'
import type { CountScrubbed } from '../enrich/scrub.ts'
import type { RequestFacts } from '../event.ts'
import { hostOf, parseUrl } from '../host.ts'
import type { SiteDay } from '../sites/site-day.ts'
import { kindOf } from './document.ts'
import type { LogLine } from './line.ts'

/** What a request of a log comes to. */
export interface Logged {
  /** The request, and the page view that it may be. From here on nothing has a field for an address or a user agent. */
  readonly rows: readonly EventRow[]
  readonly bucket: 'pageviews' | 'assets' | 'bots' | 'other'
}

/** A log tells none. */
export const NO_HINTS = { brands: '', platform: '', mobile: '' }

/** The anonymizer of logs: that of `POST /e`, with what a log tells in place of what a browser sends. */
export function readLogged(given: {
  line: LogLine
  /** Of the request; the page view has one of its own, made from it. */
  id: string
  site: Site
  day: SiteDay
  enrich: Pick<Enrich, 'request' | 'told'>
  onScrubbed?: CountScrubbed | undefined
}): Logged {
  const { line, id, site, day } = given
  const { timeMs, method, status, bytes, referrer, durationMs, client } = line
  const facts: RequestFacts = {
    ip: line.address,
    userAgent: line.userAgent,
    acceptLanguage: '',
    hints: NO_HINTS,
    gpc: false,
    prefetch: false,
    arrivedAt: timeMs,
  }
  const enriched = client
    ? given.enrich.told(site, client, day, given.onScrubbed)
    : given.enrich.request(site, facts, day, given.onScrubbed)
  const url = urlOf(line, site)
  const admitted = { url, timeMs, late: false, basis: 'log' } as const
  const request = enriched.row({
    ...admitted,
    wire: { type: 'request', id, method, status, bytes, duration: durationMs },
  })
  const kind = kindOf(line)
  const isBot = line.tellsAgent && enriched.isBot
  if (isBot || isSpamHost(hostOf(referrer))) return { rows: [request], bucket: 'bots' }
  if (kind !== 'document' || !url) return { rows: [request], bucket: kind === 'asset' ? 'assets' : 'other' }
  const pageview = enriched.row({
    ...admitted,
    wire: { type: 'pageview', id: `${id}\npageview`, time: timeMs, url: url.href, referrer },
  })
  return { rows: [request, pageview], bucket: 'pageviews' }
}

/** Servers behind a proxy log names of their own: what is not the site's is taken for its domain. */
export function urlOf(
  { host, path, query }: Pick<LogLine, 'host' | 'path' | 'query'>,
  site: Site,
): URL | undefined {
  if (path === '') return undefined
  const name = nameOf(host, site)
  const text = `https://${name}${path}${query === '' ? '' : `?${query}`}`
  return parseUrl(text)
}

/** The host that a page is taken to be of. */
export function nameOf(host: string, site: Site): string {
  return hostMatches(site, host) ? host : site.domain
}
