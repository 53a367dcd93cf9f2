import type { Site } from '../../schema/site.ts'
import { trimHost } from '../host.ts'
import { type CountScrubbed, scrubPath } from './scrub.ts'
import { type Campaign, NO_CAMPAIGN, readCampaign } from './source.ts'

/** What is stored of the address of a page. */
export interface Page {
  readonly hostname: string
  /** Empty where the event is of none. */
  readonly page: string
  readonly campaign: Campaign
}

/** What is read of the address of a page. */
export type PageUrl = Pick<URL, 'hostname' | 'pathname' | 'search' | 'hash'>

export function readPage(url: PageUrl | undefined, site: Pick<Site, 'domain'>, count: CountScrubbed): Page {
  if (!url) return { hostname: site.domain, page: '', campaign: NO_CAMPAIGN }
  const campaign = readCampaign(url, count)
  // The tracker sends a fragment only where the site routes by it.
  return { hostname: trimHost(url.hostname), page: scrubPath(url, count, 'route'), campaign }
}
