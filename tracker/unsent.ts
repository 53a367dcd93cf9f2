import type { WireEvent } from '../schema/event.ts'
import type { Add } from './queue.ts'
import { UNSENT_KEY } from '../schema/consent.ts'

/**
 * Keeps for the next page what a page could not deliver, in `sessionStorage`: this tab, and no longer than it. The
 * events keep their ids, so that one which did arrive counts once.
 */
export function keepUnsent(undelivered: () => WireEvent[], isGranted: () => boolean, add: Add): void {
  attempt(() => {
    const kept = sessionStorage.getItem(UNSENT_KEY)
    if (kept) {
      sessionStorage.removeItem(UNSENT_KEY)
      ;(JSON.parse(kept) as WireEvent[]).forEach(add)
    }
  })
  // After the queue has had its last chance: this is heard later.
  addEventListener('visibilitychange', () => {
    attempt(() => {
      const left = new Map(undelivered().map((event) => [event.id, event]))
      if (document.hidden && left.size && isGranted())
        sessionStorage.setItem(UNSENT_KEY, JSON.stringify([...left.values()]))
      else sessionStorage.removeItem(UNSENT_KEY)
    })
  })
}

/** Where storage is denied the events are as lost as the page. */
function attempt(act: () => void): void {
  try {
    act()
  } catch {}
}
