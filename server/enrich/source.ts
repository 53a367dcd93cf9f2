import { hostOf, isUnder } from '../host.ts'
import { channelOf } from './channel.ts'
import { type CountScrubbed, MAX_CAMPAIGN, scrubText } from './scrub.ts'
import { findNamedSource, findSource } from './sources/table.ts'

/** Where a page view came from, as it is stored. Of the referrer only its host, of the query only the campaign. */
export interface Arrival {
  referrer: string
  source: string
  channel: string
}

/** The campaign parameters that a page's address may carry, scrubbed. Nothing else of a query is ever read. */
export interface Campaign {
  utmSource: string
  utmMedium: string
  utmCampaign: string
  utmTerm: string
  utmContent: string
  /** `ref` or `source`: a source named without a campaign. */
  ref: string
}

export const NO_CAMPAIGN: Campaign = {
  utmSource: '',
  utmMedium: '',
  utmCampaign: '',
  utmTerm: '',
  utmContent: '',
  ref: '',
}
const HAS_CAMPAIGN = /[?&](?:utm_|ref=|source=)/
/** An address of a machine is no name; and no address is stored. */
const NUMERIC_HOST = /^[\d.]+$|^\[/
const INTERNAL: Arrival = { referrer: '', source: '', channel: '' }
const DIRECT: Arrival = { referrer: '', source: 'Direct', channel: 'Direct' }

export function readCampaign(url: Pick<URL, 'search'>, count?: CountScrubbed): Campaign {
  const { search } = url
  if (search === '' || !HAS_CAMPAIGN.test(search)) return NO_CAMPAIGN
  const parameters = new URLSearchParams(search)
  const value = (name: string): string => cleanCampaign(parameters.get(name), count)
  return {
    utmSource: value('utm_source'),
    utmMedium: value('utm_medium'),
    utmCampaign: value('utm_campaign'),
    utmTerm: value('utm_term'),
    utmContent: value('utm_content'),
    ref: value('ref') || value('source'),
  }
}

const CONTROLS = /\p{Cc}/gu

function cleanCampaign(raw: string | null, count: CountScrubbed | undefined): string {
  if (raw === null || raw === '') return ''
  const text = raw.replace(CONTROLS, '').trim()
  return scrubText(text.slice(0, 4 * MAX_CAMPAIGN), count)
    .slice(0, MAX_CAMPAIGN)
    .replace(/\p{Cs}$/u, '')
}

/**
 * @param pageHost host of the page, to know a step within the site
 * @param domain the site's domain
 */
export function readArrival(
  referrer: string,
  campaign: Campaign,
  pageHost: string,
  site: { readonly domain: string; readonly subdomains: boolean },
): Arrival {
  const host = withoutWww(referrer === '' ? '' : hostOf(referrer))
  const isInternal =
    host !== '' &&
    (host === withoutWww(pageHost) ||
      host === withoutWww(site.domain) ||
      (site.subdomains && isUnder(host, site.domain)))
  const hasCampaign = campaign.utmSource !== '' || campaign.utmMedium !== '' || campaign.utmCampaign !== ''
  // Sites use `ref` for links among their own pages too: within the site only a campaign counts.
  if (isInternal && !hasCampaign) return INTERNAL
  const named = campaign.utmSource || campaign.ref
  if (host === '' && !hasCampaign && named === '') return DIRECT
  const external = isInternal ? '' : NUMERIC_HOST.test(host) ? ':ip' : host
  const known =
    named === ''
      ? external === ''
        ? undefined
        : findSource(external, pathOf(referrer))
      : findNamedSource(named)
  const source = known?.name ?? (named || external || 'Direct')
  return {
    referrer: external,
    source,
    channel: channelOf((named || external).toLowerCase(), campaign.utmMedium.toLowerCase(), known?.kind),
  }
}

function withoutWww(host: string): string {
  return host.startsWith('www.') ? host.slice(4) : host
}

/** Path of a referrer: read for the sources that share a host, never stored. Most browsers send none. */
function pathOf(referrer: string): string {
  const start = referrer.indexOf('/', referrer.indexOf('://') + 3)
  if (start < 0) return ''
  const end = referrer.slice(start).search(/[?#]/)
  return end < 0 ? referrer.slice(start) : referrer.slice(start, start + end)
}
