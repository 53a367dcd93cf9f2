import { CONSENT_EVENT } from '../schema/consent.ts'
import type { BeaconDetails, Sluice, TrackDetails } from './api.ts'

export type { ConsentApi, ConsentDetail, Sent } from '../schema/consent.ts'
export type { AdLimit } from './ads.ts'
export type { BeaconDetails, Sluice, TrackDetails } from './api.ts'
export type { TraitValues } from './traits.ts'

/**
 * `sluice/tracker`: the page's tracker for code that is built, with types. It loads nothing: the script tag does. Calls
 * wait for the script, as with the stub, and on a server nothing comes of them.
 */

/** Makes a call, or leaves it for the script that has not come yet. */
function call(...given: Parameters<Sluice>): void {
  if (typeof window === 'undefined') return
  const sluice = (window.sluice ??= {})
  if (typeof sluice === 'function') (sluice as Sluice)(...given)
  else (sluice.q ??= []).push(given)
}

/** A custom event, measured under `performance`: `track('Purchase', { revenue: { amount: 29, currency: 'EUR' } })`. */
export function track(name: string, details?: TrackDetails): void {
  call('track', name, details)
}

/** What somebody thinks of the page, 0 to 10. */
export function feedback(score: number, comment?: string): void {
  call('feedback', score, comment)
}

/** Something was seen or done: a picture under a category, `beacon('spring-offer', { category: 'targeting' })`. */
export function beacon(name: string, details: BeaconDetails): void {
  call('beacon', name, details)
}

/** Counts the page shown now, on a page with `data-manual`. */
export function pageview(): void {
  call('pageview')
}

/** Opens the visitor's choices. */
export function openChoices(): void {
  call('open')
}

/** `window.sluice` with all that it has, once the script is here; never, where it cannot be had. */
export function ready(): Promise<Sluice> {
  return new Promise((resolve) => {
    if (typeof window === 'undefined') return
    const look = (): void => {
      if (window.sluice?.consent) resolve(window.sluice as Sluice)
    }
    look()
    addEventListener(CONSENT_EVENT, look)
  })
}
