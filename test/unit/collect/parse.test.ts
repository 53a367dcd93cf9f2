import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseEnvelope, parseEvent } from '../../../server/collect/parse.ts'
import { UserError } from '../../../server/errors.ts'
import { EVENT_TYPES, MAX_EVENTS } from '../../../schema/event.ts'
import { cpuMs } from '../../support/cpu-time.ts'
import { corpus, corpusLines } from '../../support/corpora.ts'
import { anyText } from '../../support/any-text.ts'

const frame = (fields: object): string =>
  JSON.stringify({ version: 1, site: 'example.com', events: [], ...fields })

/** What a body is refused with; empty when it is read. Anything but a fault of 400 is a bug. */
function faultOf(body: string): string {
  try {
    parseEnvelope(body)
  } catch (error) {
    if (error instanceof UserError && error.status === 400) return error.message
    throw error
  }
  return ''
}

const view = {
  type: 'pageview',
  id: 'abcdefghijklmnopqrstuv',
  time: 1_780_000_000_000,
  url: 'https://example.com/a',
}
const money = (amount: string, currency: string): object => ({ amount, currency })
/** Fields of the kinds of events that may be left out. */
const OPTIONAL = new Set(['props', 'revenue', 'place', 'comment', 'recency', 'event', 'touches', 'days'])
const engagement = { ...view, type: 'engagement', visibleMs: 12_000, scrollPercent: 80 }

describe('the frame of a body', () => {
  it('is read', () => {
    const events = [view, 5, null]
    expect(parseEnvelope(frame({ site: 'Example.COM', consent: 'token', events, more: 1 }))).toEqual({
      site: 'example.com',
      consent: 'token',
      events,
    })
    expect(parseEnvelope(frame({}))).toEqual({ site: 'example.com', events: [] })
    expect(parseEnvelope(frame({ consent: null }))).not.toHaveProperty('consent')
  })

  const long = 'x'.repeat(254)
  it.each([
    ['{"broken', 'JSON'],
    ['', 'JSON'],
    ['\u{feff}{}', 'JSON'],
    ['[]', 'object'],
    ['null', 'object'],
    ['"text"', 'object'],
    ['7', 'object'],
    [frame({ version: 2 }), 'version'],
    [frame({ version: '1' }), 'version'],
    [frame({ version: undefined }), 'version'],
    [frame({ site: undefined }), 'site'],
    [frame({ site: '' }), 'site'],
    [frame({ site: 5 }), 'site'],
    [frame({ site: long }), 'site'],
    [frame({ consent: 5 }), 'consent'],
    [frame({ consent: 'x'.repeat(5_000) }), 'consent'],
    [frame({ events: undefined }), 'events'],
    [frame({ events: { 0: view, length: 1 } }), 'events'],
    [frame({ events: Array.from({ length: MAX_EVENTS + 1 }, () => 0) }), 'events'],
  ])('%.40s is refused with a sentence that names what is wrong: %s', (body, name) => {
    const message = faultOf(body)
    expect(message).toContain(name)
    expect(message).toMatch(/^The [^\n]+\.$/)
    expect(message).not.toContain(long.slice(0, 20))
  })

  it('holds as many events as are allowed', () => {
    const events = Array.from({ length: MAX_EVENTS }, () => 0)
    expect(parseEnvelope(frame({ events })).events).toHaveLength(MAX_EVENTS)
  })

  it('is not fooled by names of the language', () => {
    const body = '{"__proto__":{"site":"evil.example"},"constructor":1,"version":1,"events":[]}'
    expect(faultOf(body)).toContain('site')
    expect(Object.prototype).not.toHaveProperty('site')
  })

  it('never throws anything but such a sentence', () => {
    const value = fc.oneof(
      fc.json(),
      anyText(),
      fc.jsonValue().map((json) => frame({ events: json })),
    )
    fc.assert(
      fc.property(value, (body) => {
        expect(faultOf(body)).toMatch(/^(?:The [^\n]+\.)?$/)
      }),
      { numRuns: 300 },
    )
  })

  it('takes a very deep body quickly', () => {
    const deep = frame({}).replace('[]', '['.repeat(100_000) + ']'.repeat(100_000))
    expect(parseEnvelope(deep).events).toHaveLength(1)
    expect(faultOf('['.repeat(200_000))).toContain('JSON')
    expect(cpuMs(() => parseEnvelope(deep))).toBeLessThan(200)
  })
})

function referrerOf(referrer: string): unknown {
  const parsed = parseEvent({ ...view, referrer })
  return parsed.kept && parsed.value.type === 'pageview' ? parsed.value.referrer : parsed
}

/** Of our own, so that the test does not depend on the corpus: what must be read and what must not. */
const OWN_CASES = [
  { name: 'y own', expect: 'y', base64: Buffer.from('[1.5e+2,"\\u0000","é",{"":null}]').toString('base64') },
  { name: 'n own', expect: 'n', base64: Buffer.from("{'a':1,}").toString('base64') },
  { name: 'n own bytes', expect: 'n', base64: Buffer.from([0x5b, 0xff, 0x5d]).toString('base64') },
]

describe('JSON as such', () => {
  const cases = [...OWN_CASES, ...corpusLines<(typeof OWN_CASES)[number]>('hostile/json-parsing.jsonl')]
  it('what is JSON is never refused for its syntax, what is none always is', () => {
    const wrong = cases.filter(({ expect: verdict, base64 }) => {
      const fault = faultOf(Buffer.from(base64, 'base64').toString('utf8'))
      return verdict === 'y' ? fault.includes('JSON') : verdict === 'n' && fault === ''
    })
    expect(wrong).toEqual([])
  })
})

describe('one event', () => {
  it('is read, without the fields that are unknown here', () => {
    const full = { ...view, referrer: 'https://a.example/', title: 't', screen: '1x1', language: 'de' }
    expect(parseEvent({ ...full, name: 'x', props: {} })).toEqual({ kept: true, value: full })
    expect(parseEvent(engagement)).toEqual({ kept: true, value: engagement })
  })

  it.each([
    [null],
    [5],
    ['pageview'],
    [[view]],
    [{}],
    [{ ...view, type: undefined }],
    [{ ...view, type: 5 }],
    [{ ...view, id: undefined }],
    [{ ...view, id: 'short77' }],
    [{ ...view, id: 'x'.repeat(65) }],
    [{ ...view, id: 'with a space' }],
    [{ ...view, id: 'umlaut-ü-in-it' }],
    [{ ...view, id: 'new\nline-in-it' }],
    [{ ...view, time: undefined }],
    [{ ...view, time: '1780000000000' }],
    [{ ...view, time: Number.POSITIVE_INFINITY }],
    [{ ...view, url: undefined }],
    [{ ...view, url: '' }],
    [{ ...view, url: `https://example.com/${'x'.repeat(2_048)}` }],
    [{ ...view, referrer: 5 }],
    [{ ...engagement, visibleMs: undefined }],
    [{ ...engagement, scrollPercent: 'all' }],
    [{ ...engagement, visibleMs: Number.NaN }],
  ])('%j is invalid', (raw) => {
    expect(parseEvent(raw)).toEqual({ kept: false, reason: 'invalid_event' })
  })

  it.each(['nonsense', 'toString', '__proto__', 'pageView', ''])(
    'of the unknown kind %j is unsupported',
    (type) => {
      expect(parseEvent({ ...view, type })).toEqual({ kept: false, reason: 'unsupported_type' })
    },
  )

  const { id, time, url } = view
  const kinds = {
    event: { name: 'Signup', props: { plan: 'pro', seats: 3, trial: true }, revenue: money('29.00', 'EUR') },
    click: { element: 'button Buy now' },
    outbound: { link: 'https://elsewhere.example/a' },
    download: { link: 'https://example.com/a.pdf' },
    form: { form: 'newsletter' },
    error: { message: 'TypeError: x is undefined', place: '/app.js:10:5' },
    vital: { vital: 'CLS', value: 0.125 },
    feedback: { score: 9, comment: 'Good' },
    visit: { first: ['day', 'week'], cohort: '2026-11-23', recency: '8-30' },
    ad: { action: 'conversion', campaign: 'spring', event: 'Signup', touches: 3, days: 2 },
    trait: { trait: 'age', value: '25-34' },
  } as const
  it.each(Object.entries(kinds))('of the kind %s is kept as it is', (type, fields) => {
    const raw = { id, time, url, type, ...fields }
    expect(parseEvent(raw)).toEqual({ kept: true, value: raw })
    for (const field of Object.keys(fields)) {
      if (OPTIONAL.has(field)) continue
      expect(parseEvent({ ...raw, [field]: undefined }), field).toMatchObject({ reason: 'invalid_event' })
    }
  })
  it('is one of the kinds there are', () => {
    expect(['pageview', 'engagement', ...Object.keys(kinds)].toSorted()).toEqual(EVENT_TYPES.toSorted())
  })

  it.each([
    ['event', { name: '' }],
    ['event', { name: ' \n ' }],
    ['event', { name: 5 }],
    ['event', { name: 'a', revenue: money('29,00', 'EUR') }],
    ['event', { name: 'a', revenue: money('1e3', 'EUR') }],
    ['event', { name: 'a', revenue: money('0.00001', 'EUR') }],
    ['event', { name: 'a', revenue: money('1234567890123', 'EUR') }],
    ['event', { name: 'a', revenue: money('29.00', 'eur') }],
    ['event', { name: 'a', revenue: money('29.00', 'XXQ') }],
    ['event', { name: 'a', revenue: { amount: 29, currency: 'EUR' } }],
    ['event', { name: 'a', revenue: '29 EUR' }],
    ['outbound', { link: `https://example.com/${'x'.repeat(2_048)}` }],
    ['vital', { vital: 'FID', value: 1 }],
    ['vital', { vital: 'LCP', value: '1' }],
    ['feedback', { score: 11 }],
    ['feedback', { score: -1 }],
    ['visit', { first: ['decade'], cohort: '2026-11-23' }],
    ['visit', { first: [], cohort: 'Monday' }],
    ['visit', { first: [], cohort: '2026-02-30' }],
    ['visit', { first: [], cohort: '2026-11-23', recency: '17' }],
    ['ad', { action: 'view', campaign: 'spring' }],
    ['ad', { action: 'click', campaign: ' ' }],
    ['trait', { trait: 'name', value: 'Jane' }],
    ['trait', { trait: 'age', value: '29' }],
    ['trait', { trait: 'gender', value: '25-34' }],
    ['pageview', { status: 99 }],
    ['pageview', { status: 404.5 }],
  ])('of the kind %s with %j is invalid', (type, fields) => {
    expect(parseEvent({ id, time, url, type, ...fields })).toMatchObject({ reason: 'invalid_event' })
  })

  it('loses no more than the properties that are none', () => {
    const props = { a: 'x', b: null, c: { d: 1 }, e: [1], f: Number.NaN, g: false, h: 'y'.repeat(500) }
    expect(parseEvent({ id, time, url, type: 'event', name: 'a', props })).toMatchObject({
      value: { props: { a: 'x', g: false, h: 'y'.repeat(200) } },
    })
    for (const none of [null, 5, 'text', []]) {
      expect(parseEvent({ id, time, url, type: 'event', name: 'a', props: none })).toMatchObject({
        kept: true,
        value: { props: {} },
      })
    }
    const many = Object.fromEntries(Array.from({ length: 31 }, (_, index) => [`p${index}`, index]))
    const parsed = parseEvent({ id, time, url, type: 'event', name: 'a', props: many })
    expect(parsed.kept && 'props' in parsed.value && Object.keys(parsed.value.props ?? {})).toHaveLength(30)
  })

  it.each(['abcdefgh', '550e8400-e29b-41d4-a716-446655440000', 'A_b-C~9!', 'x'.repeat(64)])(
    'may have the id %s',
    (own) => {
      expect(parseEvent({ ...view, id: own })).toMatchObject({ kept: true })
    },
  )

  it('has its numbers moved into their range', () => {
    const numbers = [
      [-5, -1, 0, 0],
      [1e300, 1e300, 86_400_000, 100],
      [0.4, 79.6, 0, 80],
    ] as const
    for (const [visibleMs, scrollPercent, milliseconds, percent] of numbers) {
      expect(parseEvent({ ...engagement, visibleMs, scrollPercent })).toMatchObject({
        value: { visibleMs: milliseconds, scrollPercent: percent },
      })
    }
  })

  it('has long texts cut, control characters removed and half characters replaced', () => {
    expect(referrerOf('x'.repeat(3_000))).toBe('x'.repeat(2_048))
    expect(referrerOf('a\u0000b\u001fc\u0085d\te')).toBe('abcde')
    expect(referrerOf('a\ud800b\udc00')).toBe('a\ufffdb\ufffd')
    expect(referrerOf(`${'x'.repeat(2_047)}😀`)).toBe(`${'x'.repeat(2_047)}\ufffd`)
  })

  it('is clean whatever text it holds', () => {
    const own = [
      '\u202eturned',
      'NUL\u0000',
      '＜script＞',
      '\u{1f469}\u200d\u{1f52c}',
      '../../etc/passwd',
      'undefined',
    ]
    const naughty = [...own, ...(JSON.parse(corpus('hostile/blns.json') ?? '[]') as string[])]
    for (const text of naughty) {
      const parsed = parseEvent({ ...view, referrer: text, title: text, language: text, screen: text })
      expect(parsed.kept).toBe(true)
      expect(JSON.stringify(parsed)).not.toMatch(/[\p{Cc}]|\\u00[01]|\\ud[89a-f]/u)
    }
  })

  it('never throws and never touches what is common to all objects', () => {
    const keys = fc.constantFrom(
      'type',
      'id',
      'time',
      'url',
      'referrer',
      '__proto__',
      'constructor',
      'visibleMs',
    )
    const values = fc.oneof(fc.jsonValue(), fc.constantFrom('pageview', 'engagement', 'abcdefgh'))
    const before = Object.getOwnPropertyNames(Object.prototype).length
    fc.assert(
      fc.property(fc.dictionary(keys, values), (raw) => {
        const parsed = parseEvent(JSON.parse(JSON.stringify(raw)))
        expect(typeof parsed.kept).toBe('boolean')
      }),
      { numRuns: 1_000 },
    )
    expect(Object.getOwnPropertyNames(Object.prototype)).toHaveLength(before)
  })
})
