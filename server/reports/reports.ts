import { randomBytes } from 'node:crypto'
import type { Site } from '../../schema/site.ts'
import type { By } from '../accounts/accounts.ts'
import { canonicalEmail, checkEmail } from '../accounts/email.ts'
import type { AuditLog } from '../audit/log.ts'
import type { Clock } from '../clock.ts'
import { UserError } from '../errors.ts'
import type { DataKeys } from '../store/data-keys.ts'
import { createBlindIndex, createEnvelope, type Place } from '../store/envelope.ts'
import type { Store } from '../store/open.ts'
import type { ReportKind, ReportLanguage, ReportTable } from '../store/tables.ts'

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

export interface Recipient {
  readonly id: string
  readonly reportId: string
  readonly email: string
  readonly isConfirmed: boolean
  /** Days of the last report that was sent. */
  readonly sentFor: string | null
}

export interface WantedReport {
  readonly kind: ReportKind
  readonly language: ReportLanguage
  readonly threshold?: number | undefined
  readonly recipients: readonly string[]
}

/** What is sent about sites, and to whom. Addresses are sealed; who never said yes is forgotten after a week. */
export interface Reports {
  /** Throws UserError for what cannot be. Nobody is written to here. */
  create(site: Pick<Site, 'id' | 'domain'>, wanted: WantedReport, by: By): Promise<string>
  /** Of a site, or all. */
  list(siteId?: number): Promise<Report[]>
  recipients(reportId: string): Promise<Recipient[]>
  find(recipientId: string): Promise<{ report: Report; recipient: Recipient } | undefined>
  /** Throws UserError 404 where the site has no such report. */
  remove(siteId: number, id: string, by: By): Promise<void>
  /** The recipient said yes; the first report is the next one after `since`. */
  confirm(recipientId: string, since: string | null): Promise<void>
  /** The recipient wants it no more: deletes the address. */
  stop(recipientId: string): Promise<void>
  /** Takes the sending upon oneself; false where somebody else does or the mail was sent. */
  claim(recipientId: string, days: string): Promise<boolean>
  sent(recipientId: string, days: string): Promise<void>
  /** Takes an alert upon oneself; false where it was told within a day. */
  claimAlert(id: string): Promise<boolean>
  /** Deletes addresses that have never said yes. */
  forget(): Promise<void>
}

const MAX_REPORTS = 20
const MAX_RECIPIENTS = 20
const MAX_THRESHOLD = 1_000_000_000
const DAY_MS = 86_400_000
const UNCONFIRMED_MS = 7 * DAY_MS
/** As long as a sending may take; then another one tries. */
const SENDING_MS = 15 * 60_000

export function createReports(parts: {
  store: Pick<Store, 'db' | 'transaction' | 'purge'>
  clock: Pick<Clock, 'now'>
  dataKeys: DataKeys
  audit: Pick<AuditLog, 'append'>
}): Reports {
  const { store, clock, audit } = parts
  const envelope = createEnvelope(parts.dataKeys)
  const indexOf = createBlindIndex(parts.dataKeys.lasting, 'report recipient')

  const recipients: Reports['recipients'] = async (reportId) => {
    const rows = await store.db
      .selectFrom('report_recipient')
      .selectAll()
      .where('report_id', '=', reportId)
      .orderBy('created_at')
      .orderBy('id')
      .execute()
    return rows.map((row) => ({
      id: row.id,
      reportId,
      email: envelope.open(row.email, place(row.id)),
      isConfirmed: row.confirmed_at !== null,
      sentFor: row.sent_for,
    }))
  }

  return {
    recipients,
    create: async (site, wanted, by) => {
      const { kind, language } = wanted
      const threshold = checkThreshold(kind, wanted.threshold)
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
        for (const email of emails) {
          const row = newId()
          await transaction
            .insertInto('report_recipient')
            .values({
              id: row,
              report_id: id,
              email: envelope.seal(email, place(row)),
              email_index: indexOf(email),
              created_at: now,
              confirmed_at: null,
              sent_for: null,
              sending_until: null,
            })
            .execute()
        }
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
      const recipient = (await recipients(row.id)).find(({ id }) => id === recipientId)
      return recipient && { report: reportOf(row), recipient }
    },
    remove: (siteId, id, by) =>
      store.transaction(async (transaction) => {
        await transaction.deleteFrom('report_recipient').where('report_id', '=', id).execute()
        const removed = await transaction
          .deleteFrom('report')
          .where('id', '=', id)
          .where('site_id', '=', siteId)
          .returning('id')
          .executeTakeFirst()
        // Thrown within the transaction: nothing was deleted then.
        if (!removed) throw new UserError('This site has no report with this id.', 404)
        await audit.append(transaction, { ...by, action: 'report.removed', subject: id })
      }),
    confirm: (recipientId, since) =>
      store.transaction(async (transaction) => {
        const confirmed = await transaction
          .updateTable('report_recipient')
          .set({ confirmed_at: clock.now(), sent_for: since })
          .where('id', '=', recipientId)
          .where('confirmed_at', 'is', null)
          .returning('report_id')
          .executeTakeFirst()
        if (!confirmed) return
        await audit.append(transaction, {
          actor: 'nobody',
          action: 'report.confirmed',
          subject: confirmed.report_id,
        })
      }),
    stop: async (recipientId) => {
      await store.transaction(async (transaction) => {
        const stopped = await transaction
          .deleteFrom('report_recipient')
          .where('id', '=', recipientId)
          .returning('report_id')
          .executeTakeFirst()
        if (!stopped) return
        await audit.append(transaction, {
          actor: 'nobody',
          action: 'report.stopped',
          subject: stopped.report_id,
        })
      })
      await store.purge(['report_recipient'])
    },
    claim: async (recipientId, days) => {
      const now = clock.now()
      const claimed = await store.db
        .updateTable('report_recipient')
        .set({ sending_until: now + SENDING_MS })
        .where('id', '=', recipientId)
        .where('confirmed_at', 'is not', null)
        .where((where) => where.or([where('sent_for', 'is', null), where('sent_for', '!=', days)]))
        .where((where) => where.or([where('sending_until', 'is', null), where('sending_until', '<=', now)]))
        .returning('id')
        .executeTakeFirst()
      return claimed !== undefined
    },
    sent: async (recipientId, days) => {
      await store.db
        .updateTable('report_recipient')
        .set({ sent_for: days, sending_until: null })
        .where('id', '=', recipientId)
        .execute()
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
    forget: async () => {
      const { numDeletedRows } = await store.db
        .deleteFrom('report_recipient')
        .where('confirmed_at', 'is', null)
        .where('created_at', '<=', clock.now() - UNCONFIRMED_MS)
        .executeTakeFirstOrThrow()
      if (numDeletedRows > 0n) await store.purge(['report_recipient'])
    },
  }
}

function checkThreshold(kind: ReportKind, threshold: number | undefined): number | null {
  if (kind === 'weekly' || kind === 'monthly') return null
  const isWhole = threshold !== undefined && Number.isInteger(threshold)
  if (!isWhole || threshold < 1 || threshold > MAX_THRESHOLD) {
    throw new UserError('Give the page views of the alert in `threshold`, a whole number from 1.')
  }
  return threshold
}

function checkRecipients(recipients: readonly string[]): string[] {
  const emails = [...new Set(recipients.map((text) => checkEmail(canonicalEmail(text))))]
  if (emails.length === 0 || emails.length > MAX_RECIPIENTS) {
    throw new UserError(`A report has 1 to ${MAX_RECIPIENTS} recipients: name them in \`recipients\`.`)
  }
  return emails
}

function place(row: string): Place {
  return { table: 'report_recipient', row, column: 'email' }
}

function newId(): string {
  return randomBytes(8).toString('hex')
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
