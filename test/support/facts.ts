import type { ClientIp, RawUserAgent } from '../../schema/brand.ts'
import type { Site } from '../../schema/site.ts'
import { drop, keep } from '../../schema/outcome.ts'
import type { Grounds } from '../../server/collect/admit.ts'
import type { Basis, RequestFacts } from '../../server/event.ts'

/** A user agent of a person's browser. */
export const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36'
export const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1'

export function makeSite(changes: Partial<Site> = {}): Site {
  return {
    id: 4_503_599_627_370_495,
    domain: 'example.com',
    timezone: 'Europe/Berlin',
    preConsent: 'anonymous',
    subdomains: false,
    eventWindowDays: 396,
    minimumGroup: 5,
    minimumGroupScope: 'close',
    properties: ['feature', 'plan'],
    traits: [],
    goals: [],
    ...changes,
  }
}

/** What a request tells; noon in Berlin unless said otherwise. */
export function makeFacts(
  changes: Partial<Omit<RequestFacts, 'ip' | 'userAgent'>> & { ip?: string; userAgent?: string } = {},
): RequestFacts {
  const { ip = '81.2.69.142', userAgent = CHROME, ...others } = changes
  return {
    ip: ip as ClientIp,
    userAgent: userAgent as RawUserAgent,
    acceptLanguage: 'en-GB,en;q=0.9',
    hints: { brands: '', platform: '', mobile: '' },
    gpc: false,
    prefetch: false,
    arrivedAt: Date.UTC(2026, 10, 24, 11),
    ...others,
  }
}

/** What may be stored of a request: on this basis what its category covers, and nothing else. */
export function groundsOf(basis: Basis): Grounds {
  const isTargeting = basis.startsWith('targeting')
  return {
    performance: isTargeting ? drop('consent_category') : keep(basis),
    targeting: isTargeting ? keep(basis) : drop('consent_category'),
  }
}
