import { WIRE_VERSION, type CollectAnswer, type WireBatch, type WireEvent } from '../schema/event.ts'
import type { PublicSiteConfig } from '../schema/site.ts'
import { readChoice } from './gate.ts'
import { MAX_WAITING } from './limits.ts'
import { rest, type Request } from './transport.ts'

export interface Queue {
  /** Takes an event. It leaves with the others of this tick, or after a failure with the next try. */
  readonly add: (event: WireEvent) => void
  /** Lets go what may leave now, even during a rest. */
  readonly flush: () => Promise<void>
  /** Asks for the site's mode, and calls back where there is something to choose. */
  readonly open: (ask: (config: PublicSiteConfig) => Promise<unknown>) => Promise<void>
}

/**
 * Events wait in memory only: before a choice for the site's mode, after one for the token, then for the collector. A
 * retry carries the same ids, so that an event counts once.
 *
 * Where nothing may be measured the last event alone is remembered, while its page is shown: it is sent if the visitor
 * agrees on this very page, and otherwise it never leaves.
 *
 * @param renew gets another token in place of the one that the collector did not accept
 */
export function createQueue(site: string, request: Request, renew: () => Promise<unknown>): Queue {
  let waiting: WireEvent[] = []
  let config: PublicSiteConfig | undefined
  /** In a row. While there are any, a rest or another try is under way, and what is not urgent waits for it. */
  let failures = 0
  /** Once a page: events can be dropped for other reasons than their token. */
  let hasRenewed = false

  async function flush(): Promise<void> {
    const { categories, token, ask } = readChoice()
    const isGranted = categories.includes('performance')
    // Nobody has seen a page that is rendered ahead of time: there all wait.
    const mode =
      !document.prerendering &&
      (isGranted ? token : ask && !navigator.globalPrivacyControl ? config?.preConsent : 'none')
    const events = waiting
    if (mode === 'none') waiting = events.slice(-1)
    else if (mode && events[0]) {
      waiting = []
      try {
        const batch: WireBatch = { version: WIRE_VERSION, site, ...(isGranted && { consent: mode }), events }
        const answer = await request('e', batch)
        if (isGranted && !hasRenewed && ((await answer.json()) as CollectAnswer).dropped) {
          hasRenewed = true
          throw renew
        }
        failures = 0
      } catch (fault) {
        waiting = [...events, ...waiting]
        failures++
        await (fault === renew ? renew() : rest(fault, failures))
      }
      void flush()
    }
  }

  async function open(ask: (config: PublicSiteConfig) => Promise<unknown>): Promise<void> {
    try {
      config = (await (await request(`s/${site}.json`)).json()) as PublicSiteConfig
      failures = 0
      void flush()
      if (config.choice) void ask(config)
    } catch (fault) {
      await rest(fault, ++failures)
      void open(ask)
    }
  }

  return {
    add(event) {
      waiting = [...waiting, event].slice(-MAX_WAITING)
      if (!failures) setTimeout(flush)
    },
    flush,
    open,
  }
}
