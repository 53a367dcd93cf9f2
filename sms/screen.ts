import { CAMPAIGN_PACKS } from './data/campaign-rules.ts'
import { CONTENT_PACKS } from './data/content-rules.ts'
import { fold, unleet, wordsOf } from './fold.ts'
import { linkFaults } from './links.ts'
import type { Category, RulePack } from './rule-pack.ts'

/** Why a message is not simply sent: which rule of which pack, and on what words. */
export interface Finding {
  readonly category: Category | 'evasion'
  readonly group: 'campaign' | 'content'
  /** `debt_relief/tax@1`: category, rule, version of the pack. */
  readonly rule: string
  readonly weight: 1 | 2
  /** The words as they were read. */
  readonly found: string
}

export interface Screening {
  /** `review`: a person decides. */
  readonly decision: 'allow' | 'review' | 'block'
  readonly findings: readonly Finding[]
}

/** No message is longer; what comes after is refused elsewhere. */
const MAX_READ = 2_000

interface Compiled {
  readonly rule: string
  readonly weight: 1 | 2
  readonly category: Category
  readonly group: RulePack['group']
  readonly pattern: RegExp
  /** For words whose letters were torn apart: their blanks are lost with them. */
  readonly squeezed: RegExp
  readonly unless: RegExp | undefined
}

const RULES: readonly Compiled[] = [...CAMPAIGN_PACKS, ...CONTENT_PACKS].flatMap(
  ({ category, group, version, rules }) =>
    rules.map(([name, pattern, weight, unless]) => ({
      rule: `${category}/${name}@${version}`,
      weight,
      category,
      group,
      pattern: new RegExp(`\\b(?:${pattern})\\b`, 'u'),
      squeezed: new RegExp(`^(?:${pattern.replaceAll(' ', ' ?')})$`, 'u'),
      unless: unless === undefined ? undefined : new RegExp(`\\b(?:${unless})\\b`, 'u'),
    })),
)

/**
 * Screens a message or a description against all rule packs, and its links. It is read as the eye takes it, also where
 * letters are torn apart, replaced or hidden; that they are is a finding of its own. Each finding says which rule found
 * what. Never throws.
 * @param domains of the program, for links (links.ts)
 */
export function screen(text: string, domains: readonly string[] = []): Screening {
  const read = text.slice(0, MAX_READ)
  const mended = mend(fold(read))
  const spellings = [...new Set([mended, unleet(mended, 'i'), unleet(mended, 'l')].map(spelled))]
  const torn = tornWords(fold(read))
  const findings: Finding[] = []
  for (const { rule, weight, category, group, pattern, squeezed, unless } of RULES) {
    const found = firstMatch(spellings, pattern, unless) ?? torn.find((word) => squeezed.test(word))
    if (found !== undefined) findings.push({ category, group, rule, weight, found })
  }
  for (const { rule, weight, found } of linkFaults(read, domains)) {
    findings.push({
      category: 'misleading_links',
      group: 'content',
      rule: `misleading_links/${rule}@1`,
      weight,
      found,
    })
  }
  for (const rule of evasionsIn(read)) {
    findings.push({
      category: 'evasion',
      group: 'content',
      rule: `evasion/${rule}@1`,
      weight: 1,
      found: rule,
    })
  }
  return { decision: decide(findings), findings }
}

/** Block by one strong rule or two weak ones of a category; a person looks at whatever else was found. */
function decide(findings: readonly Finding[]): Screening['decision'] {
  const weights = new Map<string, number>()
  for (const { category, weight } of findings) weights.set(category, (weights.get(category) ?? 0) + weight)
  if (findings.length === 0) return 'allow'
  const isStrong = [...weights].some(([category, weight]) => category !== 'evasion' && weight >= 2)
  return isStrong ? 'block' : 'review'
}

function firstMatch(
  spellings: readonly string[],
  pattern: RegExp,
  unless: RegExp | undefined,
): string | undefined {
  for (const spelling of spellings) {
    const [found] = pattern.exec(spelling) ?? []
    if (found !== undefined && !unless?.test(spelling)) return found
  }
  return undefined
}

function spelled(folded: string): string {
  return wordsOf(folded).join(' ')
}

/** Single letters with the same sign or blank between them, three or more: `d.e.l.e.t.e`, `l o a n`. */
const TORN = /(?<![\p{L}\p{N}])[\p{L}\p{N}]([ .\-_*~|/])(?:[\p{L}\p{N}]\1)+[\p{L}\p{N}](?![\p{L}\p{N}])/gu
/** A sign within a word that belongs to no word: `lo*ans`. */
const SPLIT = /(?<=\p{L})[*_~^|+=•·](?=\p{L})/gu

/** A folded text with its torn words put together. */
function mend(folded: string): string {
  return folded.replace(SPLIT, '').replace(TORN, (word) => (isCount(word) ? word : joined(word)))
}

function tornWords(folded: string): string[] {
  return [...folded.matchAll(TORN)].map(([word]) => joined(word)).filter((word) => word.length >= 4)
}

function joined(word: string): string {
  return word.replace(/[^\p{L}\p{N}]/gu, '')
}

/** Dates, versions and numbers of rows are written so, too. */
function isCount(word: string): boolean {
  return !/\p{L}.\p{L}/u.test(word)
}

/** How a text hides what it says. Some of it has honest uses: a person looks. */
function evasionsIn(text: string): string[] {
  const claims: [rule: string, isThere: boolean][] = [
    ['invisible', /\p{L}[\u200B-\u200D\u2060\u00AD\uFEFF]+\p{L}/u.test(text)],
    [
      'mixed-scripts',
      /\p{Script=Latin}[\p{Script=Cyrillic}\p{Script=Greek}]|[\p{Script=Cyrillic}\p{Script=Greek}]\p{Script=Latin}/u.test(
        text,
      ),
    ],
    [
      'odd-letters',
      /[\u{1D400}-\u{1D7FF}\u{1F110}-\u{1F169}\u24B6-\u24E9\uFF21-\uFF3A\uFF41-\uFF5A]{2}/u.test(text),
    ],
    ['torn', [...fold(text).matchAll(TORN)].some(([word]) => !isCount(word) && joined(word).length >= 4)],
    ['split', /\p{L}[*~^|•·]\p{L}/u.test(text)],
  ]
  return claims.filter(([, isThere]) => isThere).map(([rule]) => rule)
}
