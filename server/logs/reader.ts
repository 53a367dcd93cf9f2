import type { Site } from '../../schema/site.ts'
import { type Address, parseAddress } from '../address.ts'
import { isSpamHost } from '../collect/spam.ts'
import { type Page, type PageUrl, readPage } from '../enrich/page.ts'
import { NOWHERE, type Place } from '../enrich/geo.ts'
import type { EnrichSteps } from '../enrich/pipeline.ts'
import type { CountScrubbed, ScrubKind } from '../enrich/scrub.ts'
import { createHashInput, type HashInput, type Words } from '../enrich/siphash.ts'
import { NO_CAMPAIGN, readArrival } from '../enrich/source.ts'
import { NO_AGENT } from '../enrich/user-agent.ts'
import { hostOf } from '../host.ts'
import type { SiteDay } from '../sites/site-day.ts'
import { isAnswered, pathKindOf, type RequestKind } from './document.ts'
import type { LogLine } from './line.ts'
import type { LogColumns } from './log-columns.ts'
import { type Logged, nameOf, NO_HINTS, urlOf } from './logged.ts'

/**
 * Reads lines of a log into columns: what readLogged (logged.ts) makes of each, for lines by the million. What lines
 * have in common is anonymised once, and remembered by its text for as long as the lines around it are in memory
 * anyway. An address is looked up anew each time.
 */
export interface LogReader {
  /** Looks at a line; the calls that follow are about it. */
  look(line: LogLine, day: SiteDay): Logged['bucket']
  /** Adds hashes of the address that was asked for and of the referrer, as the line has them. */
  addPrints(input: HashInput): void
  addRequest(id: Words): void
  addPageview(id: Words): void
  /** Goes on with other columns, which are empty. */
  begin(columns: LogColumns): void
}

interface KnownAgent {
  readonly text: string
  readonly number: number
  readonly browser: string
  readonly isBot: boolean
}

interface KnownPage {
  readonly number: number
  readonly page: Page
  /** Pages that a referrer is read alike for have the same. */
  readonly origin: number
  readonly kind: RequestKind
  readonly hasUrl: boolean
  readonly scrubbed: readonly ScrubKind[]
  readonly print: Words
}

interface KnownReferrer {
  readonly text: string
  readonly isSpam: boolean
  /** Numbers of arrivals, by origin. */
  readonly arrivals: (number | undefined)[]
  readonly print: Words
}

/** Names of letters, digits and what an address leaves as it is, none of which begins with a dot. */
const PLAIN_PATH = /^\/(?:[\w~-][\w.~-]*(?:\/|$))*$/
/** Lines after which all is forgotten: a few megabytes of text, as they come from a file at once. */
const REMEMBERED_LINES = 20_000
const NO_AGENT_NUMBER = 0
const NO_ARRIVAL_NUMBER = 0

export function createLogReader(parts: {
  site: Site
  enrich: EnrichSteps
  columns: LogColumns
  onScrubbed: CountScrubbed
}): LogReader {
  const { site, enrich, onScrubbed } = parts
  let { columns } = parts
  let looked = 0
  const agents = new Map<string, KnownAgent>()
  const latestAgents = createLatest<KnownAgent>()
  const pages = new Map<string, KnownPage>()
  const referrers = new Map<string, KnownReferrer>()
  const latestReferrers = createLatest<KnownReferrer>()
  /** Of hosts as addresses write them. */
  const hostnames = new Map<string, string>()
  /** Numbers of what is stored. */
  const origins = new Map<string, number>()
  const places = new Map<Place, Map<string, number>>()
  const days = new Map<string, number>()

  let line: LogLine
  let siteDay: SiteDay
  let agent: KnownAgent
  let page: KnownPage
  let referrer: KnownReferrer
  const visitor: Words = { high: 0, low: 0 }
  const input = createHashInput()

  function forget(): void {
    looked = 0
    agents.clear()
    latestAgents.clear()
    pages.clear()
    referrers.clear()
    latestReferrers.clear()
    hostnames.clear()
  }

  function begin(next: LogColumns): void {
    columns = next
    forget()
    origins.clear()
    places.clear()
    days.clear()
    columns.agent(NO_AGENT)
    columns.arrival({ referrer: '', source: '', channel: '' })
  }

  /** Hashed once for all lines that have it, and not with each of them. */
  function printOf(text: string): Words {
    const print = { high: 0, low: 0 }
    enrich.beginEventId(input, site.id)
    input.text(text)
    enrich.hashEventId(input, print)
    input.wipe()
    return print
  }

  function agentOf(userAgent: LogLine['userAgent']): KnownAgent {
    const latest = latestAgents.find(userAgent)
    if (latest) return latest
    let known = agents.get(userAgent)
    if (!known) {
      const text = copyOf(userAgent)
      const read = enrich.agent({ userAgent: text, hints: NO_HINTS })
      known = { text, number: columns.agent(read), browser: read.browser, isBot: read.isBot }
      agents.set(text, known)
    }
    latestAgents.keep(known)
    return known
  }

  function pageOf({ host, path, query }: LogLine): KnownPage {
    const isBare = host === '' && query === ''
    const key = isBare ? path : `${path}?${query}\n${host}`
    const known = pages.get(key)
    if (known) return known
    const scrubbed: ScrubKind[] = []
    const text = copyOf(path)
    const url = pageUrl({ host: copyOf(host), path: text, query: copyOf(query) })
    const read = readPage(url, site, (kind) => void scrubbed.push(kind))
    const campaign =
      read.campaign === NO_CAMPAIGN ? read.hostname : JSON.stringify([read.hostname, read.campaign])
    let origin = origins.get(campaign)
    if (origin === undefined) origins.set(campaign, (origin = columns.origin(read)))
    const kind = pathKindOf(path, query)
    const print = printOf(`${path}?${query}`)
    const found = {
      number: columns.page(read),
      page: read,
      origin,
      kind,
      hasUrl: url !== undefined,
      scrubbed,
      print,
    }
    pages.set(isBare ? text : copyOf(key), found)
    return found
  }

  /** What `urlOf` says. Most pages are of names that stand in an address as they are: no address is built for them. */
  function pageUrl(asked: Pick<LogLine, 'host' | 'path' | 'query'>): PageUrl | undefined {
    if (asked.query !== '' || !PLAIN_PATH.test(asked.path)) return urlOf(asked, site)
    const name = nameOf(asked.host, site)
    let hostname = hostnames.get(name)
    if (hostname === undefined) {
      hostname = urlOf({ ...asked, path: '/' }, site)?.hostname
      if (hostname === undefined) return undefined
      hostnames.set(name, hostname)
    }
    return { hostname, pathname: asked.path, search: '', hash: '' }
  }

  function referrerOf(text: string): KnownReferrer {
    const latest = latestReferrers.find(text)
    if (latest) return latest
    let known = referrers.get(text)
    if (!known) {
      known = { text: copyOf(text), isSpam: isSpamHost(hostOf(text)), arrivals: [], print: printOf(text) }
      referrers.set(known.text, known)
    }
    latestReferrers.keep(known)
    return known
  }

  function arrivalOf(
    { arrivals }: KnownReferrer,
    { origin, page: { hostname, campaign } }: KnownPage,
  ): number {
    return (arrivals[origin] ??= columns.arrival(
      readArrival(copyOf(line.referrer), campaign, hostname, site),
    ))
  }

  /** Number of where the line came from; its page view follows on its request. */
  function placeOfLine(address: Address | undefined): number {
    return address ? placeOf(enrich.place(address), enrich.network(address)) : placeOf(NOWHERE, '')
  }

  function placeOf(place: Place, network: string): number {
    let networks = places.get(place)
    if (!networks) places.set(place, (networks = new Map()))
    let number = networks.get(network)
    if (number === undefined) networks.set(network, (number = columns.place({ ...place, network })))
    return number
  }

  function dayOf({ day }: SiteDay): number {
    let number = days.get(day)
    if (number === undefined) days.set(day, (number = columns.day(day)))
    return number
  }

  begin(columns)
  return {
    begin,
    look(next, day) {
      if (looked++ >= REMEMBERED_LINES) forget()
      line = next
      siteDay = day
      agent = agentOf(line.userAgent)
      page = pageOf(line)
      referrer = referrerOf(line.referrer)
      page.scrubbed.forEach(onScrubbed)
      if ((line.tellsAgent && agent.isBot) || referrer.isSpam) return 'bots'
      const { kind } = page
      if (kind === 'other' || !isAnswered(line)) return 'other'
      if (kind === 'asset') return 'assets'
      if (line.method !== 'GET' || !page.hasUrl) return 'other'
      page.scrubbed.forEach(onScrubbed)
      return 'pageviews'
    },
    addPrints(into) {
      into.word(page.print.high)
      into.word(page.print.low)
      into.word(referrer.print.high)
      into.word(referrer.print.low)
    },
    addRequest(id) {
      const address = parseAddress(line.address)
      const place = placeOfLine(address)
      columns.addRequest(line, id, {
        day: dayOf(siteDay),
        origin: page.origin,
        page: page.number,
        arrival: NO_ARRIVAL_NUMBER,
        place,
        agent: agent.isBot ? NO_AGENT_NUMBER : agent.number,
      })
    },
    addPageview(id) {
      const address = parseAddress(line.address)
      visitor.high = 0
      visitor.low = 0
      if (address) enrich.visitor(site, siteDay, address, agent.browser, visitor)
      const place = placeOfLine(address)
      columns.addPageview(line, id, visitor, {
        day: dayOf(siteDay),
        origin: page.origin,
        page: page.number,
        arrival: arrivalOf(referrer, page),
        place,
        agent: agent.number,
      })
    },
  }
}

/** Of the texts that came last, of which lines have few at a time: to compare a long one is quicker than to hash it for a map. */
function createLatest<Known extends { readonly text: string }>() {
  const latest: (Known | undefined)[] = Array.from({ length: LATEST }, () => undefined)
  return {
    find(text: string): Known | undefined {
      const one = latest[placeOfText(text)]
      return one?.text === text ? one : undefined
    },
    keep(known: Known): void {
      latest[placeOfText(known.text)] = known
    },
    clear: () => void latest.fill(undefined),
  }
}

const LATEST = 64

/** Texts of browsers differ in length and around their versions. An empty one has no characters, and is at 0. */
function placeOfText(text: string): number {
  const { length } = text
  return (
    ((length + 7 * text.charCodeAt(length >> 1) + 31 * text.charCodeAt(length - (length >> 2))) % LATEST) | 0
  )
}

/** A text of its own: a piece of a longer one, remembered or stored, would keep all of it in memory. */
function copyOf<T extends string>(text: T): T {
  if (text === '') return text
  if (MAX_UTF8 * text.length > copying.length) return Buffer.from(text).toString() as T
  const bytes = copying.write(text)
  const copy = copying.toString('utf8', 0, bytes)
  copying.fill(0, 0, bytes)
  return copy as T
}

/** Where texts are copied, since a buffer for each costs more than the copy. Nothing stays in it. */
const copying = Buffer.alloc(4_096)
/** Bytes of a UTF-16 unit. */
const MAX_UTF8 = 3
