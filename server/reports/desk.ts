import type { Site } from '../../schema/site.ts'
import type { By } from '../accounts/accounts.ts'
import type { Clock } from '../clock.ts'
import { UserError } from '../errors.ts'
import type { Queries } from '../query/run.ts'
import { REPORT_KINDS, REPORT_LANGUAGES, type ReportKind, type ReportLanguage } from '../store/tables.ts'
import { readContent } from './content.ts'
import type { Invite } from './invite.ts'
import { lastDays } from './periods.ts'
import { renderAlert, renderReport, type Mail } from './render.ts'
import { checkThreshold, type Reports, type WantedReport } from './reports.ts'

/** What owners do with reports, over HTTP and in a terminal alike. */
export interface ReportDesk {
  /** Throws UserError for what cannot be. Whoever is to get it is asked at once. */
  make(site: Site, wanted: WantedReport, by: By): Promise<Asked>
  /** The same for one more recipient; nobody else is asked. */
  addRecipient(site: Site, reportId: string, email: string, by: By): Promise<Asked>
}

export interface Asked {
  /** Of what was made. */
  readonly id: string
  /** Why the mail server did not take a question, once for each recipient that was not asked. */
  readonly unasked: readonly string[]
}

/** @param invite undefined where there is no mail server */
export function createReportDesk(parts: {
  reports: Pick<Reports, 'create' | 'list' | 'addRecipient'>
  invite: Invite | undefined
}): ReportDesk {
  const { reports } = parts

  function mustSend(): Invite {
    if (parts.invite) return parts.invite
    throw new UserError(
      'There is no mail server to send by: set SLUICE_SMTP_URL and SLUICE_MAIL_FROM, and start again.',
      409,
    )
  }

  async function ask(invite: Invite, site: Site, reportId: string, recipientId?: string) {
    const report = (await reports.list(site.id)).find(({ id }) => id === reportId)
    return report ? await invite(report, site, recipientId) : []
  }

  return {
    make: async (site, wanted, by) => {
      const invite = mustSend()
      const id = await reports.create(site, wanted, by)
      return { id, unasked: await ask(invite, site, id) }
    },
    addRecipient: async (site, reportId, email, by) => {
      const invite = mustSend()
      const id = await reports.addRecipient(site, reportId, email, by)
      return { id, unasked: await ask(invite, site, reportId, id) }
    },
  }
}

export interface WantedPreview {
  readonly kind: ReportKind
  readonly language: ReportLanguage
  /** Of an alert. */
  readonly threshold?: number | undefined
}

/** An alert that is not made yet has some threshold. */
const SOME_THRESHOLD = 100

/** The mail as it would be sent now; of an alert the one that its threshold brings about. Rejects as queries do. */
export async function previewMail(
  parts: { queries: Pick<Queries, 'run'>; publicUrl: string; clock: Pick<Clock, 'now'> },
  site: Site,
  wanted: WantedPreview,
): Promise<Mail> {
  const { kind, language } = wanted
  if (kind === 'spike' || kind === 'drop') return previewAlert(parts.publicUrl, site, { ...wanted, kind })
  const days = lastDays(kind, site.timezone, parts.clock.now())
  const content = await readContent(parts.queries, site, days)
  return renderReport(content, kind, language, { open: openOf(parts.publicUrl, site) })
}

/** The same of an alert, which asks nothing. */
export function previewAlert(
  publicUrl: string,
  site: Site,
  { kind, language, threshold: wanted = SOME_THRESHOLD }: WantedPreview & { kind: 'spike' | 'drop' },
): Mail {
  const threshold = checkThreshold(wanted)
  const count = kind === 'spike' ? threshold : threshold - 1
  return renderAlert({ site: site.domain, kind, count, threshold }, language, {
    open: openOf(publicUrl, site),
  })
}

function openOf(publicUrl: string, { domain }: Site): string {
  return `${publicUrl}/?site=${encodeURIComponent(domain)}`
}

/** @param name what asks for it, as the sentence of a refusal names it */
export function reportKindOf(text: string, name = '`kind`'): ReportKind {
  const kind = REPORT_KINDS.find((known) => known === text)
  if (kind === undefined) throw new UserError(`${name} is one of ${REPORT_KINDS.join(', ')}.`)
  return kind
}

/** English where nothing is said. */
export function reportLanguageOf(text: string | undefined, name = '`language`'): ReportLanguage {
  const language = REPORT_LANGUAGES.find((known) => known === (text ?? 'en'))
  if (language === undefined) throw new UserError(`${name} is one of ${REPORT_LANGUAGES.join(', ')}.`)
  return language
}
