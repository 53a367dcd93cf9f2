import type { Site } from '../../schema/site.ts'
import { checkEmail } from '../accounts/email.ts'
import { systemClock } from '../clock.ts'
import { UserError } from '../errors.ts'
import { silentLog } from '../log.ts'
import { createReportDesk, type Asked } from '../reports/desk.ts'
import { createInvite, type Invite } from '../reports/invite.ts'
import { createRecipientLinks } from '../reports/links.ts'
import { createSendMail } from '../reports/mailer.ts'
import { createReports, type Report, type Reports } from '../reports/reports.ts'
import { shownReport } from '../reports/route.ts'
import { createSites, type Sites } from '../sites/registry.ts'
import { answer, table, typed, type CliContext, type Command } from './context.ts'
import { withAudit } from './with-store.ts'

/** `sluice report list [--site <domain>]`. */
export const listReports: Command = async (context, input) => {
  const domain = input.text('site')
  const listed = await withReports(context, async ({ reports, sites }) => {
    const site = domain === undefined ? undefined : sites.get(domain)
    const domains = new Map(sites.list().map(({ id, domain: name }) => [id, name]))
    const found = []
    for (const report of await reports.list(site?.id)) {
      const recipients = await reports.recipients(report.id)
      found.push({ report, recipients, site: domains.get(report.siteId) ?? null })
    }
    return found
  })
  const rows = listed.flatMap(({ report: { id, kind, language, threshold }, recipients, site }) =>
    // Everybody may have stopped: the report is there all the same.
    (recipients.length > 0 ? recipients : [undefined]).map((recipient) => [
      id,
      site ?? '(removed)',
      kind,
      language,
      threshold === null ? '' : String(threshold),
      recipient?.email ?? '(nobody)',
      recipient === undefined ? '' : recipient.isConfirmed ? 'gets it' : 'was asked',
    ]),
  )
  answer(
    context,
    {
      reports: listed.map(({ report, recipients, site }) =>
        Object.assign({ site }, shownReport(report, recipients)),
      ),
    },
    rows.length > 0
      ? table(['id', 'site', 'kind', 'language', 'threshold', 'recipient', 'state'], rows)
      : ['There is no report: owners make them in the dashboard, under Settings, Reports.'],
  )
}

/** `sluice report remove <id>`. */
export const removeReport: Command = async (context, input) => {
  const id = input.words[0] ?? ''
  await withReports(context, async ({ reports }) => {
    const known = await reportIn(reports, id)
    await reports.remove(known.siteId, id, BY)
  })
  answer(context, { removed: id }, [`The report ${id} is removed, and nobody gets it any more.`])
}

/** `sluice report recipient add <id> <email>`. */
export const addReportRecipient: Command = async (context, input) => {
  const [id = '', text = ''] = input.words
  const email = typed(() => checkEmail(text))
  const asked = await withReports(context, async (parts) => {
    const site = siteOf(parts, await reportIn(parts.reports, id))
    return createReportDesk(parts).addRecipient(site, id, email, BY)
  })
  answer(context, { id: asked.id, unasked: asked.unasked.length }, [
    `${email} is a recipient of the report ${id}, and gets it after a yes by the link in the mail.`,
  ])
  warnOf(context, asked)
}

/** `sluice report recipient remove <id> <email>`. */
export const removeReportRecipient: Command = async (context, input) => {
  const [id = '', text = ''] = input.words
  const email = typed(() => checkEmail(text))
  const removed = await withReports(context, async (parts) => {
    const report = await reportIn(parts.reports, id)
    const recipient = (await parts.reports.recipients(id)).find((one) => one.email === email)
    if (!recipient) {
      throw new UserError(
        `${email} is no recipient of this report: \`sluice report list\` shows who is.`,
        404,
      )
    }
    await parts.reports.removeRecipient(siteOf(parts, report), id, recipient.id, BY)
    return recipient.id
  })
  answer(context, { removed }, [`${email} gets the report ${id} no more and is forgotten; the others go on.`])
}

const BY = { actor: 'terminal' } as const

/** What commands about reports work with; `invite` is undefined where no mail server is set. */
interface ReportParts {
  reports: Reports
  sites: Sites
  invite: Invite | undefined
}

async function reportIn(reports: Reports, id: string): Promise<Report> {
  const known = (await reports.list()).find((report) => report.id === id)
  if (known) return known
  throw new UserError(
    `There is no report with the id ${JSON.stringify(id.slice(0, 80))}: \`sluice report list\` shows them.`,
    404,
  )
}

function siteOf({ sites }: ReportParts, report: Report): Site {
  const site = sites.byId(report.siteId)
  if (site) return site
  throw new UserError(
    `The site of this report is removed, and nobody gets it: \`sluice report remove ${report.id}\`.`,
    409,
  )
}

/** Says on standard error whom the mail server did not take the question to. */
function warnOf(context: CliContext, { unasked }: Asked): void {
  if (unasked.length === 0) return
  context.stderr.write(
    `The mail server did not take the question to ${unasked.length === 1 ? 'one recipient' : `${unasked.length} recipients`} (${[...new Set(unasked)].join('; ')}): look at SLUICE_SMTP_URL, then remove and add them again.\n`,
  )
}

function withReports<T>(context: CliContext, act: (parts: ReportParts) => Promise<T>): Promise<T> {
  const { publicUrl, reports: mail } = context.config
  return withAudit(context, (store, audit, { data }) => {
    const reports = createReports({ store, clock: systemClock, dataKeys: data, audit })
    const links = createRecipientLinks(data.lasting, publicUrl)
    return act({
      reports,
      sites: createSites({ store, clock: systemClock }),
      invite: mail && createInvite({ reports, links, send: createSendMail(mail), log: silentLog }),
    })
  })
}
