import type { ConsentApi } from '../schema/consent.ts'

/**
 * `window.sluice`. Each method can be called as `sluice.pageview()` or `sluice('pageview')`; those of the choice as
 * `sluice.consent.open()` or `sluice('open')`. The latter works before this script has come, with the stub
 * `window.sluice = window.sluice || function () { (sluice.q = sluice.q || []).push(arguments) }`.
 */
export interface Sluice {
  (method: string, ...args: unknown[]): void
  /** Counts the page shown now. The page needs it with `data-manual` only. */
  pageview: () => void
  /** A custom event. It is measured under consent only, so nothing comes of it yet. */
  track: (name: string, details?: object) => void
  /** The visitor's choice. */
  consent: ConsentApi
  /** Calls that the stub took: arrays of the method's name and its arguments. */
  q?: Parameters<Sluice>[]
}

declare global {
  interface Window {
    sluice?: Partial<Sluice>
  }
}

type Methods = Record<string, ((...args: unknown[]) => void) | undefined>

/** Puts `window.sluice` in the stub's place and makes the calls it took. An unknown method does nothing. */
export function installApi(pageview: () => void, consent: ConsentApi): void {
  const early = window.sluice?.q
  const sluice = (method: string, ...args: unknown[]): void =>
    ((sluice as unknown as Methods)[method] ?? (consent as unknown as Methods)[method])?.(...args)
  sluice.pageview = pageview
  sluice.consent = consent
  sluice.track = (): void => {}
  window.sluice = sluice
  early?.forEach((call) => sluice(...call))
}
