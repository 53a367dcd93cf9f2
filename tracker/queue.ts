import { rest } from './rest.ts'
import { folder, options } from './script.ts'
import { settleTime } from './clock.ts'
import type { WireBatch, WireEvent } from '../schema/event.ts'
import type { PageChoice } from './choice.ts'
import type { PublicSiteConfig } from '../schema/site.ts'
import { MAX_WAITING } from './limits.ts'
import { pageName } from './page.ts'
import { config, mode } from './mode.ts'
import { request } from './transport.ts'

/** An event without what all have: a time and an id. */
type Unstamped<Event> = Event extends WireEvent ? Omit<Event, 'id' | 'time'> : never

/** Takes an event. One that has an id keeps it. */
export type Add = (event: Unstamped<WireEvent> | WireEvent) => void

let waiting: WireEvent[] = []
/** What the last request took along. */
let leaving: WireEvent[] = []
/** In a row. While there are any, a rest or another try is under way, and what is not urgent waits for it. */
let failures = 0
/** What follows the choice, once it is here; undefined before the page begins. */
let followed: Promise<PageChoice | void> | undefined

/**
 * Takes an event, which leaves with the others of this tick, or after a failure with the next try; the first ones with
 * those of what follows the choice, once it is here. Events wait in memory only: before a choice for the site's mode, after
 * one for the token, then for the collector. A retry carries the same ids, so that an event counts once.
 */
export const add: Add = (event) => {
  // crypto.randomUUID does not exist on pages that come over plain http.
  waiting = [
    ...waiting,
    { id: crypto.getRandomValues(new Uint32Array(4)).join('-'), time: Date.now(), ...event },
  ].slice(-MAX_WAITING)
  if (!failures) void followed?.then(flush)
}

/**
 * Lets go what may leave now, even during a rest. Where nothing may be measured the last event alone is remembered,
 * while its page is shown: it is sent if the visitor agrees on this very page, and otherwise it never leaves.
 */
export async function flush(): Promise<void> {
  // Whatever may have changed: from now on the page may be measured, or not.
  const consent = settleTime()
  const events = waiting
  if (consent === 'none') waiting = events.slice(-1)
  // Nobody has seen a page that is rendered ahead of time: there all wait.
  else if (consent && events[0] && !document.prerendering) {
    leaving = events
    waiting = []
    try {
      const batch: WireBatch = {
        version: 1,
        site: options.site,
        ...(consent !== 'anonymous' && { consent }),
        events,
      }
      const answer = await request('e', batch)
      failures = 0
      void followed?.then((choice) => choice?.answered(answer, batch))
    } catch (fault) {
      waiting = [...events, ...waiting]
      await rest(fault, ++failures)
    }
    void flush()
  }
}

/** Asks the site what may be measured, and what there is to choose, until it answers. */
export async function open(): Promise<void> {
  try {
    Object.assign(config, await (await request('s/' + options.site + '.json')).json())
    failures = 0
    void flush()
    void followed?.then((choice) => choice?.ask(config as PublicSiteConfig))
  } catch (fault) {
    await rest(fault, ++failures)
    void open()
  }
}

/**
 * Loads what follows the choice and is the page's API: `sluice-choice.js`, or `sluice-measured.js` where the page may be
 * measured. Nothing comes of it where it cannot be had: the browser has told why, nothing is asked then, and nothing is
 * granted.
 */
export function follow(): void {
  // A token is longer than the name of any mode.
  const file = mode()?.[9] ? 'sluice-measured.js' : 'sluice-choice.js'
  followed = (import(folder + file) as Promise<typeof import('./choice.ts')>).then(
    (choice) =>
      choice.follow(
        options,
        request,
        add,
        flush,
        open,
        pageName,
        // What a healthy collector was sent a moment ago has arrived: a page sends its last words when it goes away.
        () => (failures ? [...leaving, ...waiting] : waiting),
      ),
    () => {},
  )
}
