import type { ProgramKind, WrittenConsent } from '../schema/sms.ts'
import { DISCLOSURE_ELEMENTS, type DisclosureElement } from './data/disclosure-elements.ts'
import { fold, wordsOf } from './fold.ts'

/** What keeps a text from being a consent in writing. */
export type ConsentFault =
  | { readonly missing: DisclosureElement['name']; readonly rule: string }
  | {
      readonly missing:
        'seller' | 'program' | 'version' | 'source' | 'actor' | 'time' | 'empty-box' | 'separate-signature'
      readonly rule: string
    }
  | { readonly refused: 'not-our-list'; readonly rule: string }

/** 47 CFR 64.1200(f)(9), and what carriers ask for beside a form: the call to action of CTIA's principles. */
const PEWC = '47 CFR 64.1200(f)(9)'
const ISO_WITH_OFFSET = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?(?:Z|[+-]\d\d:\d\d)$/

/**
 * What a consent lacks for programs of a kind; empty where it is one. The disclosure is read in five languages. That it
 * was clear and conspicuous nobody can read from its text.
 * @param now Unix milliseconds: nobody has signed later
 */
export function faultsOf(consent: WrittenConsent, kind: ProgramKind, now: number): ConsentFault[] {
  const words = wordsOf(fold(consent.disclosure))
  const said = words.join(' ')
  const names = (name: string): boolean => {
    const wanted = wordsOf(fold(name)).join(' ')
    return wanted !== '' && ` ${said} `.includes(` ${wanted} `)
  }
  const signedAt = ISO_WITH_OFFSET.test(consent.collectedAt) ? Date.parse(consent.collectedAt) : Number.NaN
  const claims: [missing: Extract<ConsentFault, { missing: unknown }>['missing'], holds: boolean][] = [
    ['seller', names(consent.seller)],
    ['program', names(consent.programName)],
    ['version', consent.disclosureVersion.trim() !== ''],
    ['source', consent.source.trim() !== ''],
    ['actor', consent.actor.trim() !== ''],
    ['time', signedAt <= now],
    ['empty-box', consent.box !== 'ticked'],
    ['separate-signature', consent.isSeparate],
  ]
  const lacking = claims.filter(([, holds]) => !holds).map(([missing]) => ({ missing, rule: PEWC }) as const)
  const unsaid = DISCLOSURE_ELEMENTS.filter(
    (element) => (element.kinds?.includes(kind) ?? true) && !element.said.test(said),
  ).map(({ name, rule }) => ({ missing: name, rule }))
  return [...lacking, ...unsaid, ...refusedOrigin(consent)]
}

function refusedOrigin({ signature, provenance }: WrittenConsent): ConsentFault[] {
  if (signature !== 'import' && provenance === undefined) return []
  if (provenance === 'own-form' || provenance === 'own-records') return []
  return [
    { refused: 'not-our-list', rule: 'CTIA Messaging Principles 5.1: no purchased, rented or shared lists' },
  ]
}
