import { mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { build } from 'esbuild'
import { migrate } from '../../server/clickhouse/migrate.ts'
import { startEngine, type Engine, type EngineOptions } from '../../server/clickhouse/engine/supervisor.ts'
import { ENGINE_FOLDER, useEngine, type ClickHouse } from '../../server/clickhouse/open.ts'
import { silentLog, type Log } from '../../server/log.ts'
import { projectRoot } from '../../server/project-root.ts'

/** A real engine process on a folder of its own, with the schema in place. */
export interface TestEngine {
  readonly clickhouse: ClickHouse
  readonly engine: Engine
  /** The data folder; the engine's own is `clickhouse` in it. */
  readonly folder: string
  /** Ends the engine and removes the folder. */
  stop(): Promise<void>
}

export interface TestEngineOptions extends Pick<
  EngineOptions,
  'backoffMs' | 'lockWaitMs' | 'graceMs' | 'watchMs'
> {
  /** An existing data folder, which then stays. Default: a new one, which goes at the end. */
  folder?: string
  log?: Log
  /** Whether the schema is put in place. Default true. */
  migrated?: boolean
}

export async function startTestEngine(options: TestEngineOptions = {}): Promise<TestEngine> {
  const folder = options.folder ?? temporaryFolder()
  const engine = await startEngine({
    ...options,
    folder: path.join(folder, ENGINE_FOLDER),
    log: options.log ?? silentLog,
    entry: await engineEntry(),
  })
  const clickhouse = useEngine(engine)
  if (options.migrated !== false) await migrate(clickhouse.write)
  return {
    clickhouse,
    engine,
    folder,
    async stop() {
      await clickhouse.close()
      if (options.folder === undefined) rmSync(folder, { recursive: true, force: true })
    },
  }
}

export function temporaryFolder(): string {
  return mkdtempSync(path.join(tmpdir(), 'sluice-'))
}

/**
 * The engine process made from today's source, so that no test runs yesterday's. Bundled into dist/, from where it
 * finds its packages; moved into place, since several test processes may make it at once.
 */
export const engineEntry = (): Promise<string> => bundled('server/clickhouse/engine/process.ts')

/** The thread that builds batches. */
export const batchThreadEntry = (): Promise<string> => bundled('server/load/batch-thread.ts')

/** A process that starts an engine and waits, for tests of what happens when it dies. */
export const engineParent = (): Promise<string> => bundled('test/support/engine-parent.ts')

const bundles = new Map<string, Promise<string>>()

function bundled(source: string): Promise<string> {
  const known = bundles.get(source) ?? bundle(source)
  bundles.set(source, known)
  return known
}

async function bundle(source: string): Promise<string> {
  const file = path.join(projectRoot, 'dist/test-engine', `${path.basename(source, '.ts')}.mjs`)
  const aside = `${file}.${process.pid}`
  await build({
    entryPoints: [path.join(projectRoot, source)],
    outfile: aside,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    logLevel: 'error',
  })
  renameSync(aside, file)
  return file
}
