import type { Language } from './data/words.ts'
import { segmentsOf } from './segments.ts'

/**
 * The sentences that tell how to opt out, by language, in GSM-7 so that none of them makes a message longer than its
 * letters. The first is appended where a message has none. CTIA Messaging Principles 5.1.2.4, and the provider's policy.
 */
export const OPT_OUT_PHRASES: Readonly<Record<Language, readonly string[]>> = {
  en: [
    'Reply STOP to opt out',
    'Reply STOP to unsubscribe',
    'Reply STOP to cancel',
    'Reply STOP to end',
    'Reply STOP to quit',
    'Text STOP to opt out',
    'Text STOP to unsubscribe',
    'Text STOP to cancel',
    'Text STOP to end',
    'Text STOP to quit',
    'Txt STOP to opt out',
    'Txt STOP to end',
    'Txt STOP to quit',
    'STOP to opt out',
    'STOP to unsubscribe',
    'STOP to cancel',
    'STOP to end',
    'STOP to quit',
  ],
  es: [
    'Responda STOP para cancelar',
    'Responde STOP para cancelar',
    'Responda ALTO para cancelar',
    'Responde ALTO para cancelar',
    'STOP para cancelar',
    'ALTO para cancelar',
    'BAJA para cancelar',
  ],
  fr: [
    'Répondez STOP pour vous désabonner',
    'Répondez ARRET pour vous désabonner',
    'Envoyez STOP pour vous désabonner',
    'STOP pour se désabonner',
    'ARRET pour se désabonner',
  ],
  de: ['Abmelden mit STOP', 'STOP zum Abmelden', 'Antworten Sie STOP zum Abmelden', 'STOPP zum Abmelden'],
  pt: [
    'Responda STOP para cancelar',
    'Responda SAIR para cancelar',
    'STOP para cancelar',
    'SAIR para cancelar',
  ],
}

/** The provider takes no longer text, in UTF-16 units. */
export const MAX_UNITS = 1_000
/** Parts a message may take unless its program says otherwise: each is paid for. */
export const DEFAULT_SEGMENTS = 4

export type WithOptOut =
  | { readonly text: string }
  /** It does not fit with its opt-out sentence, which is never left out: shorten the message. */
  | { readonly fault: 'too-long' | 'too-many-segments' | 'empty' }

/**
 * A message with a sentence that tells how to opt out: its own where it has an approved one, else the language's first,
 * on a line of its own. Never throws.
 */
export function withOptOutText(body: string, language: Language, maxSegments = DEFAULT_SEGMENTS): WithOptOut {
  const written = body.trim()
  if (written === '') return { fault: 'empty' }
  const text = hasOptOutText(written) ? written : `${written}\n${OPT_OUT_PHRASES[language][0]}.`
  if (text.length > MAX_UNITS) return { fault: 'too-long' }
  return segmentsOf(text).count > maxSegments ? { fault: 'too-many-segments' } : { text }
}

const PHRASES = Object.values(OPT_OUT_PHRASES)
  .flat()
  .toSorted((a, b) => b.length - a.length)
  .map((phrase) => phrase.replaceAll(' ', '\\s+'))
/** It begins and ends a sentence, in plain letters: `Do not reply STOP to opt out` tells something else. */
const OPT_OUT_TEXT = new RegExp(
  `(?:^|[.!?;:,|()\\[\\]*\\n–—-])\\s*(?:${PHRASES.join('|')})\\s*(?:$|[.!?;,|()\\[\\]*\\n])`,
  'iu',
)

/** Whether a message holds an approved opt-out sentence of any language. */
export function hasOptOutText(text: string): boolean {
  return OPT_OUT_TEXT.test(text)
}
