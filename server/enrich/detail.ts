import { FIRSTS, type WireAd } from '../../schema/event.ts'
import type { EventDetail } from '../../schema/rows.ts'
import type { Site } from '../../schema/site.ts'
import type { AdmittedEvent } from '../event.ts'
import { parseUrl, trimHost } from '../host.ts'
import { MAX_PAGE, type CountScrubbed, scrubPath, scrubText } from './scrub.ts'

/**
 * What only some kinds of events have, scrubbed: the station's part that knows them one by one. Page views and
 * engagement, which are nearly all events, have none of it.
 */
export function detailOf(
  wire: AdmittedEvent['wire'],
  site: Site,
  count: CountScrubbed,
): EventDetail | undefined {
  const fields = fieldsOf(wire, site, count)
  return fields === NONE ? undefined : { ...EMPTY, ...fields }
}

const EMPTY: EventDetail = { name: '', value: 0, revenue: '0', currency: '', props: {}, status: 0 }
const NONE: Partial<EventDetail> = {}
const MAX_VALUE = 2 ** 32 - 1

function fieldsOf(wire: AdmittedEvent['wire'], site: Site, count: CountScrubbed): Partial<EventDetail> {
  switch (wire.type) {
    case 'engagement':
      return NONE
    case 'pageview':
      return wire.status === undefined || wire.status < 400 ? NONE : { status: wire.status }
    case 'event':
      return {
        name: scrubText(wire.name, count),
        props: propsOf(wire.props, site, count),
        ...(wire.revenue && { revenue: wire.revenue.amount, currency: wire.revenue.currency }),
      }
    case 'beacon':
      return { name: scrubText(wire.name, count) }
    case 'click':
      return { name: scrubText(wire.element, count) }
    case 'outbound':
    case 'download':
      return { name: targetOf(wire.link, site, count) }
    case 'form':
      return { name: scrubText(wire.form, count) }
    case 'error':
      return { name: errorOf(wire.message, wire.place, count) }
    case 'vital':
      return {
        name: wire.vital,
        value: Math.round(wire.vital === 'CLS' ? wire.value * 1_000 : wire.value),
      }
    case 'feedback':
      return { name: scrubText(wire.comment ?? '', count), value: wire.score }
    case 'request':
      return { name: wire.method, value: Math.min(wire.bytes, MAX_VALUE), status: wire.status }
    case 'call':
      return { name: wire.outcome, value: wire.duration, props: { direction: wire.direction } }
    case 'ad':
      return adOf(wire, count)
    case 'trait':
      return { name: wire.trait, props: { value: wire.value } }
    case 'visit':
    default:
      return {
        name: wire.cohort,
        value: wire.first.reduce((bits, unit) => bits | (1 << FIRSTS.indexOf(unit)), 0),
        props: wire.recency === undefined ? {} : { recency: wire.recency },
      }
  }
}

/** A conversion is as many touches as came before it; everything else is one. */
function adOf(
  { action, campaign, event = '', touches = 1, days = 0 }: WireAd,
  count: CountScrubbed,
): Partial<EventDetail> {
  const name = scrubText(campaign, count)
  if (action !== 'conversion') return { name, value: 1, props: { action } }
  return { name, value: touches, props: { action, event: scrubText(event, count), days: String(days) } }
}

/** The properties that the site has declared, as text. The others are counted, and nothing else of them is kept. */
function propsOf(
  sent: Readonly<Record<string, string | number | boolean>> = {},
  site: Site,
  count: CountScrubbed,
): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const [name, value] of Object.entries(sent)) {
    if (!site.properties.includes(name)) count('property')
    else if (value !== '') kept[name] = scrubText(String(value), count)
  }
  return kept
}

/** Where a link leads: its path, and its host where that is another's. Nothing of the query, as of every address. */
function targetOf(link: string, site: Site, count: CountScrubbed): string {
  const url = parseUrl(link)
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') return ''
  const host = trimHost(url.hostname)
  const path = scrubPath(url, count)
  return (host === site.domain ? path : host + path).slice(0, MAX_PAGE)
}

/** An error's message and place, in which nothing tells one visitor's from another's: addresses lose their queries. */
function errorOf(message: string, place: string | undefined, count: CountScrubbed): string {
  const said = scrubText(
    message.replaceAll(LINK, (link) => withoutQuery(link)),
    count,
  )
  return place === undefined || place === '' ? said : `${said} (${scrubText(withoutQuery(place), count)})`
}

const LINK = /https?:\/\/[^\s"'<>)]+/g

function withoutQuery(link: string): string {
  // Line and column stand behind the query, where there is one.
  return link.replace(/[?#][^:\s]*/, '')
}
