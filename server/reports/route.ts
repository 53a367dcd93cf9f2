import express, { Router, type Request, type Response } from 'express'
import type { Access } from '../accounts/access.ts'
import { bodyOf } from '../accounts/bodies.ts'
import { jsonBody, textOf, textOrEmpty, valueOf } from '../accounts/body.ts'
import type { Clock } from '../clock.ts'
import { fill } from '../http/fill.ts'
import { html, type Markup } from '../http/html.ts'
import type { Queries } from '../query/run.ts'
import type { Sites } from '../sites/registry.ts'
import type { ReportLanguage } from '../store/tables.ts'
import { createReportDesk, previewMail, reportKindOf, reportLanguageOf } from './desk.ts'
import type { Invite } from './invite.ts'
import type { RecipientLinks } from './links.ts'
import { lastDays, nameOf } from './periods.ts'
import type { Recipient } from './recipients.ts'
import type { Report, Reports } from './reports.ts'
import { REPORT_TEXTS } from './text.ts'

export interface ReportsRouterParts {
  access: Access
  reports: Reports
  links: RecipientLinks
  queries: Pick<Queries, 'run'>
  sites: Pick<Sites, 'byId'>
  publicUrl: string
  /** Undefined where there is no mail server to send by. */
  invite: Invite | undefined
  clock: Pick<Clock, 'now'>
}

/** The mail as a page: its own styles in the elements, and nothing else, not even an origin. */
const PREVIEW_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"

/**
 * `/api/reports`: reports and alerts of a site by e-mail, and a preview. `/reports/<token>`: where a recipient says yes or
 * stops; `POST /reports/<token>/stop` is the one click of a mail program (RFC 8058).
 */
export function createReportsRouter(parts: ReportsRouterParts): Router {
  const { access, reports, links, sites, clock } = parts
  const desk = createReportDesk(parts)
  const router = Router()
  router.use(['/api/reports', '/reports'], (_request, response, next) => {
    response.set('cache-control', 'no-store')
    next()
  })

  router.get('/api/reports', async (request, response) => {
    const site = access.site(request, 'reports.read', textIn(request, 'site'))
    const list = []
    for (const report of await reports.list(site.id)) {
      list.push(shownReport(report, await reports.recipients(report.id)))
    }
    response.json({ reports: list, canSend: parts.invite !== undefined })
  })
  router.post('/api/reports', ...jsonBody, bodyOf('POST /api/reports'), async (request, response) => {
    const site = access.site(request, 'reports.write', textOrEmpty(request, 'site'))
    const by = access.deliberate(access.signedIn(request), textOf(request, 'reason'))
    const [threshold, recipients] = [valueOf(request, 'threshold'), valueOf(request, 'recipients')]
    const { id, unasked } = await desk.make(
      site,
      {
        kind: reportKindOf(textOrEmpty(request, 'kind')),
        language: reportLanguageOf(textOf(request, 'language')),
        threshold: typeof threshold === 'number' ? threshold : undefined,
        recipients: Array.isArray(recipients) ? recipients.map(String) : [],
      },
      by,
    )
    response.status(201).json({ id, unasked: unasked.length })
  })
  router.delete(
    '/api/reports/:id',
    ...jsonBody,
    bodyOf('DELETE /api/reports/:id'),
    async (request, response) => {
      const site = access.site(request, 'reports.write', textOrEmpty(request, 'site'))
      const id = String(request.params['id'])
      await reports.remove(site, id, { actor: access.actorOf(request) })
      response.json({ removed: id })
    },
  )
  router.post(
    '/api/reports/:id/recipients',
    ...jsonBody,
    bodyOf('POST /api/reports/:id/recipients'),
    async (request, response) => {
      const site = access.site(request, 'reports.write', textOrEmpty(request, 'site'))
      const by = access.deliberate(access.signedIn(request), textOf(request, 'reason'))
      const email = textOrEmpty(request, 'email')
      const { id, unasked } = await desk.addRecipient(site, String(request.params['id']), email, by)
      response.status(201).json({ id, unasked: unasked.length })
    },
  )
  router.delete(
    '/api/reports/:id/recipients/:recipient',
    ...jsonBody,
    bodyOf('DELETE /api/reports/:id/recipients/:recipient'),
    async (request, response) => {
      const site = access.site(request, 'reports.write', textOrEmpty(request, 'site'))
      const [id, recipient] = [String(request.params['id']), String(request.params['recipient'])]
      await reports.removeRecipient(site, id, recipient, { actor: access.actorOf(request) })
      response.json({ removed: recipient })
    },
  )
  router.get('/api/reports/preview', async (request, response) => {
    const site = access.site(request, 'reports.read', textIn(request, 'site'))
    const threshold = textIn(request, 'threshold')
    const mail = await previewMail(parts, site, {
      kind: reportKindOf(textIn(request, 'kind')),
      language: reportLanguageOf(textIn(request, 'language') || undefined),
      threshold: threshold === '' ? undefined : Number(threshold),
    })
    response.set('content-security-policy', PREVIEW_POLICY).type('html').send(mail.html)
  })

  router.get(['/reports/:token', '/reports/:token/stop'], async (request, response) => {
    const token = String(request.params['token'])
    const found = await recipientOf(token)
    if (!found) return sendPage(response, 'en', 404, undefined, REPORT_TEXTS.en.page.gone)
    const { report, recipient, domain } = found
    const words = REPORT_TEXTS[report.language]
    const asks = recipient.isConfirmed ? words.page.has : words.page.asks
    const base = request.path.endsWith('/stop') ? '' : `${token}/`
    sendPage(
      response,
      report.language,
      200,
      domain,
      fill(asks, { kind: words.kinds[report.kind] }),
      html`${!recipient.isConfirmed && html`<form method="post" action="${base}confirm"><button type="submit">${words.page.yes}</button></form>`}
        <form method="post" action="${base}stop">
          <button type="submit">${recipient.isConfirmed ? words.page.stop : words.page.no}</button>
        </form>`,
    )
  })
  router.post('/reports/:token/:act', express.urlencoded({ extended: false, limit: '1kb' }), act)
  return router

  async function act(request: Request, response: Response): Promise<void> {
    const { token, act: wanted } = request.params
    const found = wanted === 'confirm' || wanted === 'stop' ? await recipientOf(String(token)) : undefined
    if (!found) return sendPage(response, 'en', 404, undefined, REPORT_TEXTS.en.page.gone)
    const { report, recipient, domain, timezone } = found
    const { page } = REPORT_TEXTS[report.language]
    if (wanted === 'stop') await reports.stop(recipient.id)
    else {
      const isReport = report.kind === 'weekly' || report.kind === 'monthly'
      const since = isReport ? nameOf(lastDays(reportKind(report), timezone, clock.now())) : null
      await reports.confirm(recipient.id, since)
    }
    sendPage(response, report.language, 200, domain, wanted === 'stop' ? page.stopped : page.confirmed)
  }

  async function recipientOf(token: string) {
    const id = links.read(token)
    const found = id === undefined ? undefined : await reports.find(id)
    const site = found && sites.byId(found.report.siteId)
    return found && site ? { ...found, domain: site.domain, timezone: site.timezone } : undefined
  }
}

/** As it is answered over HTTP and in the terminal. */
export function shownReport(report: Report, recipients: readonly Recipient[]): object {
  const { id, kind, language, threshold, createdAt, toldAt } = report
  return {
    id,
    kind,
    language,
    threshold,
    created: new Date(createdAt).toISOString(),
    told: toldAt === null ? null : new Date(toldAt).toISOString(),
    recipients: recipients.map(({ id: recipient, email, isAsked, isConfirmed, sentFor }) => ({
      id: recipient,
      email,
      isAsked,
      isConfirmed,
      sentFor,
    })),
  }
}

function reportKind({ kind }: Report): 'weekly' | 'monthly' {
  return kind === 'monthly' ? 'monthly' : 'weekly'
}

function textIn({ query }: Request, name: string): string {
  const value = query[name]
  return typeof value === 'string' ? value : ''
}

/** A page without scripts; links are relative, since a proxy may serve the product under any path. */
function sendPage(
  response: Response,
  language: ReportLanguage,
  status: number,
  site: string | undefined,
  sentence: string,
  form: Markup = html``,
): void {
  const up = response.req.path.split('/').length > 3 ? '../../' : '../'
  const title = site === undefined ? 'Sluice' : fill(REPORT_TEXTS[language].page.title, { site })
  response
    .status(status)
    .type('html')
    .send(
      html`<!doctype html>
        <html lang="${language}" class="sluice-look">
          <head>
            <meta charset="utf-8" />
            <meta name="viewport" content="width=device-width, initial-scale=1" />
            <meta name="robots" content="noindex" />
            <meta name="color-scheme" content="light dark" />
            <title>${title}</title>
            <link rel="stylesheet" href="${up}privacy/pages.css" />
          </head>
          <body>
            <main>
              <h1>${title}</h1>
              <p role="status">${sentence}</p>
              ${form}
            </main>
          </body>
        </html>`.text,
    )
}
