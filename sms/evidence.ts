import { asOf, type ConsentState } from './consent.ts'
import type { PhoneNumber } from './phone.ts'
import type { Clock, Db } from './ports.ts'
import { consentOf } from './store/consents.ts'
import type { LedgerHead } from './store/ledger-entry.ts'
import type { Ledger, ReadEntry } from './store/ledger.ts'
import type { Messages } from './store/messages.ts'
import type { Programs, StoredProgram } from './store/programs.ts'
import type { Senders } from './store/senders.ts'
import type { Subject } from './store/subjects.ts'
import type { MessageTable } from './store/tables.ts'

/** All that is known of one subject, for a proof. */
export interface Evidenced {
  /** Those that an entry or a message is about. */
  readonly programs: readonly {
    readonly program: StoredProgram
    readonly sender: PhoneNumber | undefined
    readonly standing: ConsentState['is']
  }[]
  /** Oldest first. */
  readonly entries: readonly ReadEntry[]
  readonly messages: readonly { readonly row: MessageTable; readonly text: string | undefined }[]
  /** Hashes of all rows of the ledger, in order. */
  readonly hashes: readonly string[]
  readonly head: LedgerHead
}

/** Days in UTC, both included. */
export interface Days {
  readonly from: string
  readonly to: string
}

/** Reads it; of some days where they are given. Nothing of anybody else is in it but the hashes of rows. */
export async function evidenceOf(
  db: Db,
  parts: {
    readonly ledger: Ledger
    readonly messages: Messages
    readonly programs: Programs
    readonly senders: Senders
    readonly clock: Clock
  },
  subject: Subject,
  days?: Days,
): Promise<Evidenced> {
  const { ledger, messages, programs, senders, clock } = parts
  const isWithin = (time: string): boolean =>
    days === undefined || (time.slice(0, 10) >= days.from && time.slice(0, 10) <= days.to)
  const entries = (await ledger.read(db, subject)).filter(({ entry }) => isWithin(entry.recordedAt))
  const rows = await db
    .selectFrom('sms_message')
    .selectAll()
    .where('subject_id', '=', subject.id)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
  const sent = rows.filter((row) => isWithin(new Date(row.created_at).toISOString()))
  const about = new Set([
    ...entries.flatMap(({ entry }) => entry.program ?? []),
    ...sent.flatMap((row) => row.program_id ?? []),
  ])
  const shown: Evidenced['programs'][number][] = []
  for (const program of await programs.list(db)) {
    if (!about.has(program.id)) continue
    const sender = await senders.byId(db, program.senderId)
    const state = asOf(await consentOf(db, subject, program.id), clock.now())
    shown.push({ program, sender: sender?.number, standing: state.is })
  }
  const head = await ledger.head(db)
  if (!head) throw new Error('a ledger without a head')
  return {
    programs: shown,
    entries,
    messages: sent.map((row) => ({ row, text: messages.textOf(subject, row) })),
    hashes: await hashesOf(db, head.seq),
    head,
  }
}

/** Rows read at once. */
const PAGE = 5_000

async function hashesOf(db: Db, last: number): Promise<string[]> {
  const hashes: string[] = []
  while (hashes.length < last) {
    const page = await db
      .selectFrom('sms_ledger')
      .select('row_hash')
      .where('seq', '>', hashes.length)
      .where('seq', '<=', last)
      .orderBy('seq')
      .limit(PAGE)
      .execute()
    if (page.length === 0) throw new Error('a ledger that ends before its head')
    for (const row of page) hashes.push(row.row_hash)
  }
  return hashes
}
