import type { ClientIp } from '../../schema/brand.ts'
import type { EventRow } from '../../schema/rows.ts'
import type { Site } from '../../schema/site.ts'
import { parseAddress } from '../address.ts'
import type { AdmittedEvent, Basis, RequestFacts } from '../event.ts'
import { trimHost } from '../host.ts'
import type { SiteDay } from '../sites/site-day.ts'
import type { DayKeys } from './day-keys.ts'
import { detailOf } from './detail.ts'
import { type Geo, NOWHERE } from './geo.ts'
import { normaliseLanguage } from './language.ts'
import type { Networks } from './network.ts'
import { type CountScrubbed, scrubPath } from './scrub.ts'
import { createHashInput } from './siphash.ts'
import { type Arrival, NO_CAMPAIGN, readArrival, readCampaign } from './source.ts'
import { type AgentReader, createAgentReader } from './user-agent.ts'
import { type AddressPart, visitorKey } from './visitor.ts'

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
  request(site: Site, facts: RequestFacts, day: SiteDay): EnrichedRequest
  /** Country of an address, for what depends on the law there; empty where unknown. */
  country(ip: ClientIp): string
}

/** A step within the site, and all that is no arrival. */
const NO_ARRIVAL: Arrival = { referrer: '', source: '', channel: '' }
const NO_AGENT = { browser: '', browserVersion: '', os: '', osVersion: '', device: '' }
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
  const count: CountScrubbed = (kind) => void scrubbed.set(kind, (scrubbed.get(kind) ?? 0) + 1)

  function hashEventId(siteId: number, id: string): bigint {
    input.word(siteId)
    input.word(siteId / WORD)
    input.text(id)
    return input.hash(eventIdKey)
  }

  return {
    eventId: hashEventId,
    country(ip) {
      const address = parseAddress(ip)
      return address ? geo.find(address).country : ''
    },
    request(site, facts, day) {
      const address = parseAddress(facts.ip)
      const agent = agents(facts)
      const place = address ? geo.find(address) : NOWHERE
      const network = address ? networks.find(address) : ''
      const dayKey = address && dayKeys.key(site.id, day)
      const visitor = address && dayKey ? visitorKey(dayKey, address, addressPart(site), agent.browser) : 0n
      const requestLanguage = normaliseLanguage(facts.acceptLanguage)

      return {
        isBot: agent.isBot,
        country: place.country,
        row({ wire, url, timeMs, basis }) {
          const hostname = url ? trimHost(url.hostname) : site.domain
          const campaign = url ? readCampaign(url, count) : NO_CAMPAIGN
          const isRequest = wire.type === 'request'
          // A robot has no browser, whatever it calls itself; what a server tells of nobody came from none.
          const seen = basis === 'server' || (isRequest && agent.isBot) ? NO_AGENT : agent
          const isView = wire.type === 'pageview'
          const isEngagement = wire.type === 'engagement'
          const detail = isEngagement ? undefined : detailOf(wire, site, count)
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
            // The tracker sends a fragment only where the site routes by it.
            page: url ? scrubPath(url, count, 'route') : '',
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
            visibleMs: isEngagement ? wire.visibleMs : 0,
            scrollPercent: isEngagement ? wire.scrollPercent : 0,
          }
          // Not spread into it: most events have none, and an object without a spread is made quicker.
          if (detail) row.detail = detail
          return row
        },
      }
    },
  }
}

function addressPart(site: Site): AddressPart {
  return site.preConsent === 'none' ? 'whole' : 'network'
}

/** The size of a screen is a value of the device: before a choice it is not stored, whatever a page sends. */
function screenOf(screen: string | undefined, basis: Basis): string {
  return basis !== 'anonymous' && screen !== undefined && SCREEN.test(screen) ? screen : ''
}
