import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import type { Sluice } from '../../tracker/api.ts'
import type { ExpectedRequest } from '../support/browser.ts'
import { servePages, type PageServer } from '../support/pages.ts'
import { createVisits, type Visit } from '../support/visits.ts'
import { bundleAll, SITE, startCollector, type Bundles, type FakeCollector } from './fake-collector.ts'

/** A site, `shop.example`, and two collectors on another host: one for each mode the site may be in. */
export interface Stage {
  readonly anonymous: FakeCollector
  readonly strict: FakeCollector
  readonly pages: PageServer
  /** The site's origin. */
  readonly site: string
  readonly bundles: Bundles
  /** Opens a page of the site as a new visitor, who is gone after the test. */
  readonly visit: Visit
  /** The same in a browser with the back/forward cache, which takes four times as long to open a page. */
  readonly visitWhole: Visit
}

/** Any request to a host that is neither the site nor its collector. */
export const STRANGERS = /^\S+ https?:\/\/(?!(shop|stats)\.example:)/
/** Any event. */
export const EVENTS = /^POST /
/** Anything that asks the collector, apart from the script and the module that follows the choice. */
export const COLLECTOR = /\/\/stats\.example:\d+\/(?!sluice(-choice)?\.js$)/

/**
 * Sets the stage before the tests of a file and clears it afterwards.
 * @param looks visitors look at the page, so that engagement is measured
 */
export function useStage(looks = false): Stage {
  const stage: { -readonly [Key in keyof Stage]?: Stage[Key] } = {}
  const visits = createVisits(() => stage.site, looks)
  stage.visit = visits.visit
  stage.visitWhole = visits.visitWhole
  beforeAll(async () => {
    const bundles = await bundleAll()
    stage.bundles = bundles
    stage.strict = await startCollector(bundles, 'none')
    stage.anonymous = await startCollector(bundles, 'anonymous')
    stage.pages = await servePages({
      '/strict': html(stage.strict.tag()),
      '/open': html(stage.anonymous.tag()),
      '/other': html(stage.anonymous.tag()),
      '/plain': html(''),
    })
    stage.site = stage.pages.origin(SITE)
  })
  afterEach(async () => {
    await visits.leave()
    stage.strict?.forget()
    stage.anonymous?.forget()
    stage.pages?.received.splice(0)
  })
  afterAll(async () => {
    await Promise.all([stage.strict?.close(), stage.anonymous?.close(), stage.pages?.close()])
  })
  return stage as Stage
}

/** A page of the site; `head` holds its script tags. */
export function html(head: string, body = ''): string {
  return `<!doctype html><html lang="en"><head><title>Shop</title>${head}</head><body>
<a id="other" href="/other">Other page</a> <a id="anchor" href="#anchor">Further down</a>${body}</body></html>`
}

/** `window.sluice` once the tracker is there. */
export type PageApi = Sluice

/** A promise that is kept when the test says so. */
export function hold(): { held: Promise<void>; release: () => void } {
  let keep: (() => void) | undefined
  const held = new Promise<void>((resolve) => (keep = resolve))
  return { held, release: () => keep?.() }
}

/** The question for the site's mode. */
export function modeRequest(collector: FakeCollector): ExpectedRequest {
  return { method: 'GET', url: `${collector.url}/s/${SITE}.json` }
}

/** A request with page views; each is given by its address, and its referrer where it has one. */
export function viewRequest(
  collector: FakeCollector,
  ...views: (string | [string, string])[]
): ExpectedRequest {
  const events = views.map((view) => {
    const [url, referrer] = typeof view === 'string' ? [view, ''] : view
    return {
      type: 'pageview',
      id: expect.stringMatching(/^[\d-]{16,43}$/) as string,
      time: expect.any(Number) as number,
      url,
      referrer,
    }
  })
  return { method: 'POST', url: `${collector.url}/e`, body: { version: 1, site: SITE, events } }
}
