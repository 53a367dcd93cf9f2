/**
 * The visitor's choice: what the page keeps of it, what it tells the server, what the server answers, and the one
 * event by which tracker, banner and page hear of it. docs/consent.md tells the whole.
 */
import type { WireEvent } from './event.ts'
import type { ConsentNotice } from './policy.ts'

/** Categories of cookies and other processing. `essential` needs no choice and cannot be refused. */
export const CONSENT_CATEGORIES = ['essential', 'performance', 'functionality', 'targeting'] as const
export type ConsentCategory = (typeof CONSENT_CATEGORIES)[number]

/** The categories a visitor chooses among. Nothing of them happens before the choice. */
export const OPTIONAL_CATEGORIES = ['performance', 'functionality', 'targeting'] as const
export type OptionalCategory = (typeof OPTIONAL_CATEGORIES)[number]

/** Bit of each category in a consent token. Never given to another category. */
export const CATEGORY_BIT = { performance: 1, functionality: 2, targeting: 4 } as const satisfies Record<
  OptionalCategory,
  number
>

/** Cookie that holds the choice; the name is one that tools which reject for people look for. */
export const CONSENT_COOKIE = 'cc_cookie'

/**
 * Which day it is on the site, counted from 1970, and the Unix minute in which that ends; days after it are taken to have 24
 * hours until the next answer. A browser takes tens of milliseconds to find that out from the name of a time zone; the
 * server, which answers at least once a day, has it ready.
 */
export type SiteCalendar = [day: number, ends: number]

/**
 * What `cc_cookie` holds, as URI-encoded JSON. A refusal is the same text for everybody who refuses on the same day:
 * it names nobody. Whatever cannot be read counts as a refusal.
 */
export interface ConsentRecord {
  /** Granted categories, `essential` always among them. */
  categories: ConsentCategory[]
  /** Policy revision that was shown. */
  revision: number
  /** Day of the choice in UTC, `2026-11-24`. */
  day: string
  /** Day from which the choice is asked for again, in UTC. */
  until: string
  /** Consent token; only where something is granted, and once the server has answered. */
  token?: string
  /** Unix hour in which the token came; it is renewed before it is a day old. */
  hour?: number
  /** What was granted was widened since: what is left holds, and the banner asks for the rest until it is answered. */
  ask?: true
  /** By which the browser knows its first visit of a day; only where `performance` is granted. */
  calendar?: SiteCalendar
  /** The policy's cookieDomain, so that a later choice replaces this record and does not stand beside it. */
  domain?: string
  /** NoticeTexts.reopen of the notice that was shown: the button needs no download, and all who read it keep the same. */
  reopen?: string
  /** A decision that has not reached the server yet: sent again with the next page. */
  pending?: ConsentDecision
}

/** Name of the event on `window` that tells the choice when a page begins, none too, and each time it changes. */
export const CONSENT_EVENT = 'sluice:consent'

/** `detail` of `sluice:consent`, and what `sluice.consent.get()` answers. */
export interface ConsentDetail {
  granted: ConsentCategory[]
  denied: ConsentCategory[]
  /** Whether the visitor has chosen, and the choice is still in force. */
  decided: boolean
  /** Whether the browser sends Global Privacy Control, https://www.w3.org/TR/gpc/. */
  gpc: boolean
}

/** How a choice was made. */
export const CONSENT_ACTIONS = ['accept_all', 'reject_all', 'custom', 'withdraw', 'object'] as const
/** `object`: the objection to anonymous statistics; on the device and on the wire the same as a refusal. */
export type ConsentAction = (typeof CONSENT_ACTIONS)[number]

/** Where a choice was made. */
export const CONSENT_SOURCES = ['banner', 'preferences', 'choices-page', 'api'] as const
export type ConsentSource = (typeof CONSENT_SOURCES)[number]

/** The version of `POST /c`. */
export const CONSENT_VERSION = 1

/** Body of `POST /c` when somebody chooses, as text/plain JSON. A refusal carries no id of any kind. */
export interface ConsentDecision {
  version: typeof CONSENT_VERSION
  /** The site's domain, as registered. */
  site: string
  action: ConsentAction
  /** What is granted now, in the order of OPTIONAL_CATEGORIES; empty after a refusal. */
  granted: OptionalCategory[]
  /** Policy revision that was shown. */
  revision: number
  source: ConsentSource
  /** Hash of the notice that was shown (ConsentNotice.hash); absent when the page's own code chose by the API. */
  notice?: string
  /** Whether the browser sent Global Privacy Control; the header counts too, and more. */
  gpc: boolean
  /** The receipt of the choice that this one changes or withdraws; only who granted something has one. */
  receipt?: string
}

/** Body of `POST /c` that asks for a fresh token: the same choice, nothing is recorded. */
export interface ConsentRenewal {
  version: typeof CONSENT_VERSION
  site: string
  renew: string
}

/** Answer 200 of `POST /c`. */
export interface ConsentAnswer {
  /** Policy revision in force. */
  revision: number
  /** What of the choice is in force; categories that were widened since are missing and asked for again. */
  granted: OptionalCategory[]
  /** Day from which the choice is asked for again, in UTC; the record takes it over. */
  until: string
  /** Where something is granted. */
  token?: string
  /** Where something was granted by this decision: the receipt's id, also the way to it, `GET /c/<id>`. */
  receipt?: string
  /** Where `performance` is granted. */
  calendar?: SiteCalendar
  /** What is to be cleared from the device for each category that is not granted. */
  sweep: SweepList[]
  /** For a granted category, kept on the device so that a withdrawal can clear without asking. */
  keep: SweepList[]
}

/** Storage that belongs to a category. A name may end in `*`: every name that begins so. */
export interface SweepList {
  category: OptionalCategory
  cookies: string[]
  localStorage: string[]
  sessionStorage: string[]
  indexedDB: string[]
  caches: string[]
}

/** Most bytes of the body of `POST /c`. */
export const MAX_CONSENT_BYTES = 8_192

/** Channel on which the tabs of a site tell each other of a changed choice. */
export const CONSENT_CHANNEL = 'sluice-consent'

/** Where the receipt's id is kept, in localStorage, and only while something is granted. */
export const RECEIPT_KEY = 'sluice_receipt'

/** Where the lists for a later withdrawal are kept, in localStorage, and only while something is granted. */
export const SWEEP_KEY = 'sluice_sweep'

/** Where a browser keeps what it remembers of its visits (WireVisit), in localStorage, and only under `performance`. */
export const VISIT_KEY = 'sluice_visit'

/** Where a page keeps events that it could not deliver, in sessionStorage, for the next one; only under `performance`. */
export const UNSENT_KEY = 'sluice_unsent'

/** Where what the visitor set on the site is kept, in localStorage, and only under `functionality`. */
export const PREFERENCES_KEY = 'sluice_preferences'

/** Where a browser keeps which campaigns it saw and followed, in localStorage, and only under `targeting`. */
export const ADS_KEY = 'sluice_ads'

/** Key in localStorage: groups that the site said its visitor is in, and the day on which each was counted. */
export const TRAITS_KEY = 'sluice_traits'

/**
 * What the banner says of a choice beyond the categories: where it was made, what had been shown, and `accept_all` for
 * all that was shown. The page's own code leaves it out: `api`, no notice, the revision in force.
 */
export type ConsentShown = Partial<Pick<ConsentDecision, 'action' | 'source' | 'notice' | 'revision'>> &
  Pick<ConsentRecord, 'reopen'>

/** Something that a page has sent: `sluice.inspect()`. */
export interface Sent {
  /** When it left, or for events when the collector answered: ISO 8601 by the visitor's clock. */
  time: string
  /** Why it was allowed: what the visitor granted, the mode `anonymous`, or that a choice cannot do without being told. */
  basis: 'anonymous' | 'performance' | 'targeting' | 'essential'
  /** The very JSON. */
  sent: WireEvent | ConsentDecision | ConsentRenewal
}

/** What the banner asks `window.sluice.consent` for; the rest of the page may too. */
export interface ConsentApi {
  get(): ConsentDetail
  /** Objects to anonymous statistics, which is a refusal of everything optional. */
  object(shown?: ConsentShown): void
  /** Grants these categories and refuses the others. Names that are none are passed over. */
  accept(categories: readonly string[] | 'all', shown?: ConsentShown): void
  rejectAll(shown?: ConsentShown): void
  /** Takes back what was granted and clears what it left on the device. */
  withdraw(shown?: ConsentShown): void
  /** Opens the dialog with the categories. */
  open(): void
  /** The receipt of the choice in force; undefined where nothing is granted. */
  receipt(): Promise<ConsentReceipt | undefined>
}

/** Parts of the consent UI: the first layer, the dialog with the categories, and what stands in for waiting embeds. */
export type ConsentPart = 'banner' | 'dialog' | 'embeds'

/**
 * The consent UI, a module beside the tracker's script, `sluice-ui.js`. The tracker imports it by its address when
 * there is something to show; it hears of choices by CONSENT_EVENT and makes them by ConsentApi.
 */
export interface ConsentUi {
  /**
   * Shows a part; resolves when it stands on the page.
   * @param collector address of the collector's folder, with `/` at its end
   */
  show(part: ConsentPart, notice: ConsentNotice, collector: string): Promise<void>
}

/**
 * What opens the dialog when it is clicked, `<a href="…" data-sluice-open>`. A page that has such an element, say in its
 * footer, gets no button of the tracker's.
 */
export const OPEN_SELECTOR = '[data-sluice-open]'

/** `GET /c/<receipt>`: the record of a choice, signed, for the visitor to keep. */
export interface ConsentReceipt {
  /** Random, 128 bits, base64url; on no event, beacon or configuration request. */
  id: string
  version: 1
  site: string
  /** When the server took the choice, ISO 8601, to the second. */
  time: string
  action: ConsentAction
  source: ConsentSource
  granted: ConsentCategory[]
  denied: ConsentCategory[]
  policy: { revision: number; hash: string }
  /** What was shown: its hash, and the text itself at `GET /c/notice/<hash>`. */
  notice: string | null
  locale: string | null
  jurisdiction: string
  gpc: boolean
  /** The choice is asked for again from this day, UTC. */
  until: string
  controller: { name: string; contact: string }
  /** JWS compact (RFC 7515, EdDSA) over all the other fields; the key is at `/.well-known/sluice-consent.json`. */
  signature: string
}
