import { randomUUID } from 'node:crypto'
import { isUtf8 } from 'node:buffer'
import type { Session } from 'chdb'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect, disconnect } from './connection.ts'
import { openIncoming, type Incoming, type IncomingFile } from './incoming.ts'
import { createLane, type Lane } from './lane.ts'
import { ASIDE_WIDTH, ENGINE_CONFIGURATION, MAX_WAITING, READ_LIMITS, READ_WIDTH } from './limits.ts'
import { insertFromFile, insertTarget, isAside, isLong, isName, literal } from './statement.ts'

/** The database in which everything lives. The one called `default` is an overlay over the file system in chDB. */
export const DATABASE = 'sluice'

export interface Job {
  readonly role: 'reader' | 'writer'
  readonly statement: string
  /** Rows of an INSERT in a text format; empty for any other statement. */
  readonly rows: Buffer
  /** Those of an INSERT in Native. */
  readonly file?: IncomingFile
  readonly database: string
  /** Format of the answer where the statement names none. */
  readonly format: string
  /** Bound parameters, each in the text form of the HTTP interface. */
  readonly parameters: ReadonlyMap<string, string>
  readonly settings: ReadonlyMap<string, string>
  /** Under this the caller finds the query while it runs, as `log_comment`: chDB makes up its own query ids. */
  readonly comment: string
  /** Aborted when the caller has gone: a waiting job is dropped, a running one killed. */
  readonly signal: AbortSignal
}

export interface JobResult {
  readonly body: Uint8Array
  readonly seconds: number
  readonly rowsRead: number
  readonly bytesRead: number
  readonly rowsWritten: number
  readonly bytesWritten: number
}

export interface Chdb {
  /**
   * Table functions that reach files, hosts or programs, in lower case. Asked for with the first statement of a reader: the
   * engine takes a quarter of a second to tell, which a start does not wait for.
   */
  outside(): Promise<ReadonlySet<string>>
  readonly incoming: Incoming
  run(job: Job): Promise<JobResult>
  /**
   * Kills reads and lets statements that change data finish for `waitMs`, then closes the engine. Resolves to whether
   * nothing runs any more; the engine is not closed under what does.
   */
  close(waitMs: number): Promise<boolean>
}

/** Those that are harmless by ClickHouse's own list stay, and those that share their name with a plain function. */
const OUTSIDE = `SELECT lower(name) FROM system.table_functions
  WHERE NOT allow_readonly AND name NOT IN (SELECT name FROM system.functions WHERE name != 'file')`
/** How often a query whose caller has gone is killed again: it may not have been registered yet. */
const KILL_AGAIN_MS = 200
const DRAIN_CHECK_MS = 50
/** Where the mark of a job stands while it runs: a setting that does nothing here and that callers have no use for. */
const MARK = "Settings['query_cache_tag']"

/** Opens the folder. Throws when another process has it open, or what it holds cannot be read. */
export async function openChdb(folder: string): Promise<Chdb> {
  // The engine lives as long as one connection does. This one does nothing else.
  const anchor = connect(folder, ENGINE_CONFIGURATION)
  await anchor.queryAsync(`CREATE DATABASE IF NOT EXISTS ${DATABASE} ENGINE = Atomic`)

  let outside: Promise<ReadonlySet<string>> | undefined
  const incoming = await openIncoming(folder)
  const reads = createLane(READ_WIDTH, MAX_WAITING)
  const asides = createLane(ASIDE_WIDTH, MAX_WAITING)
  const writes = createLane(1, MAX_WAITING)
  const longs = createLane(1, MAX_WAITING)
  let closing = false

  /**
   * A connection of its own for each job: opening one costs 0.2 ms, and settings, bound values and temporary tables
   * of one question cannot reach the next.
   */
  async function connected<T>(task: (session: Session) => Promise<T>): Promise<T> {
    const session = connect(folder)
    try {
      return await task(session)
    } finally {
      disconnect(session)
    }
  }

  /** Kills what matches. The synchronous form never returns in chDB. */
  async function kill(condition: string): Promise<void> {
    await connected((session) => session.queryAsync(`KILL QUERY WHERE ${condition} ASYNC`))
  }

  function laneOf(job: Job): Lane {
    if (job.role === 'reader') return reads
    if (isAside(job.statement)) return asides
    return isLong(job.statement) ? longs : writes
  }

  async function readOutside(): Promise<ReadonlySet<string>> {
    // In a lane, so that a stop waits for it.
    return await asides.run(new AbortController().signal, async () => {
      if (closing) throw new Error('the engine stops')
      const found = await connected((session) => session.queryAsync(OUTSIDE, { format: 'TabSeparated' }))
      return new Set(found.text().split('\n'))
    })
  }

  return {
    outside() {
      outside ??= readOutside().catch((error: unknown) => {
        // The next one asks again.
        outside = undefined
        throw error
      })
      return outside
    },
    incoming,
    async run(job) {
      return await laneOf(job).run(job.signal, async () => {
        if (closing) throw new Error('the engine stops')
        const mark = `${job.role} ${randomUUID()}`
        const done = killWhenAborted(job.signal, () => kill(`${MARK} = ${literal(mark)}`))
        try {
          return await connected((session) => execute(session, job, mark))
        } finally {
          done()
        }
      })
    },
    async close(waitMs) {
      closing = true
      const deadline = performance.now() + waitMs
      while (reads.busy() + asides.busy() + writes.busy() + longs.busy() > 0) {
        if (performance.now() > deadline) return false
        if (reads.busy() > 0) tryKill(() => kill(`startsWith(${MARK}, 'reader ')`))
        await sleep(DRAIN_CHECK_MS)
      }
      anchor.close()
      return true
    },
  }
}

/** Kills a query from the moment its caller has gone until the returned function is called. */
function killWhenAborted(signal: AbortSignal, kill: () => Promise<void>): () => void {
  let timer: NodeJS.Timeout | undefined
  const begin = (): void => {
    tryKill(kill)
    timer = setInterval(tryKill, KILL_AGAIN_MS, kill)
  }
  signal.addEventListener('abort', begin, { once: true })
  return () => {
    signal.removeEventListener('abort', begin)
    clearInterval(timer)
  }
}

/** A kill that fails is tried again; at the latest the query ends by its time limit. */
function tryKill(kill: () => Promise<void>): void {
  kill().catch(() => undefined)
}

async function execute(session: Session, job: Job, mark: string): Promise<JobResult> {
  const preparation = [`USE ${job.database}`, assignments(job, mark), ...restrictions(job)]
  await session.queryAsync(preparation.join(';\n'))
  const target = job.role === 'writer' ? insertTarget(job.statement) : undefined
  if (target?.format === 'Native') {
    if (!job.file) throw new Error('Rows in Native need their statement in the address.')
    return await query(session, insertFromFile(target, job.file.path), job)
  }
  if (target) {
    const summary = await session.insert({ ...target, format: target.format, values: job.rows })
    return {
      body: new Uint8Array(),
      seconds: summary.elapsed,
      rowsRead: summary.rowsSent ?? summary.rowsWritten,
      bytesRead: summary.bytesSent,
      rowsWritten: summary.rowsWritten,
      bytesWritten: summary.bytesWritten,
    }
  }
  if (!isUtf8(job.rows)) throw new Error('The embedded engine takes rows in text formats and in Native only.')
  const statement = job.rows.length > 0 ? `${job.statement}\n${job.rows.toString('utf8')}` : job.statement
  return await query(session, statement, job)
}

async function query(session: Session, statement: string, job: Job): Promise<JobResult> {
  const result = await session.queryAsync(statement, { format: job.format })
  return {
    body: result.bytes(),
    seconds: result.elapsed,
    rowsRead: result.rowsRead,
    bytesRead: result.bytesRead,
    rowsWritten: 0,
    bytesWritten: 0,
  }
}

function assignments(job: Job, mark: string): string {
  // Asynchronous inserts are the default of the engine; they answer before anything is kept.
  const pairs: [string, string][] = [
    ['async_insert', '0'],
    ...[...job.settings].filter(([name]) => name !== 'readonly'),
    ['log_comment', job.comment],
    ['query_cache_tag', mark],
    ...[...job.parameters].map(([name, value]): [string, string] => [`param_${name}`, value]),
  ]
  return `SET ${pairs.map(([name, value]) => `${name} = ${literal(value)}`).join(', ')}`
}

/** Limits come after what the caller asked for and before `readonly`, which closes the door behind itself. */
function restrictions(job: Job): string[] {
  if (job.role === 'writer') {
    const asked = job.settings.get('readonly')
    return asked === undefined ? [] : [`SET readonly = ${literal(asked)}`]
  }
  const limits = Object.entries(READ_LIMITS).map(([name, most]) => {
    const asked = Number(job.settings.get(name))
    return `${name} = ${asked > 0 && asked < most ? asked : most}`
  })
  return [
    `SET ${limits.join(', ')}, result_overflow_mode = 'throw', timeout_overflow_mode = 'throw'`,
    'SET readonly = 1',
  ]
}

/** Whether all names of a job can stand in a statement as they are. */
export function hasPlainNames(job: Pick<Job, 'database' | 'parameters' | 'settings'>): boolean {
  return [job.database, ...job.parameters.keys(), ...job.settings.keys()].every((name) => isName(name))
}
