/**
 * E-mail beacons: what the sender of mails asks for, what it is given, and what is kept of a fetch. docs/beacons.md tells
 * the whole.
 */

/**
 * What a campaign may learn. `off`: nothing. `aggregate`: how often its picture was fetched, by one address a day that is
 * the same in every mail. `identified`: the same by an address for each mail, of recipients who consented to it; what
 * is kept names none of them either.
 */
export const EMAIL_MODES = ['off', 'aggregate', 'identified'] as const
export type EmailMode = (typeof EMAIL_MODES)[number]

/** What a recipient consents to, each by itself and apart from being sent mails. */
export const EMAIL_PURPOSES = ['email_open', 'email_click'] as const
/** `email_open`: that opening a mail is counted; `email_click`: that following a link of it is. */
export type EmailPurpose = (typeof EMAIL_PURPOSES)[number]

/** Who fetched a picture or followed a link: decided in memory from what the request says, and all that is kept of it. */
export const VERDICTS = ['human', 'proxy', 'prefetch', 'scanner', 'unknown'] as const
/**
 * `human`: somebody's mail program or browser. `proxy`: a provider's cache, when the mail is shown. `prefetch`: a
 * provider, whether or not the mail is read. `scanner`: a filter, preview or script. `unknown`: nothing tells.
 */
export type Verdict = (typeof VERDICTS)[number]

/** Verdicts behind which somebody most likely was. */
export const LIKELY_HUMAN = ['human', 'proxy'] as const satisfies readonly Verdict[]

/** Kinds of events about mails. They are of no visitor, and hold a day, a campaign and a verdict. */
export const EMAIL_TYPES = ['fetch', 'follow'] as const
export type EmailType = (typeof EMAIL_TYPES)[number]

/** How a recipient decided. */
export const EMAIL_METHODS = ['form', 'double-opt-in', 'written', 'spoken', 'link', 'one-click'] as const
/** `link`: on the page behind the link of a mail; `one-click`: by the button of a mail program (RFC 8058). */
export type EmailMethod = (typeof EMAIL_METHODS)[number]

/** Which way a decision came here. */
export const EMAIL_SOURCES = ['api', 'csv', 'link'] as const
export type EmailSource = (typeof EMAIL_SOURCES)[number]

/** A decision of one recipient, as it is recorded. */
export interface EmailDecision {
  /** The recipient's address; kept sealed. */
  email: string
  event: 'given' | 'withdrawn'
  purposes: EmailPurpose[]
  /** The text that was shown, word for word; empty where somebody withdrew without one. */
  copy: string
  method: Exclude<EmailMethod, 'link' | 'one-click'>
  /** When it was decided, ISO 8601; absent: now. */
  time?: string
}

/** What is known of a recipient. */
export interface EmailConsent {
  /** Names the recipient in `POST /api/beacons`: random, and nothing of the address. */
  id: string
  email: string
  /** In force now. */
  granted: EmailPurpose[]
  /** They pressed the button of their mail program: they want no more mails. */
  unsubscribed: boolean
}

/** A campaign as it can be shown. */
export interface EmailCampaign {
  name: string
  mode: EmailMode
  /** ISO 8601. */
  created: string
  /** Addresses that its links may lead to. */
  links: string[]
  /** Mails that were announced. */
  sends: number
}

/** The answer of `POST /api/beacons`: what goes into a mail. */
export interface MailParts {
  /** What the beacon will tell: `off` has none. */
  mode: EmailMode
  /** The address of the picture, and the element that shows it. */
  open?: { url: string; html: string }
  /** For each registered address that was asked for, the one that goes into the mail. */
  links: { target: string; url: string }[]
  /** Where the recipient takes their consent back; in mails of the mode `identified`. */
  withdraw?: string
  /** Headers of the mail, RFC 8058; empty where nothing is to be withdrawn. */
  headers: Record<string, string>
  /** ISO 8601: from then on fetches count nothing any more. */
  expires?: string
}
