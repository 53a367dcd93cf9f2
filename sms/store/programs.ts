import type { Clock, Db, Random, SmsTransaction } from '../ports.ts'
import type { Program, ProgramSettings } from '../program.ts'
import type { ProgramTable } from './tables.ts'

/** A program as it is kept. */
export interface StoredProgram {
  readonly id: string
  readonly siteId: number
  readonly senderId: string
  readonly program: Program
  readonly settings: ProgramSettings
  readonly createdAt: number
  /** Nothing is sent for it any more; its proofs stay. */
  readonly endedAt: number | undefined
}

export interface Programs {
  add(
    transaction: SmsTransaction,
    made: Pick<StoredProgram, 'siteId' | 'senderId' | 'program' | 'settings'>,
  ): Promise<StoredProgram>
  byId(db: Db, id: string): Promise<StoredProgram | undefined>
  byName(db: Db, siteId: number, name: string): Promise<StoredProgram | undefined>
  /** Of a site, or of all; the newest last. */
  list(db: Db, siteId?: number): Promise<StoredProgram[]>
  ofSender(db: Db, senderId: string): Promise<StoredProgram[]>
  end(transaction: SmsTransaction, id: string): Promise<void>
}

export function createPrograms(parts: { random: Random; clock: Clock }): Programs {
  const { random, clock } = parts
  return {
    add: async (transaction, { siteId, senderId, program, settings }) => {
      const row: ProgramTable = {
        id: random.hex(8),
        site_id: siteId,
        sender_id: senderId,
        name: program.name,
        program: JSON.stringify({ program, settings }),
        created_at: clock.now(),
        ended_at: null,
      }
      await transaction.insertInto('sms_program').values(row).execute()
      return storedOf(row)
    },
    byId: async (db, id) => {
      const row = await db.selectFrom('sms_program').selectAll().where('id', '=', id).executeTakeFirst()
      return row && storedOf(row)
    },
    byName: async (db, siteId, name) => {
      const row = await db
        .selectFrom('sms_program')
        .selectAll()
        .where('site_id', '=', siteId)
        .where('name', '=', name)
        .executeTakeFirst()
      return row && storedOf(row)
    },
    list: async (db, siteId) => {
      const all = db.selectFrom('sms_program').selectAll().orderBy('created_at').orderBy('id')
      const rows = await (siteId === undefined ? all : all.where('site_id', '=', siteId)).execute()
      return rows.map(storedOf)
    },
    ofSender: async (db, senderId) => {
      const rows = await db
        .selectFrom('sms_program')
        .selectAll()
        .where('sender_id', '=', senderId)
        .orderBy('created_at')
        .orderBy('id')
        .execute()
      return rows.map(storedOf)
    },
    end: async (transaction, id) => {
      await transaction
        .updateTable('sms_program')
        .set({ ended_at: clock.now() })
        .where('id', '=', id)
        .execute()
    },
  }
}

function storedOf(row: ProgramTable): StoredProgram {
  const { program, settings } = JSON.parse(row.program) as Pick<StoredProgram, 'program' | 'settings'>
  return {
    id: row.id,
    siteId: row.site_id,
    senderId: row.sender_id,
    program,
    settings,
    createdAt: row.created_at,
    endedAt: row.ended_at ?? undefined,
  }
}
