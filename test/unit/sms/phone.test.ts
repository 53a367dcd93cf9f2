import { inspect } from 'node:util'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ALL_PLACES, classOf, knownNumber, parseNumber } from '../../../sms/phone.ts'
import { anyText } from '../../support/any-text.ts'
import { corpusLines } from '../../support/corpora.ts'

const read = (text: string, country?: 'US' | 'CA'): string => {
  const parsed = parseNumber(text, country)
  return 'fault' in parsed ? parsed.fault : `${parsed.number.reveal()} ${parsed.class.kind}`
}

describe('S2 a number', () => {
  it('S2 is read however it is written, and refused with the reason', () => {
    const cases = [
      ['+12015550123', '+12015550123 long-code'],
      ['tel:+1-201-555-0123', '+12015550123 long-code'],
      ['+1 (201) 555\u20110123', '+12015550123 long-code'],
      ['＋１ ２０１ ５５５ ０１２３', '+12015550123 long-code'],
      ['\u200e+1.201.555.0123\u200f', '+12015550123 long-code'],
      ['+1 833 555 0100', '+18335550100 toll-free'],
      ['2015550123', 'not-a-number'],
      ['+44 20 7946 0958', 'other-country'],
      ['+1 242 555 0100', 'area-code'],
      ['+1 900 555 0100', 'area-code'],
      ['+1 999 555 0100', 'area-code'],
      ['+1 123 555 0100', 'not-a-number'],
      ['+1 201 155 0100', 'not-a-number'],
      ['+1 201 555 01234', 'not-a-number'],
      ['+0 201 555 0123', 'not-a-number'],
      ['', 'not-a-number'],
      ['STOP', 'not-a-number'],
      ['++12015550123', 'not-a-number'],
      ['+1 201 555 0123 ext. 5', 'extension'],
      ['+12015550123;ext=5', 'extension'],
      ['+1 201 555 0123 x77', 'extension'],
    ] as const
    for (const [text, is] of cases) expect([text, read(text)]).toEqual([text, is])
  })

  it('S2 may leave its country out where that is said', () => {
    const cases = [
      ['(201) 555-0123', '+12015550123 long-code'],
      ['1-201-555-0123', '+12015550123 long-code'],
      ['011 44 20 7946 0958', 'other-country'],
      ['741741', 'short-code'],
      ['555-0123', 'not-a-number'],
    ] as const
    for (const [text, is] of cases) expect([text, read(text, 'US')]).toEqual([text, is])
  })

  it('S2 is toll-free by the seven codes and no other', () => {
    const codes = Array.from({ length: 800 }, (_, index) => String(index + 200))
    const free = codes.filter((code) => read(`+1${code}5550100`).endsWith('toll-free'))
    expect(free).toEqual(['800', '833', '844', '855', '866', '877', '888'])
  })

  it('read again is the same, and reading never throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(anyText(24), fc.stringMatching(/^\+?1? ?\(?[2-9]\d\d\)?[ -]?[2-9]\d\d[ -]?\d{4}$/)),
        (text) => {
          const once = parseNumber(text, 'US')
          if ('fault' in once) return
          const e164 = once.number.reveal()
          expect(e164).toMatch(/^\+1[2-9]\d{9}$/)
          expect(read(e164)).toBe(`${e164} ${once.class.kind}`)
        },
      ),
    )
  })
})

describe('the places of a number', () => {
  const zonesOf = (e164: string): readonly string[] | undefined => {
    const parsed = parseNumber(e164)
    return 'class' in parsed && parsed.class.kind === 'long-code' ? parsed.class.zones : undefined
  }

  it('are all that its area code reaches into', () => {
    expect(zonesOf('+12125550100')).toEqual(['America/New_York'])
    expect(zonesOf('+18505550100')).toEqual(['America/Chicago', 'America/New_York'])
    expect(zonesOf('+17095550100')).toContain('America/St_Johns')
    expect(zonesOf('+19285550100')).toEqual(['America/Denver', 'America/Phoenix'])
    expect(zonesOf('+18085550100')).toEqual(['Pacific/Honolulu'])
    expect(classOf(knownNumber('+13055550100') as never)).toMatchObject({ country: 'US', regions: ['FL'] })
    expect(classOf(knownNumber('+19025550100') as never)).toMatchObject({
      country: 'CA',
      regions: ['NS', 'PE'],
    })
  })

  it('are zones that this machine knows, all states and all provinces', () => {
    for (const zone of ALL_PLACES.flatMap((place) => place.zones))
      expect(() => new Intl.DateTimeFormat('en', { timeZone: zone })).not.toThrow()
    expect(new Set(ALL_PLACES.flatMap((place) => place.regions)).size).toBe(50 + 1 + 5 + 13)
  })
})

describe('S18 a number that is held', () => {
  it('S18 is masked wherever it may be shown', () => {
    const parsed = parseNumber('+12015550123')
    if ('fault' in parsed) throw new Error(parsed.fault)
    const { number } = parsed
    const shown = [
      String(number),
      ['', number].join(''),
      JSON.stringify({ number }),
      inspect({ number }, { showHidden: true }),
      JSON.stringify(Object.entries(number)),
      new Error(`cannot send to ${String(number)}`).message,
    ]
    for (const text of shown) expect(text.replace(/\D/g, '')).not.toContain('5550123')
    expect(shown[0]).toBe('+1••••••0123')
    expect(number.reveal()).toBe('+12015550123')
  })

  it('may come from anywhere, since an opt-out counts wherever it comes from', () => {
    expect(knownNumber('+442079460958')?.toString()).toBe('+4••••••0958')
    expect(knownNumber('741741')?.reveal()).toBe('741741')
    expect(knownNumber('2015550123')).toBeUndefined()
    expect(knownNumber('+12')).toBeUndefined()
  })
})

describe('S2 the numbers of the test data', () => {
  interface Row {
    input: string
    defaultCountry: string | null
    valid: boolean
    e164: string | null
    type: string | null
  }

  it('S2 are read as two other libraries read them, those of other countries refused', () => {
    const rows: Row[] = [
      {
        input: '+12015550123',
        defaultCountry: null,
        valid: true,
        e164: '+12015550123',
        type: 'FIXED_LINE_OR_MOBILE',
      },
      ...corpusLines<Row>('sms/phone-numbers.jsonl'),
    ]
    for (const { input, defaultCountry, valid, e164, type } of rows) {
      const country = defaultCountry === 'US' || defaultCountry === 'CA' ? defaultCountry : undefined
      const isOurs = valid && e164?.startsWith('+1') === true && type !== 'PREMIUM_RATE'
      const kind = type === 'TOLL_FREE' ? 'toll-free' : 'long-code'
      if (isOurs) expect([input, read(input, country)]).toEqual([input, `${e164} ${kind}`])
      else expect([input, 'fault' in parseNumber(input, country)]).toEqual([input, true])
    }
  })
})
