import { randomBytes } from 'node:crypto'
import type { Transaction } from 'kysely'
import {
  EMAIL_PURPOSES,
  type EmailConsent,
  type EmailDecision,
  type EmailMethod,
  type EmailPurpose,
  type EmailSource,
} from '../../schema/email.ts'
import { canonicalEmail } from '../accounts/email.ts'
import { sha256 } from '../chain/sha256.ts'
import type { Signer } from '../chain/signer.ts'
import type { Clock } from '../clock.ts'
import { secondOf } from '../consent/time.ts'
import type { DataKeys } from '../store/data-keys.ts'
import { createBlindIndex, createEnvelope, type Place } from '../store/envelope.ts'
import type { Store } from '../store/open.ts'
import type { EmailRecipientTable, Tables } from '../store/tables.ts'
import { appendEmailEntry, commitmentOf } from './ledger.ts'

/** Recipients and what they consent to, each decision with its proof. */
export interface Recipients {
  /**
   * Records decisions, all or none; addresses and times are checked already. Answers the recipients' ids, in the order of
   * the decisions.
   */
  record(siteId: number, decisions: readonly EmailDecision[], source: EmailSource): Promise<string[]>
  /**
   * Takes back what a recipient had given, by the link or button of a mail. Undefined where there is none; who had given
   * nothing leaves no row but that they want no more mails.
   */
  withdraw(id: string, method: Extract<EmailMethod, 'link' | 'one-click'>): Promise<void>
  /** What of it is in force now; nothing for whoever is not known. */
  grantedBy(siteId: number, id: string): Promise<readonly EmailPurpose[]>
  /** By id or address; undefined where there is none. */
  find(siteId: number, named: { id: string } | { email: string }): Promise<EmailConsent | undefined>
  /** In the order of their ids, those after one. */
  list(siteId: number, page: { after: string; limit: number }): Promise<EmailConsent[]>
  /** Erases a recipient, also from where the disk still holds what was deleted. False where there is none. */
  erase(siteId: number, named: { id: string } | { email: string }): Promise<boolean>
}

/** Columns that say what is in force. */
const COLUMN = { email_open: 'opens', email_click: 'clicks' } as const satisfies Record<
  EmailPurpose,
  keyof EmailRecipientTable
>

export function createRecipients(parts: {
  store: Pick<Store, 'db' | 'transaction' | 'purge'>
  dataKeys: DataKeys
  signer: Signer
  clock: Pick<Clock, 'now'>
  /** Told what tied a recipient to the ledger, once they are erased. */
  onErased?: ((commitment: string) => Promise<void>) | undefined
}): Recipients {
  const { store, dataKeys, signer, clock } = parts
  const envelope = createEnvelope(dataKeys)
  const digest = createBlindIndex(dataKeys.lasting, 'recipient e-mail')
  // One address has another index on each site: nobody sees from the store who gets mails of two.
  const indexOf = (siteId: number, email: string): string => digest(`${siteId}\0${canonicalEmail(email)}`)

  const shown = (row: EmailRecipientTable): EmailConsent => ({
    id: row.id,
    email: envelope.open(row.email, placeOf(row.id)),
    granted: grantedIn(row),
    unsubscribed: row.unsubscribed === 1,
  })

  const rowOf = (db: Store['db'], siteId: number, named: { id: string } | { email: string }) => {
    const query = db.selectFrom('email_recipient').selectAll().where('site_id', '=', siteId)
    return 'id' in named
      ? query.where('id', '=', named.id).executeTakeFirst()
      : query.where('email_index', '=', indexOf(siteId, named.email)).executeTakeFirst()
  }

  async function recordOne(
    transaction: Transaction<Tables>,
    siteId: number,
    decision: EmailDecision,
    source: EmailSource,
  ): Promise<string> {
    const { email, event, purposes, copy, method, time } = decision
    const known = await rowOf(transaction, siteId, { email })
    const row = known ?? freshRow(siteId, email)
    if (!known) await transaction.insertInto('email_recipient').values(row).execute()
    await setPurposes(transaction, row.id, purposes, event === 'given')
    const copyHash = copy === '' ? null : sha256(copy)
    if (copyHash !== null) {
      await transaction
        .insertInto('email_copy')
        .values({ hash: copyHash, text: copy })
        .onConflict((conflict) => conflict.doNothing())
        .execute()
    }
    const now = secondOf(clock.now())
    await appendEmailEntry(transaction, signer, siteId, {
      time: now,
      event,
      purposes: [...purposes],
      method,
      source,
      decided: time === undefined ? now : secondOf(Date.parse(time)),
      copy: copyHash,
      commitment: commitmentOf(row.salt, row.id),
    })
    return row.id
  }

  function freshRow(siteId: number, email: string): EmailRecipientTable {
    const [id, salt] = [random(), random()]
    return {
      id,
      site_id: siteId,
      email: envelope.seal(email, placeOf(id)),
      email_index: indexOf(siteId, email),
      salt,
      opens: 0,
      clicks: 0,
      unsubscribed: 0,
    }
  }

  return {
    record: (siteId, decisions, source) =>
      store.transaction(async (transaction) => {
        const ids: string[] = []
        for (const decision of decisions) ids.push(await recordOne(transaction, siteId, decision, source))
        return ids
      }),
    withdraw: (id, method) =>
      store.transaction(async (transaction) => {
        const row = await transaction
          .selectFrom('email_recipient')
          .selectAll()
          .where('id', '=', id)
          .executeTakeFirst()
        if (!row) return
        const granted = grantedIn(row)
        await setPurposes(transaction, id, granted, false)
        if (method === 'one-click') {
          await transaction
            .updateTable('email_recipient')
            .set({ unsubscribed: 1 })
            .where('id', '=', id)
            .execute()
        }
        // Pressed twice it is one withdrawal.
        if (granted.length === 0) return
        const now = secondOf(clock.now())
        await appendEmailEntry(transaction, signer, row.site_id, {
          time: now,
          event: 'withdrawn',
          purposes: granted,
          method,
          source: 'link',
          decided: now,
          copy: null,
          commitment: commitmentOf(row.salt, row.id),
        })
      }),
    async grantedBy(siteId, id) {
      const row = await rowOf(store.db, siteId, { id })
      return row ? grantedIn(row) : []
    },
    async find(siteId, named) {
      const row = await rowOf(store.db, siteId, named)
      return row && shown(row)
    },
    async list(siteId, { after, limit }) {
      const rows = await store.db
        .selectFrom('email_recipient')
        .selectAll()
        .where('site_id', '=', siteId)
        .where('id', '>', after)
        .orderBy('id')
        .limit(limit)
        .execute()
      return rows.map(shown)
    },
    async erase(siteId, named) {
      const commitment = await store.transaction(async (transaction) => {
        const row = await rowOf(transaction, siteId, named)
        return row && eraseRecipient(transaction, signer, row, clock.now())
      })
      if (commitment === undefined) return false
      await store.purge(['email_recipient'])
      await parts.onErased?.(commitment)
      return true
    },
  }
}

/** Deletes a recipient's row and says so in the ledger. Answers what tied the two. */
export async function eraseRecipient(
  transaction: Transaction<Tables>,
  signer: Signer,
  { id, site_id: siteId, salt }: Pick<EmailRecipientTable, 'id' | 'site_id' | 'salt'>,
  now: number,
): Promise<string> {
  const commitment = commitmentOf(salt, id)
  await transaction.deleteFrom('email_recipient').where('id', '=', id).execute()
  await appendEmailEntry(transaction, signer, siteId, {
    time: secondOf(now),
    event: 'erased',
    purposes: [],
    method: null,
    source: 'api',
    decided: null,
    copy: null,
    commitment,
  })
  return commitment
}

function placeOf(id: string): Place {
  return { table: 'email_recipient', row: id, column: 'email' }
}

async function setPurposes(
  transaction: Transaction<Tables>,
  id: string,
  purposes: readonly EmailPurpose[],
  isGiven: boolean,
): Promise<void> {
  const claim = isGiven ? 1 : 0
  for (const purpose of purposes) {
    await transaction
      .updateTable('email_recipient')
      .set({ [COLUMN[purpose]]: claim })
      .where('id', '=', id)
      .execute()
  }
}

function grantedIn(row: EmailRecipientTable): EmailPurpose[] {
  return EMAIL_PURPOSES.filter((purpose) => row[COLUMN[purpose]] === 1)
}

function random(): string {
  return randomBytes(16).toString('base64url')
}
