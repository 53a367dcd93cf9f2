import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CAMPAIGN_CATEGORIES, CONTENT_CATEGORIES, type Category } from '../../../sms/rule-pack.ts'
import { screen } from '../../../sms/screen.ts'
import { anyText } from '../../support/any-text.ts'
import { corpusLines } from '../../support/corpora.ts'
import { cpuMs } from '../../support/cpu-time.ts'
import { EVASIONS } from './evasions.ts'
import { shareText } from './measure.ts'
import { TEXTS } from './texts.ts'

interface Case {
  category: Category
  text: string
  violates: boolean
  evasion?: string | null
}
const OWN: Case[] = Object.entries(TEXTS).flatMap(([category, { forbidden, honest }]) => [
  ...forbidden.map((text) => ({ category: category as Category, text, violates: true })),
  ...honest.map((text) => ({ category: category as Category, text, violates: false })),
])
const CORPUS = corpusLines<Case>('sms/prohibited-content.jsonl')
const CASES = [...OWN, ...CORPUS]
/** Each by itself, so that one that is found whole does not make up for another. */
const SOURCES: readonly { readonly name: string; readonly all: readonly Case[] }[] = [
  { name: 'our own texts', all: OWN },
  ...(CORPUS.length > 0 ? [{ name: 'the corpus', all: CORPUS }] : []),
]

/** Found, by a rule of its own category: the explanation is right too. */
const isFound = ({ text, category }: Pick<Case, 'text' | 'category'>): boolean =>
  screen(text).findings.some((finding) => finding.category === category)
const isHeld = (text: string): boolean => screen(text).decision !== 'allow'

describe.each([...CAMPAIGN_CATEGORIES, ...CONTENT_CATEGORIES])('screening for %s', (category) => {
  const id = (CAMPAIGN_CATEGORIES as readonly string[]).includes(category) ? 'S13' : 'S14'

  it.each(SOURCES)(
    `${id} finds at least nine of ten in $name and holds at most one in fifty of what only shares its words`,
    ({ name, all }) => {
      const cases = all.filter((one) => one.category === category)
      const forbidden = cases.filter(({ violates }) => violates)
      const honest = cases.filter(({ violates }) => !violates)
      expect(Math.min(forbidden.length, honest.length)).toBeGreaterThan(0)
      const missed = forbidden.filter((one) => !isFound(one)).map(({ text }) => text)
      const held = honest.filter(({ text }) => isHeld(text)).map(({ text }) => text)
      console.log(
        `${category}, ${name}: found ${shareText(forbidden.length - missed.length, forbidden.length)}`,
      )
      console.log(`${category}, ${name}: honest ones held ${shareText(held.length, honest.length)}`)
      expect([missed.length / forbidden.length <= 0.1, missed]).toEqual([true, missed])
      expect([held.length / honest.length <= 0.02, held]).toEqual([true, held])
    },
  )
})

describe('screening', () => {
  const found = CASES.filter((one) => one.violates && one.category !== 'misleading_links').filter(isFound)

  it.each(EVASIONS)('S13 S14 finds as much, less 5 points, through %s', (name, hide) => {
    const through = found.filter((one) => isFound({ ...one, text: hide(one.text) }))
    console.log(`found through ${name}: ${shareText(through.length, found.length)}`)
    expect(through.length / found.length).toBeGreaterThanOrEqual(0.95)
  })

  it('S14 says that something is hidden, also where it does not know what', () => {
    for (const text of [
      'Hel\u200blo there',
      'Our shоp is open',
      '𝗛𝗲𝗹𝗹𝗼 there',
      'h.e.l.l.o there',
      'he*llo',
    ]) {
      expect([text, screen(text)]).toMatchObject([
        text,
        { decision: 'review', findings: [{ category: 'evasion' }] },
      ])
    }
    for (const text of [
      'Café is open, naïve?',
      'Привет',
      'a.m. and p.m.',
      '👨‍👩‍👧 day',
      'R & B night',
      'Meet at 5.30',
    ]) {
      expect([text, screen(text).decision]).toEqual([text, 'allow'])
    }
  })

  it('S13 tells which rule found which words', () => {
    expect(screen('Bad credit? Get a payday loan.').findings).toContainEqual({
      category: 'loan_mortgage',
      group: 'campaign',
      rule: 'loan_mortgage/kind@1',
      weight: 2,
      found: 'payday loan',
    })
  })

  it('holds little of what people write to each other', () => {
    const texts = [
      ...Object.values(TEXTS).flatMap(({ honest }) => honest),
      ...corpusLines<{ text: string }>('sms/uci-ham.jsonl').map(({ text }) => text),
    ]
    const held = texts.filter(isHeld)
    console.log(`private texts held: ${shareText(held.length, texts.length)}`)
    expect(held.length / texts.length).toBeLessThanOrEqual(0.005)
  })

  it('says the same of a text whatever neutral words stand around it', () => {
    const neutral = fc.constantFrom('Hello!', 'See you.', 'From Lantern.', 'Reply STOP to opt out.', '')
    fc.assert(
      fc.property(fc.constantFrom(...CASES), neutral, neutral, ({ text }, before, after) => {
        const rules = (whole: string): string[] => screen(whole).findings.map(({ rule }) => rule)
        expect(rules(`${before} ${text} ${after}`)).toEqual(expect.arrayContaining(rules(text)))
      }),
      { numRuns: 300 },
    )
  })

  it('reads any text without an error, and in a moment', () => {
    fc.assert(
      fc.property(anyText(200), (text) => {
        expect(['allow', 'review', 'block']).toContain(screen(text).decision)
      }),
    )
    const nasty = [
      'a.'.repeat(1_000),
      'loan '.repeat(400),
      'https://'.repeat(250),
      'send me '.repeat(250),
      'a-'.repeat(1_000),
    ]
    expect(cpuMs(() => nasty.forEach((text) => screen(text)))).toBeLessThan(1_000)
  })
})
