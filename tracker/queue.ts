import { WIRE_VERSION, type WireBatch, type WireEvent } from '../schema/event.ts'
import type { PublicSiteConfig } from '../schema/site.ts'
import { FIRST_REST_MS, MAX_TRIES, MAX_WAITING } from './limits.ts'
import type { Options } from './script.ts'
import { request } from './transport.ts'

export interface Queue {
  /** Takes an event. It leaves with the others of this tick, or after a failure with the next try. */
  readonly add: (event: WireEvent) => void
  /** Asks for the site's mode, and lets the events leave or, where nothing is measured before a choice, fall. */
  readonly open: () => Promise<void>
}

/**
 * Events wait in memory only, first for the site's mode, then for the collector. A retry carries the same ids, so that
 * an event counts once. When the page is hidden what waits leaves at once, even during a rest: it may be the last chance.
 */
export function createQueue({ site, api }: Options, src: string): Queue {
  const collector = (api ?? src.replace(/[^/]*$/, '')).replace(/\/?$/, '/')
  let waiting: WireEvent[] = []
  let mode: PublicSiteConfig['preConsent'] | undefined
  /** In a row. While there are any, a rest or another try is under way, and what is not urgent waits for it. */
  let failures = 0

  /**
   * Rests after a failure: as long as Retry-After says, else a time that doubles with each failure in a row and is
   * spread by chance, so that pages do not return all at once. After the last try until a network comes back.
   */
  function rest(fault: unknown): Promise<unknown> {
    const seconds = Number((fault as Partial<Response>).headers?.get('Retry-After'))
    return new Promise((resolve) => {
      addEventListener('online', resolve)
      if (++failures < MAX_TRIES) {
        setTimeout(resolve, seconds * 1_000 || FIRST_REST_MS * 2 ** failures * (1 + Math.random()))
      }
    })
  }

  async function flush(): Promise<void> {
    const events = waiting
    if (mode && events.length) {
      waiting = []
      try {
        if (mode === 'anonymous') {
          const batch = { version: WIRE_VERSION, site, events } satisfies WireBatch
          await request(`${collector}e`, JSON.stringify(batch))
        }
        failures = 0
      } catch (fault) {
        waiting = [...events, ...waiting]
        await rest(fault)
      }
      void flush()
    }
  }

  async function open(): Promise<void> {
    try {
      const answer = await request(`${collector}s/${site}.json`)
      mode = ((await answer?.json()) as PublicSiteConfig | undefined)?.preConsent
      failures = 0
      void flush()
    } catch (fault) {
      await rest(fault)
      void open()
    }
  }

  addEventListener('visibilitychange', () => {
    if (document.hidden) void flush()
  })
  return {
    add(event) {
      waiting = [...waiting, event].slice(-MAX_WAITING)
      if (!failures) setTimeout(flush)
    },
    open,
  }
}
