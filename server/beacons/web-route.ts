import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { OPTIONAL_CATEGORIES } from '../../schema/consent.ts'
import { MAX_LENGTH } from '../../schema/event.ts'
import { drop, keep, type Outcome } from '../../schema/outcome.ts'
import { encodeRow } from '../../schema/rows.ts'
import type { Site } from '../../schema/site.ts'
import { grantOf, hostMatches, type ConsentVerdict } from '../collect/admit.ts'
import { cleanText } from '../collect/text.ts'
import type { DropLedger, Tally } from '../drops/ledger.ts'
import type { Enrich } from '../enrich/pipeline.ts'
import type { Basis, RequestFacts } from '../event.ts'
import { parseUrl } from '../host.ts'
import { answerFault } from '../http/answer.ts'
import { describe, type Log } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import { siteDay } from '../sites/site-day.ts'
import type { Sites } from '../sites/registry.ts'
import type { Intake } from '../spool/intake.ts'
import type { PictureRoute } from './open-route.ts'
import { answerPicture, isReading } from './picture.ts'

export interface WebRouteParts {
  sites: Pick<Sites, 'find'>
  enrich: Pick<Enrich, 'request'>
  facts(request: IncomingMessage): RequestFacts
  /** What a consent token covers on a site, now. */
  checkConsent(site: Site, token: string): ConsentVerdict
  /** The consent token that the site's own cookie holds, where the request came with it. */
  cookieToken(cookie: string | undefined): string | undefined
  intake: Intake
  drops: Pick<DropLedger, 'tally'>
  metrics: Pick<Metrics, 'accepted'>
  log: Pick<Log, 'warn'>
}

const ADDRESS = /^\/b\/([^/?]{1,255})\/([^/?]{1,400})\.gif(?:\?(.*))?$/

/**
 * `GET /b/<site>/<name>.gif?category=…&consent=<token>`, a picture in a page that tells it was seen. It is the same
 * picture whatever becomes of it; without a consent to its category nothing is stored, and that is counted.
 */
export function createWebRoute(parts: WebRouteParts): PictureRoute {
  return (request, response) => {
    const url = request.url ?? ''
    if (!url.startsWith('/b/')) return false
    if (!isReading(request)) {
      request.resume()
      answerFault(response, 405, 'A picture is fetched by GET.', { allow: 'GET, HEAD' })
      return true
    }
    const facts = parts.facts(request)
    const { cookie, referer } = request.headers
    const [, domain = '', name = '', query = ''] = ADDRESS.exec(url) ?? []
    const site = parts.sites.find(domain.toLowerCase())
    const tally = parts.drops.tally(site)
    const asked = { name, query: new URLSearchParams(query), cookie, referer, method: request.method ?? '' }
    take(parts, site, facts, asked, tally)
      .catch((error: unknown) => {
        parts.log.warn({ err: describe(error) }, 'a web beacon could not be counted')
      })
      // Once it is on disk: nothing of the answer hangs on what became of it.
      .finally(() => answerPicture(request, response))
    return true
  }
}

interface Asked {
  /** Percent-encoded. */
  readonly name: string
  readonly query: URLSearchParams
  readonly cookie: string | undefined
  readonly referer: string | undefined
  readonly method: string
}

async function take(
  parts: WebRouteParts,
  site: Site | undefined,
  facts: RequestFacts,
  asked: Asked,
  tally: Tally,
): Promise<void> {
  if (!site) {
    tally.dropped('unknown_site')
    await tally.keep()
    return
  }
  const day = siteDay(site.timezone, facts.arrivedAt)
  const enriched = parts.enrich.request(site, facts, day, (kind) => tally.scrubbed(kind))
  const admitted = enriched.isBot ? drop('bot') : admit(parts, site, facts, asked)
  if (!admitted.kept) {
    tally.dropped(admitted.reason)
    await tally.keep()
    return
  }
  const { name, basis, url, isMeasured } = admitted.value
  const wire = { type: 'beacon', id: randomBytes(16).toString('base64url'), name } as const
  const row = enriched.row({ wire, url, timeMs: facts.arrivedAt, late: false, basis })
  // Who is known for a day is part of measurement, which another category does not cover.
  if (!isMeasured) row.visitor = 0n
  const batch = parts.intake.open()
  batch.add(row.eventId, encodeRow(row))
  await Promise.all([batch.commit(), tally.keep()])
  parts.metrics.accepted++
}

interface Admitted {
  readonly name: string
  readonly basis: Basis
  readonly url: URL | undefined
  /** The consent covers `performance`. */
  readonly isMeasured: boolean
}

function admit(parts: WebRouteParts, site: Site, facts: RequestFacts, asked: Asked): Outcome<Admitted> {
  if (asked.method === 'HEAD') return drop('head')
  if (facts.prefetch) return drop('prefetch')
  const name = nameOf(asked.name)
  const category = OPTIONAL_CATEGORIES.find((known) => known === asked.query.get('category'))
  // Nothing essential is measured, so there is no beacon of that category.
  if (name === '' || category === undefined) return drop('invalid_event')
  const url = pageOf(asked)
  if (url && !hostMatches(site, url.hostname)) return drop('hostname')
  const token = asked.query.get('consent') ?? parts.cookieToken(asked.cookie)
  if (token === undefined) return drop('no_consent')
  const consent = parts.checkConsent(site, token)
  const basis = grantOf(consent, category)
  if (!basis.kept) return basis
  return keep({ name, url, basis: basis.value, isMeasured: grantOf(consent, 'performance').kept })
}

function nameOf(encoded: string): string {
  try {
    return cleanText(decodeURIComponent(encoded), MAX_LENGTH.name).trim()
  } catch {
    // A sign of percent that belongs to nothing.
    return ''
  }
}

/** The page that it was on, as it says itself or as the browser does; undefined where neither does. */
function pageOf({ query, referer }: Asked): URL | undefined {
  const url = parseUrl((query.get('url') ?? referer ?? '').slice(0, MAX_LENGTH.url))
  return url?.protocol === 'https:' || url?.protocol === 'http:' ? url : undefined
}
