import type { Browser, BrowserContextOptions } from 'playwright-core'
import { lookAway, openVisitor, sharedBrowser, sharedWholeBrowser, type Visitor } from './browser.ts'

/** Opens a page of the site as a new visitor, who is gone after the test. */
export type Visit = (
  path?: string,
  options?: BrowserContextOptions,
  prepare?: (visitor: Visitor) => Promise<unknown>,
) => Promise<Visitor>

export interface Visits {
  readonly visit: Visit
  /** The same in a browser with the back/forward cache, which takes four times as long to open a page. */
  readonly visitWhole: Visit
  /** All visitors go: after each test. */
  leave(): Promise<void>
}

/**
 * @param site its origin, once it is there
 * @param looks visitors look at the page, so that engagement is measured
 */
export function createVisits(site: () => string | undefined, looks: boolean): Visits {
  const visitors: Visitor[] = []
  const visitIn =
    (browser: () => Promise<Browser>): Visit =>
    async (path = '/page', options, prepare) => {
      const visitor = await openVisitor(await browser(), options)
      visitors.push(visitor)
      if (!looks) await visitor.context.addInitScript(lookAway)
      await prepare?.(visitor)
      await visitor.page.goto(new URL(path, site()).href)
      return visitor
    }
  return {
    visit: visitIn(sharedBrowser),
    visitWhole: visitIn(sharedWholeBrowser),
    leave: async () => {
      await Promise.all(visitors.splice(0).map((visitor) => visitor.leave()))
    },
  }
}
