import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  ClickHouseLogLevel,
  createClient,
  type ClickHouseClient,
  type ClickHouseSettings,
} from '@clickhouse/client'
import { UserError } from '../errors.ts'
import type { Log } from '../log.ts'
import { readEngineFile } from './engine/engine-file.ts'
import { READ_LIMITS } from './engine/limits.ts'
import type { Credentials } from './engine/protocol.ts'
import { EngineLockedError, startEngine, type Engine, type EngineOptions } from './engine/supervisor.ts'

/** The database, whether it is a server or the embedded engine. */
export interface ClickHouse {
  /**
   * Changes data. In the embedded engine statements run in the order they were sent; those that copy or delete rows
   * which are there already run beside the others, in an order of their own.
   */
  readonly write: ClickHouseClient
  /** The same with time for statements that take minutes: sealing a day, deleting in one. */
  readonly long: ClickHouseClient
  /** Answers questions: `readonly`, with limits. */
  readonly read: ClickHouseClient
  readonly embedded: boolean
  /** The cluster on which tables are made. Undefined: a single server, or the engine. */
  readonly cluster: string | undefined
  /** How often the embedded engine died and was started again, for metrics. */
  restarts(): number
  /** Closes the clients, and the engine where this process started it. Can be called more than once. */
  close(): Promise<void>
}

export interface ClickHouseOptions {
  /** The data folder; the engine's lies in it. */
  dataDir: string
  /** `http[s]://user:password@host:port/database`. Without it the embedded engine is used. */
  clickhouseUrl?: string | undefined
  /** Name of that server's cluster. */
  clickhouseCluster?: string | undefined
  log: Log
  /** serve: starts the engine. command: uses that of a running server, else starts one for as long as it takes. */
  mode: 'serve' | 'command'
  /** For tests. */
  engine?: Pick<EngineOptions, 'entry' | 'lockWaitMs' | 'graceMs'>
}

/** Folder of the embedded engine in the data folder. */
export const ENGINE_FOLDER = 'clickhouse'
const EMBEDDED_DATABASE = 'sluice'
const RETRY_MS = 250
/** An engine that is told of and does not answer in this time has ended without removing its file. */
const PING_MS = 2_000
/** Who sends rows hears within this time whether they are kept, or asks. */
const WRITE_MS = 120_000
/** A day of a hundred million events is sorted within this time. */
const LONG_MS = 3_600_000

/** The default of servers changed in 25.8. Counts come as numbers; an id of 64 bits must be asked for as text. */
const JSON_SETTINGS: ClickHouseSettings = { output_format_json_quote_64bit_integers: 0 }

/**
 * How rows are inserted: in one piece, in their order, answered when they are kept. ClickHouse's own deduplication of
 * inserts is off, here and in the tables: it is not crash-safe, and it swallows a batch that is inserted again after a
 * deletion (the batch id in each row is the guarantee).
 */
const WRITE_SETTINGS: ClickHouseSettings = {
  ...JSON_SETTINGS,
  async_insert: 0,
  wait_end_of_query: 1,
  insert_deduplicate: 0,
  input_format_parallel_parsing: 0,
  // A line may end before the columns that it has nothing for.
  input_format_tsv_allow_variable_number_of_columns: 1,
  max_insert_threads: '1',
}
/** From 26.2 on this one overrules `insert_deduplicate`; older servers refuse what they do not know. */
const EMBEDDED_WRITE_SETTINGS = { ...WRITE_SETTINGS, deduplicate_insert: 'disable' }

const READ_SETTINGS: ClickHouseSettings = {
  ...JSON_SETTINGS,
  max_execution_time: READ_LIMITS.max_execution_time,
  max_result_rows: String(READ_LIMITS.max_result_rows),
  max_result_bytes: String(READ_LIMITS.max_result_bytes),
  result_overflow_mode: 'throw',
  timeout_overflow_mode: 'throw',
  wait_end_of_query: 1,
  readonly: '1',
}

/** Rejects with UserError when the address is not usable, or when the engine does not start. */
export async function openClickHouse(options: ClickHouseOptions): Promise<ClickHouse> {
  const { clickhouseUrl, clickhouseCluster } = options
  return clickhouseUrl === undefined || clickhouseUrl === ''
    ? openEmbedded(options)
    : openServer(clickhouseUrl, clickhouseCluster)
}

interface Place {
  url: string
  database: string
  embedded: boolean
}

type Clients = Pick<ClickHouse, 'write' | 'long' | 'read'>

function connect(place: Place, writer: Credentials, reader: Credentials): Clients {
  const both = {
    url: place.url,
    database: place.database,
    // Its own log prints statements and values to the console.
    log: { level: ClickHouseLogLevel.OFF },
    // Idle connections go before the other side closes them, and none outlives a restart of the engine for long.
    keep_alive: { enabled: true, idle_socket_ttl: 2_000, eagerly_destroy_stale_sockets: true },
    compression: { request: false, response: !place.embedded },
  }
  const writing = {
    ...both,
    ...writer,
    max_open_connections: 4,
    clickhouse_settings: place.embedded ? EMBEDDED_WRITE_SETTINGS : WRITE_SETTINGS,
  }
  return {
    write: createClient({ ...writing, request_timeout: WRITE_MS }),
    long: createClient({ ...writing, request_timeout: LONG_MS }),
    read: createClient({
      ...both,
      ...reader,
      max_open_connections: 16,
      request_timeout: 60_000,
      clickhouse_settings: READ_SETTINGS,
    }),
  }
}

function closeClients({ write, long, read }: Clients): Promise<unknown> {
  return Promise.all([write.close(), long.close(), read.close()])
}

function openServer(address: string, cluster: string | undefined): ClickHouse {
  const { place, credentials } = parseAddress(address)
  const clients = connect(place, credentials, credentials)
  return {
    ...clients,
    embedded: false,
    cluster,
    restarts: () => 0,
    close: once(async () => {
      await closeClients(clients)
    }),
  }
}

function parseAddress(address: string): { place: Place; credentials: Credentials } {
  if (!URL.canParse(address)) {
    throw new UserError('CLICKHOUSE_URL must read like https://user:password@host:8443/database.')
  }
  const url = new URL(address)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new UserError('CLICKHOUSE_URL must begin with https://, or http:// for a server on this machine.')
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw new UserError('CLICKHOUSE_URL must begin with https:// unless the server is on this machine.')
  }
  if (url.search !== '' || url.hash !== '') {
    throw new UserError('CLICKHOUSE_URL must end after the name of the database, without parameters.')
  }
  return {
    place: {
      url: url.origin,
      database: decodeURIComponent(url.pathname.slice(1)) || 'default',
      embedded: false,
    },
    credentials: {
      username: decodeURIComponent(url.username) || 'default',
      password: decodeURIComponent(url.password),
    },
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host)
}

async function openEmbedded(options: ClickHouseOptions): Promise<ClickHouse> {
  const folder = path.join(options.dataDir, ENGINE_FOLDER)
  if (options.mode === 'serve') {
    return useEngine(await startEngine({ ...options.engine, folder, log: options.log }))
  }
  const deadline = performance.now() + (options.engine?.lockWaitMs ?? 30_000)
  for (;;) {
    const running = await joinRunning(folder)
    if (running) return running
    try {
      // Not announced: it goes away with this command, and another command must not lean on it.
      const engine = { ...options.engine, folder, log: options.log, announce: false, lockWaitMs: 0 }
      return useEngine(await startEngine(engine))
    } catch (error) {
      if (!(error instanceof EngineLockedError) || performance.now() > deadline) throw error
    }
    await sleep(RETRY_MS)
  }
}

/** The clients of an engine; closing them stops it. */
export function useEngine(engine: Engine): ClickHouse {
  const place = { url: engine.url, database: EMBEDDED_DATABASE, embedded: true }
  const clients = connect(place, engine.writer, engine.reader)
  return {
    ...clients,
    embedded: true,
    cluster: undefined,
    restarts: () => engine.restarts(),
    close: once(async () => {
      await closeClients(clients)
      await engine.stop()
    }),
  }
}

/** The engine of a running server, or undefined when there is none that answers. */
async function joinRunning(folder: string): Promise<ClickHouse | undefined> {
  const file = readEngineFile(folder)
  if (!file) return undefined
  const place = { url: file.url, database: EMBEDDED_DATABASE, embedded: true }
  const clients = connect(place, file.writer, file.reader)
  const close = once(async () => {
    await closeClients(clients)
  })
  const answer = await clients.read.ping({ select: true, abort_signal: AbortSignal.timeout(PING_MS) })
  if (answer.success) return { ...clients, embedded: true, cluster: undefined, restarts: () => 0, close }
  await close()
  return undefined
}

function once(close: () => Promise<void>): () => Promise<void> {
  let closed: Promise<void> | undefined
  return () => (closed ??= close())
}
