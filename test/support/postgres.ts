import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type pg from 'pg'
import { parseDatabaseUrl } from '../../server/store/postgres/address.ts'
import { connectOne } from '../../server/store/postgres/connection.ts'

/** A PostgreSQL server of its own, in a folder that goes with it. */
export interface Cluster {
  /** DATABASE_URL of the superuser, for a database. */
  url(database?: string): string
  /** An empty database, whose order of texts is not that of bytes. */
  createDatabase(name: string, options?: string): Promise<void>
  /** As somebody pulls the plug of it: connections break off, what was committed stays. */
  stop(): Promise<void>
  start(): Promise<void>
  /** Stops it and removes its folder. */
  dispose(): Promise<void>
}

export interface ClusterOptions {
  /** Listens on this port of the loopback address, too. Default: on a Unix socket only. */
  port?: number
  /** More settings of postgresql.conf. */
  settings?: Readonly<Record<string, string>>
  /** Files put into the data folder, for settings that name them. */
  files?: Readonly<Record<string, string>>
}

export const SUPERUSER = 'tester'
/** With characters that an address has to escape. */
const PASSWORD = 'pass#word%/?@'

/**
 * Runs a program until the input ends, which it also does when whoever holds its other side is killed: no server outlives
 * the tests. SIGQUIT is "immediate" in PostgreSQL: nothing is said to anybody who is connected.
 */
const WHILE_INPUT_LASTS =
  'exec 3<&0; "$@" 3<&- & server=$!; (read -r _ <&3; kill -QUIT "$server") & wait "$server"; kill "$!"'

/** scripts/ensure-postgres.mjs with types: scripts are plain JavaScript, so that they run before anything is built. */
async function programs(): Promise<string> {
  const script = new URL('../../scripts/ensure-postgres.mjs', import.meta.url).href
  const { ensurePostgres } = (await import(script)) as { ensurePostgres: () => string }
  return ensurePostgres()
}

export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const bin = await programs()
  const folder = mkdtempSync(path.join(tmpdir(), 'sluice-postgres-'))
  const data = path.join(folder, 'data')
  const passwordFile = path.join(folder, 'password')
  writeFileSync(passwordFile, PASSWORD)
  const owner = ownerOf([folder, passwordFile])
  const settings = {
    listen_addresses: options.port === undefined ? '' : '127.0.0.1',
    port: String(options.port ?? 5432),
    unix_socket_directories: folder,
    // These tests kill no machine.
    fsync: 'off',
    ...options.settings,
  }
  // Its languages sort `a` before `B`: what relies on the order of bytes shows.
  const locale = ['--locale=C.UTF-8', '--locale-provider=icu', '--icu-locale=en-US', '--encoding=UTF8']
  execFileSync(
    path.join(bin, 'initdb'),
    [
      '-D',
      data,
      '-U',
      SUPERUSER,
      '--auth-host=scram-sha-256',
      '--auth-local=trust',
      `--pwfile=${passwordFile}`,
      '--no-sync',
      ...locale,
    ],
    { ...owner, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  for (const [name, text] of Object.entries(options.files ?? {})) {
    writeFileSync(path.join(data, name), text, { mode: 0o600 })
    if (owner.uid !== undefined) chownSync(path.join(data, name), owner.uid, owner.gid ?? owner.uid)
  }
  let server: ChildProcess | undefined

  async function start(): Promise<void> {
    const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    const program = [path.join(bin, 'postgres'), '-D', data, ...flags]
    const started = spawn('sh', ['-c', WHILE_INPUT_LASTS, 'sh', ...program], {
      ...owner,
      stdio: ['pipe', 'ignore', 'pipe'],
    })
    server = started
    let said = ''
    await new Promise<void>((resolve, reject) => {
      started.stderr.on('data', (chunk: Buffer) => {
        said = (said + chunk.toString()).slice(-10_000)
        if (/database system is ready to accept (read-only )?connections/.test(said)) resolve()
      })
      started.once('error', reject)
      started.once('exit', () => reject(new Error(`PostgreSQL ended before it was ready: ${said}`)))
    })
  }

  async function stop(): Promise<void> {
    const stopped = server
    server = undefined
    if (!stopped) return
    const exited = once(stopped, 'exit')
    stopped.stdin?.end()
    await exited
  }

  await start()
  const url = (database = 'postgres'): string => urlOf(SUPERUSER, database, folder, options.port)
  return {
    url,
    createDatabase: async (name, more = '') => {
      await asUser(url(), `CREATE DATABASE ${name} ${more}`)
    },
    start,
    stop,
    dispose: async () => {
      await stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Runs statements in the database of a DATABASE_URL. */
export async function asUser(databaseUrl: string, statements: string): Promise<pg.QueryResult> {
  const client = await connectOne(parseDatabaseUrl(databaseUrl))
  try {
    return await client.query(statements)
  } finally {
    await client.end()
  }
}

/** DATABASE_URL of a user, all of whom have one password: by TCP where there is a port, else by the socket's folder. */
export function urlOf(user: string, database: string, folder: string, port?: number): string {
  const place = port === undefined ? `localhost/${database}?host=${folder}` : `127.0.0.1:${port}/${database}`
  return `postgres://${user}:${encodeURIComponent(PASSWORD)}@${place}`
}

/** PostgreSQL refuses to run as root: then it runs as the user that its package makes. */
function ownerOf(paths: readonly string[]): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {}
  const [uid, gid] = ['-u', '-g'].map((flag) =>
    Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' })),
  )
  if (uid === undefined || gid === undefined) throw new Error('there is no user postgres')
  for (const one of paths) chownSync(one, uid, gid)
  return { uid, gid }
}
