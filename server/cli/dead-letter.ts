import { existsSync } from 'node:fs'
import path from 'node:path'
import { liveFs } from '../backup/spool-dump.ts'
import { migrate } from '../clickhouse/migrate.ts'
import { openClickHouse } from '../clickhouse/open.ts'
import { UserError } from '../errors.ts'
import { readCursor } from '../load/cursor.ts'
import { loadDeadLetters, readDeadLetters, writeDeadLetters, type DeadLetters } from '../load/dead-letters.ts'
import { clickHouseEventTable } from '../load/event-table.ts'
import { createLog } from '../log.ts'
import { nodeFs } from '../spool/fs.ts'
import { FolderInUse, takeLease } from '../spool/lease.ts'
import { spoolKey, type SpoolKey } from '../spool/segment.ts'
import { listSetAside, readSetAside, removeSetAside, writeSetAside } from '../spool/set-aside.ts'
import { loadMasterKey } from '../store/key-file.ts'
import { readSpoolKey } from '../store/spool-key.ts'
import { answer, table, type CliContext, type Command } from './context.ts'

/** Dead letters of one file, by its name. */
interface Named {
  readonly name: string
  readonly letters: DeadLetters
}

const LEASE_FILE = 'dead-letter.db'

/** `sluice dead-letter list`: how many rows of which days, and the database's number for the reason; no content. */
export const listDeadLetters: Command = async (context) => {
  const spool = openSpoolFolder(context)
  const found = spool ? await readAll(spool) : []
  const sets = found.map(({ letters: { batchId, day, rows } }) => ({
    batch: batchId,
    day,
    rows: rows.length,
    codes: [...new Set(rows.map(({ code }) => code))],
  }))
  const lines = table(
    ['batch', 'day', 'rows', 'code'],
    sets.map(({ batch, day, rows, codes }) => [batch, day, String(rows), codes.join(', ')]),
  )
  answer(context, { sets }, sets.length > 0 ? lines : ['No event was refused by the database.'])
}

/** `sluice dead-letter retry`, while the server runs or not. Exit code 1 where something is still refused. */
export const retryDeadLetters: Command = async (context) => {
  const spool = openSpoolFolder(context)
  const { loaded, refused, waiting } = spool ? await retryAll(context, spool) : NOTHING
  answer(context, { loaded, refused, waiting }, [
    `Loaded ${loaded}; still refused ${refused}.`,
    ...(waiting > 0
      ? [`${waiting} belong to a batch that is being loaded: try again when the server is through with it.`]
      : []),
  ])
  return refused + waiting > 0 ? 1 : 0
}

const NOTHING = { loaded: 0, refused: 0, waiting: 0 }

interface SpoolPlace {
  readonly folder: string
  readonly key: SpoolKey
}

/** Undefined before the first start. */
function openSpoolFolder({ config }: CliContext): SpoolPlace | undefined {
  const folder = path.join(config.dataDir, 'spool')
  if (!existsSync(folder)) return undefined
  const master = loadMasterKey({ ...config, log: createLog('warn') })
  return { folder, key: spoolKey(readSpoolKey(folder, master)) }
}

async function readAll({ folder, key }: SpoolPlace): Promise<Named[]> {
  const found: Named[] = []
  for (const name of await listSetAside(liveFs, folder)) {
    found.push({ name, letters: readDeadLetters(await readSetAside(liveFs, folder, [key], name)) })
  }
  return found
}

async function retryAll(context: CliContext, spool: SpoolPlace): Promise<typeof NOTHING> {
  const release = await takeTurn(spool.folder)
  try {
    return await withTurn(context, spool)
  } finally {
    await release()
  }
}

async function withTurn({ config }: CliContext, spool: SpoolPlace): Promise<typeof NOTHING> {
  const clickhouse = await openClickHouse({ ...config, log: createLog('warn'), mode: 'command' })
  const counts = { ...NOTHING }
  try {
    await migrate(clickhouse.write, clickhouse)
    const events = clickHouseEventTable(clickhouse.write)
    const found = await readAll(spool)
    // Asked after the files: of a batch that is not under way now, no file can come any more.
    const underWay = (await readCursor(spool.folder, liveFs)).sealed?.batchId
    for (const { name, letters } of found) {
      if (letters.batchId === underWay) {
        counts.waiting += letters.rows.length
        continue
      }
      const { loaded, left } = await loadDeadLetters(letters, events, NEVER)
      if (left.rows.length === 0) await removeSetAside(nodeFs, spool.folder, name)
      else await writeSetAside(nodeFs, spool.folder, spool.key, name, writeDeadLetters(left))
      counts.loaded += loaded
      counts.refused += left.rows.length
    }
  } finally {
    await clickhouse.close()
  }
  return counts
}

const NEVER = new AbortController().signal

/** Two commands would both find a row missing, and both send it. */
async function takeTurn(folder: string): Promise<() => Promise<void>> {
  try {
    return await takeLease(folder, LEASE_FILE)
  } catch (error) {
    if (!(error instanceof FolderInUse)) throw error
    throw new UserError('Another command is loading dead letters: wait until it has ended.', 409)
  }
}
