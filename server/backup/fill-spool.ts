import { EVENT_COLUMNS } from '../../schema/rows.ts'
import type { Clock } from '../clock.ts'
import { UserError } from '../errors.ts'
import { openCursor } from '../load/cursor.ts'
import type { Log } from '../log.ts'
import { nodeFs } from '../spool/fs.ts'
import { openSpool, type Spool } from '../spool/spool.ts'
import type { MasterKey } from '../store/key-file.ts'
import { openSpoolKey, readSpoolKey } from '../store/spool-key.ts'
import type { Section } from './archive.ts'
import type { DatabaseFill } from './database-dump.ts'
import { dumpSpool, placeOfSpool, type SpoolPlace } from './spool-dump.ts'

export interface SpoolFill {
  /** The new spool's. */
  folder: string
  /** Parts `spool` and `aside` of the backup. */
  sections: AsyncIterable<Section>
  /** A spool that was saved, and the one that the backup read. */
  old?: { folder: string; backedUp: SpoolPlace | undefined }
  database: Pick<DatabaseFill, 'known'>
  master: MasterKey
  clock: Clock
  log: Log
}

/** Ids that are looked up at once: a bound value travels in the address, which has a megabyte. */
const PIECE = 5_000

/**
 * Makes a spool that holds what the backup's held and the database does not, each event once by its id, and of an old
 * spool what came after the backup. Resolves to how many events it holds; the next start loads them.
 */
export async function fillSpool(parts: SpoolFill): Promise<number> {
  const { folder, sections, old, database, master, clock, log } = parts
  const key = openSpoolKey(folder, master)
  // Before the spool: no record is ever without a cursor.
  const cursor = await openCursor({ folder, fs: nodeFs })
  try {
    const spool = await openSpool({ folder, key, clock, log })
    // A spool holds each event once: only two of them may overlap.
    const taken = old && new Set<string>()
    let waiting = 0
    try {
      for await (const section of sections) waiting += await take(spool, section, database, taken)
      if (old) {
        const oldKey = readSpoolKey(old.folder, master)
        for await (const section of dumpSpool(old.folder, oldKey, await replayFrom(old), () => undefined)) {
          waiting += await take(spool, section, database, taken)
        }
      }
    } finally {
      await spool.close()
    }
    return waiting
  } finally {
    await cursor.close()
  }
}

/**
 * Of the spool that was backed up all that the backup lacks may count, loaded or not: what was loaded later went into a
 * database that is lost. Of another one only what waits in it.
 */
async function replayFrom({ folder, backedUp }: NonNullable<SpoolFill['old']>): Promise<SpoolPlace> {
  const place = await placeOfSpool(folder)
  if (!place)
    throw new UserError(`There is no spool in ${folder}: name the folder \`spool\` of a data folder.`)
  return place.id === backedUp?.id ? backedUp : place
}

/** Appends a section's records, without those that are there already. */
async function take(
  spool: Pick<Spool, 'append' | 'setAside'>,
  { head, body }: Section,
  database: Pick<DatabaseFill, 'known'>,
  taken: Set<string> | undefined,
): Promise<number> {
  if (head.part === 'aside') {
    await spool.setAside(head.table ?? '', body.toString('utf8'))
    return 0
  }
  const lines = body.toString('utf8').split('\n').slice(0, -1)
  let count = 0
  for (let from = 0; from < lines.length; from += PIECE) {
    const records = lines.slice(from, from + PIECE).map(readRecord)
    const days = [...new Set(records.map(({ day }) => day))]
    const known = await database.known(
      days,
      records.map(({ id }) => id),
    )
    const fresh = records.filter(({ id }) => !known.has(id) && !taken?.has(id))
    if (fresh.length === 0) continue
    for (const { id } of fresh) taken?.add(id)
    await spool.append(fresh.map(({ line }) => `${line}\n`).join(''), fresh.length)
    count += fresh.length
  }
  return count
}

const DAY = EVENT_COLUMNS.findIndex(([name]) => name === 'day')
const EVENT_ID = EVENT_COLUMNS.findIndex(([name]) => name === 'event_id')

function readRecord(line: string): { line: string; day: string; id: string } {
  const values = line.split('\t', EVENT_ID + 1)
  const [day, id] = [values[DAY], values[EVENT_ID]]
  if (day === undefined || id === undefined) throw new Error('a record of the spool is too short')
  return { line, day, id }
}
