import type { Site } from '../../schema/site.ts'
import { checkEmail } from '../accounts/email.ts'
import { systemClock } from '../clock.ts'
import { UserError } from '../errors.ts'
import { silentLog } from '../log.ts'
import {
  createReportDesk,
  previewAlert,
  previewMail,
  reportKindOf,
  reportLanguageOf,
  type Asked,
  type WantedPreview,
} from '../reports/desk.ts'
import { createInvite, type Invite } from '../reports/invite.ts'
import { createRecipientLinks } from '../reports/links.ts'
import { createSendMail } from '../reports/mailer.ts'
import type { Recipient } from '../reports/recipients.ts'
import { createReports, type Report, type Reports } from '../reports/reports.ts'
import { shownReport } from '../reports/route.ts'
import { normalizeDomain } from '../sites/domain.ts'
import { createSites, type Sites } from '../sites/registry.ts'
import type { Store } from '../store/open.ts'
import type { ReportKind } from '../store/tables.ts'
import {
  answer,
  oneLine,
  table,
  typed,
  UsageError,
  type CliContext,
  type Command,
  type Input,
} from './context.ts'
import { withQueries } from './with-queries.ts'
import { withAudit } from './with-store.ts'

/** `sluice report create --site <domain> --kind <kind> --to <email> … [--threshold …] [--language …]`. */
export const createReport: Command = async (context, input) => {
  const { domain, ...wanted } = readWanted(input)
  if (isAlert(wanted.kind) && wanted.threshold === undefined) {
    throw new UsageError(
      '--threshold is missing: write from how many page views it is told, --threshold 500.',
    )
  }
  const recipients = input.texts('to').map((text) => typed(() => checkEmail(text)))
  if (recipients.length === 0)
    throw new UsageError('--to is missing: write --to <email>, once for each recipient.')
  const asked = await withReports(context, (parts) =>
    createReportDesk(parts).make(parts.sites.get(domain), { ...wanted, recipients }, BY),
  )
  answer(context, { id: asked.id, unasked: asked.unasked.length }, [
    `The report ${asked.id} is made. Each recipient gets it after a yes by the link in a mail; \`sluice report list\` tells who has said it.`,
  ])
  warnOf(context, asked)
}

/** `sluice report preview <id>`, or the flags of `sluice report create` but `--to`. */
export const previewReport: Command = async (context, input) => {
  const [id] = input.words
  const flags = WANTED_FLAGS.filter((flag) => input.text(flag) !== undefined)
  if (id !== undefined && flags.length > 0) {
    throw new UsageError(`A report has its own ${flags.join(', ')}: leave the id or the flags out.`)
  }
  const typedOnes = id === undefined ? readWanted(input) : undefined
  const mail = await withReports(context, async (parts) => {
    const { site, ...wanted } = typedOnes
      ? { ...typedOnes, site: parts.sites.get(typedOnes.domain) }
      : await wantedOf(parts, id ?? '')
    const { kind } = wanted
    const { publicUrl } = context.config
    if (isAlert(kind)) return previewAlert(publicUrl, site, { ...wanted, kind })
    return withQueries(context, parts.store, (queries) =>
      previewMail({ queries, publicUrl, clock: systemClock }, site, wanted),
    )
  })
  const { subject, text } = mail
  answer(context, { subject, text }, [oneLine(subject), '', ...text.trimEnd().split('\n').map(oneLine)])
}

const WANTED_FLAGS = ['site', 'kind', 'threshold', 'language']

function isAlert(kind: ReportKind): kind is 'spike' | 'drop' {
  return kind === 'spike' || kind === 'drop'
}

/** What flags say of a report. Throws UsageError. */
function readWanted(input: Input) {
  const [site, kindText, limit] = [input.text('site'), input.text('kind'), input.text('threshold')]
  if (site === undefined) throw new UsageError('--site is missing: write --site <domain>.')
  if (kindText === undefined)
    throw new UsageError('--kind is missing: write --kind weekly, monthly, spike or drop.')
  return typed(() => {
    const kind = reportKindOf(kindText, '--kind')
    if (limit !== undefined && !isAlert(kind)) {
      throw new UsageError('--threshold is of an alert: leave it out, or write --kind spike or --kind drop.')
    }
    if (limit !== undefined && !/^[1-9]\d{0,9}$/.test(limit)) {
      throw new UsageError('--threshold is a whole number of page views from 1, like --threshold 500.')
    }
    const language = reportLanguageOf(input.text('language'), '--language')
    return {
      domain: normalizeDomain(site),
      kind,
      language,
      threshold: limit === undefined ? undefined : Number(limit),
    }
  })
}

async function wantedOf(parts: ReportParts, id: string): Promise<WantedPreview & { site: Site }> {
  const report = await reportIn(parts.reports, id)
  const { kind, language, threshold } = report
  return { site: siteOf(parts, report), kind, language, threshold: threshold ?? undefined }
}

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
      recipient === undefined ? '' : stateOf(recipient),
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
      : ['There is no report: `sluice report create` makes one, and so do owners in the dashboard.'],
  )
}

/** `sluice report remove <id>`. */
export const removeReport: Command = async (context, input) => {
  const id = input.words[0] ?? ''
  await withReports(context, async ({ reports, sites }) => {
    const { siteId } = await reportIn(reports, id)
    await reports.remove(sites.byId(siteId) ?? { id: siteId }, id, BY)
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
        'This address is no recipient of this report: `sluice report list` shows who is.',
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
  store: Store
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

function stateOf({ isConfirmed, isAsked }: Recipient): string {
  if (isConfirmed) return 'gets it'
  return isAsked ? 'was asked' : 'could not be asked yet'
}

/** Says on standard error whom the mail server did not take the question to. */
function warnOf(context: CliContext, { unasked }: Asked): void {
  if (unasked.length === 0) return
  context.stderr.write(
    `The mail server did not take the question to ${unasked.length === 1 ? 'one recipient' : `${unasked.length} recipients`} (${[...new Set(unasked)].join('; ')}): look at SLUICE_SMTP_URL. A running server asks again for a week.\n`,
  )
}

function withReports<T>(context: CliContext, act: (parts: ReportParts) => Promise<T>): Promise<T> {
  const { publicUrl, reports: mail } = context.config
  return withAudit(context, (store, audit, { data }) => {
    const reports = createReports({ store, clock: systemClock, dataKeys: data, audit })
    const links = createRecipientLinks(data.lasting, publicUrl)
    return act({
      store,
      reports,
      sites: createSites({ store, clock: systemClock }),
      invite: mail && createInvite({ reports, links, send: createSendMail(mail), log: silentLog }),
    })
  })
}
