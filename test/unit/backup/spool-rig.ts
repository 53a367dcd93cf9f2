import path from 'node:path'
import { encodeRow } from '../../../schema/rows.ts'
import { openCursor } from '../../../server/load/cursor.ts'
import { silentLog } from '../../../server/log.ts'
import { nodeFs } from '../../../server/spool/fs.ts'
import { openSpool, type Spool } from '../../../server/spool/spool.ts'
import { deriveKey } from '../../../server/store/key-file.ts'
import type { OracleEvent } from '../../support/oracle.ts'
import { storedEvent } from '../../support/stored-events.ts'
import { movedClock } from '../store/opened.ts'
import { folder, MASTER } from './rig.ts'

/** Seals the spools of these tests. */
export const KEY = deriveKey(MASTER, 'spool', 32)
export const clock = movedClock()

export const DAY = '2026-11-24'

export function eventOf(id: number): OracleEvent {
  const event = storedEvent(1, 1n, id, { day: DAY, timeMs: clock.now(), visitor: 7n, page: '/a\tb' })
  return { ...event, eventId: BigInt(id) }
}

export function record(id: number): string {
  return encodeRow(eventOf(id))
}

/** A spool as its server has it, without a loader. */
export interface Live {
  readonly place: string
  readonly spool: Spool
  append(from: number, to: number): Promise<void>
  /** Says that all below a position is loaded, as the loader does. */
  loaded(position: number): Promise<void>
  close(): Promise<void>
}

export async function live(limits = {}, place = path.join(folder(), 'spool')): Promise<Live> {
  const cursor = await openCursor({ folder: place, fs: nodeFs })
  const spool = await openSpool({ folder: place, key: KEY, clock, log: silentLog, limits })
  return {
    place,
    spool,
    async append(from, to) {
      for (let id = from; id < to; id++) await spool.append(record(id), 1)
    },
    async loaded(position) {
      await cursor.save({ ...cursor.state(), loaded: position })
      await spool.release(position)
    },
    async close() {
      await spool.close()
      await cursor.close()
    },
  }
}

/** Ids of the events in records. */
export function idsIn(lines: Buffer): number[] {
  return lines
    .toString('utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => Number(line.split('\t')[4]))
}
