import { FRESH, type ConsentState } from '../consent.ts'
import { knownNumber, type PhoneNumber } from '../phone.ts'
import type { Clock, Db, Envelope, Random, Sealing, SmsTransaction } from '../ports.ts'
import type { SmsTables, SubjectTable } from './tables.ts'

/** Where somebody said that they are. */
export interface ToldPlace {
  /** IANA. */
  readonly zone: string
  /** State or province, `FL`. */
  readonly region?: string
  readonly country: 'US' | 'CA'
}

/** Somebody with a number, who is called by a random id everywhere else. */
export interface Subject {
  readonly id: string
  readonly number: PhoneNumber
  readonly place: ToldPlace | undefined
  /** Counts up with each opt-out. */
  readonly epoch: number
  /** The state in every program that they have no other in. */
  readonly elsewhere: ConsentState
  readonly createdAt: number
  /** Since when messages fail because nobody has the number. */
  readonly unreachableSince: number | undefined
  /** Seals what is theirs; gone for good with their key. */
  readonly envelope: Envelope
}

/** Of somebody who was erased nothing is known but that. */
export interface ErasedSubject {
  readonly id: string
  readonly erasedAt: number
}

/**
 * Who gets messages. A number is sealed under a key of its subject alone, which is sealed under the installation's; it is
 * found by a keyed hash.
 */
export interface Subjects {
  /** Undefined where the number is not known. */
  find(db: Db, number: PhoneNumber): Promise<Subject | undefined>
  /** Makes one where the number is not known; one that was erased begins where its suppression says. */
  findOrMake(transaction: SmsTransaction, number: PhoneNumber): Promise<Subject>
  /** Undefined where there never was one. */
  byId(db: Db, id: string): Promise<Subject | ErasedSubject | undefined>
  setPlace(transaction: SmsTransaction, subject: Subject, place: ToldPlace): Promise<void>
  /** Counts an opt-out; resolves to the epoch after it. */
  nextEpoch(transaction: SmsTransaction, subject: Subject): Promise<number>
  setElsewhere(transaction: SmsTransaction, subjectId: string, state: ConsentState): Promise<void>
  /** @param since undefined: somebody has the number again */
  setUnreachable(transaction: SmsTransaction, subjectId: string, since: number | undefined): Promise<void>
  /**
   * Deletes number and key, so that nothing sealed under it opens any more, and keeps that nothing may be sent to the
   * number. The caller takes everything else to its erased state, in the same transaction.
   * @param left where the number begins when it turns up again
   */
  forget(transaction: SmsTransaction, subject: Subject, left: ConsentState): Promise<void>
}

export function createSubjects(parts: { sealing: Sealing; random: Random; clock: Clock }): Subjects {
  const { sealing, random, clock } = parts
  const [indexOf, suppressionOf] = [sealing.index('sms subject'), sealing.index('sms suppression')]

  function opened(row: SubjectTable): Subject | ErasedSubject {
    const { id, number, wrapped_key: wrapped, place } = row
    if (number === null || wrapped === null) return { id, erasedAt: row.erased_at ?? row.created_at }
    const key = sealing.envelope.open(wrapped, placeOf(id, 'wrapped_key'))
    const envelope = sealing.under(key)
    const known = knownNumber(envelope.open(number, placeOf(id, 'number')))
    if (!known) throw new Error('a subject whose number is none')
    return {
      id,
      number: known,
      place:
        place === null ? undefined : (JSON.parse(envelope.open(place, placeOf(id, 'place'))) as ToldPlace),
      epoch: row.epoch,
      elsewhere: JSON.parse(row.elsewhere) as ConsentState,
      createdAt: row.created_at,
      unreachableSince: row.unreachable_since ?? undefined,
      envelope,
    }
  }

  async function find(db: Db, number: PhoneNumber): Promise<Subject | undefined> {
    const row = await db
      .selectFrom('sms_subject')
      .selectAll()
      .where('number_index', '=', indexOf(number.reveal()))
      .executeTakeFirst()
    const subject = row && opened(row)
    return subject && isKnown(subject) ? subject : undefined
  }

  async function make(transaction: SmsTransaction, number: PhoneNumber): Promise<Subject> {
    const digits = number.reveal()
    const suppressed = await transaction
      .selectFrom('sms_suppression')
      .select('state')
      .where('number_index', '=', suppressionOf(digits))
      .executeTakeFirst()
    const [id, key] = [random.hex(16), sealing.newKey()]
    const row: SmsTables['sms_subject'] = {
      id,
      number: sealing.under(key).seal(digits, placeOf(id, 'number')),
      number_index: indexOf(digits),
      wrapped_key: sealing.envelope.seal(key, placeOf(id, 'wrapped_key')),
      place: null,
      epoch: 0,
      elsewhere: suppressed?.state ?? JSON.stringify(FRESH),
      created_at: clock.now(),
      unreachable_since: null,
      erased_at: null,
    }
    await transaction.insertInto('sms_subject').values(row).execute()
    return opened(row) as Subject
  }

  return {
    find,
    findOrMake: async (transaction, number) => (await find(transaction, number)) ?? make(transaction, number),
    byId: async (db, id) => {
      const row = await db.selectFrom('sms_subject').selectAll().where('id', '=', id).executeTakeFirst()
      return row && opened(row)
    },
    setPlace: (transaction, { id, envelope }, place) =>
      change(transaction, id, { place: envelope.seal(JSON.stringify(place), placeOf(id, 'place')) }),
    nextEpoch: async (transaction, { id }) => {
      const { epoch } = await transaction
        .updateTable('sms_subject')
        .set((expression) => ({ epoch: expression('epoch', '+', 1) }))
        .where('id', '=', id)
        .returning('epoch')
        .executeTakeFirstOrThrow()
      return epoch
    },
    setElsewhere: (transaction, id, state) => change(transaction, id, { elsewhere: JSON.stringify(state) }),
    setUnreachable: (transaction, id, since) => change(transaction, id, { unreachable_since: since ?? null }),
    forget: async (transaction, { id, number }, left) => {
      const now = clock.now()
      const kept = { state: JSON.stringify(left), since: now }
      await transaction
        .insertInto('sms_suppression')
        .values({ number_index: suppressionOf(number.reveal()), ...kept })
        .onConflict((conflict) => conflict.column('number_index').doUpdateSet(kept))
        .execute()
      const gone = { number: null, number_index: null, wrapped_key: null, place: null }
      await change(transaction, id, { ...gone, erased_at: now })
    },
  }
}

async function change(transaction: SmsTransaction, id: string, to: Partial<SubjectTable>): Promise<void> {
  await transaction.updateTable('sms_subject').set(to).where('id', '=', id).execute()
}

/** Tells somebody who is there from somebody who was erased. */
export function isKnown(subject: Subject | ErasedSubject): subject is Subject {
  return 'number' in subject
}

function placeOf(row: string, column: string): { table: 'sms_subject'; row: string; column: string } {
  return { table: 'sms_subject', row, column }
}
