import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { drop, keep } from '../../../schema/outcome.ts'
import { EVENT_COLUMNS, encodeRow, PLAIN_WIDTH, STORED_WIDTH, type EventRow } from '../../../schema/rows.ts'
import { formatAddress } from '../../../server/address.ts'
import { admit, judgeRequest } from '../../../server/collect/admit.ts'
import { parseEnvelope } from '../../../server/collect/parse.ts'
import type { Geo } from '../../../server/enrich/geo.ts'
import { createEnrich, type Enrich, type EnrichParts } from '../../../server/enrich/pipeline.ts'
import type { RequestFacts } from '../../../server/event.ts'
import { siteDay } from '../../../server/sites/site-day.ts'
import { corpus } from '../../support/corpora.ts'
import { CHROME, groundsOf, IPHONE, makeFacts, makeSite } from '../../support/facts.ts'
import { anyText } from '../../support/any-text.ts'

const site = makeSite()
const day = siteDay(site.timezone, makeFacts().arrivedAt)
const dayKey = Uint8Array.from({ length: 32 }, (_, i) => i + 1)
const geo: Geo = { find: () => ({ country: 'GB', region: 'GB-ENG', city: 'Newmarket' }) }

function makeEnrich(changes: Partial<EnrichParts> = {}): Enrich {
  return createEnrich({
    dayKeys: { key: () => dayKey },
    eventIdKey: Uint8Array.from({ length: 16 }, (_, i) => 100 + i),
    geo,
    networks: { find: () => 'Andrews & Arnold Ltd' },
    ...changes,
  })
}

const view = {
  type: 'pageview',
  id: 'abcdefghijklmnopqrstuv',
  time: makeFacts().arrivedAt - 1_500,
  url: 'https://example.com/blog/a-post?utm_source=news&utm_medium=email&gclid=x',
  referrer: 'https://www.google.com/search?q=secret',
  title: 'Secret title',
  screen: '1440x900',
}

function rowsOf(
  events: object[],
  facts: RequestFacts = makeFacts(),
  enrich: Enrich = makeEnrich(),
): EventRow[] {
  const body = JSON.stringify({ version: 1, site: 'example.com', events })
  const request = enrich.request(site, facts, day)
  const admitted = parseEnvelope(body).events.map((raw) =>
    admit(raw, groundsOf('anonymous'), site, facts, day),
  )
  return admitted.flatMap((event) => (event.kept ? [request.row(event.value)] : []))
}
const rowOf = (changes: object = {}, facts?: RequestFacts, enrich?: Enrich): EventRow =>
  rowsOf([{ ...view, ...changes }], facts, enrich)[0] as EventRow

/** Columns that a page view has nothing for; its line ends before them. */
const DETAILS = STORED_WIDTH - PLAIN_WIDTH

describe('the way of an event through collect and enrich', () => {
  it('R1.7 R8.1 R8.2 R8.3 R8.4 ends as this row', () => {
    expect(rowOf()).toEqual({
      day: '2026-11-24',
      visitor: expect.any(BigInt),
      timeMs: view.time,
      site: site.id,
      eventId: expect.any(BigInt),
      type: 'pageview',
      collector: 'tracker',
      basis: 'anonymous',
      hostname: 'example.com',
      page: '/blog/a-post',
      referrer: 'google.com',
      source: 'news',
      channel: 'Email',
      utmSource: 'news',
      utmMedium: 'email',
      utmCampaign: '',
      utmTerm: '',
      utmContent: '',
      country: 'GB',
      region: 'GB-ENG',
      city: 'Newmarket',
      network: 'Andrews & Arnold Ltd',
      browser: 'Chrome',
      browserVersion: '139',
      os: 'Windows',
      osVersion: '10',
      device: 'desktop',
      screen: '',
      language: 'en-GB',
      visibleMs: 0,
      scrollPercent: 0,
    } satisfies EventRow)
  })

  it('a route after # is the page, scrubbed; any other fragment is dropped', () => {
    expect(rowOf({ url: 'https://example.com/app#/orders/list' }).page).toBe('/app#/orders/list')
    expect(rowOf({ url: 'https://example.com/app#/of/jane@private.example' }).page).not.toContain('jane')
    expect(rowOf({ url: 'https://example.com/app#/list?token=secret' }).page).not.toContain('secret')
    expect(rowOf({ url: 'https://example.com/app#jane@private.example' }).page).toBe('/app')
  })

  it('engagement has its figures and no arrival', () => {
    const row = rowOf({ type: 'engagement', visibleMs: 12_000, scrollPercent: 80, referrer: undefined })
    expect(row).toMatchObject({
      type: 'engagement',
      visibleMs: 12_000,
      scrollPercent: 80,
      source: '',
      channel: '',
      page: '/blog/a-post',
    })
  })

  it('R6.2 no size of a screen is stored before a choice, and only a size after one', () => {
    expect(rowOf().screen).toBe('')
    const facts = makeFacts()
    const admitted = admit(view, groundsOf('anonymous'), site, facts, day)
    if (!admitted.kept) throw new Error(admitted.reason)
    const { row } = makeEnrich().request(site, facts, day)
    const granted = { ...admitted.value, basis: 'performance@1' as const }
    expect(row(granted).screen).toBe('1440x900')
    expect(
      row({ ...granted, wire: { ...granted.wire, screen: '1440x9O0' } as typeof granted.wire }).screen,
    ).toBe('')
  })

  it('the language is the page’s, else the browser’s first', () => {
    expect(rowOf({ language: 'de-at' }).language).toBe('de-AT')
    expect(rowOf({ language: 'nonsense!' }).language).toBe('en-GB')
    expect(rowOf({}, makeFacts({ acceptLanguage: '*' })).language).toBe('')
  })

  it('what the request tells is found once for all its events', () => {
    let [places, networks, keys] = [0, 0, 0]
    const enrich = makeEnrich({
      geo: { find: (address) => (places++, geo.find(address)) },
      networks: { find: () => String(networks++) },
      dayKeys: { key: () => (keys++, dayKey) },
    })
    const events = Array.from({ length: 50 }, (_, i) => ({ ...view, id: `event-number-${i}` }))
    const rows = rowsOf(events, makeFacts(), enrich)
    expect(rows).toHaveLength(50)
    expect([places, networks, keys]).toEqual([1, 1, 1])
    expect(new Set(rows.map((row) => row.visitor)).size).toBe(1)
    expect(new Set(rows.map((row) => row.eventId)).size).toBe(50)
  })

  it('a retry has the same id, the same id on another site is another event', () => {
    expect(rowOf().eventId).toBe(rowOf({ url: 'https://example.com/other' }).eventId)
    const other = makeSite({ id: site.id - 2 ** 32 })
    const facts = makeFacts()
    const admitted = admit(view, groundsOf('anonymous'), other, facts, day)
    if (!admitted.kept) throw new Error(admitted.reason)
    expect(makeEnrich().request(other, facts, day).row(admitted.value).eventId).not.toBe(rowOf().eventId)
  })

  it('there is no visitor key without a day key or an address', () => {
    expect(rowOf({}, makeFacts(), makeEnrich({ dayKeys: { key: () => undefined } })).visitor).toBe(0n)
    const row = rowOf({}, makeFacts({ ip: '' }))
    expect(row).toMatchObject({ visitor: 0n, country: '', network: '' })
  })

  it('the visitor key is of the address where the site measures under consent only', () => {
    const [strict, law] = (['none', 'auto'] as const).map((preConsent) => {
      const of = makeSite({ preConsent })
      return ['81.2.69.142', '81.2.69.7'].map((ip) => {
        const facts = makeFacts({ ip })
        const admitted = admit(view, groundsOf('performance@1'), of, facts, day)
        if (!admitted.kept) throw new Error(admitted.reason)
        return makeEnrich().request(of, facts, day).row(admitted.value).visitor
      })
    })
    expect(strict?.[0]).not.toBe(strict?.[1])
    // Who accepts where some are measured before a choice stays the visitor that was counted before.
    expect(law?.[0]).toBe(law?.[1])
    expect(law?.[0]).toBe(rowOf().visitor)
  })

  it('the visitor key is of the network and the browser, not of the page', () => {
    const keys = [
      rowOf(),
      rowOf({ url: 'https://example.com/z' }),
      rowOf({}, makeFacts({ ip: '81.2.69.7' })),
      rowOf({}, makeFacts({ ip: '81.2.70.142' })),
      rowOf({}, makeFacts({ userAgent: IPHONE })),
    ].map((row) => row.visitor)
    expect(keys[1]).toBe(keys[0])
    expect(keys[2]).toBe(keys[0])
    expect(new Set(keys).size).toBe(3)
  })

  it('tells robots from people before events are looked at', () => {
    const enrich = makeEnrich()
    const robot = makeFacts({ userAgent: 'curl/8.5.0' })
    const judge = (facts: RequestFacts): unknown =>
      judgeRequest({ facts, mode: 'anonymous', ...enrich.request(site, facts, day) }).performance
    expect(judge(robot)).toEqual(drop('bot'))
    expect(judge(makeFacts())).toEqual(keep('anonymous'))
  })

  it('R6.4 R1.6 what needs targeting ends as a row of nobody, at no moment', () => {
    const facts = makeFacts()
    const counting = makeSite({ traits: ['age'] })
    const rows = [
      { ...view, type: 'ad', action: 'click', campaign: 'spring' },
      { ...view, type: 'trait', trait: 'age', value: '25-34' },
    ].map((raw) => {
      const admitted = admit(raw, groundsOf('targeting@2'), counting, facts, day)
      if (!admitted.kept) throw new Error(admitted.reason)
      return makeEnrich().request(counting, facts, day).row(admitted.value)
    })
    const said = (row: EventRow): object =>
      Object.fromEntries(
        Object.entries(row).filter(([, value]) => value !== '' && value !== 0 && value !== 0n),
      )
    expect(rows.map(said)).toEqual([
      {
        day: '2026-11-24',
        // Noon in Berlin, the hour and nothing of it.
        timeMs: Date.UTC(2026, 10, 24, 10),
        site: counting.id,
        eventId: expect.any(BigInt) as bigint,
        type: 'ad',
        collector: 'tracker',
        basis: 'targeting@2',
        detail: {
          name: 'spring',
          value: 1,
          revenue: '0',
          currency: '',
          props: { action: 'click' },
          status: 0,
        },
      },
      {
        day: '2026-11-24',
        timeMs: day.startMs,
        site: counting.id,
        eventId: expect.any(BigInt) as bigint,
        type: 'trait',
        collector: 'tracker',
        basis: 'targeting@2',
        detail: { name: 'age', value: 0, revenue: '0', currency: '', props: { value: '25-34' }, status: 0 },
      },
    ])
  })

  it('R1.1 counts what was scrubbed by kind', () => {
    const scrubbed = new Map<string, number>()
    const enrich = makeEnrich({ scrubbed })
    rowOf({ url: 'https://example.com/a@b.example/12345?utm_campaign=c@d.example' }, makeFacts(), enrich)
    expect(Object.fromEntries(scrubbed)).toEqual({ email: 2, id: 1 })
  })
})

describe('R1.1 R8.1 what must not get through', () => {
  it('neither address nor user agent nor personal data is in the row', () => {
    const secrets = [
      '93.184.216.119',
      '93.184.216',
      'Zq7xSentinel',
      'jane.sentinel',
      'private.example',
      '4111111111111111',
      'secret',
      'sentinel-title',
      'Cj0KCQ',
    ]
    const facts = makeFacts({ ip: secrets[0] as string, userAgent: `${CHROME} Zq7xSentinel/9.31` })
    const row = rowOf(
      {
        url: 'https://user:secret@example.com/jane.sentinel%40private.example/4111111111111111?email=jane.sentinel@private.example&gclid=Cj0KCQ&utm_source=jane.sentinel@private.example#secret',
        referrer: 'https://user:secret@r.example/secret?m=jane.sentinel@private.example',
        title: 'sentinel-title',
      },
      facts,
    )
    const line = encodeRow(row)
    for (const secret of secrets) expect(line).not.toContain(secret)
    expect(line).not.toContain(String(93 * 2 ** 24 + 184 * 2 ** 16 + 216 * 256 + 119))
    expect(row.page).toBe('/:email/:card')
  })

  it('every row is one line of as many fields as there are columns, whatever was sent', () => {
    const enrich = makeEnrich()
    const naughty = JSON.parse(
      corpus('hostile/blns.json') ?? '["\\t\\n\\\\", "\\u2028", "</script>"]',
    ) as string[]
    const check = (text: string): void => {
      const facts = makeFacts({
        userAgent: text,
        acceptLanguage: text,
        hints: { brands: text, platform: text, mobile: text },
      })
      const encoded = encodeURIComponent(text.replace(/\p{Cs}/gu, ''))
      for (const url of [
        `https://example.com/${encoded}?utm_source=${encoded}`,
        `https://example.com/${text}`,
      ]) {
        for (const row of rowsOf(
          [{ ...view, url, referrer: text, language: text, screen: text }],
          facts,
          enrich,
        )) {
          const line = encodeRow(row)
          expect(line.endsWith('\n')).toBe(true)
          expect(line.slice(0, -1)).not.toContain('\n')
          expect(line.split('\t')).toHaveLength(EVENT_COLUMNS.length - DETAILS)
          expect(line).not.toMatch(/\p{Cs}|\0/u)
        }
      }
    }
    for (const text of naughty) check(text)
    fc.assert(fc.property(anyText(60), check), { numRuns: 200 })
  })

  it('an address that the tables are asked for is the one that was read', () => {
    const asked: string[] = []
    const enrich = makeEnrich({
      geo: { find: (address) => (asked.push(formatAddress(address)), geo.find(address)) },
    })
    rowOf({}, makeFacts({ ip: '203.0.113.9' }), enrich)
    rowOf({}, makeFacts({ ip: '2001:db8:0:0:0:0:0:1' }), enrich)
    expect(asked).toEqual(['203.0.113.9', '2001:db8:0:0:0:0:0:1'])
  })
})
