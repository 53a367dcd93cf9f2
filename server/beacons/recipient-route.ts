import express, { Router, type Request, type Response } from 'express'
import type { Site } from '../../schema/site.ts'
import { lookUp, wantedLanguages } from '../consent/policy/language.ts'
import { UserError } from '../errors.ts'
import { describe, type Log } from '../log.ts'
import type { Sites } from '../sites/registry.ts'
import type { Campaigns } from './campaigns.ts'
import type { MailCounter, MailRequest } from './count.ts'
import { MAIL_PAGE_LANGUAGES, type MailPageLanguage } from './page-text.ts'
import { mailPage, type Controller, type MailPage } from './page.ts'
import type { Recipients } from './recipients.ts'
import type { MailToken, MailTokens } from './token.ts'

export interface RecipientRouterParts {
  tokens: Pick<MailTokens, 'open'>
  campaigns: Pick<Campaigns, 'target'>
  recipients: Pick<Recipients, 'withdraw' | 'grantedBy'>
  counter: Pick<MailCounter, 'followed'>
  sites: Pick<Sites, 'byId'>
  /** Whom the site's policy names. */
  controllerOf(site: Site): Controller
  facts(request: Request): MailRequest
  log: Pick<Log, 'warn'>
}

/** Two fields of a form, or one of a mail program's. */
const MAX_FORM = '4kb'

/**
 * What recipients reach from a mail: `GET /l/<token>` leads to the registered address behind a link; `GET /u/<token>` is
 * the page on which a consent is taken back, and `POST` takes it back, also by the button of a mail program (RFC 8058).
 */
export function createRecipientRouter(parts: RecipientRouterParts): Router {
  const { tokens, campaigns, recipients, counter, sites, log } = parts
  const router = Router()

  router.get('/l/:token', async (request, response) => {
    const token = tokenOf(request, 'link')
    const target = token && (await campaigns.target(token.siteId, token.linkId))
    if (!token || target === undefined) {
      sendPage(request, response.status(404), { kind: 'link' })
      return
    }
    const facts = parts.facts(request)
    // The target is sent as it was registered; nothing of the request is part of it.
    response.set({ location: target, 'x-robots-tag': 'noindex' }).status(302).end()
    counter.followed(token, facts).catch((error: unknown) => {
      log.warn({ err: describe(error) }, 'a link of an e-mail could not be counted')
    })
  })

  router.get('/u/:token', async (request, response) => {
    const token = tokenOf(request, 'withdraw')
    const site = siteOf(token)
    if (!token || !site) {
      sendPage(request, response.status(404), { kind: 'nothing' })
      return
    }
    const granted = await recipients.grantedBy(site.id, token.recipient)
    const kind = granted.length > 0 ? 'ask' : 'done'
    sendPage(request, response, { kind, site: site.domain, controller: parts.controllerOf(site) })
  })
  router.post(
    '/u/:token',
    express.text({ type: ['application/x-www-form-urlencoded', 'multipart/form-data'], limit: MAX_FORM }),
    async (request, response) => {
      // It counts however old the mail is.
      const token = tokenOf(request, 'withdraw')
      const site = siteOf(token)
      if (!token || !site) {
        sendPage(request, response.status(404), { kind: 'nothing' })
        return
      }
      const body: unknown = request.body
      await recipients.withdraw(token.recipient, isOneClick(body) ? 'one-click' : 'link')
      sendPage(request, response, { kind: 'done', site: site.domain, controller: parts.controllerOf(site) })
    },
  )

  for (const [address, allowed] of [
    ['/l/:token', 'GET, HEAD'],
    ['/u/:token', 'GET, HEAD, POST'],
  ] as const) {
    router.all(address, (request, response) => {
      response.set('allow', allowed)
      throw new UserError(`This address takes ${allowed}, not ${request.method}.`, 405)
    })
  }
  return router

  function tokenOf(request: Request, kind: MailToken['kind']): MailToken | undefined {
    const token = tokens.open(String(request.params['token']))
    return token?.kind === kind ? token : undefined
  }

  function siteOf(token: MailToken | undefined): Site | undefined {
    return token && sites.byId(token.siteId)
  }
}

/** `List-Unsubscribe=One-Click`, in either form in which mail programs send it (RFC 8058, 3.2). */
const ONE_CLICK = /(?:^|&|name="?)List-Unsubscribe(?:=|"?\s*\r?\n\r?\n)One-Click(?:$|&|\s)/i

function isOneClick(body: unknown): boolean {
  return typeof body === 'string' && ONE_CLICK.test(body)
}

function sendPage(request: Request, response: Response, page: MailPage): void {
  response.set({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    vary: 'accept-language',
    'x-robots-tag': 'noindex',
  })
  response.send(mailPage(page, languageOf(request)))
}

function languageOf({ query, headers }: Request): MailPageLanguage {
  const named = typeof query['language'] === 'string' ? query['language'] : ''
  const wanted = [...wantedLanguages(named), ...wantedLanguages(headers['accept-language'] ?? '')]
  return (lookUp(wanted, MAIL_PAGE_LANGUAGES) ?? 'en') as MailPageLanguage
}
