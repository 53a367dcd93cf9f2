import { randomBytes } from 'node:crypto'
import type { Transaction } from 'kysely'
import type { Site } from '../../schema/site.ts'
import type { By } from '../accounts/accounts.ts'
import { canonicalEmail, checkEmail } from '../accounts/email.ts'
import type { AuditLog } from '../audit/log.ts'
import type { Clock } from '../clock.ts'
import { UserError } from '../errors.ts'
import type { DataKeys } from '../store/data-keys.ts'
import { createBlindIndex, createEnvelope, type Place } from '../store/envelope.ts'
import type { Store } from '../store/open.ts'
import type { Tables } from '../store/tables.ts'

export interface Recipient {
  readonly id: string
  readonly reportId: string
  readonly email: string
  /** Unix milliseconds. */
  readonly createdAt: number
  /** A mail server took the question whether they want it. */
  readonly isAsked: boolean
  readonly isConfirmed: boolean
  /** Days of the last report that was sent. */
  readonly sentFor: string | null
}

/** To whom reports go. Addresses are sealed; who never said yes is forgotten after a week. */
export interface Recipients {
  /** In the order in which they were added. */
  recipients(reportId: string): Promise<Recipient[]>
  /** One more, who has to say yes like all; answers its id. Throws UserError as above, and for what cannot be. */
  addRecipient(site: Pick<Site, 'id' | 'domain'>, id: string, email: string, by: By): Promise<string>
  /** Deletes the address of one; the others stay as they are. Throws UserError 404 where it is not there. */
  removeRecipient(site: Pick<Site, 'id' | 'domain'>, id: string, recipientId: string, by: By): Promise<void>
  /** Takes the question upon oneself; false where somebody else does, it was asked or answered, or it is not yet time again. */
  claimQuestion(recipient: Pick<Recipient, 'id' | 'createdAt'>): Promise<boolean>
  asked(recipientId: string): Promise<void>
  /** The recipient said yes; the first report is the next one after `since`. */
  confirm(recipientId: string, since: string | null): Promise<void>
  /** The recipient wants it no more: deletes the address. */
  stop(recipientId: string): Promise<void>
  /** Takes the sending upon oneself; false where somebody else does or the mail was sent. */
  claim(recipientId: string, days: string): Promise<boolean>
  sent(recipientId: string, days: string): Promise<void>
  /** Deletes addresses that have never said yes. */
  forget(): Promise<void>
}

/** Adds them within the transaction that makes their report. */
export type InsertRecipients = (
  transaction: Transaction<Tables>,
  reportId: string,
  emails: readonly string[],
) => Promise<void>

const MAX_RECIPIENTS = 20
const UNCONFIRMED_MS = 7 * 86_400_000
/** As long as a sending may take; then another one tries. */
const SENDING_MS = 15 * 60_000

export function createRecipients(parts: {
  store: Pick<Store, 'db' | 'transaction' | 'purge'>
  clock: Pick<Clock, 'now'>
  dataKeys: DataKeys
  audit: Pick<AuditLog, 'append'>
}): { recipients: Recipients; insert: InsertRecipients } {
  const { store, clock, audit } = parts
  const envelope = createEnvelope(parts.dataKeys)
  const indexOf = createBlindIndex(parts.dataKeys.lasting, 'report recipient')

  async function insert(transaction: Transaction<Tables>, reportId: string, email: string): Promise<string> {
    const id = newId()
    await transaction
      .insertInto('report_recipient')
      .values({
        id,
        report_id: reportId,
        email: envelope.seal(email, place(id)),
        email_index: indexOf(email),
        created_at: clock.now(),
        asked_at: null,
        confirmed_at: null,
        sent_for: null,
        sending_until: null,
      })
      .execute()
    return id
  }

  const recipients: Recipients['recipients'] = async (reportId) => {
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
      createdAt: row.created_at,
      isAsked: row.asked_at !== null,
      isConfirmed: row.confirmed_at !== null,
      sentFor: row.sent_for,
    }))
  }

  const made: Recipients = {
    recipients,
    addRecipient: (site, id, text, by) =>
      store.transaction(async (transaction) => {
        const email = checkEmail(text)
        const report = await transaction
          .selectFrom('report')
          .select('id')
          .where('id', '=', id)
          .where('site_id', '=', site.id)
          .executeTakeFirst()
        if (!report) throw noReport()
        const known = await transaction
          .selectFrom('report_recipient')
          .select('email_index')
          .where('report_id', '=', id)
          .execute()
        if (known.some(({ email_index: index }) => index === indexOf(email))) {
          throw new UserError('This address is a recipient already: remove it first to ask it again.', 409)
        }
        if (known.length >= MAX_RECIPIENTS) {
          throw new UserError(`A report has at most ${MAX_RECIPIENTS} recipients: remove one first.`, 409)
        }
        const recipient = await insert(transaction, id, email)
        await audit.append(transaction, {
          ...by,
          action: 'report.recipient-added',
          subject: id,
          site: site.domain,
          detail: { recipients: known.length + 1 },
        })
        return recipient
      }),
    removeRecipient: async (site, id, recipientId, by) => {
      await store.transaction(async (transaction) => {
        const removed = await transaction
          .deleteFrom('report_recipient')
          .where('id', '=', recipientId)
          .where('report_id', 'in', (select) =>
            select.selectFrom('report').select('id').where('id', '=', id).where('site_id', '=', site.id),
          )
          .returning('id')
          .executeTakeFirst()
        if (!removed) {
          throw new UserError('This report has no such recipient: they may have stopped it themselves.', 404)
        }
        await audit.append(transaction, {
          ...by,
          action: 'report.recipient-removed',
          subject: id,
          site: site.domain,
        })
      })
      await store.purge(['report_recipient'])
    },
    claimQuestion: async ({ id, createdAt }) => {
      const now = clock.now()
      const claimed = await store.db
        .updateTable('report_recipient')
        // Each wait is as long as all before it: an address that no server takes is tried a dozen times in its week.
        .set({ sending_until: now + Math.max(SENDING_MS, now - createdAt) })
        .where('id', '=', id)
        .where('asked_at', 'is', null)
        .where('confirmed_at', 'is', null)
        .where((where) => where.or([where('sending_until', 'is', null), where('sending_until', '<=', now)]))
        .returning('id')
        .executeTakeFirst()
      return claimed !== undefined
    },
    asked: async (recipientId) => {
      await store.db
        .updateTable('report_recipient')
        .set({ asked_at: clock.now(), sending_until: null })
        .where('id', '=', recipientId)
        .execute()
    },
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
    forget: async () => {
      const { numDeletedRows } = await store.db
        .deleteFrom('report_recipient')
        .where('confirmed_at', 'is', null)
        .where('created_at', '<=', clock.now() - UNCONFIRMED_MS)
        .executeTakeFirstOrThrow()
      if (numDeletedRows > 0n) await store.purge(['report_recipient'])
    },
  }
  return {
    recipients: made,
    insert: async (transaction, reportId, emails) => {
      for (const email of emails) await insert(transaction, reportId, email)
    },
  }
}

/** As they are kept, each once. Throws UserError for none, too many, and what is no address. */
export function checkRecipients(recipients: readonly string[]): string[] {
  const emails = [...new Set(recipients.map((text) => checkEmail(canonicalEmail(text))))]
  if (emails.length === 0 || emails.length > MAX_RECIPIENTS) {
    throw new UserError(`A report has 1 to ${MAX_RECIPIENTS} recipients: name them in \`recipients\`.`)
  }
  return emails
}

export function noReport(): UserError {
  return new UserError('This site has no report with this id.', 404)
}

function place(row: string): Place {
  return { table: 'report_recipient', row, column: 'email' }
}

/** 64 random bits, hex: of a report or a recipient. */
export function newId(): string {
  return randomBytes(8).toString('hex')
}
