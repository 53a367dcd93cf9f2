import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ClientIp, RawUserAgent } from '../schema/brand.ts'
import { MAX_BODY_BYTES } from '../schema/event.ts'
import type { DropReason } from '../schema/outcome.ts'
import { encodeRow } from '../schema/rows.ts'
import type { PublicSiteConfig, Site } from '../schema/site.ts'
import type { Clock } from './clock.ts'
import { admit, judgeRequest, originAllowed, type ConsentVerdict } from './collect/admit.ts'
import { isTooDeep } from './collect/nesting.ts'
import { parseEnvelope, type Envelope } from './collect/parse.ts'
import type { DropLedger, Tally } from './drops/ledger.ts'
import type { Enrich } from './enrich/pipeline.ts'
import { UserError } from './errors.ts'
import type { RequestFacts } from './event.ts'
import { answerFault, answerJson, answerTaken } from './http/answer.ts'
import { readBody } from './http/body.ts'
import { clientIpOf, type ClientIpReader } from './http/client-ip.ts'
import { describe, type Log } from './log.ts'
import type { Metrics } from './metrics.ts'
import { siteDay } from './sites/site-day.ts'
import type { Sites } from './sites/registry.ts'
import type { Intake } from './spool/intake.ts'

/**
 * The public routes, tried by the HTTP server before the application: plain functions of request and response, since
 * they run for every page view of every site. This file reads as the way of an event: read, parse, admit, enrich,
 * spool, answer.
 */
export type Ingest = (request: IncomingMessage, response: ServerResponse) => boolean

export interface IngestParts {
  clock: Clock
  log: Log
  metrics: Metrics
  sites: Sites
  clientIp: ClientIpReader
  /** Told of each address that is counted, to notice a proxy that is not trusted. */
  watchAddress: (ip: ClientIp) => void
  enrich: Enrich
  /** What may be measured before a choice of a visitor from a country; `auto` resolved. */
  preConsentFor: (site: Site, country: string) => PublicSiteConfig['preConsent']
  /** What a consent token covers on a site, now. */
  checkConsent: (site: Site, token: string) => ConsentVerdict
  publicConfig: (site: Site, country: string) => PublicSiteConfig
  /** Counts that a choice was offered to somebody, whoever it is. */
  countOffer: (site: Site, facts: { country: string; language: string }) => void
  intake: Intake
  /** Counts what is not stored, or not as it was sent, before that is answered. */
  drops: Pick<DropLedger, 'tally'>
}

/** `/s/<site>.json`; what lies deeper is the application's. */
const SITE_CONFIG = /^\/s\/([^/?]{1,255})\.json(?:\?|$)/
/** Longest user agent that is looked at: parsers have a history of expressions that take long on longer ones. */
const MAX_USER_AGENT = 512
/** Seconds after which a sender should try again when nothing can be kept now. */
const RETRY_AFTER = { 'retry-after': '5' }

export function createIngest(parts: IngestParts): Ingest {
  const later = inOneGo<Arrived>((arrived) => take(parts, arrived))
  return (request, response) => {
    const url = request.url ?? ''
    if (url === '/e' || url.startsWith('/e?')) {
      collect(parts, request, response, later)
      return true
    }
    const site = url.startsWith('/s/') ? SITE_CONFIG.exec(url)?.[1] : undefined
    if (site === undefined) return false
    siteConfig(parts, site, request, response)
    return true
  }
}

/** A request whose body is here in whole. */
interface Arrived {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly body: Buffer
}

/**
 * Does the same thing for all that came in one turn of the event loop, one after the other at its end. So the code of
 * a station meets its caches warm, which the reading of sockets in between cools: measured with 64 connections 49 µs
 * a request instead of 59.
 */
function inOneGo<T>(work: (item: T) => void): (item: T) => void {
  let waiting: T[] = []
  const workOff = (): void => {
    const items = waiting
    waiting = []
    for (const item of items) work(item)
  }
  return (item) => {
    if (waiting.push(item) === 1) setImmediate(workOff)
  }
}

function collect(
  parts: IngestParts,
  request: IncomingMessage,
  response: ServerResponse,
  later: (arrived: Arrived) => void,
): void {
  if (request.method !== 'POST') {
    refuseMethod(parts, request, response)
    return
  }
  const encoding = request.headers['content-encoding']
  if (encoding !== undefined && encoding !== 'identity') {
    // A few bytes can unpack to gigabytes; a page has no reason to compress some hundred bytes.
    refuseUnread(parts, response, 415, 'Send the events uncompressed, without Content-Encoding.', CLOSE)
    return
  }
  readBody(request, MAX_BODY_BYTES, (fault, body) => {
    if (fault === 'aborted') return
    if (fault === 'too-large') {
      refuseUnread(parts, response, 413, `Send at most ${MAX_BODY_BYTES} bytes in one request.`, CLOSE)
      return
    }
    later({ request, response, body })
  })
}

/** From the bytes of a body to the answer. */
function take(parts: IngestParts, { request, response, body }: Arrived): void {
  if (isTooDeep(body)) {
    refuseUnread(
      parts,
      response,
      400,
      'The body is nested too deeply: send an object with version, site and events.',
    )
    return
  }
  let envelope: Envelope
  try {
    envelope = parseEnvelope(body.toString('utf8'))
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    refuseUnread(parts, response, error.status, error.message)
    return
  }
  const site = parts.sites.find(envelope.site)
  const tally = parts.drops.tally(site)
  if (!site) {
    tally.dropped('unknown_site', envelope.events.length)
    const how = 'This site is not registered here: add it with `sluice site add`.'
    answerKept(parts, tally, response, () => refuse(parts, response, 403, how))
    return
  }
  if (!originAllowed(site, request.headers.origin)) {
    tally.dropped('foreign_origin', envelope.events.length)
    const how = 'The page that sends events must be on the site itself: its origin is another.'
    answerKept(parts, tally, response, () => refuse(parts, response, 403, how))
    return
  }
  const facts = readFacts(parts, request)
  parts.watchAddress(facts.ip)
  const day = siteDay(site.timezone, facts.arrivedAt)
  let scrubbed: string[] = []
  const enriched = parts.enrich.request(site, facts, day, (kind) => void scrubbed.push(kind))
  const { consent } = envelope
  const grounds = judgeRequest({
    facts,
    isBot: enriched.isBot,
    mode: parts.preConsentFor(site, enriched.country),
    consent: consent === undefined ? undefined : parts.checkConsent(site, consent),
  })
  const { performance, targeting } = grounds
  if (!performance.kept && !targeting.kept) {
    tally.dropped(performance.reason, envelope.events.length)
    answerKept(parts, tally, response, () => answerTaken(response, 0, envelope.events.length))
    return
  }
  const batch = parts.intake.open()
  let dropped = 0
  const count = (reason: DropReason): void => {
    dropped++
    tally.dropped(reason)
  }
  for (const raw of envelope.events) {
    const admitted = admit(raw, grounds, site, facts, day)
    if (!admitted.kept) {
      count(admitted.reason)
      continue
    }
    scrubbed = []
    const row = enriched.row(admitted.value)
    if (!batch.add(row.eventId, encodeRow(row))) {
      count('duplicate')
      continue
    }
    if (admitted.value.late) tally.late()
    for (const kind of scrubbed) tally.scrubbed(kind)
  }
  batch.commit().then(
    (accepted) => {
      parts.metrics.accepted += accepted
      answerKept(parts, tally, response, () => answerTaken(response, accepted, dropped))
    },
    (error: unknown) => refuseUnkept(parts, response, error),
  )
}

/**
 * Answers once what was counted is on disk. Not before the events are: whoever sends them again after a refusal would be
 * counted twice.
 */
function answerKept(parts: IngestParts, tally: Tally, response: ServerResponse, answer: () => void): void {
  const kept = tally.keep()
  if (kept === undefined) answer()
  else kept.then(answer, (error: unknown) => refuseUnkept(parts, response, error))
}

function refuseUnkept(parts: IngestParts, response: ServerResponse, error: unknown): void {
  parts.log.warn({ err: describe(error) }, 'events could not be kept and were refused with 503')
  refuse(parts, response, 503, 'The events cannot be kept just now: send them again later.', RETRY_AFTER)
}

/** Refuses a request whose events were not looked at, so that nobody knows which site it is about. */
function refuseUnread(parts: IngestParts, response: ServerResponse, ...fault: Fault): void {
  const tally = parts.drops.tally(undefined)
  tally.dropped('unreadable')
  answerKept(parts, tally, response, () => refuse(parts, response, ...fault))
}

/** What a request tells of its sender. */
export function readFacts(
  parts: Pick<IngestParts, 'clientIp' | 'clock'>,
  request: IncomingMessage,
): RequestFacts {
  const { headers } = request
  const purpose =
    headers['sec-purpose'] ?? headers['purpose'] ?? headers['x-moz'] ?? headers['x-purpose'] ?? ''
  return {
    ip: clientIpOf(parts.clientIp, request),
    userAgent: (headers['user-agent'] ?? '').slice(0, MAX_USER_AGENT) as RawUserAgent,
    acceptLanguage: headers['accept-language'] ?? '',
    hints: {
      brands: one(headers['sec-ch-ua']) ?? '',
      platform: one(headers['sec-ch-ua-platform']) ?? '',
      mobile: one(headers['sec-ch-ua-mobile']) ?? '',
    },
    gpc: headers['sec-gpc'] === '1',
    prefetch: purpose !== '' && /prefetch|prerender|preview/i.test(String(purpose)),
    arrivedAt: parts.clock.now(),
  }
}

function siteConfig(
  parts: IngestParts,
  domain: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    refuseMethod(parts, request, response)
    return
  }
  const site = parts.sites.find(domain.toLowerCase())
  if (!site) {
    refuse(parts, response, 404, 'This site is not registered here: add it with `sluice site add`.')
    return
  }
  const facts = readFacts(parts, request)
  const { isBot, country } = parts.enrich.request(site, facts, siteDay(site.timezone, facts.arrivedAt))
  const config = parts.publicConfig(site, country)
  if (config.choice && !isBot && !facts.prefetch) {
    parts.countOffer(site, { country, language: facts.acceptLanguage })
  }
  answerJson(response, 200, config)
}

const CLOSE = { connection: 'close' }

function refuseMethod(parts: IngestParts, request: IncomingMessage, response: ServerResponse): void {
  request.resume()
  if (request.method === 'OPTIONS') {
    response.writeHead(204, {
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': 'content-type',
      'access-control-max-age': '86400',
    })
    response.end()
    return
  }
  refuse(parts, response, 405, 'This address takes events by POST.', { allow: 'POST, OPTIONS' })
}

type Fault = [status: number, message: string, headers?: Record<string, string>]

function refuse(parts: IngestParts, response: ServerResponse, ...[status, message, headers]: Fault): void {
  parts.metrics.fault(status)
  answerFault(response, status, message, headers)
}

function one(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(',') : header
}
