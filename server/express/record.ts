import { randomBytes, randomFillSync } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { RawUserAgent } from '../../schema/brand.ts'
import type { LoggedClient, WireLog } from '../../schema/log.ts'
import { parseAddress } from '../address.ts'
import { NOWHERE, type Geo } from '../enrich/geo.ts'
import type { Networks } from '../enrich/network.ts'
import { scrubPath } from '../enrich/scrub.ts'
import { readCampaign } from '../enrich/source.ts'
import { createAgentReader } from '../enrich/user-agent.ts'
import { visitorKey } from '../enrich/visitor.ts'
import { hostOf, parseUrl } from '../host.ts'
import { isFeed } from '../logs/document.ts'
import { siteDay } from '../sites/site-day.ts'

/**
 * The anonymizer of requests, in the process of the site: from here on nothing holds an address or a user agent, so that
 * neither is in what is kept on disk and sent.
 */
export interface RecordReader {
  /** The line of a request that was answered. */
  read(answered: Answered): WireLog
  /** Destroys the key of the day. */
  close(): void
}

export interface Answered {
  readonly request: IncomingMessage
  /** As the application knows it: behind a proxy, what it was told to trust. */
  readonly address: string
  /** Path and query as they came, before any router took a part of it. */
  readonly target: string
  /** 0: the connection ended before there was an answer. */
  readonly status: number
  readonly bytes: number
  /** Milliseconds. */
  readonly duration: number
  /** Unix milliseconds. */
  readonly time: number
}

export function createRecordReader(parts: {
  readonly geo: Geo
  readonly networks: Networks
  readonly timezone: string
}): RecordReader {
  const { geo, networks, timezone } = parts
  const agents = createAgentReader()
  const key = new Uint8Array(new ArrayBuffer(32))
  let keyDay = ''

  /** A key of today: what was told apart yesterday is not today. */
  function dayKey(time: number): Uint8Array {
    const { day } = siteDay(timezone, time)
    if (day !== keyDay) {
      randomFillSync(key)
      keyDay = day
    }
    return key
  }

  function clientOf({ request, address: text, time }: Answered): LoggedClient {
    const header = (name: string): string => String(request.headers[name] ?? '')
    const { browser, browserVersion, os, osVersion, device, isBot } = agents({
      userAgent: header('user-agent') as RawUserAgent,
      hints: {
        brands: header('sec-ch-ua'),
        platform: header('sec-ch-ua-platform'),
        mobile: header('sec-ch-ua-mobile'),
      },
    })
    const address = parseAddress(text)
    const { country, region, city } = address ? geo.find(address) : NOWHERE
    return {
      browser,
      browserVersion,
      os,
      osVersion,
      device,
      isBot,
      country,
      region,
      city,
      network: address ? networks.find(address) : '',
      visitor: address
        ? visitorKey(dayKey(time), address, 'network', browser).toString(16).padStart(16, '0')
        : '',
    }
  }

  return {
    read(answered) {
      const { request, target, status, bytes, duration, time } = answered
      return {
        id: randomBytes(16).toString('base64url'),
        time,
        method: (request.method ?? '').slice(0, 20),
        url: urlOf(target),
        status,
        bytes,
        referrer: referrerOf(request.headers.referer ?? ''),
        duration: Math.round(duration),
        client: clientOf(answered),
      }
    },
    close: () => void key.fill(0),
  }
}

const PARAMETERS = [
  ['utm_source', 'utmSource'],
  ['utm_medium', 'utmMedium'],
  ['utm_campaign', 'utmCampaign'],
  ['utm_term', 'utmTerm'],
  ['utm_content', 'utmContent'],
  ['ref', 'ref'],
] as const

/** The path without what is personal, and of the query the campaign and whether it asks for a feed. */
function urlOf(target: string): string {
  const url = parseUrl(`https://localhost${target.startsWith('/') ? target : '/'}`)
  if (!url) return '/'
  const campaign = readCampaign(url)
  const query = new URLSearchParams()
  for (const [name, field] of PARAMETERS) if (campaign[field] !== '') query.set(name, campaign[field])
  if (isFeed(url.search.slice(1))) query.set('feed', '1')
  const path = scrubPath(url)
  // The page as it is stored is decoded: what would end a path is not left as it is.
  const encoded = path.replace(/[?#\s]/g, encodeURIComponent)
  return query.size === 0 ? encoded : `${encoded}?${query.toString()}`
}

/** Of a referrer its host; one that is an address is none. */
function referrerOf(referrer: string): string {
  const host = referrer === '' ? '' : hostOf(referrer)
  return host === '' || /^[\d.]+$|^\[/.test(host) ? '' : `https://${host}/`
}
