import { describe, expect, it } from 'vitest'
import { createFormat, type Format } from '../../../dashboard/format.ts'
import { chooseLanguage } from '../../../dashboard/text/text.ts'

const format = (...tags: string[]): Format => createFormat(chooseLanguage(tags))
const british = format('en-GB')
const german = format('de-DE')

describe('numbers', () => {
  it('are written as the reader writes them, in full up to seven digits', () => {
    expect(british.value('count', 1_234_567)).toBe('1,234,567')
    expect(german.value('count', 1_234_567)).toBe('1.234.567')
    expect(format('en-US').value('count', 12_345_678)).toBe('12.3M')
    expect(format('en-IN').value('count', 1_234_567)).toBe('12,34,567')
  })

  it('of another language than the texts’ still follow the reader', () => {
    const swiss = format('fr-CH')
    expect(swiss.value('ratio', 2.5)).toBe('2,5')
    expect(swiss.timeShort('2026-11-01', 'day')).toBe('1 Nov')
  })

  it('that cannot be computed are a dash, never a zero', () => {
    expect(british.value('rate', null)).toBe('–')
    expect(british.value('count', undefined)).toBe('–')
    expect(british.value('rate', 0)).toBe('0%')
  })

  it('of time show their two largest parts', () => {
    expect([0, 14, 59.6, 134, 3_600, 3_725].map((seconds) => british.value('duration', seconds))).toEqual([
      '0s',
      '14s',
      '1m 0s',
      '2m 14s',
      '1h 0m',
      '1h 2m',
    ])
    expect(german.value('duration', 134)).toBe('2 min 14 s')
    expect([0, 30, 120, 5_400].map((seconds) => british.tick('duration', seconds))).toEqual([
      '0s',
      '30s',
      '2m',
      '1h 30m',
    ])
  })

  it('of a share keep a digit where they are small', () => {
    expect([0, 0.004, 0.0449, 0.5, 1].map((part) => british.share(part))).toEqual([
      '0%',
      '0.4%',
      '4.5%',
      '50%',
      '100%',
    ])
  })
})

describe('a change', () => {
  it('is told by a sign and a word', () => {
    expect(british.change('visitors', 120, 100)).toEqual({ sign: '+20%', word: 'more' })
    expect(british.change('visitors', 96, 100)).toEqual({ sign: '−4%', word: 'fewer' })
    expect(british.change('visitDuration', 90, 100)).toEqual({ sign: '−10%', word: 'shorter' })
    expect(german.change('visitors', 120, 100)).toEqual({ sign: '+20\u00a0%', word: 'mehr' })
  })

  it('of a rate is told in points, not in percent of percent', () => {
    expect(british.change('bounceRate', 0.48, 0.46)).toEqual({ sign: '+2 points', word: 'higher' })
  })

  it('from nothing has no percentage, and what is too small to show is unchanged', () => {
    expect(british.change('visitors', 5, 0)).toEqual({ sign: '', word: 'none before' })
    expect(british.change('visitors', 0, 0)).toEqual({ sign: '', word: 'unchanged' })
    expect(british.change('visitDuration', 100.001, 100)).toEqual({ sign: '', word: 'unchanged' })
  })

  it('is not told where a side is not known', () => {
    expect(british.change('bounceRate', null, 0.5)).toBeUndefined()
    expect(british.change('bounceRate', 0.5, undefined)).toBeUndefined()
  })
})

describe('times', () => {
  it('are the site’s own, whatever the reader’s time zone', () => {
    expect(british.timeShort('2026-11-01T13:00', 'hour')).toBe('13:00')
    expect(format('en-US').timeShort('2026-11-01T13:00', 'hour')).toBe('1 PM')
    expect(british.timeLong('2026-11-01', 'day')).toBe('Sun, 1 Nov 2026')
    expect(british.timeLong('2026-11-02', 'week')).toBe('Week of 2 Nov')
    expect(british.timeLong('2026-11-01', 'month')).toBe('November 2026')
    expect(british.range({ from: '2026-11-01', to: '2026-11-30' }).replaceAll(/\s/g, ' ')).toBe(
      '1 – 30 Nov 2026',
    )
    expect(british.clock(Date.parse('2026-11-24T13:32:00Z'), 'Europe/Berlin')).toBe('14:32')
  })
})

describe('names of values', () => {
  it('are those of the reader’s language', () => {
    expect(british.name('country', 'DE')).toBe('Germany')
    expect(german.name('country', 'DE')).toBe('Deutschland')
    expect(german.name('device', 'mobile')).toBe('Telefon')
    expect(british.name('utmCampaign', '')).toBe('no campaign')
    expect(british.name('country', '')).toBe('not known')
  })

  it('stand as they are where they are none that is known', () => {
    for (const odd of ['constructor', '__proto__', 'toString', 'X1', '<b>', 'de', '(other)']) {
      expect(british.name('country', odd)).toBe(odd)
      expect(british.name('device', odd)).toBe(odd)
      expect(british.name('source', odd)).toBe(odd)
    }
  })
})
