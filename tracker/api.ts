import type { ConsentApi, OptionalCategory, Sent } from '../schema/consent.ts'
import type { WireProperties } from '../schema/event.ts'
import type { AdLimit } from './ads.ts'
import type { TraitValues } from './traits.ts'

/**
 * `window.sluice`. Each method can be called as `sluice.pageview()` or `sluice('pageview')`; those of the choice as
 * `sluice.consent.open()` or `sluice('open')`. The latter works before this script has come, with the stub
 * `window.sluice = window.sluice || function () { (sluice.q = sluice.q || []).push(arguments) }`.
 */
export interface Sluice {
  (method: string, ...args: unknown[]): void
  /** Counts the page shown now. The page needs it with `data-manual` only. */
  pageview: () => void
  /**
   * A custom event, measured under `performance`; a call before that is dropped and never made up for. Nothing comes of a
   * call that cannot be read, and none throws.
   */
  track: (name: string, details?: TrackDetails) => void
  /** What somebody thinks of the page, 0 to 10; measured as `track` is. */
  feedback: (score: number, comment?: string) => void
  /**
   * Tells by a picture that something was seen or done, under the category that it names; a call before that is dropped
   * and never made up for.
   */
  beacon: (name: string, details: BeaconDetails) => void
  /** What this page has sent, the oldest first: at most the last 100. */
  inspect: () => Sent[]
  /**
   * What the visitor set on the site, kept in this browser under `functionality`; undefined and false without. Here with
   * the first `sluice:consent`, as the next two are.
   */
  preferences: {
    get(key: string): Promise<unknown>
    /** A value that can be written as JSON; undefined forgets it. Answers whether it is kept: all together 10,000 characters. */
    set(key: string, value: unknown): Promise<boolean>
  }
  /**
   * How often this browser saw and followed campaigns, under `targeting`. That stays in it: told is that an ad was seen,
   * followed or had its effect, each by itself and of nobody.
   */
  ads: {
    /** Whether it saw the campaign fewer times than that; not without the consent. */
    shouldShow(campaign: string, limit: AdLimit): Promise<boolean>
    shown(campaign: string): Promise<void>
    clicked(campaign: string): Promise<void>
  }
  /** Groups that the site counts its visitors in, under `targeting`: those it declares, `sluice site set --traits`. */
  traits: {
    set(values: TraitValues): Promise<void>
  }
  /** The visitor's choice. Here with the first `sluice:consent`. */
  consent: ConsentApi
  /** Calls that the stub takes: arrays of the method's name and its arguments. */
  q?: Parameters<Sluice>[]
}

/** What goes with a web beacon. */
export interface BeaconDetails {
  category: OptionalCategory
}

/** What goes with a custom event. */
export interface TrackDetails {
  /** Kept are those that the site has declared, `sluice site set --properties`. */
  props?: WireProperties
  /** An amount in units of the currency, `29`, `29.9` or `'29.90'`, with at most 4 places; and its code, `EUR`. */
  revenue?: { amount: number | string; currency: string }
}

declare global {
  interface Window {
    sluice?: Partial<Sluice>
  }
}

/** Gives `window.sluice` its methods and makes the calls that a stub took. An unknown method does nothing. */
export function installApi(
  consent: ConsentApi,
  measured: Pick<Sluice, 'track' | 'feedback' | 'beacon' | 'inspect'>,
  kept: Pick<Sluice, 'preferences' | 'ads' | 'traits'>,
): void {
  const early = (window.sluice ?? {}) as Sluice
  const own = { pageview: early.pageview, ...measured }
  // By a map: an object would also know names that no API has, such as `constructor`.
  const methods = new Map<string, (...args: never[]) => unknown>(Object.entries({ ...consent, ...own }))
  const call = (method: string, ...args: unknown[]): void => {
    methods.get(method)?.(...(args as never[]))
  }
  // A stub stays, since the page may have kept it elsewhere; its next calls are made at once.
  const sluice: Sluice = Object.assign(typeof early === 'function' ? early : call, {
    ...own,
    ...kept,
    consent,
  })
  window.sluice = sluice
  const calls = early.q
  sluice.q = []
  sluice.q.push = (...more) => {
    more.forEach((one) => call(...one))
    return 0
  }
  calls?.forEach((one) => call(...one))
}
