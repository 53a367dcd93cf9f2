import { describe, expect, it } from 'vitest'
import type { WireEvent } from '../../../schema/event.ts'
import type { EventDetail } from '../../../schema/rows.ts'
import { parseEvent } from '../../../server/collect/parse.ts'
import { detailOf } from '../../../server/enrich/detail.ts'
import type { ScrubKind } from '../../../server/enrich/scrub.ts'
import { makeSite } from '../../support/facts.ts'

const site = makeSite({ properties: ['plan', 'seats', 'note'] })
const base = { id: 'abcdefghijklmnopqrstuv', time: 1_780_000_000_000, url: 'https://example.com/a' }

function wireOf(fields: object): WireEvent {
  const parsed = parseEvent({ ...base, ...fields })
  if (!parsed.kept) throw new Error(parsed.reason)
  return parsed.value
}

function detail(fields: object, counted: ScrubKind[] = []): EventDetail | undefined {
  return detailOf(wireOf(fields), site, (kind) => void counted.push(kind))
}

const NONE = { name: '', value: 0, revenue: '0', currency: '', props: {}, status: 0 }

describe('the details of an event', () => {
  it('are none for page views and engagement, which most events are', () => {
    expect(detail({ type: 'pageview', title: 'Title', referrer: 'https://a.example/' })).toBeUndefined()
    expect(detail({ type: 'pageview', status: 200 })).toBeUndefined()
    expect(detail({ type: 'engagement', visibleMs: 1, scrollPercent: 2 })).toBeUndefined()
  })

  it.each([
    [{ type: 'pageview', status: 404 }, { status: 404 }],
    [{ type: 'event', name: ' Signup ' }, { name: 'Signup' }],
    [
      { type: 'event', name: 'Bought', revenue: { amount: '-29.00', currency: 'EUR' } },
      { name: 'Bought', revenue: '-29.00', currency: 'EUR' },
    ],
    [{ type: 'click', element: 'button Buy now' }, { name: 'button Buy now' }],
    [{ type: 'outbound', link: 'https://elsewhere.example/a?b=c#d' }, { name: 'elsewhere.example/a' }],
    [
      { type: 'download', link: 'https://example.com/files/Price-List.pdf?v=2' },
      { name: '/files/Price-List.pdf' },
    ],
    [{ type: 'download', link: 'https://cdn.example.net/a.zip' }, { name: 'cdn.example.net/a.zip' }],
    [{ type: 'outbound', link: 'mailto:jane@private.example' }, { name: '' }],
    [{ type: 'outbound', link: 'no address' }, { name: '' }],
    [{ type: 'outbound', link: 'https://bücher.example/ä' }, { name: 'xn--bcher-kva.example/ä' }],
    [{ type: 'form', form: 'newsletter' }, { name: 'newsletter' }],
    [
      { type: 'error', message: 'TypeError: x is undefined', place: '/app.js?v=3:10:5' },
      { name: 'TypeError: x is undefined (/app.js:10:5)' },
    ],
    [
      { type: 'error', message: 'Failed to fetch https://example.com/api?user=jane&x=1 at once' },
      { name: 'Failed to fetch https://example.com/api at once' },
    ],
    [
      { type: 'vital', vital: 'LCP', value: 1_234.56 },
      { name: 'LCP', value: 1_235 },
    ],
    [
      { type: 'vital', vital: 'CLS', value: 0.1254 },
      { name: 'CLS', value: 125 },
    ],
    [
      { type: 'feedback', score: 9, comment: 'Nice' },
      { name: 'Nice', value: 9 },
    ],
    [
      { type: 'visit', first: ['week', 'day'], cohort: '2026-11-23', recency: '8-30' },
      { name: '2026-11-23', value: 3, props: { recency: '8-30' } },
    ],
    [
      { type: 'ad', action: 'impression', campaign: 'spring', event: 'Signup', touches: 3 },
      { name: 'spring', value: 1, props: { action: 'impression' } },
    ],
    [
      { type: 'ad', action: 'conversion', campaign: 'spring', event: 'Signup', touches: 3, days: 2 },
      { name: 'spring', value: 3, props: { action: 'conversion', event: 'Signup', days: '2' } },
    ],
    [
      { type: 'trait', trait: 'age', value: '25-34' },
      { name: 'age', props: { value: '25-34' } },
    ],
  ])('of %j are %j', (fields, expected) => {
    expect(detail(fields)).toEqual({ ...NONE, ...expected })
  })

  it('R1.1b keep the properties that the site declares and no others, and count those', () => {
    const counted: ScrubKind[] = []
    const props = { plan: 'pro', seats: 3, note: '', trial: true, cardNumber: '4111 1111 1111 1111' }
    expect(detail({ type: 'event', name: 'a', props }, counted)).toMatchObject({
      props: { plan: 'pro', seats: '3' },
    })
    expect(counted).toEqual(['property', 'property'])
  })

  it.each([
    { type: 'event', name: 'Mail to jane@private.example' },
    { type: 'event', name: 'a', props: { note: 'jane@private.example' } },
    { type: 'click', element: 'link jane@private.example' },
    { type: 'outbound', link: 'https://elsewhere.example/of/jane@private.example?x=jane' },
    { type: 'download', link: 'https://example.com/jane@private.example.pdf' },
    { type: 'form', form: 'for jane@private.example' },
    { type: 'error', message: 'no such user: jane@private.example', place: '/jane@private.example.js:1:2' },
    { type: 'feedback', score: 1, comment: 'Write to jane@private.example' },
    { type: 'ad', action: 'click', campaign: 'mail-to-jane@private.example' },
    { type: 'ad', action: 'conversion', campaign: 'a', event: 'Mail to jane@private.example' },
  ])('R1.1 of %j hold nobody', (fields) => {
    const counted: ScrubKind[] = []
    const text = JSON.stringify(detail(fields, counted))
    expect(text).toContain(':email')
    expect(text).not.toContain('jane')
    expect(counted).toContain('email')
  })
})
