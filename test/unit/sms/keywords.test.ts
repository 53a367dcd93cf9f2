import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LANGUAGES, OPT_OUT_WORDS } from '../../../sms/data/words.ts'
import { LOOK_ALIKES } from '../../../sms/data/look-alikes.ts'
import { readAnswer } from '../../../sms/keywords.ts'
import { isSlip } from '../../../sms/slip.ts'
import { anyText } from '../../support/any-text.ts'
import { corpusLines } from '../../support/corpora.ts'
import { cpuMs } from '../../support/cpu-time.ts'
import { ORDINARY, OWN_WORDS, UNCLEAR } from './answers.ts'
import { shareText } from './measure.ts'

/** 47 CFR 64.1200(a)(10)(i)(A). */
const PER_SE = ['stop', 'quit', 'end', 'revoke', 'opt out', 'cancel', 'unsubscribe']

const isOptOut = (text: string): boolean => readAnswer(text).meaning === 'opt-out'

/** How people and their phones write one word. */
const SPELLINGS: [name: string, write: (word: string) => string][] = [
  ['in capitals', (word) => word.toUpperCase()],
  ['capitalised', (word) => word.charAt(0).toUpperCase() + word.slice(1)],
  ['with blanks around', (word) => `  ${word}\n`],
  ['with a full stop', (word) => `${word}.`],
  ['with exclamation marks', (word) => `${word}!!!`],
  ['in quotes', (word) => `“${word}”`],
  ['in brackets', (word) => `[${word}]`],
  ['with dots between', (word) => Array.from(word).join('.')],
  ['with blanks between', (word) => Array.from(word).join(' ')],
  ['with dashes between', (word) => Array.from(word).join('-')],
  ['in full width', (word) => word.replace(/[a-z]/g, (a) => String.fromCharCode(a.charCodeAt(0) + 0xfee0))],
  [
    'in mathematical letters',
    (word) => word.replace(/[a-z]/g, (a) => String.fromCodePoint(a.charCodeAt(0) - 97 + 0x1d41a)),
  ],
  ['with zero widths within', (word) => Array.from(word).join('\u200b')],
  ['with a right-to-left mark', (word) => `\u200f${word}\u200f`],
  ['with variation selectors', (word) => Array.from(word).join('\ufe0f')],
  ['with accents', (word) => word.replaceAll('o', 'ö').replaceAll('e', 'é')],
  ['repeated', (word) => `${word} ${word} ${word}`],
  ['with thanks', (word) => `${word}. Thank you`],
  ['with please', (word) => `Please ${word}`],
  ['with an emoji', (word) => `${word} 😡`],
]

describe('S8 an opt-out', () => {
  it.each(PER_SE)('S8 `%s` counts in every spelling', (word) => {
    const missed = SPELLINGS.filter(([, write]) => !isOptOut(write(word))).map(([name]) => name)
    expect(missed).toEqual([])
  })

  it('S8 counts by the words of every language, in every spelling of a whole word', () => {
    const missed = LANGUAGES.flatMap((language) => OPT_OUT_WORDS[language]).flatMap((word) =>
      SPELLINGS.filter(([name]) => !name.includes('between') && name !== 'with accents')
        .filter(([, write]) => !isOptOut(write(word)))
        .map(([name]) => `${word} ${name}`),
    )
    expect(missed).toEqual([])
  })

  it('S8 counts with any letters replaced by look-alikes', () => {
    const spelled = fc
      .constantFrom(...PER_SE)
      .chain((word) =>
        fc
          .tuple(
            ...Array.from(word).map((a) =>
              fc.constantFrom(a, a.toUpperCase(), ...Array.from(LOOK_ALIKES[a] ?? '')),
            ),
          )
          .map((letters) => letters.join('')),
      )
    fc.assert(
      fc.property(spelled, (text) => {
        expect([text, isOptOut(text)]).toEqual([text, true])
      }),
      { numRuns: 2_000 },
    )
  })

  it('S8 counts through slips of the finger, and words of their own are none', () => {
    for (const written of [
      'stpo',
      'stopp',
      'dtop',
      'stoooop',
      'unsubcribe',
      'unsubscibe',
      'cancle',
      'qiut',
    ]) {
      expect([written, isOptOut(written)]).toEqual([written, true])
    }
    for (const written of [
      'shop',
      'step',
      'quite',
      'quiet',
      'cancer',
      'remote',
      'send',
      'top',
      'subscribe',
    ]) {
      expect([written, isOptOut(written)]).toEqual([written, false])
    }
    expect(isSlip('stop', 'stop')).toBe(false)
    expect(isSlip('edn', 'end')).toBe(false)
  })

  it('S8 counts by signs', () => {
    expect(readAnswer('🛑').meaning).toBe('opt-out')
    expect(readAnswer('🛑🛑 !').meaning).toBe('opt-out')
    expect(readAnswer('👍').meaning).toBe('other')
  })

  it.each(LANGUAGES)('S8 counts in own words: %s', (language) => {
    expect(OWN_WORDS[language].filter((text) => !isOptOut(text))).toEqual([])
  })

  it('S8 by a wrong number says so', () => {
    expect(readAnswer('Wrong number!')).toMatchObject({ meaning: 'opt-out', isWrongNumber: true })
    expect(readAnswer('wrong number, remove me')).toMatchObject({ meaning: 'opt-out', isWrongNumber: true })
    expect(readAnswer('stop texting me')).toMatchObject({ meaning: 'opt-out', isWrongNumber: false })
  })

  it('S8 is no ordinary answer, and none that a person must decide about', () => {
    expect(ORDINARY.filter(isOptOut)).toEqual([])
    expect(ORDINARY.filter((text) => readAnswer(text).meaning === 'unclear')).toEqual([])
    expect(UNCLEAR.filter((text) => readAnswer(text).meaning !== 'unclear')).toEqual([])
  })
})

describe('S8 what asks, gives or confirms', () => {
  it('is taken to the letter', () => {
    const meanings = (texts: string[]): string[] => texts.map((text) => readAnswer(text).meaning)
    expect(meanings(['HELP', 'help!', 'Info', 'AYUDA', 'Aide', 'hilfe'])).toEqual(Array(6).fill('help'))
    expect(meanings(['START', 'Unstop', 'opt in', 'ＳＴＡＲＴ'])).toEqual(Array(4).fill('start'))
    expect(meanings(['YES', 'y', 'Sí', 'Oui.', 'ja', 'sim'])).toEqual(Array(6).fill('yes'))
    expect(meanings(['No', 'nein'])).toEqual(['no', 'no'])
  })

  it('gives nothing by a slip, within a sentence or beside an opt-out', () => {
    for (const text of [
      'strat',
      'yess',
      'yes but stop',
      'start stop',
      'I want to start',
      'yes or no?',
      'st4rt',
    ]) {
      expect(['start', 'yes']).not.toContain(readAnswer(text).meaning)
    }
  })
})

describe('S8 any text at all', () => {
  it('is read without an error, and in a moment', () => {
    fc.assert(
      fc.property(anyText(400), (text) => {
        expect(readAnswer(text).meaning).toBeTypeOf('string')
      }),
    )
    const nasty = [
      'please stop '.repeat(2_000),
      'no me '.repeat(4_000),
      'a '.repeat(20_000),
      'dont '.repeat(4_000),
    ]
    expect(cpuMs(() => nasty.forEach(readAnswer))).toBeLessThan(400)
  })
})

describe('S8 measured', () => {
  interface Answer {
    text: string
    opt_out: boolean
    ambiguous?: boolean
  }
  const answers: Answer[] = [
    ...Object.values(OWN_WORDS).flatMap((texts) => texts.map((text) => ({ text, opt_out: true }))),
    ...ORDINARY.map((text) => ({ text, opt_out: false })),
    ...corpusLines<Answer>('sms/opt-out.jsonl'),
  ]

  it('S8 finds every opt-out of the test data and no other', () => {
    const optOuts = answers.filter((answer) => answer.opt_out)
    const others = answers.filter((answer) => !answer.opt_out)
    const missed = optOuts.filter(({ text }) => !isOptOut(text))
    const wrong = others.filter(({ text }) => isOptOut(text))
    console.log(`opt-outs found: ${shareText(optOuts.length - missed.length, optOuts.length)}`)
    console.log(`other answers taken for opt-outs: ${shareText(wrong.length, others.length)}`)
    expect(missed).toEqual([])
    expect(wrong).toEqual([])
  })

  it('S8 takes at most 0.2 % of ordinary messages for an opt-out', () => {
    const messages = [
      ...ORDINARY,
      ...corpusLines<{ text: string }>('sms/uci-ham.jsonl').map(({ text }) => text),
    ]
    const wrong = messages.filter(isOptOut)
    const unclear = messages.filter((text) => readAnswer(text).meaning === 'unclear')
    console.log(`ordinary messages taken for opt-outs: ${shareText(wrong.length, messages.length)}`)
    console.log(`ordinary messages a person has to look at: ${shareText(unclear.length, messages.length)}`)
    expect(wrong.length / messages.length).toBeLessThanOrEqual(0.002)
    expect(unclear.length / messages.length).toBeLessThanOrEqual(0.01)
  })
})
