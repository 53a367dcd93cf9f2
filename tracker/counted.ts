import type { WireAd, WireBatch, WireTrait } from '../schema/event.ts'
import type { Choice } from './gate.ts'
import type { IsGranted } from './kept.ts'
import { MAX_WAITING } from './limits.ts'
import { rest } from './rest.ts'
import type { Request } from './transport.ts'

type Bare<Event> = Event extends unknown ? Omit<Event, 'id' | 'time' | 'url'> : never
/** Tells the collector of an ad or a trait, which it keeps of nobody. */
export type TellOfNobody = (event: Bare<WireAd | WireTrait>) => void

/**
 * Sends what is counted under `targeting` alone, each by itself: not with page views, nor with the address of the page.
 * It is tried again with rests between, as long as the page and the consent are there; what waits is bounded and tried
 * again together, after one rest for all.
 *
 * @param choice the choice as it stands, read anew: a token can still be on its way
 * @param note hears of what was sent
 */
export function createTellOfNobody(
  site: string,
  request: Request,
  choice: () => Choice,
  isGranted: IsGranted,
  note: (batch: WireBatch) => void,
): TellOfNobody {
  let waiting: (WireAd | WireTrait)[] = []
  let failures = 0
  let resting: Promise<void> | undefined

  async function send(event: WireAd | WireTrait): Promise<void> {
    if (!isGranted('targeting')) return
    try {
      const { token } = choice()
      if (!token) throw event
      const batch: WireBatch = { version: 1, site, consent: token, events: [event] }
      // To its end: a browser lets only 64 kB of requests that outlive the page be under way together.
      await (await request('e', batch)).text()
      failures = 0
      note(batch)
    } catch (fault) {
      waiting = [...waiting, event].slice(-MAX_WAITING)
      resting ??= rest(fault, failures++).then(() => {
        const again = waiting
        waiting = []
        resting = undefined
        for (const one of again) void send(one)
      })
    }
  }
  return (bare) => {
    const id = crypto.getRandomValues(new Uint32Array(4)).join('-')
    void send({ id, time: Date.now(), url: location.origin, ...bare })
  }
}
