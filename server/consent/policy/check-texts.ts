import { BUILT_IN_LANGUAGES } from '../../../schema/consent-text/index.ts'
import type { NoticeTexts, PolicyManifest } from '../../../schema/policy.ts'
import { refused, type Finding } from './finding.ts'
import { fallbacks, isLanguageTag } from './language.ts'
import { NOTICE_SHAPE } from './manifest.ts'
import { faultOfText } from './plain-text.ts'
import { textsIn } from './texts.ts'

/** What is filled into which text. */
const FILLED: Readonly<Record<string, readonly string[]>> = {
  intro: ['controller', 'purposes', 'count'],
  contact: ['controller', 'contact'],
  placeholder: ['service'],
  'pages.declarationIntro': ['controller'],
  'pages.choicesIntro': ['controller', 'days'],
  'pages.decided': ['day', 'until'],
  'pages.elsewhere': ['site', 'reopen'],
  'pages.revision': ['revision', 'day'],
}

/** What must be said: a notice that does not name the controller informs nobody (GDPR art. 13(1)(a)). */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  intro: ['controller', 'purposes'],
  contact: ['controller', 'contact'],
}

/** Longest label of a button of the first layer: three of them stand side by side. */
const MOST_LABEL = 40
const BUTTONS = ['acceptAll', 'rejectAll', 'choose'] as const

/** The texts that a site puts in place of the built-in ones. */
export function checkTexts({ language, texts = {} }: PolicyManifest): Finding[] {
  const findings = isLanguageTag(language)
    ? []
    : [refused('language', `${JSON.stringify(language)} is no language tag: write one like en or pt-BR.`)]
  return [...findings, ...Object.keys(texts).flatMap((tag) => checkLanguage(tag, texts))]
}

function checkLanguage(tag: string, texts: NonNullable<PolicyManifest['texts']>): Finding[] {
  const place = `texts.${tag}`
  if (!isLanguageTag(tag)) return [refused(place, 'This is no language tag: write one like en or pt-BR.')]
  const findings = leaves(texts[tag] ?? {}).flatMap(({ key, text }) => {
    const fault = faultOfText(text, FILLED[key]) ?? missing(key, text)
    return fault === undefined ? [] : [refused(`${place}.${key}`, fault)]
  })
  const whole = textsIn(texts, tag)
  const absent = Object.keys(NOTICE_SHAPE.shape).filter((key) => !(key in whole))
  if (absent.length > 0) {
    const known = BUILT_IN_LANGUAGES.join(', ')
    findings.push(
      refused(
        place,
        `${fallbacks(tag).at(-1)} is not built in (${known} are), so it needs every text: ${absent.join(', ')} missing.`,
      ),
    )
    return findings
  }
  return [...findings, ...checkButtons(place, whole as NoticeTexts)]
}

/** A first layer on which refusing is as easy to see and to understand as accepting. */
function checkButtons(place: string, texts: NoticeTexts): Finding[] {
  const findings = BUTTONS.filter((key) => texts[key].length > MOST_LABEL).map((key) =>
    refused(`${place}.${key}`, `A button has room for ${MOST_LABEL} characters: write it shorter.`),
  )
  const labels = new Set(BUTTONS.map((key) => texts[key].normalize('NFKC').trim().toLowerCase()))
  if (labels.size < BUTTONS.length) {
    findings.push(
      refused(
        `${place}.rejectAll`,
        'Accept, reject and choose need different labels, or nobody can tell them apart.',
      ),
    )
  }
  return findings
}

function missing(key: string, text: string): string | undefined {
  const name = REQUIRED[key]?.find((one) => !text.includes(`{${one}}`))
  return name === undefined
    ? undefined
    : `This must say {${name}}: visitors are to know it before they choose.`
}

/** Every text with its way, `categories.targeting.title`. */
function leaves(tree: object, way = ''): { key: string; text: string }[] {
  return Object.entries(tree).flatMap(([name, value]: [string, string | object]) =>
    typeof value === 'string' ? [{ key: way + name, text: value }] : leaves(value, `${way}${name}.`),
  )
}
