import { CONSENT_CATEGORIES, type ConsentDetail } from '../schema/consent.ts'
import { readChoice } from './gate.ts'

/** The choice as the page hears of it. */
export function tellChoice(): ConsentDetail {
  const { categories, ask } = readChoice()
  const granted = CONSENT_CATEGORIES.filter((name, rank) => !rank || categories.includes(name))
  return {
    granted,
    denied: CONSENT_CATEGORIES.filter((name) => !granted.includes(name)),
    decided: !ask,
    gpc: !!navigator.globalPrivacyControl,
  }
}
