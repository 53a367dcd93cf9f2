import { execFile } from 'node:child_process'
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { sql } from 'kysely'
import Database from 'libsql'
import { expect, inject, onTestFinished } from 'vitest'
import type { Clock } from '../../../server/clock.ts'
import type { Log } from '../../../server/log.ts'
import { projectRoot } from '../../../server/project-root.ts'
import { openStore, type Store } from '../../../server/store/open.ts'
import type { Tables } from '../../../server/store/tables.ts'
import { makeSchema, makeStore, tampererOf } from './postgres/made.ts'

/** A folder of this test, gone after it. */
export function dataFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'sluice-unit-'))
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true })
  })
  return folder
}

/** What a part said in the log. */
export interface Heard {
  readonly log: Pick<Log, 'info' | 'warn'>
  readonly lines: string[]
}

export function listen(): Heard {
  const lines: string[] = []
  const hear = (...words: unknown[]): void => void lines.push(JSON.stringify(words))
  return { log: { info: hear, warn: hear }, lines }
}

/** What the store is kept in: the suites that are about it run with each (vitest.config.ts). */
export const ENGINE = inject('engine')

/** A store that is closed when the test is over. Opened on the folder of another, it stands for another process. */
export async function openedStore(dataDir: string = dataFolder()): Promise<Store> {
  const databaseUrl = await databaseOf(dataDir)
  if (databaseUrl === undefined && !isNew.has(dataDir)) await giveTables(dataDir)
  const store = await openStore({ dataDir, databaseUrl, log: listen().log })
  onTestFinished(() => store.close())
  return store
}

/** What a process of its own needs to open the store of a folder: FOLDER, and DATABASE_URL where there is one. */
export async function environmentOf(dataDir: string): Promise<Record<string, string>> {
  const databaseUrl = await databaseOf(dataDir)
  return { FOLDER: dataDir, ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }) }
}

/** DATABASE_URL of the store of a folder, made when it is first asked for; undefined with SQLite. */
async function databaseOf(dataDir: string): Promise<string | undefined> {
  if (ENGINE === 'sqlite') return undefined
  const known = databases.get(dataDir) ?? (isNew.has(dataDir) ? makeSchema() : makeStore())
  databases.set(dataDir, known)
  return known
}

/** A folder for a store whose first start makes the tables; others get a copy of those that one start has made. */
export function newFolder(): string {
  const dataDir = dataFolder()
  isNew.add(dataDir)
  return dataDir
}

const isNew = new Set<string>()
const databases = new Map<string, Promise<string>>()

/** The file of a store that was opened once, for this process of tests. */
let migrated: Promise<string> | undefined

/** With SQLite: the tables, where there is nothing yet. To make them takes ten times as long as to open them. */
async function giveTables(dataDir: string): Promise<void> {
  const file = path.join(dataDir, 'store.db')
  if (existsSync(file)) return
  migrated ??= makeMigrated()
  // A folder that is not there either is what the test is about.
  if (existsSync(dataDir)) copyFileSync(await migrated, file)
}

async function makeMigrated(): Promise<string> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'sluice-unit-'))
  process.once('exit', () => rmSync(dataDir, { recursive: true, force: true }))
  const store = await openStore({ dataDir, databaseUrl: undefined, log: listen().log })
  await store.close()
  return path.join(dataDir, 'store.db')
}

/**
 * Runs statements on the store of a folder behind the back of the product, as somebody does who has got hold of it: no
 * condition on a column holds any more. Answers how many rows were changed.
 */
export async function tamperer(
  dataDir: string,
): Promise<(statement: string, ...values: unknown[]) => Promise<number>> {
  const databaseUrl = await databaseOf(dataDir)
  if (databaseUrl !== undefined) return tampererOf(databaseUrl)
  const file = new Database(path.join(dataDir, 'store.db'))
  onTestFinished(() => {
    file.close()
  })
  file.exec('PRAGMA ignore_check_constraints = ON')
  return async (statement, ...values) => file.prepare(statement).run(values).changes
}

/** Rows of any table, as they are. `clause` is what follows the table's name. */
export async function rowsOf<Name extends keyof Tables>(
  store: Pick<Store, 'db'>,
  table: Name,
  clause = '',
): Promise<Tables[Name][]> {
  return (await sql.raw<Tables[Name]>(`SELECT * FROM ${table} ${clause}`).execute(store.db)).rows
}

/** All that is kept, by name: the files of the folder, and with PostgreSQL the rows of every table. */
export async function keptIn(dataDir: string, store: Pick<Store, 'db'>): Promise<Map<string, Buffer>> {
  const kept = new Map<string, Buffer>()
  for (const entry of readdirSync(dataDir, { withFileTypes: true, recursive: true })) {
    const file = path.join(entry.parentPath, entry.name)
    if (entry.isFile()) kept.set(path.relative(dataDir, file), readFileSync(file))
  }
  if (ENGINE === 'postgres') {
    for (const { name } of await store.db.introspection.getTables()) {
      kept.set(name, Buffer.from(JSON.stringify(await rowsOf(store, name as keyof Tables))))
    }
  }
  expect([...kept.keys()]).toContain(ENGINE === 'postgres' ? 'consent_receipt' : 'store.db')
  return kept
}

/** Time that stands still until the test moves it. */
export interface MovedClock extends Clock {
  pass(ms: number): void
}

export function movedClock(now = Date.UTC(2026, 10, 24, 10)): MovedClock {
  let passed = 0
  return {
    now: () => now + passed,
    monotonic: () => passed,
    pass: (ms) => {
      passed += ms
    },
  }
}

/**
 * Runs the same TypeScript in several processes. It calls `meet()` to go on at the same moment as the others: each
 * waits until all are there. `process.env.NAME` is another in each.
 */
export function atOnce(
  names: readonly string[],
  source: string,
  env: Record<string, string>,
): Promise<Awaited<ReturnType<typeof inChild>>[]> {
  const READY = dataFolder()
  const gate = `
    import { readdirSync, writeFileSync } from 'node:fs'
    let met = 0
    function meet() {
      writeFileSync(process.env.READY + '/' + process.env.NAME + met++, '')
      while (readdirSync(process.env.READY).length < met * ${names.length});
    }
  `
  return Promise.all(names.map((NAME) => inChild(`${gate}${source}`, { ...env, READY, NAME })))
}

/** Where what a test runs again and again is, by its source. */
const bundles = new Map<string, string>()

/** The file goes with the test that made it. */
async function bundled(source: string): Promise<string> {
  const known = bundles.get(source)
  if (known !== undefined && existsSync(known)) return known
  const outfile = path.join(dataFolder(), 'child.cjs')
  await build({
    stdin: { contents: source, resolveDir: projectRoot, loader: 'ts' },
    outfile,
    bundle: true,
    platform: 'node',
    packages: 'external',
    define: {
      'import.meta.url': JSON.stringify(pathToFileURL(path.join(projectRoot, 'server', 'child.ts')).href),
    },
    logLevel: 'error',
  })
  bundles.set(source, outfile)
  return outfile
}

/** Runs TypeScript, written as in a file of the project's root, in a process of its own. */
export async function inChild(
  source: string,
  env: Record<string, string> = {},
): Promise<{ stdout: string; signal: string | null; code: number }> {
  const outfile = await bundled(source)
  const NODE_PATH = path.join(projectRoot, 'node_modules')
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [outfile], {
      env: { ...process.env, NODE_PATH, ...env },
    })
    return { stdout, signal: null, code: 0 }
  } catch (error) {
    // execFile rejects when the process fails, with these three.
    const { stdout, signal, code } = error as { stdout: string; signal: string | null; code: number }
    return { stdout, signal, code }
  }
}
