import { de } from './de.ts'
import { en, type SettingsText } from './en.ts'

/** The texts in the language that the page is in. @param language BCP 47 tag of the document */
export function settingsText(language: string): SettingsText {
  return language.split('-')[0] === 'de' ? de : en
}
