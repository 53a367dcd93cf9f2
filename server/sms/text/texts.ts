import type { NumberFault } from '../../../sms/index.ts'
import { de } from './de.ts'
import { en } from './en.ts'
import { es } from './es.ts'
import { fr } from './fr.ts'
import { pt } from './pt.ts'

/** What keeps a form from being taken, each with its own sentence. */
export type FormFault =
  | NumberFault
  | 'number-missing'
  | 'box-empty'
  /** The form is a day old, or what it shows has changed since. */
  | 'form-old'
  /** Not a form of this server, or for another program. */
  | 'form-unknown'
  /** More sign-ups from one network than anybody makes. */
  | 'too-many'

/** What the pages for people with phones say, in one language. Names in braces are filled in. */
export interface PageTexts {
  readonly signUp: {
    /** {program} */
    readonly title: string
    /** {seller} */
    readonly lead: string
    readonly number: string
    readonly numberHint: string
    readonly separate: string
    readonly button: string
    readonly confirmFirst: string
    readonly fault: string
    readonly tickAgain: string
    readonly takenTitle: string
    /** What everybody reads who sent the form, whatever is known of the number. {program} */
    readonly taken: string
    /** The same for a program that asks for no answer. {program} */
    readonly takenAtOnce: string
    readonly faults: Readonly<Record<FormFault, string>>
  }
  readonly preferences: {
    readonly title: string
    /** {number}, masked */
    readonly lead: string
    /** {program} */
    readonly receives: string
    /** {program} */
    readonly stopped: string
    readonly nothing: string
    /** {program} */
    readonly stopOne: string
    readonly stopAll: string
    readonly saved: string
    readonly back: string
  }
  /** {seller}: before the contact, which is linked. */
  readonly controller: string
  readonly terms: string
  readonly privacy: string
  readonly languages: string
  /** {version} */
  readonly version: string
}

export const PAGE_LANGUAGES = ['en', 'de', 'es', 'fr', 'pt'] as const
export type PageLanguage = (typeof PAGE_LANGUAGES)[number]

export const PAGE_TEXTS: Readonly<Record<PageLanguage, PageTexts>> = { en, de, es, fr, pt }
