import type { Chain, Clock, Db, Random, SmsTransaction } from '../ports.ts'
import {
  commitmentOf,
  entryHash,
  entryOf,
  genesisOf,
  headOf,
  headText,
  type LedgerEntry,
  type LedgerEvent,
  type LedgerHead,
} from './ledger-entry.ts'
import type { Subject } from './subjects.ts'
import type { LedgerTable } from './tables.ts'

/** What is written down, without its place. */
export interface Written {
  readonly event: LedgerEvent
  /** Absent: concerns all programs, or none. */
  readonly programId?: string | undefined
  /** ISO 8601 with its offset, as it was told; or Unix milliseconds. */
  readonly occurredAt: string | number
  /** `subject`, or an actor of the audit log. */
  readonly actor: string
  /** By which way it came: `web-form`, `word`, `letter`, … */
  readonly method: string
  /** All of what proves it, such as the disclosure word for word. Sealed, and erased with the subject. */
  readonly payload: object
}

/** An entry with what it commits to. */
export interface ReadEntry {
  readonly entry: LedgerEntry
  readonly previous: string
  readonly hash: string
  /** Undefined where it was erased. */
  readonly opened: { readonly payload: object; readonly salt: string } | undefined
}

/** What people agreed to and took back: one chain of rows, each of which continues the one before. */
export interface Ledger {
  /** Appends within the transaction that changes what it tells of; resolves to the entry's id. */
  append(transaction: SmsTransaction, subject: Subject, written: Written): Promise<string>
  /** The entries of a subject, oldest first, opened. */
  read(db: Db, subject: Subject): Promise<ReadEntry[]>
  /** The signed statement of how far it reaches; undefined while it is empty. */
  head(db: Db): Promise<LedgerHead | undefined>
}

export function createLedger(parts: { chain: Chain; clock: Clock; random: Random }): Ledger {
  const { chain, clock, random } = parts

  /** It goes on from what was signed: were rows cut off meanwhile, a new signature must not cover it up. */
  async function lastOf(transaction: SmsTransaction): Promise<{ seq: number; hash: string }> {
    const signed = await headIn(transaction)
    const last = await transaction
      .selectFrom('sms_ledger')
      .select('seq')
      .orderBy('seq', 'desc')
      .limit(1)
      .executeTakeFirst()
    return {
      seq: Math.max(signed?.seq ?? 0, last?.seq ?? 0),
      hash: signed?.hash ?? genesisOf(chain),
    }
  }

  async function sign(transaction: SmsTransaction, seq: number, hash: string, time: string): Promise<void> {
    const said = { seq, hash, time, key: chain.keyId }
    const row = {
      seq,
      row_hash: hash,
      time,
      key_id: chain.keyId,
      signature: chain.sign(headText(chain, said)),
    }
    await transaction
      .insertInto('sms_ledger_head')
      .values({ single: 1, ...row })
      .onConflict((conflict) => conflict.column('single').doUpdateSet(row))
      .execute()
  }

  return {
    append: async (transaction, subject, written) => {
      const last = await lastOf(transaction)
      const [id, salt] = [random.hex(16), random.hex(16)]
      const { payload, occurredAt } = written
      const recordedAt = new Date(clock.now()).toISOString()
      const entry: LedgerEntry = {
        seq: last.seq + 1,
        id,
        subject: subject.id,
        program: written.programId ?? null,
        event: written.event,
        occurredAt: typeof occurredAt === 'number' ? new Date(occurredAt).toISOString() : occurredAt,
        recordedAt,
        actor: written.actor,
        method: written.method,
        commitment: commitmentOf(chain, salt, payload),
      }
      const hash = entryHash(chain, entry, last.hash)
      const sealed = subject.envelope.seal(JSON.stringify({ payload, salt }), placeOf(id))
      await transaction
        .insertInto('sms_ledger')
        .values(rowOf(entry, sealed, last.hash, hash))
        .execute()
      await sign(transaction, entry.seq, hash, recordedAt)
      return id
    },
    read: async (db, subject) => {
      const rows = await db
        .selectFrom('sms_ledger')
        .selectAll()
        .where('subject_id', '=', subject.id)
        .orderBy('seq')
        .execute()
      return rows.map((row) => ({
        entry: entryOf(row),
        previous: row.prev_hash,
        hash: row.row_hash,
        opened:
          row.payload === null
            ? undefined
            : (JSON.parse(subject.envelope.open(row.payload, placeOf(row.id))) as {
                payload: object
                salt: string
              }),
      }))
    },
    head: headIn,
  }
}

async function headIn(db: Db): Promise<LedgerHead | undefined> {
  const row = await db.selectFrom('sms_ledger_head').selectAll().executeTakeFirst()
  return row && headOf(row)
}

function rowOf(entry: LedgerEntry, payload: string, previous: string, hash: string): LedgerTable {
  const { seq, id, subject, program, event, occurredAt, recordedAt, actor, method, commitment } = entry
  return {
    seq,
    id,
    subject_id: subject,
    program_id: program,
    event,
    occurred_at: occurredAt,
    recorded_at: recordedAt,
    actor,
    method,
    commitment,
    payload,
    prev_hash: previous,
    row_hash: hash,
  }
}

function placeOf(id: string): { table: 'sms_ledger'; row: string; column: string } {
  return { table: 'sms_ledger', row: id, column: 'payload' }
}
