import { parseNumber, type PhoneNumber } from '../../../sms/index.ts'
import type { WrittenConsent } from '../../../schema/sms.ts'
import { sha256 } from '../../chain/sha256.ts'
import { PAGE_LANGUAGES, type FormFault, type PageLanguage } from '../text/texts.ts'
import type { FormTokens, ShownForm } from './form-token.ts'
import type { Responsible } from './page.ts'

/** A program as its form shows it. */
export interface OptInProgram extends Responsible {
  readonly id: string
  readonly name: string
  /** The language where nobody asks for another one. */
  readonly language: PageLanguage
  /** Whether the number is asked to confirm. */
  readonly confirms: boolean
  /** The text in force, by language. */
  readonly disclosures: Partial<Readonly<Record<PageLanguage, Disclosure>>>
}

export interface Disclosure {
  readonly version: string
  /** Word for word. */
  readonly text: string
}

/** What a form says, as it came. */
export interface SentForm {
  readonly form: string
  readonly number: string
  readonly isAgreed: boolean
}

export type ReadForm =
  | { readonly consent: WrittenConsent; readonly number: PhoneNumber; readonly shown: ShownForm }
  | { readonly faults: readonly FormFault[]; readonly shown: ShownForm | undefined }

/** A form is for the one who opened it, not for later: after a day it is read again. */
const GOOD_FOR_MS = 24 * 3_600_000

/** The languages of a program's form. */
export function languagesOf({ disclosures }: Pick<OptInProgram, 'disclosures'>): PageLanguage[] {
  return PAGE_LANGUAGES.filter((language) => disclosures[language] !== undefined)
}

/** What a form that is shown now is made of. */
export function shownNow(
  program: OptInProgram,
  locale: PageLanguage,
  page: string,
  now: number,
): { readonly shown: ShownForm; readonly disclosure: Disclosure } {
  const disclosure = program.disclosures[locale] ?? { version: '', text: '' }
  const { version, text } = disclosure
  return {
    disclosure,
    shown: { program: program.id, version, hash: sha256(text), locale, page, shownAt: now },
  }
}

/**
 * Reads what was sent. What is kept as consent is the text that the form was signed for, and it must be the one that is
 * in force: nobody agrees to what they did not see. Every fault is told, not only the first.
 * @param program the one that the form names; undefined where there is none
 */
export function readForm(
  sent: SentForm,
  tokens: Pick<FormTokens, 'read'>,
  find: (id: string) => OptInProgram | undefined,
  now: number,
): ReadForm {
  const shown = tokens.read(sent.form)
  const program = shown && find(shown.program)
  if (!shown || !program) return { faults: ['form-unknown'], shown: undefined }
  const disclosure = program.disclosures[shown.locale as PageLanguage]
  const isInForce =
    disclosure !== undefined && disclosure.version === shown.version && sha256(disclosure.text) === shown.hash
  const isOld = !isInForce || now - shown.shownAt > GOOD_FOR_MS
  const parsed = sent.number.trim() === '' ? undefined : parseNumber(sent.number, 'US')
  const faults: FormFault[] = [
    ...(isOld ? ['form-old' as const] : []),
    ...(parsed === undefined ? ['number-missing' as const] : 'fault' in parsed ? [parsed.fault] : []),
    ...(sent.isAgreed ? [] : ['box-empty' as const]),
  ]
  if (faults.length > 0 || disclosure === undefined || !parsed || 'fault' in parsed) return { faults, shown }
  const consent: WrittenConsent = {
    seller: program.seller,
    programName: program.name,
    disclosure: disclosure.text,
    disclosureVersion: disclosure.version,
    locale: shown.locale,
    signature: 'web-form',
    collectedAt: new Date(now).toISOString(),
    source: shown.page,
    actor: 'subject',
    box: 'empty',
    isSeparate: true,
  }
  return { consent, number: parsed.number, shown }
}
