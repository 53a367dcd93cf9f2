import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CATEGORY_BIT } from '../../../schema/consent.ts'
import type { Site } from '../../../schema/site.ts'
import {
  admit,
  hostMatches,
  judgeRequest,
  originAllowed,
  type ConsentVerdict,
  type RequestToJudge,
} from '../../../server/collect/admit.ts'
import type { Basis } from '../../../server/event.ts'
import { isSpamHost } from '../../../server/collect/spam.ts'
import { siteDay } from '../../../server/sites/site-day.ts'
import { corpus } from '../../support/corpora.ts'
import { groundsOf, makeFacts, makeSite } from '../../support/facts.ts'
import { anyText } from '../../support/any-text.ts'

const site = makeSite()
const facts = makeFacts()
const day = siteDay(site.timezone, facts.arrivedAt)
const view = {
  type: 'pageview',
  id: 'abcdefghijklmnopqrstuv',
  time: facts.arrivedAt - 50,
  url: 'https://example.com/a',
}

const outcome = (changes: object, of: Site = site): string => {
  const admitted = admit({ ...view, ...changes }, groundsOf('anonymous'), of, facts, day)
  return admitted.kept ? 'kept' : admitted.reason
}

const PERFORMANCE = CATEGORY_BIT.performance

describe('what holds for all events of a request', () => {
  const judge = (
    changes: Partial<RequestToJudge> = {},
    category: 'performance' | 'targeting' = 'performance',
  ): string => {
    const judged = judgeRequest({ facts, isBot: false, mode: 'anonymous', ...changes })
    return judged[category].kept ? judged[category].value : judged[category].reason
  }
  const withToken = (consent: ConsentVerdict, mode: 'none' | 'anonymous' = 'none', changes = {}): string =>
    judge({ consent, mode, ...changes })

  it('R6.2 without a choice nothing is measured but where the visitor’s mode is anonymous', () => {
    expect(judge()).toBe('anonymous')
    expect(judge({ mode: 'none' })).toBe('no_consent')
  })

  it('R6.2 consent to performance is the basis, under the revision that was shown', () => {
    for (const mode of ['none', 'anonymous'] as const) {
      expect(withToken({ ok: true, granted: PERFORMANCE, widened: 0, revision: 3 }, mode)).toBe(
        'performance@3',
      )
      expect(withToken({ ok: true, granted: 7, widened: 0, revision: 12 }, mode)).toBe('performance@12')
    }
  })

  it('R6.5 consent to other categories does not cover measurement, whatever the mode', () => {
    for (const mode of ['none', 'anonymous'] as const) {
      expect(
        withToken({ ok: true, granted: CATEGORY_BIT.functionality, widened: 0, revision: 3 }, mode),
      ).toBe('consent_category')
      expect(withToken({ ok: true, granted: 7 & ~PERFORMANCE, widened: 0, revision: 3 }, mode)).toBe(
        'consent_category',
      )
    }
  })

  it('R6.4 ads and traits need targeting, which no mode stands for', () => {
    const { targeting } = CATEGORY_BIT
    for (const mode of ['none', 'anonymous'] as const) {
      expect(judge({ mode }, 'targeting')).toBe('no_consent')
      const of = (granted: number, widened = 0): string =>
        judge({ mode, consent: { ok: true, granted, widened, revision: 3 } }, 'targeting')
      expect(of(targeting)).toBe('targeting@3')
      expect(of(7 & ~targeting)).toBe('consent_category')
      expect(of(7, targeting)).toBe('consent_revision')
      expect(judge({ mode, consent: { ok: false, reason: 'expired' } }, 'targeting')).toBe('consent_expired')
    }
    const ahead = makeFacts({ prefetch: true })
    const consent = { ok: true, granted: targeting, widened: 0, revision: 3 } as const
    expect(judge({ facts: ahead, consent }, 'targeting')).toBe('prefetch')
    expect(judge({ isBot: true, consent }, 'targeting')).toBe('bot')
  })

  it('R6.5 consent that was widened since does not cover measurement, though the rest of it holds', () => {
    const consent = { ok: true, granted: 6, widened: PERFORMANCE, revision: 1 } as const
    expect(withToken(consent)).toBe('consent_revision')
    expect(withToken(consent, 'anonymous')).toBe('consent_revision')
  })

  it.each([
    ['malformed', 'consent_invalid'],
    ['forged', 'consent_invalid'],
    ['other_site', 'consent_invalid'],
    ['expired', 'consent_expired'],
    ['revision', 'consent_revision'],
  ] as const)('R6.5 a token that is %s ends as %s and never falls back on the mode', (reason, expected) => {
    expect(withToken({ ok: false, reason }, 'none')).toBe(expected)
    expect(withToken({ ok: false, reason }, 'anonymous')).toBe(expected)
  })

  it('Global Privacy Control objects to what needs no consent; an explicit consent overrides it', () => {
    const gpc = makeFacts({ gpc: true })
    expect(judge({ facts: gpc })).toBe('gpc')
    expect(judge({ facts: gpc, mode: 'none' })).toBe('no_consent')
    expect(
      withToken({ ok: true, granted: PERFORMANCE, widened: 0, revision: 1 }, 'none', { facts: gpc }),
    ).toBe('performance@1')
  })

  it('neither a page fetched ahead nor a robot counts, with consent or without', () => {
    const consent = { ok: true, granted: PERFORMANCE, widened: 0, revision: 1 } as const
    const ahead = makeFacts({ prefetch: true })
    expect(judge({ facts: ahead })).toBe('prefetch')
    expect(judge({ facts: ahead, consent })).toBe('prefetch')
    expect(judge({ isBot: true })).toBe('bot')
    expect(judge({ isBot: true, consent })).toBe('bot')
    expect(judge({ isBot: true, mode: 'none' })).toBe('bot')
  })
})

describe('one event', () => {
  it('is kept with all that was decided', () => {
    const admitted = admit(view, groundsOf('anonymous'), site, facts, day)
    expect(admitted).toMatchObject({
      kept: true,
      value: { wire: view, timeMs: view.time, late: false, basis: 'anonymous' },
    })
    expect(admitted.kept && admitted.value.url?.href).toBe(view.url)
  })

  it.each([
    [{ type: 'nonsense' }, 'unsupported_type'],
    [{ type: 'event', name: 'Signup' }, 'no_consent'],
    [{ type: 'visit', first: [], cohort: '2026-11-23' }, 'no_consent'],
    [{ time: 'now' }, 'invalid_event'],
    [{ url: 'not an address' }, 'invalid_event'],
    [{ url: '/relative' }, 'invalid_event'],
    [{ url: 'file:///etc/passwd' }, 'hostname'],
    [{ url: 'javascript:alert(1)' }, 'hostname'],
    [{ url: 'ftp://example.com/a' }, 'hostname'],
    [{ url: 'https://evil.example/a' }, 'hostname'],
    [{ url: 'https://www.example.com/a' }, 'hostname'],
    [{ url: 'https://example.com.evil.example/' }, 'hostname'],
    [{ url: 'https://example.com@evil.example/' }, 'hostname'],
    [{ url: 'http://example.com:8080/a' }, 'kept'],
    [{ url: 'https://EXAMPLE.com./a' }, 'kept'],
    [{ url: 'https://user:secret@example.com/a' }, 'kept'],
    [{ referrer: 'https://semalt.com/x' }, 'referrer_spam'],
    [{ referrer: 'https://sub.semalt.com/' }, 'referrer_spam'],
    [{ referrer: 'https://semalt.com.example/' }, 'kept'],
    [{ referrer: 'https://notsemalt.com/' }, 'kept'],
    [{ referrer: 'no address' }, 'kept'],
  ])('%j is %s', (changes, expected) => {
    expect(outcome(changes)).toBe(expected)
  })

  it('of a site that counts subdomains may come from one', () => {
    const wide = makeSite({ subdomains: true })
    expect(outcome({ url: 'https://docs.example.com/a' }, wide)).toBe('kept')
    expect(outcome({ url: 'https://notexample.com/a' }, wide)).toBe('hostname')
  })

  it('never throws, whatever was sent', () => {
    const url = fc.oneof(
      anyText(),
      anyText().map((text) => `https://example.com/${text}`),
    )
    fc.assert(
      fc.property(url, anyText(), fc.double(), (address, referrer, time) => {
        expect(typeof outcome({ url: address, referrer, time })).toBe('string')
      }),
    )
  })
})

function dated(time: number): unknown {
  const admitted = admit({ ...view, time }, groundsOf('anonymous'), site, facts, day)
  return admitted.kept && [admitted.value.timeMs, admitted.value.late]
}

describe('the time of an event', () => {
  it('is moved back by the visitor’s clock within the current site day only', () => {
    expect(dated(facts.arrivedAt - 3_600_000)).toEqual([facts.arrivedAt - 3_600_000, false])
    expect(dated(day.startMs)).toEqual([day.startMs, false])
    expect(dated(day.startMs - 1)).toEqual([day.startMs, true])
    expect(dated(0)).toEqual([day.startMs, true])
    expect(dated(-1e15)).toEqual([day.startMs, true])
  })

  it('is never later than the arrival', () => {
    expect(dated(facts.arrivedAt + 1)).toEqual([facts.arrivedAt, false])
    expect(dated(1e300)).toEqual([facts.arrivedAt, false])
  })

  it('is a whole number of the arrival’s day for any clock', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (time) => {
        const [timeMs] = dated(time) as [number]
        expect(Number.isInteger(timeMs)).toBe(true)
        expect(timeMs).toBeGreaterThanOrEqual(day.startMs)
        expect(timeMs).toBeLessThanOrEqual(facts.arrivedAt)
      }),
    )
  })
})

describe('the origin of a page', () => {
  const wide = makeSite({ subdomains: true })
  it.each([
    ['https://example.com', true, true],
    ['http://example.com', true, true],
    ['http://example.com:8080', true, true],
    ['https://EXAMPLE.com', true, true],
    ['https://www.example.com', false, true],
    ['https://a.b.example.com:1', false, true],
    ['https://notexample.com', false, false],
    ['https://example.com.evil.example', false, false],
    ['https://evil.example', false, false],
    ['null', false, false],
    ['', false, false],
    [undefined, false, false],
    ['example.com', false, false],
    ['ftp://example.com', false, false],
    ['https://example.com/', false, false],
    ['https://example.com/path', false, false],
    ['https://example.com@evil.example', false, false],
    ['https://user@example.com', false, false],
    ['https://example.com:port', false, false],
    ['https://example.com, https://evil.example', false, false],
    [' https://example.com', false, false],
    ['https://', false, false],
    ['https://.example.com', false, false],
  ])('%s: %s, with subdomains %s', (origin, alone, withSubdomains) => {
    expect(originAllowed(site, origin)).toBe(alone)
    expect(originAllowed(wide, origin)).toBe(withSubdomains || alone)
  })

  it('a machine of its own counts as a site too', () => {
    expect(originAllowed(makeSite({ domain: 'localhost' }), 'http://localhost:8000')).toBe(true)
    expect(originAllowed(makeSite({ domain: '127.0.0.1' }), 'http://127.0.0.1:8000')).toBe(true)
    expect(originAllowed(makeSite({ domain: '[::1]' }), 'http://[::1]:8000')).toBe(true)
    expect(hostMatches(makeSite({ domain: 'localhost' }), 'localhost')).toBe(true)
  })
})

describe('R1.7 referrer spam', () => {
  it('every listed domain and what lies below it is known, a name that only contains it is not', () => {
    const listed = (corpus('referrers/spammers.txt') ?? 'semalt.com\nQIWI.xyz\n').trim().split('\n')
    const domains = listed.map((name) => name.trim().toLowerCase())
    expect(domains.filter((domain) => !isSpamHost(domain))).toEqual([])
    expect(domains.filter((domain) => !isSpamHost(`any.${domain}`))).toEqual([])
    expect(domains.filter((domain) => isSpamHost(`${domain}.example`))).toEqual([])
    expect(isSpamHost('')).toBe(false)
    expect(isSpamHost('com')).toBe(false)
    expect(isSpamHost('github.com')).toBe(false)
  })
})

describe('what is counted of nobody', () => {
  const of = (event: object, basis: Basis, counting: Site): string => {
    const admitted = admit({ ...view, ...event }, groundsOf(basis), counting, facts, day)
    return admitted.kept ? admitted.value.basis : admitted.reason
  }
  const ad = { type: 'ad', action: 'impression', campaign: 'spring' }
  const trait = { type: 'trait', trait: 'age', value: '25-34' }

  it('R6.4 R1.6 needs its own category, whatever the others allow', () => {
    const counting = makeSite({ traits: ['age'] })
    for (const event of [ad, trait]) {
      expect(of(event, 'targeting@2', counting)).toBe('targeting@2')
      expect(of(event, 'performance@2', counting)).toBe('consent_category')
      expect(of(event, 'anonymous', counting)).toBe('consent_category')
    }
    expect(of({}, 'targeting@2', counting)).toBe('consent_category')
  })

  it('R1.6 is no trait that the site does not count', () => {
    expect(of(trait, 'targeting@2', makeSite())).toBe('trait')
    expect(of(trait, 'targeting@2', makeSite({ traits: ['gender'] }))).toBe('trait')
  })
})
