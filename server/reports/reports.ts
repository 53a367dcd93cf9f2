import type { Site } from '../../schema/site.ts'
import type { By } from '../accounts/accounts.ts'
import type { AuditLog } from '../audit/log.ts'
import type { Clock } from '../clock.ts'
import { UserError } from '../errors.ts'
import type { DataKeys } from '../store/data-keys.ts'
import type { Store } from '../store/open.ts'
import type { ReportKind, ReportLanguage, ReportTable } from '../store/tables.ts'
import {
  checkRecipients,
  createRecipients,
  newId,
  noReport,
  type Recipient,
  type Recipients,
} from './recipients.ts'

export interface Report {
  readonly id: string
  readonly siteId: number
  readonly kind: ReportKind
  readonly language: ReportLanguage
  /** Page views, of an alert. */
  readonly threshold: number | null
  /** Unix milliseconds. */
  readonly createdAt: number
  /** When an alert was last told. */
  readonly toldAt: number | null
}

export interface WantedReport {
  readonly kind: ReportKind
  readonly language: ReportLanguage
  readonly threshold?: number | undefined
  readonly recipients: readonly string[]
}

/** What is sent about sites, and to whom. */
export interface Reports extends Recipients {
  /** Throws UserError for what cannot be. Nobody is written to here. */
  create(site: Pick<Site, 'id' | 'domain'>, wanted: WantedReport, by: By): Promise<string>
  /** Of a site, or all. */
  list(siteId?: number): Promise<Report[]>
  find(recipientId: string): Promise<{ report: Report; recipient: Recipient } | undefined>
  /** @param site without a domain: it is removed itself. Throws UserError 404 where the site has no such report. */
  remove(site: Pick<Site, 'id'> & Partial<Pick<Site, 'domain'>>, id: string, by: By): Promise<void>
  /** Takes an alert upon oneself; false where it was told within a day. */
  claimAlert(id: string): Promise<boolean>
}

const MAX_REPORTS = 20
const MAX_THRESHOLD = 1_000_000_000
const DAY_MS = 86_400_000

export function createReports(parts: {
  store: Pick<Store, 'db' | 'transaction' | 'purge'>
  clock: Pick<Clock, 'now'>
  dataKeys: DataKeys
  audit: Pick<AuditLog, 'append'>
}): Reports {
  const { store, clock, audit } = parts
  const { recipients, insert } = createRecipients(parts)

  return {
    ...recipients,
    create: async (site, wanted, by) => {
      const { kind, language } = wanted
      const threshold = kind === 'spike' || kind === 'drop' ? checkThreshold(wanted.threshold) : null
      const emails = checkRecipients(wanted.recipients)
      const id = newId()
      const now = clock.now()
      await store.transaction(async (transaction) => {
        const { count } = await transaction
          .selectFrom('report')
          .select((select) => select.fn.countAll<number>().as('count'))
          .where('site_id', '=', site.id)
          .executeTakeFirstOrThrow()
        if (count >= MAX_REPORTS) {
          throw new UserError(`A site has at most ${MAX_REPORTS} reports and alerts: remove one first.`)
        }
        await transaction
          .insertInto('report')
          .values({ id, site_id: site.id, kind, language, threshold, created_at: now, told_at: null })
          .execute()
        await insert(transaction, id, emails)
        await audit.append(transaction, {
          ...by,
          action: 'report.created',
          subject: id,
          site: site.domain,
          detail: { kind, recipients: emails.length },
        })
      })
      return id
    },
    list: async (siteId) => {
      const rows = await store.db
        .selectFrom('report')
        .selectAll()
        .$if(siteId !== undefined, (query) => query.where('site_id', '=', siteId ?? 0))
        .orderBy('created_at')
        .orderBy('id')
        .execute()
      return rows.map(reportOf)
    },
    find: async (recipientId) => {
      const row = await store.db
        .selectFrom('report_recipient')
        .innerJoin('report', 'report.id', 'report_recipient.report_id')
        .selectAll('report')
        .where('report_recipient.id', '=', recipientId)
        .executeTakeFirst()
      if (!row) return undefined
      const recipient = (await recipients.recipients(row.id)).find(({ id }) => id === recipientId)
      return recipient && { report: reportOf(row), recipient }
    },
    remove: async (site, id, by) => {
      await store.transaction(async (transaction) => {
        await transaction.deleteFrom('report_recipient').where('report_id', '=', id).execute()
        const removed = await transaction
          .deleteFrom('report')
          .where('id', '=', id)
          .where('site_id', '=', site.id)
          .returning('id')
          .executeTakeFirst()
        // Thrown within the transaction: nothing was deleted then.
        if (!removed) throw noReport()
        const { domain } = site
        await audit.append(transaction, {
          ...by,
          action: 'report.removed',
          subject: id,
          ...(domain !== undefined && { site: domain }),
        })
      })
      await store.purge(['report_recipient'])
    },
    claimAlert: async (id) => {
      const now = clock.now()
      const claimed = await store.db
        .updateTable('report')
        .set({ told_at: now })
        .where('id', '=', id)
        .where((where) => where.or([where('told_at', 'is', null), where('told_at', '<=', now - DAY_MS)]))
        .returning('id')
        .executeTakeFirst()
      return claimed !== undefined
    },
  }
}

/** Of an alert. Throws UserError for none, and for what is no number of page views. */
export function checkThreshold(threshold: number | undefined): number {
  const isWhole = threshold !== undefined && Number.isInteger(threshold)
  if (!isWhole || threshold < 1 || threshold > MAX_THRESHOLD) {
    throw new UserError('Give the page views of the alert in `threshold`, a whole number from 1.')
  }
  return threshold
}

function reportOf(row: ReportTable): Report {
  return {
    id: row.id,
    siteId: row.site_id,
    kind: row.kind,
    language: row.language,
    threshold: row.threshold,
    createdAt: row.created_at,
    toldAt: row.told_at,
  }
}
