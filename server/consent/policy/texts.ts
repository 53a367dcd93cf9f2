import { BUILT_IN_LANGUAGES, NOTICE_TEXTS, type BuiltInLanguage } from '../../../schema/consent-text/index.ts'
import type { NoticeTexts, PolicyManifest } from '../../../schema/policy.ts'
import { fallbacks, lookUp } from './language.ts'

/**
 * The texts of a language: the site's own over those of the language it falls back to, `de-AT` over `de`, over the
 * built-in ones. Some are missing where neither is built in nor complete.
 */
export function textsIn(own: PolicyManifest['texts'], tag: string): Partial<NoticeTexts> {
  const layers = fallbacks(tag).toReversed()
  return Object.assign(
    {},
    ...layers.flatMap((one) => [builtIn(one), own?.[one] ?? {}]),
  ) as Partial<NoticeTexts>
}

/** The languages in which everything can be said: the built-in ones and those that the manifest brings. */
export function languagesOf(manifest: Pick<PolicyManifest, 'texts'>): string[] {
  return [...new Set([...BUILT_IN_LANGUAGES, ...Object.keys(manifest.texts ?? {})])]
}

/** The best of the wanted languages; else the manifest's own; else English. */
export function chooseLanguage(manifest: PolicyManifest, wanted: readonly string[]): string {
  return lookUp([...wanted, manifest.language], languagesOf(manifest)) ?? 'en'
}

/** All texts of a language that chooseLanguage gave. A manifest that loaded has every one of them. */
export function noticeTexts(manifest: PolicyManifest, language: string): NoticeTexts {
  return textsIn(manifest.texts, language) as NoticeTexts
}

/** One translation: the language or what it falls back to, else the manifest's own, which is always there. */
export function translated(texts: Record<string, string>, language: string, own: string): string {
  const tag = lookUp([language, own], Object.keys(texts))
  return tag === undefined ? '' : (texts[tag] ?? '')
}

function builtIn(tag: string): Partial<NoticeTexts> {
  return (BUILT_IN_LANGUAGES as readonly string[]).includes(tag) ? NOTICE_TEXTS[tag as BuiltInLanguage] : {}
}
