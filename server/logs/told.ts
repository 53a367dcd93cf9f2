import type { ClientIp, RawUserAgent } from '../../schema/brand.ts'
import type { EventRow } from '../../schema/rows.ts'
import type { Site } from '../../schema/site.ts'
import type { Clock } from '../clock.ts'
import { hostMatches } from '../collect/admit.ts'
import { WIRE_SCHEMAS } from '../collect/wire.ts'
import type { Enrich } from '../enrich/pipeline.ts'
import type { CountScrubbed } from '../enrich/scrub.ts'
import type { AdmittedEvent, RequestFacts } from '../event.ts'
import { parseUrl } from '../host.ts'
import { siteDay } from '../sites/site-day.ts'
import { lineOf } from './formats/fields.ts'
import type { LineFault } from './line.ts'
import { readLogged } from './logged.ts'
import { wireCall, wireLog } from './wire.ts'

/** Reads one object that a site's server sent: the rows that it comes to, the first of which says whether it is new. */
export type ReadTold = (
  raw: unknown,
  site: Site,
  /** Told of each value that is taken out, by its kind. */
  onScrubbed?: CountScrubbed,
) => { readonly rows: readonly EventRow[] } | LineFault

interface ToldParts {
  readonly enrich: Pick<Enrich, 'request' | 'told'>
  readonly clock: Pick<Clock, 'now'>
}

const DAY_MS = 86_400_000
const TOO_OLD: LineFault = { fault: 'its time is before the event window of the site' }
const OTHER_HOST: LineFault = { fault: 'its url is not on the site or its allowed subdomains' }

/** `POST /logs`: a request, and the page view that it may be. */
export function createReadLog({ enrich, clock }: ToldParts): ReadTold {
  return (raw, site, onScrubbed) => {
    const parsed = wireLog.safeParse(raw)
    if (!parsed.success) return { fault: faultOf(parsed.error.issues[0]?.path[0]) }
    const {
      id,
      time,
      method,
      url,
      status,
      bytes = 0,
      referrer = '',
      userAgent = '',
      address = '',
      duration = 0,
      client,
    } = parsed.data
    const timeMs = timeOf(time, site, clock)
    if (timeMs === undefined) return TOO_OLD
    const line = lineOf({
      timeMs,
      address,
      userAgent,
      method,
      host: '',
      target: url,
      status: String(status).padStart(3, '0'),
      bytes: String(bytes),
      referrer,
      seconds: undefined,
    })
    if (line.host !== '' && !hostMatches(site, line.host)) return OTHER_HOST
    const told = { ...line, durationMs: duration, ...(client && { client }) }
    return readLogged({ line: told, id, site, day: siteDay(site.timezone, timeMs), enrich, onScrubbed })
  }
}

/** Nobody's: the site's own server tells it. */
const NOBODY = {
  ip: '' as ClientIp,
  userAgent: '' as RawUserAgent,
  acceptLanguage: '',
  hints: { brands: '', platform: '', mobile: '' },
  gpc: false,
  prefetch: false,
} as const satisfies Omit<RequestFacts, 'arrivedAt'>

const KINDS = { event: WIRE_SCHEMAS.event, error: WIRE_SCHEMAS.error, call: wireCall } as const

/** `POST /events`: custom events, errors and calls. */
export function createReadEvent({ enrich, clock }: ToldParts): ReadTold {
  return (raw, site, onScrubbed) => {
    if (!isObject(raw)) return { fault: 'it is no JSON object' }
    const { type } = raw
    if (type !== 'event' && type !== 'error' && type !== 'call') {
      return { fault: `its field "type" is none of ${Object.keys(KINDS).join(', ')}` }
    }
    const isOfPage = type !== 'call' && raw['url'] !== undefined
    // The kinds that browsers send too must name a page there.
    const parsed = KINDS[type].safeParse(isOfPage ? raw : { ...raw, url: `https://${site.domain}/` })
    if (!parsed.success) return { fault: faultOf(parsed.error.issues[0]?.path[0]) }
    const wire: AdmittedEvent['wire'] = parsed.data
    const timeMs = timeOf(parsed.data.time, site, clock)
    if (timeMs === undefined) return TOO_OLD
    const url = isOfPage ? urlOf(raw['url']) : undefined
    if (isOfPage && (!url || !hostMatches(site, url.hostname))) return OTHER_HOST
    const day = siteDay(site.timezone, timeMs)
    const enriched = enrich.request(site, { ...NOBODY, arrivedAt: timeMs }, day, onScrubbed)
    return { rows: [enriched.row({ wire, url, timeMs, late: false, basis: 'server' })] }
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A server's clock may be ahead a little: nothing has happened later than now. Undefined: too long ago to be kept. */
function timeOf(time: number, { eventWindowDays }: Site, clock: Pick<Clock, 'now'>): number | undefined {
  const now = clock.now()
  if (!(time > now - (eventWindowDays - 1) * DAY_MS)) return undefined
  return Math.min(Math.floor(time), now)
}

function urlOf(text: unknown): URL | undefined {
  const url = typeof text === 'string' ? parseUrl(text) : undefined
  return url?.protocol === 'https:' || url?.protocol === 'http:' ? url : undefined
}

function faultOf(field: PropertyKey | undefined): string {
  return field === undefined
    ? 'it is no JSON object'
    : `its field "${String(field)}" is missing or cannot be read`
}
