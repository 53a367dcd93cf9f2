import { EVENT_COLUMNS } from '../../schema/rows.ts'
import type { Clock } from '../clock.ts'
import type { Seen } from './seen.ts'
import type { Spool } from './spool.ts'

/**
 * The door to the spool: every event id counts once, and what is answered is on disk.
 *
 * An id is taken as its event is added, before the event is on disk. When the disk then refuses it, the id is given
 * back, so that the sender's retry counts. A duplicate of an event that is still on its way to the disk is answered
 * once that is there, and refused together with it: else the answer "you sent this already" could stand for an event
 * that is lost.
 */
export interface Intake {
  /** The events of one request. Everything from `open` to `commit` happens in one turn of the event loop. */
  open(): IntakeBatch
}

export interface IntakeBatch {
  /** Takes an encoded record, or returns false: an event with this id is here already. */
  add(eventId: bigint, line: string): boolean
  /**
   * Resolves to the number of events added, once they are on disk, and with them the events that duplicates were
   * duplicates of. Rejects with SpoolFull or SpoolBroken when they are not: the request counts as not sent.
   */
  commit(): Promise<number>
}

export function createIntake(options: {
  spool: Pick<Spool, 'append' | 'settled'>
  seen: Pick<Seen, 'admit' | 'forget'>
  clock: Clock
}): Intake {
  const { spool, seen, clock } = options

  function openBatch(): IntakeBatch {
    const nowMs = clock.monotonic()
    /** Halves of the ids added: high, low, high, low … */
    const ids: number[] = []
    let lines = ''
    let hasDuplicates = false
    return {
      add(eventId, line) {
        const high = Number(eventId >> 32n)
        const low = Number(eventId & 0xffff_ffffn)
        if (!seen.admit(high, low, nowMs)) {
          hasDuplicates = true
          return false
        }
        ids.push(high, low)
        lines += line
        return true
      },
      commit() {
        const records = ids.length / 2
        if (records === 0) return hasDuplicates ? spool.settled().then(() => 0) : Promise.resolve(0)
        const before = hasDuplicates ? spool.settled() : undefined
        const kept: Promise<unknown> = spool.append(lines, records)
        return (before ? Promise.all([kept, before]) : kept).then(
          () => records,
          (error: unknown) => {
            for (let at = 0; at < ids.length; at += 2) seen.forget(ids[at] ?? 0, ids[at + 1] ?? 0)
            throw error
          },
        )
      },
    }
  }

  return { open: openBatch }
}

/** Column of the event id in a record. */
const ID_COLUMN = EVENT_COLUMNS.findIndex(([name]) => name === 'event_id')

/** Makes known the ids of records that were kept before this start. */
export function rememberRecords(seen: Pick<Seen, 'admit'>, lines: Buffer, nowMs: number): void {
  for (let start = 0; start < lines.length;) {
    let from = start
    for (let column = 0; column < ID_COLUMN; column++) from = lines.indexOf(TAB, from) + 1
    const id = BigInt(lines.toString('latin1', from, lines.indexOf(TAB, from)))
    seen.admit(Number(id >> 32n), Number(id & 0xffff_ffffn), nowMs)
    const end = lines.indexOf(NEWLINE, from)
    start = end < 0 ? lines.length : end + 1
  }
}

const TAB = 9
const NEWLINE = 10
