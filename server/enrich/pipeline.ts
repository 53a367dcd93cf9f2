import type { ClientIp } from '../../schema/brand.ts'
import type { LoggedClient } from '../../schema/log.ts'
import type { EventRow } from '../../schema/rows.ts'
import type { Site } from '../../schema/site.ts'
import { type Address, parseAddress } from '../address.ts'
import type { AdmittedEvent, Basis, RequestFacts } from '../event.ts'
import type { SiteDay } from '../sites/site-day.ts'
import type { DayKeys } from './day-keys.ts'
import { detailOf } from './detail.ts'
import { type Geo, NOWHERE, type Place } from './geo.ts'
import { normaliseLanguage } from './language.ts'
import type { Networks } from './network.ts'
import { rowOfNobody } from './nobody.ts'
import { readPage } from './page.ts'
import type { CountScrubbed } from './scrub.ts'
import { createHashInput, type HashInput, type Words } from './siphash.ts'
import { type Arrival, readArrival } from './source.ts'
import { type Agent, type AgentReader, createAgentReader, DEVICE_TYPES, NO_AGENT } from './user-agent.ts'
import { type AddressPart, toldVisitorKey, visitorKey, visitorWords } from './visitor.ts'

export interface EnrichParts {
  dayKeys: Pick<DayKeys, 'key'>
  /** 16 bytes under which event ids are hashed; the same for ever, so that a retry counts once. */
  eventIdKey: Uint8Array
  geo: Geo
  networks: Networks
  /** Counts what the scrubber takes out, by kind. */
  scrubbed?: Map<string, number>
  /** Default: a reader of its own. */
  agents?: AgentReader
}

/** What one request tells about all its events; made once, forgotten with the answer. */
export interface EnrichedRequest {
  /** Whether it comes from a robot, for the verdict before its events are looked at. */
  readonly isBot: boolean
  /** ISO 3166-1 alpha-2; empty where unknown. */
  readonly country: string
  /** The event as it is stored. From here on nothing has a field for an address or a user agent. */
  row(event: AdmittedEvent): EventRow
}

export interface Enrich {
  /** The hash under which an event of a site is known by its id. */
  eventId(siteId: number, id: string): bigint
  /** `onScrubbed`: told of each value that is taken out of an event, by its kind, in place of the counter of all. */
  request(site: Site, facts: RequestFacts, day: SiteDay, onScrubbed?: CountScrubbed): EnrichedRequest
  /** The same of what another server has made of its request: address and user agent never came here. */
  told(site: Site, client: LoggedClient, day: SiteDay, onScrubbed?: CountScrubbed): EnrichedRequest
  /** Country of an address, for what depends on the law there; empty where unknown. */
  country(ip: ClientIp): string
  /** What `request` does, step by step: for whoever reads so many requests that he remembers what repeats. */
  readonly steps: EnrichSteps
}

export interface EnrichSteps {
  /** Puts what every event id of a site is hashed with into `input`; its text comes behind it. */
  beginEventId(input: HashInput, siteId: number): void
  /** Hashes the id of an event, as far as it is collected, into `id`. */
  hashEventId(input: HashInput, id: Words): void
  readonly agent: AgentReader
  place(address: Address): Place
  network(address: Address): string
  /** The visitor key into `visitor`; 0 where the day has none. */
  visitor(site: Site, day: SiteDay, address: Address, browser: string, visitor: Words): void
}

/** What a request tells of whoever sent it. */
interface Seen {
  readonly agent: Agent
  readonly place: Place
  readonly network: string
  readonly visitor: bigint
  readonly requestLanguage: string
}

/** What the column holds. */
const MAX_MS = 2 ** 32 - 1

/** A step within the site, and all that is no arrival. */
const NO_ARRIVAL: Arrival = { referrer: '', source: '', channel: '' }
const SCREEN = /^\d{1,5}x\d{1,5}$/
const WORD = 2 ** 32

/**
 * The station between admission and the spool. Of the request: where its address is, whose network that is, what
 * browser it is, whose visitor key it has. Of each event: which page, where from, which campaign.
 */
export function createEnrich({
  dayKeys,
  eventIdKey,
  geo,
  networks,
  scrubbed = new Map(),
  agents = createAgentReader(),
}: EnrichParts): Enrich {
  const input = createHashInput()
  const countForAll: CountScrubbed = (kind) => void scrubbed.set(kind, (scrubbed.get(kind) ?? 0) + 1)

  function hashEventId(siteId: number, id: string): bigint {
    beginEventId(input, siteId)
    input.text(id)
    return input.hash(eventIdKey)
  }

  return {
    eventId: hashEventId,
    country(ip) {
      const address = parseAddress(ip)
      return address ? geo.find(address).country : ''
    },
    request(site, facts, day, count = countForAll) {
      const address = parseAddress(facts.ip)
      const agent = agents(facts)
      const place = address ? geo.find(address) : NOWHERE
      const network = address ? networks.find(address) : ''
      const dayKey = address && dayKeys.key(site.id, day)
      const visitor = address && dayKey ? visitorKey(dayKey, address, addressPart(site), agent.browser) : 0n
      const requestLanguage = normaliseLanguage(facts.acceptLanguage)
      return enriched(site, day, { agent, place, network, visitor, requestLanguage }, count)
    },
    told(site, client, day, count = countForAll) {
      const dayKey = dayKeys.key(site.id, day)
      const device = DEVICE_TYPES.find((known) => known === client.device) ?? 'other'
      const visitor = dayKey && client.visitor !== '' ? toldVisitorKey(dayKey, client.visitor) : 0n
      const seen = { agent: { ...client, device }, place: client, network: client.network, visitor }
      return enriched(site, day, { ...seen, requestLanguage: '' }, count)
    },
    steps: {
      beginEventId,
      hashEventId: (from, id) => from.hashSoFar(eventIdKey, id),
      agent: agents,
      place: geo.find,
      network: networks.find,
      visitor(site, day, address, browser, visitor) {
        const dayKey = dayKeys.key(site.id, day)
        visitor.high = 0
        visitor.low = 0
        if (dayKey) visitorWords(dayKey, address, addressPart(site), browser, visitor)
      },
    },
  }

  function enriched(
    site: Site,
    day: SiteDay,
    { agent, place, network, visitor, requestLanguage }: Seen,
    count: CountScrubbed,
  ): EnrichedRequest {
    return {
      isBot: agent.isBot,
      country: place.country,
      row({ wire, url, timeMs, basis }) {
        const { hostname, page, campaign } = readPage(url, site, count)
        const isRequest = wire.type === 'request'
        // A robot has no browser, whatever it calls itself; what a server tells of nobody came from none.
        const seen = basis === 'server' || (isRequest && agent.isBot) ? NO_AGENT : agent
        const isView = wire.type === 'pageview'
        const isEngagement = wire.type === 'engagement'
        const detail = isEngagement ? undefined : detailOf(wire, site, count)
        if (detail && (wire.type === 'ad' || wire.type === 'trait')) {
          const eventId = hashEventId(site.id, wire.id)
          return rowOfNobody({ site: site.id, eventId, type: wire.type, basis, timeMs, detail }, day)
        }
        const arrival = isView ? readArrival(wire.referrer ?? '', campaign, hostname, site) : NO_ARRIVAL
        const row: EventRow = {
          day: day.day,
          visitor: isRequest ? 0n : visitor,
          timeMs,
          site: site.id,
          eventId: hashEventId(site.id, wire.id),
          type: wire.type,
          collector: basis === 'log' || basis === 'server' ? basis : 'tracker',
          basis,
          hostname,
          page,
          referrer: arrival.referrer,
          source: arrival.source,
          channel: arrival.channel,
          utmSource: campaign.utmSource,
          utmMedium: campaign.utmMedium,
          utmCampaign: campaign.utmCampaign,
          utmTerm: campaign.utmTerm,
          utmContent: campaign.utmContent,
          country: place.country,
          region: place.region,
          city: place.city,
          network,
          browser: seen.browser,
          browserVersion: seen.browserVersion,
          os: seen.os,
          osVersion: seen.osVersion,
          device: seen.device,
          screen: isView ? screenOf(wire.screen, basis) : '',
          language: (isView && normaliseLanguage(wire.language ?? '')) || requestLanguage,
          visibleMs: isEngagement
            ? wire.visibleMs
            : wire.type === 'request'
              ? Math.min(Math.round(wire.duration), MAX_MS)
              : 0,
          scrollPercent: isEngagement ? wire.scrollPercent : 0,
        }
        // Not spread into it: most events have none, and an object without a spread is made quicker.
        if (detail) row.detail = detail
        return row
      },
    }
  }
}

function beginEventId(into: HashInput, siteId: number): void {
  into.word(siteId)
  into.word(siteId / WORD)
}

function addressPart(site: Site): AddressPart {
  return site.preConsent === 'none' ? 'whole' : 'network'
}

/** The size of a screen is a value of the device: before a choice it is not stored, whatever a page sends. */
function screenOf(screen: string | undefined, basis: Basis): string {
  return basis !== 'anonymous' && screen !== undefined && SCREEN.test(screen) ? screen : ''
}
