import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  CATEGORY_BIT,
  MAX_CONSENT_BYTES,
  OPTIONAL_CATEGORIES,
  type ConsentAnswer,
  type ConsentDecision,
  type ConsentRenewal,
  type OptionalCategory,
  type SweepList,
} from '../../schema/consent.ts'
import type { PolicyVersion } from '../../schema/policy.ts'
import type { Site } from '../../schema/site.ts'
import type { Clock } from '../clock.ts'
import { UserError } from '../errors.ts'
import { answerJson } from '../http/answer.ts'
import { readBody } from '../http/body.ts'
import { bitsOf, categoriesOf } from './bits.ts'
import type { Decide, PolicySource } from './decide.ts'
import {
  guarded,
  hostOfRequest,
  isBurst,
  NO_SUCH_SITE,
  refuse,
  type Exchange,
  type ExchangeParts,
} from './exchange.ts'
import { calendarOf } from '../sites/site-day.ts'
import { expireCookies } from './expire-cookies.ts'
import { parseConsent } from './parse.ts'
import type { Tokens } from './token.ts'

export interface ChoiceRouteParts extends ExchangeParts {
  /** Whether a page with this Origin header may speak for the site. */
  originAllowed(site: Site, origin: string | undefined): boolean
  decide: Decide
  clock: Pick<Clock, 'now'>
  tokens: Pick<Tokens, 'renew'>
  policies: Pick<PolicySource, 'current'>
  sweepLists(version: PolicyVersion, categories: readonly OptionalCategory[]): SweepList[]
}

const CLOSE = { connection: 'close' }

/** `POST /c`: a choice, or a token to renew. */
export function takeChoice(parts: ChoiceRouteParts, exchange: Exchange): void {
  const { request } = exchange
  if (request.method !== 'POST') {
    request.resume()
    refuse(parts, exchange, 405, 'This address takes a choice by POST.', { allow: 'POST, OPTIONS' })
    return
  }
  const encoding = request.headers['content-encoding']
  if (encoding !== undefined && encoding !== 'identity') {
    refuse(parts, exchange, 415, 'Send the choice uncompressed, without Content-Encoding.', CLOSE)
    return
  }
  readBody(request, MAX_CONSENT_BYTES, (fault, body) => {
    if (fault === 'aborted') return
    if (fault === 'too-large') {
      refuse(parts, exchange, 413, `Send at most ${MAX_CONSENT_BYTES} bytes in one request.`, CLOSE)
      return
    }
    guarded(parts, exchange, () => takeBody(parts, exchange, body.toString('utf8')))
  })
}

async function takeBody(parts: ChoiceRouteParts, exchange: Exchange, body: string): Promise<void> {
  const said = parseConsent(body)
  const site = parts.findSite(said.site)
  if (!site) throw new UserError(NO_SUCH_SITE, 403)
  if (!parts.originAllowed(site, exchange.request.headers.origin)) {
    throw new UserError(
      'The page that sends the choice must be on the site itself: its origin is another.',
      403,
    )
  }
  if ('renew' in said) renew(parts, exchange, site, said)
  else await choose(parts, exchange, site, said)
}

async function choose(
  parts: ChoiceRouteParts,
  exchange: Exchange,
  site: Site,
  decision: ConsentDecision,
): Promise<void> {
  const { request, response } = exchange
  const { ip, ...facts } = parts.facts(request)
  if (isBurst(parts, exchange, ip)) return
  const decided = await parts.decide(site, facts, decision)
  if (decided.kind === 'outdated') {
    parts.onFault(409)
    answerOutdated(response, decided.revision)
    return
  }
  const { answer } = decided
  const lines = answer.granted.length === 0 ? expired(request, site, answer.sweep) : []
  if (lines.length > 0) response.setHeader('set-cookie', lines)
  answerJson(response, 200, answer)
}

/** Cookies reach us, and can be expired by us, only where the site itself serves this address. */
function expired(request: IncomingMessage, site: Site, lists: readonly SweepList[]): string[] {
  const { cookie, origin = '' } = request.headers
  if (hostOfRequest(request) !== site.domain) return []
  return expireCookies({ cookies: cookie, lists, domain: site.domain, https: origin.startsWith('https:') })
}

function renew(parts: ChoiceRouteParts, { response }: Exchange, site: Site, said: ConsentRenewal): void {
  const current = parts.policies.current(site)
  const renewed = parts.tokens.renew(said.renew, site.domain, current.since, current.revision)
  if (!renewed.ok) {
    if (renewed.reason === 'expired' || renewed.reason === 'revision') {
      parts.onFault(409)
      answerOutdated(response, current.revision)
      return
    }
    throw new UserError('This token was not made here for this site: ask the visitor again.', 403)
  }
  const granted = categoriesOf(renewed.granted)
  const others = categoriesOf(bitsOf(OPTIONAL_CATEGORIES) & ~renewed.granted)
  answerJson(response, 200, {
    revision: current.revision,
    granted,
    until: renewed.until,
    token: renewed.token,
    ...((renewed.granted & CATEGORY_BIT.performance) !== 0 && {
      calendar: calendarOf(site.timezone, parts.clock.now()),
    }),
    sweep: parts.sweepLists(current, others),
    keep: parts.sweepLists(current, granted),
  } satisfies ConsentAnswer)
}

function answerOutdated(response: ServerResponse, revision: number): void {
  const error = 'What this choice was about has changed or run out: ask the visitor again.'
  answerJson(response, 409, { error, revision })
}
