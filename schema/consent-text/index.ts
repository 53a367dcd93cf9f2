/** The texts that visitors read about their choice, in the languages that are built in. */
import type { NoticeTexts } from '../policy.ts'
import * as ar from './ar.ts'
import * as de from './de.ts'
import * as en from './en.ts'
import * as es from './es.ts'
import * as fr from './fr.ts'
import type { OwnTexts } from './own.ts'

export const BUILT_IN_LANGUAGES = ['en', 'de', 'fr', 'es', 'ar'] as const
export type BuiltInLanguage = (typeof BUILT_IN_LANGUAGES)[number]

/** Banner, dialog, choices page and declaration. Arabic stands for the languages that are written from the right. */
export const NOTICE_TEXTS: Record<BuiltInLanguage, NoticeTexts> = {
  en: en.notice,
  de: de.notice,
  fr: fr.notice,
  es: es.notice,
  ar: ar.notice,
}

/** What Sluice itself keeps on a device, and why. */
export const OWN_TEXTS: Record<BuiltInLanguage, OwnTexts> = {
  en: en.own,
  de: de.own,
  fr: fr.own,
  es: es.own,
  ar: ar.own,
}
