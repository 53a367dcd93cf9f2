import { readFileSync } from 'node:fs'
import path from 'node:path'
import express, { Router, type Request, type Response } from 'express'
import {
  OPTIONAL_CATEGORIES,
  type ConsentAnswer,
  type ConsentDecision,
  type SweepList,
} from '../../../schema/consent.ts'
import type { ConsentNotice, PolicyVersion } from '../../../schema/policy.ts'
import type { Site } from '../../../schema/site.ts'
import type { Clock } from '../../clock.ts'
import { UserError } from '../../errors.ts'
import { isUnder, parseUrl } from '../../host.ts'
import { PUBLIC_HEADERS } from '../../http/answer.ts'
import { projectRoot } from '../../project-root.ts'
import { choicesPage, parseChoiceForm, type ChoiceForm, type ChoicesState } from './choices-page.ts'
import { declarationHtml, declarationJson } from './declaration.ts'
import { wantedLanguages } from './language.ts'
import { createNotice } from './notice.ts'
import type { Policies } from './policies.ts'
import { keepChoice, readChoice, recordCategories } from './record-cookie.ts'

export interface PolicyRouterParts {
  sites: { find(domain: string): Site | undefined }
  policies: Pick<Policies, 'current'>
  clock: Pick<Clock, 'now'>
  /** Where the product is reached, `https://example.com/_s`. */
  publicUrl: string
  /** Whether anonymous statistics run for this visitor before a choice; `auto` resolved. */
  isAnonymous(request: Request, site: Site): boolean
  /** Takes a choice into the ledger. `outdated`: the policy has changed, nothing was taken. */
  decide(
    request: Request,
    site: Site,
    decision: ConsentDecision,
  ): Promise<{ kind: 'answer'; answer: ConsentAnswer } | { kind: 'outdated'; revision: number }>
  /** `Set-Cookie` lines that expire those cookies of the request that the lists name. */
  expire(request: Request, site: Site, lists: readonly SweepList[]): string[]
}

/** Room for the form's few fields. */
const MAX_FORM = '4kb'

/**
 * What visitors read of the policy: `GET /s/<site>/notice.json`, the declaration `GET /privacy/cookies` and `.json`,
 * and the choices `GET` and `POST /privacy/choices`. Pages name their site by `?site=`, or are on its own host.
 */
export function createPolicyRouter(parts: PolicyRouterParts): Router {
  const { sites, policies } = parts
  const style = ['schema/look.css', 'server/http/pages.css']
    .map((file) => readFileSync(path.join(projectRoot, file), 'utf8'))
    .join('\n')
  const router = Router()

  router.get('/s/:site/notice.json', (request, response) => {
    const site = known(sites.find(request.params.site))
    const anonymous = parts.isAnonymous(request, site)
    const notice = createNotice(site, policies.current(site), languagesOf(request), { anonymous })
    response.set(PUBLIC_HEADERS).json(notice)
  })

  router.get('/privacy/pages.css', (_request, response) => {
    response.set({ 'content-type': 'text/css; charset=utf-8', 'cache-control': 'public, max-age=3600' })
    response.send(style)
  })
  router.get('/privacy/cookies', (request, response) => {
    const site = siteOf(request)
    sendPage(response, declarationHtml(site, policies.current(site), languagesOf(request)))
  })
  router.get('/privacy/cookies.json', (request, response) => {
    const site = siteOf(request)
    response.set(PUBLIC_HEADERS).json(declarationJson(site, policies.current(site), languagesOf(request)))
  })
  router.get('/privacy/choices', (request, response) => {
    const site = siteOf(request)
    const version = policies.current(site)
    const page = choicesPage({
      notice: noticeFor(request, site, version),
      version,
      choice: readChoice(request.headers.cookie, today()),
      isFirstParty: isFirstParty(request, site, version),
      gpc: sendsGpc(request),
      state: stateOf(request),
    })
    sendPage(response, page)
  })
  router.post(
    '/privacy/choices',
    express.text({ type: 'application/x-www-form-urlencoded', limit: MAX_FORM }),
    async (request, response) => {
      const site = siteOf(request)
      const version = policies.current(site)
      if (!isSameOrigin(request))
        throw new UserError('A choice is taken from its own page only: open it.', 403)
      if (!isFirstParty(request, site, version)) {
        throw new UserError(`This address cannot change the choice for ${site.domain}: make it there.`, 403)
      }
      const offered = OPTIONAL_CATEGORIES.filter((category) => version.since[category] !== undefined)
      const form = parseChoiceForm(typeof request.body === 'string' ? request.body : '', offered)
      if (!form) throw new UserError('This form cannot be read: open the page again and choose there.')
      const state = form.revision === version.revision && (await take(request, response, site, version, form))
      backTo(request, response, site, state ? 'saved' : 'changed')
    },
  )
  for (const address of [
    '/privacy/cookies',
    '/privacy/cookies.json',
    '/privacy/pages.css',
    '/s/:site/notice.json',
  ]) {
    router.all(address, (request, response) => refuseMethod(request, response, 'GET'))
  }
  router.all('/privacy/choices', (request, response) => refuseMethod(request, response, 'GET, POST'))
  return router

  /** Whether the choice was taken; then it is also in the answer's cookies. */
  async function take(
    request: Request,
    response: Response,
    site: Site,
    version: PolicyVersion,
    form: ChoiceForm,
  ): Promise<boolean> {
    const before = readChoice(request.headers.cookie, today())
    const isWithdrawal = form.granted.length === 0 && before !== undefined && before.granted.length > 0
    const decided = await parts.decide(request, site, {
      version: 1,
      site: site.domain,
      action: isWithdrawal ? 'withdraw' : form.action,
      granted: form.granted,
      revision: form.revision,
      source: 'choices-page',
      notice: form.notice,
      gpc: sendsGpc(request),
    })
    if (decided.kind === 'outdated') return false
    const { answer } = decided
    const { cookieDomain } = version.manifest
    const now = parts.clock.now()
    const record = {
      categories: recordCategories(answer.granted),
      revision: answer.revision,
      day: today(),
      until: answer.until,
      ...(answer.token !== undefined && { token: answer.token, hour: Math.floor(now / HOUR_MS) }),
      ...(cookieDomain !== undefined && { domain: cookieDomain }),
      // The label of the button that opens the dialog again, as the banner keeps it.
      reopen: noticeFor(request, site, version).texts.reopen,
    }
    const days = Math.ceil((Date.parse(answer.until) - now) / DAY_MS)
    response.append('set-cookie', [
      ...keepChoice(record, { days, cookieDomain, https: parts.publicUrl.startsWith('https:') }),
      ...parts.expire(request, site, answer.sweep),
    ])
    return true
  }

  function today(): string {
    return new Date(parts.clock.now()).toISOString().slice(0, 10)
  }

  function siteOf(request: Request): Site {
    const { site } = request.query
    if (site !== undefined && typeof site !== 'string') throw noSite()
    return known(hostsOf(request, site).flatMap((name) => sites.find(name) ?? [])[0])
  }

  function hostsOf(request: Request, named?: string): string[] {
    return named === undefined ? [hostName(request.headers.host), new URL(parts.publicUrl).hostname] : [named]
  }

  /** On the site's own host, or where its choice is shared with; a proxy may hide the host behind its own. */
  function isFirstParty(request: Request, site: Site, { manifest }: PolicyVersion): boolean {
    const { cookieDomain } = manifest
    return hostsOf(request).some(
      (host) => host === site.domain || (cookieDomain !== undefined && isUnder(host, cookieDomain)),
    )
  }

  function isSameOrigin({ headers }: Request): boolean {
    const fetchSite = headers['sec-fetch-site']
    // Browsers leave it out over plain http.
    if (fetchSite !== undefined) return fetchSite === 'same-origin'
    const origin = parseUrl(headers.origin ?? '')
    return origin !== undefined && [headers.host, new URL(parts.publicUrl).host].includes(origin.host)
  }

  function noticeFor(request: Request, site: Site, version: PolicyVersion): ConsentNotice {
    const anonymous = parts.isAnonymous(request, site)
    return createNotice(site, version, languagesOf(request), { anonymous })
  }
}

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000

/** The page's address is relative: a proxy may serve the product under a path. */
function backTo(request: Request, response: Response, site: Site, state: ChoicesState): void {
  const { language } = request.query
  const query = new URLSearchParams({ site: site.domain, state })
  if (typeof language === 'string') query.set('language', language.slice(0, 35))
  response.set('cache-control', 'no-store').status(303).location(`choices?${query.toString()}`).end()
}

function stateOf({ query }: Request): ChoicesState {
  return query['state'] === 'saved' || query['state'] === 'changed' ? query['state'] : 'open'
}

/** The language asked for by name, then those of the browser. */
function languagesOf({ query, headers }: Request): string[] {
  const named = typeof query['language'] === 'string' ? wantedLanguages(query['language']) : []
  return [...named, ...wantedLanguages(headers['accept-language'] ?? '')]
}

/** `Sec-GPC: 1`, and nothing else (https://www.w3.org/TR/gpc/). */
function sendsGpc({ headers }: Request): boolean {
  return headers['sec-gpc'] === '1'
}

function sendPage(response: Response, page: string): void {
  response.set({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    // With no-referrer a browser sends `Origin: null` with the form, and nobody could tell where it came from.
    'referrer-policy': 'same-origin',
    vary: 'accept-language',
  })
  response.send(page)
}

function hostName(host: string | undefined): string {
  return host !== undefined && URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : ''
}

function known(site: Site | undefined): Site {
  if (!site) throw noSite()
  return site
}

function noSite(): UserError {
  return new UserError('This site is not known here: name one that is registered, ?site=example.com.', 404)
}

function refuseMethod(request: Request, response: Response, allowed: string): void {
  response.set('allow', allowed)
  throw new UserError(`This address takes ${allowed}, not ${request.method}.`, 405)
}
