/** Shapes of the SMS module, on the wire and at rest. */

/** What a program sends. Each kind has its own words in the disclosure and its own hours and limits. */
export const PROGRAM_KINDS = ['service', 'support', 'survey', 'marketing'] as const
export type ProgramKind = (typeof PROGRAM_KINDS)[number]

/** How somebody signed: E-SIGN takes a form, a text or a key pressed for a signature (47 CFR 64.1200(f)(9)(ii)). */
export const SIGNATURES = ['web-form', 'text-reply', 'keypress', 'paper', 'import'] as const
export type Signature = (typeof SIGNATURES)[number]

/** Where an opt-out came from. The first two are answers from the number itself. */
export const OPT_OUT_SOURCES = [
  'word',
  'own-words',
  'web',
  'agent',
  'e-mail',
  'phone',
  'letter',
  'api',
  'provider',
  'carrier',
  'complaint',
] as const
export type OptOutSource = (typeof OPT_OUT_SOURCES)[number]

/** A consent in writing, as it was given. All of it is kept, the disclosure word for word. */
export interface WrittenConsent {
  /** Who is allowed to send: the legal name, as the disclosure names it. */
  readonly seller: string
  /** Name of the program or brand, as the disclosure names it. */
  readonly programName: string
  /** What was shown beside the signature, word for word. */
  readonly disclosure: string
  /** Version of that text. */
  readonly disclosureVersion: string
  /** BCP 47, of that text. */
  readonly locale: string
  readonly signature: Signature
  /** When it was signed: ISO 8601 with its offset, `2026-11-29T09:30:00-05:00`. */
  readonly collectedAt: string
  /** Page with the form, or the name of the form, call or list it was given on. */
  readonly source: string
  /** Who entered it: `subject`, or an actor of the audit log. */
  readonly actor: string
  /** State of the box before it was touched; absent where there is no box. */
  readonly box?: 'empty' | 'ticked'
  /** One signature for this and for something else, such as terms of sale, is no consent to this. */
  readonly isSeparate: boolean
  /** For `import`: where the list is from. Lists that were bought or handed on are refused (CTIA, 5.1). */
  readonly provenance?: 'own-form' | 'own-records' | 'purchased' | 'lead-generation'
}

/** What the audit log is told of the module. */
export const SMS_AUDIT_ACTIONS = [
  'sms.sender.added',
  'sms.sender.changed',
  /** By a delivery code, a rate or a person; `detail` says what it is now and why. */
  'sms.sender.state',
  /** What a carrier charged for a sender, entered by a person. */
  'sms.sender.fee',
  'sms.program.added',
  'sms.program.changed',
  'sms.program.ended',
  /** A text that a rule asked to look at was found right, or not; `messages` says how many it is of. */
  'sms.message.approved',
  'sms.message.refused',
  /** One that was given up goes through the gate once more. */
  'sms.message.replayed',
  /** Somebody found out whether one that was given up had gone out. */
  'sms.message.settled',
  /** Somebody decided what an unclear answer meant. */
  'sms.answer.settled',
  /** An opt-out that came another way than by the number itself. */
  'sms.opt-out.entered',
  /** Somebody's number was shown. */
  'sms.number.revealed',
  'sms.proof.exported',
  'sms.list.imported',
  'sms.subject.erased',
  /** Nothing of a subject is erased while it stands. */
  'sms.hold.placed',
  'sms.hold.lifted',
  /** How numbers stand to the programs of a site was handed out, with the numbers; `subject` is its domain. */
  'sms.consents.exported',
] as const
export type SmsAuditAction = (typeof SMS_AUDIT_ACTIONS)[number]
