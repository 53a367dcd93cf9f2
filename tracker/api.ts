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
  /** The visitor's choice. Here with the first `sluice:consent`. */
  consent: ConsentApi
  /** Calls that the stub takes: arrays of the method's name and its arguments. */
  q?: Parameters<Sluice>[]
}

declare global {
  interface Window {
    sluice?: Partial<Sluice>
  }
}

/** Gives `window.sluice` its methods and makes the calls that a stub took. An unknown method does nothing. */
export function installApi(consent: ConsentApi): void {
  const early = (window.sluice ?? {}) as Sluice
  const own = { pageview: early.pageview, track: (): void => {} }
  // By a map: an object would also know names that no API has, such as `constructor`.
  const methods = new Map<string, (...args: never[]) => unknown>(Object.entries({ ...consent, ...own }))
  const call = (method: string, ...args: unknown[]): void => {
    methods.get(method)?.(...(args as never[]))
  }
  // A stub stays, since the page may have kept it elsewhere; its next calls are made at once.
  const sluice: Sluice = Object.assign(typeof early === 'function' ? early : call, { ...own, consent })
  window.sluice = sluice
  const calls = early.q
  sluice.q = []
  sluice.q.push = (...more) => {
    more.forEach((one) => call(...one))
    return 0
  }
  calls?.forEach((one) => call(...one))
}
