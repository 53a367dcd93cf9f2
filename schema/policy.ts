/**
 * The policy manifest of a site: what it uses, for what, from whom, and what that leaves on a device. One document
 * from which the banner, the cookie declaration, the sweeper's lists, the Content-Security-Policy of each consent
 * state, the consent mode of tags and the collector's allow-list are made.
 */
import type { ConsentCategory, OptionalCategory } from './consent.ts'

/** What an essential entry may be for; anything else is not essential (ePrivacy Directive 2002/58/EC, art. 5(3)). */
export const ESSENTIAL_PURPOSES = [
  'security',
  'load-balancing',
  'sign-in',
  'cart',
  'accessibility',
  'consent-record',
] as const
export type EssentialPurpose = (typeof ESSENTIAL_PURPOSES)[number]

/** Where on the device something is kept. */
export const STORAGE_KINDS = ['cookie', 'localStorage', 'sessionStorage', 'indexedDB', 'cache'] as const
export type StorageKind = (typeof STORAGE_KINDS)[number]

/** One thing that is kept on the visitor's device. */
export interface StoredItem {
  kind: StorageKind
  /** Its name; `*` at the end stands for any ending. */
  name: string
  /** What it is for and what it holds, in a sentence, by language; at least in the manifest's own. */
  purpose: Record<string, string>
  /** How long it stays: `session`, or a number with `d` (days), `mo` or `y`: `182d`, `13mo`, `2y`. */
  lifetime: string
}

/** Whom or what the site uses, in one category. */
export interface PolicyService {
  /** Lower case letters, digits, hyphens; unique in the manifest. */
  id: string
  name: string
  /** Who runs it: a company, or the controller itself. */
  provider: string
  category: ConsentCategory
  /** Needed for, and allowed in, the category `essential` only. */
  essentialPurpose?: EssentialPurpose
  /** What it does for the visitor or the site, in a sentence, by language. */
  purpose: Record<string, string>
  /** Host names it talks to, with `*.` for any subdomain; none for what stays on the site itself. */
  hosts: string[]
  /** What it keeps on the device. */
  items: StoredItem[]
  /** How long what it learns is kept, in a sentence, by language; absent: it learns nothing. */
  retention?: Record<string, string>
}

export interface PolicyManifest {
  /** Version of this format. */
  manifest: 1
  /** Who decides about the processing (GDPR art. 4(7)), and how to reach the data protection officer. */
  controller: {
    name: string
    /** An e-mail address, or the address of a page, `https://…`. */
    contact: string
    address?: string
  }
  /** Address of the full privacy policy. */
  policyUrl?: string
  /** Language of texts that are missing in another one. */
  language: string
  services: PolicyService[]
  /** What the browser's Global Privacy Control refuses until the visitor explicitly chooses. Default `targeting`. */
  gpc: 'targeting' | 'all'
  /** Days after which a choice, either way, is asked for again. 30 to 395; default 182, six months. */
  choiceDays: number
  /** Shares the choice among subdomains: the site's domain or a parent of it. Absent: this host only. */
  cookieDomain?: string
  /** Texts that replace the built-in ones, by BCP 47 tag. A language that is not built in needs all of them. */
  texts?: Record<string, Partial<NoticeTexts>>
  appearance: Appearance
}

/** What a site may set of the look. Nothing that belongs to one button alone: they always weigh the same. */
export const TOKEN_NAMES = [
  'paper',
  'surface',
  'ink',
  'quiet-ink',
  'hairline',
  'edge',
  'water',
  'radius',
] as const
export type TokenName = (typeof TOKEN_NAMES)[number]

/** How the banner looks. Buttons always have equal weight; their order may be turned round. */
export interface Appearance {
  position: 'bottom-left' | 'bottom-right' | 'bottom-center' | 'middle-center'
  /**
   * Custom properties of the design that the site sets, by their names without `--sluice-`; no others are accepted.
   * A colour is `#rgb` or `#rrggbb` for light and dark alike, or `light-dark(#…, #…)`; a browser that does not know
   * `light-dark()` keeps the built-in colour. `radius` is 0 to 24 px. Texts stay at 4.5:1, edges at 3:1, in both.
   */
  tokens: Partial<Record<TokenName, string>>
  /** `choose` is always last. */
  order: 'accept-first' | 'reject-first'
}

/** Every text a visitor sees in banner, dialog and choices page. Plain text, never markup. */
export interface NoticeTexts {
  title: string
  /**
   * What is asked and why; filled in are `{controller}`, `{purposes}`, the titles of the categories to choose among,
   * and `{count}`, the number of their services.
   */
  intro: string
  acceptAll: string
  rejectAll: string
  choose: string
  /** Label of the small button that opens the dialog again. */
  reopen: string
  dialogTitle: string
  dialogIntro: string
  save: string
  close: string
  /** Shown with what cannot be refused. */
  alwaysOn: string
  categories: Record<ConsentCategory, { title: string; description: string }>
  /** Controller and contact: `{controller}`, `{contact}`. */
  contact: string
  policyLink: string
  declarationLink: string
  /** Said where Global Privacy Control has been honoured. */
  gpcHonoured: string
  /** Said after the dialog saved, for screen readers too. */
  saved: string
  /** Where anonymous statistics run before a choice: that they do, and the way to object. */
  anonymous: string
  object: string
  /** In place of an embed that waits: `{service}`. */
  placeholder: string
  placeholderAllow: string
  receipt: string
  /** Heading of what this page has sent, in the dialog. */
  sent: string
  /** Said where it is nothing. */
  sentNothing: string
  /** Why something was sent without a choice. */
  sentAnonymous: string
  /** Headings of the declaration's table. */
  table: { name: string; provider: string; purpose: string; lifetime: string; kind: string; hosts: string }
  kinds: Record<StorageKind, string>
  /** The lifetime `session`. Other lifetimes are written by the rules of the language, `13 months`. */
  session: string
  pages: PageTexts
}

/** What only the pages say that need no JavaScript: the declaration and the choices. */
export interface PageTexts {
  declarationTitle: string
  /** `{controller}`. */
  declarationIntro: string
  choicesTitle: string
  /** `{controller}`, `{days}`: for how long a choice holds, `182 days`. */
  choicesIntro: string
  undecided: string
  /** `{day}` of the choice and the day `{until}` which it holds. */
  decided: string
  /** Label of the box that grants a category. */
  allow: string
  /** Said when the policy changed while the page was open. */
  changed: string
  /** What the page cannot do without JavaScript. */
  limits: string
  /** Said where the page is not on the site's own host: `{site}`, `{reopen}`. */
  elsewhere: string
  /** Heading of how long what a service learns is kept. */
  retention: string
  /** Said of a service that keeps nothing on the device. */
  nothingStored: string
  /** `{revision}`, `{day}` on which it was published. */
  revision: string
  /** Name of the list of languages. */
  languages: string
}

/** `GET /s/<site>/notice.json?language=de`: all that the banner shows, in one language. */
export interface ConsentNotice {
  /** SHA-256 of the canonical JSON of everything below, base64url: what the ledger names as shown. */
  hash: string
  site: string
  revision: number
  language: string
  direction: 'ltr' | 'rtl'
  controller: { name: string; contact: string }
  policyUrl?: string
  texts: NoticeTexts
  /** In order; categories without a service are left out. */
  categories: NoticeCategory[]
  appearance: Appearance
  /** Whether anonymous statistics run before a choice, so that the notice offers the objection. */
  anonymous: boolean
  gpc: 'targeting' | 'all'
  choiceDays: number
  cookieDomain?: string
}

export interface NoticeCategory {
  id: ConsentCategory
  services: {
    name: string
    provider: string
    purpose: string
    hosts: string[]
    retention?: string
    items: { kind: StorageKind; name: string; purpose: string; lifetime: string }[]
  }[]
}

/** A manifest in force: a revision is a whole number from 1 on, one more with each change that a visitor can notice. */
export interface PolicyVersion {
  revision: number
  /** SHA-256 of the manifest's canonical JSON, base64url. */
  hash: string
  manifest: PolicyManifest
  /** Unix milliseconds; 0 for the manifest of a site that never set one, which is always revision 1. */
  publishedAt: number
  /**
   * The revision since which a consent to each category holds: the last that widened it (a service, host or item came,
   * a purpose changed, something is kept longer). Narrowing keeps it. A category without services is absent.
   */
  since: Partial<Record<OptionalCategory, number>>
}
