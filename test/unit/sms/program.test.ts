import { describe, expect, it } from 'vitest'
import { linkFaults } from '../../../sms/links.ts'
import { CONFIRM_WITHIN_MS, prepareMessage, programFaults, type Program } from '../../../sms/program.ts'
import { CAMPAIGN_CATEGORIES } from '../../../sms/rule-pack.ts'
import { TEXTS } from './texts.ts'

const PROGRAM: Program = {
  name: 'Lantern Deals',
  seller: 'Lantern Coffee LLC',
  description: 'Offers and new drinks for customers of our coffee shops who signed up on our page.',
  kind: 'marketing',
  useCase: 'Marketing',
  language: 'en',
  domains: ['lantern.example'],
  confirmWithin: CONFIRM_WITHIN_MS,
  frequency: { most: 4, days: 30 },
  samples: [
    'Two lattes for one today. Reply STOP to opt out.',
    'New: oat flat white. https://lantern.example/oat',
  ],
}
const faults = (change: Partial<Program>): string[] =>
  programFaults({ ...PROGRAM, ...change }).map((one) =>
    one.fault === 'prohibited' ? one.finding.category : one.fault,
  )

describe('S13 a program', () => {
  it('S13 is made where nothing is against it', () => {
    expect(faults({})).toEqual([])
  })

  it.each(CAMPAIGN_CATEGORIES)(
    'S13 about %s is refused, by its description and by its samples',
    (category) => {
      for (const text of TEXTS[category].forbidden) {
        expect(faults({ description: `${text} For all who like it, each week.` })).toContain(category)
        expect(faults({ samples: [text, 'Hello!'] })).toContain(category)
      }
    },
  )

  it('S13 says what is missing of it', () => {
    expect(faults({ name: ' ', seller: '', description: 'Deals', samples: ['Hi'] })).toEqual([
      'name',
      'seller',
      'description',
      'samples',
    ])
    expect(faults({ frequency: { most: 0, days: 30 }, confirmWithin: -1 })).toEqual([
      'frequency',
      'confirm-within',
    ])
    expect(faults({ confirmWithin: 'off' })).toEqual([])
  })

  it('SX2 links to domains of its own: no shortener and nothing that is no domain', () => {
    for (const domain of [
      'bit.ly',
      'x.bit.ly',
      'https://lantern.example',
      'localhost',
      'Lantern.example',
      '198.51.100.4',
    ]) {
      expect(faults({ domains: [...PROGRAM.domains, domain] })).toEqual(['domain'])
    }
  })
})

describe('S14 links of a message', () => {
  const rules = (text: string, ours?: readonly string[]): string[] =>
    linkFaults(text, ours).map(({ rule }) => rule)

  it('S14 SX2 are faulty by rules that have a name', () => {
    const cases: [text: string, rule: string][] = [
      ['https://bit.ly/3xYz', 'shortener'],
      ['tinyurl.com/abc', 'shortener'],
      ['tiny\u200burl.com/abc', 'shortener'],
      ['ｂｉｔ.ly/abc', 'shortener'],
      ['https://198.51.100.4/a', 'address'],
      ['https://[2001:db8::1]/a', 'address'],
      ['https://xn--lntern-cua.example/a', 'punycode'],
      ['https://lаntern.example/a', 'look-alike'],
      ['https://lantern.example\u2044evil.test/a', 'look-alike'],
      ['go to lantern(dot)example', 'hidden-dot'],
      ['lantern dot com has it', 'hidden-dot'],
      ['https://lantern.example@evil.test/a', 'user-info'],
      ['https://lantern.example/go?url=https://evil.test', 'redirect'],
      ['http://lantern.example/a', 'not-https'],
      ['ftp://lantern.example/a', 'scheme'],
      ['https://lantern.example.evil.test/a', 'name-within-name'],
      ['https://lantern-login.test/a', 'bait'],
      ['https://a.example/1 https://b.example/2', 'several-hosts'],
    ]
    for (const [text, rule] of cases)
      expect([text, rules(text)]).toEqual([text, expect.arrayContaining([rule])])
  })

  it('S14 SX2 lead to the domains of the program and to what lies below them', () => {
    const ours = ['lantern.example']
    for (const text of [
      'https://lantern.example/a',
      'https://shop.lantern.example/a',
      'lantern.example',
      'a@b.example',
    ]) {
      expect([text, rules(text, ours)]).toEqual([text, []])
    }
    for (const text of [
      'https://notlantern.example/a',
      'https://lantern.example.test',
      'evil.test',
      'https://evil.test/lantern.example',
    ]) {
      expect([text, rules(text, ours)]).toEqual([text, expect.arrayContaining(['not-ours'])])
    }
  })
})

describe('S6 S14 a message of a program', () => {
  it('S6 is prepared with its opt-out sentence and screened as it will be sent', () => {
    const prepared = prepareMessage('Two lattes for one today.', PROGRAM)
    expect(prepared).toMatchObject({
      text: 'Two lattes for one today.\nReply STOP to opt out.',
      screening: { decision: 'allow' },
    })
    expect(prepareMessage('Deals: https://bit.ly/x', PROGRAM)).toMatchObject({
      screening: { decision: 'block' },
    })
    expect(prepareMessage('a'.repeat(1_000), PROGRAM, 20)).toEqual({ fault: 'too-long' })
  })
})
