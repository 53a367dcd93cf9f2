import type { FileHandle } from 'node:fs/promises'
import path from 'node:path'
import { createAuditLog, auditSigner } from '../audit/log.ts'
import { migrate } from '../clickhouse/migrate.ts'
import { openClickHouse, type ClickHouse } from '../clickhouse/open.ts'
import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import { UserError } from '../errors.ts'
import type { Log } from '../log.ts'
import { isOutOfSpace, SpoolFull } from '../spool/failure.ts'
import { createSubjectEraser } from '../sms/erase-again.ts'
import { keysIn } from '../store/data-keys.ts'
import type { MasterKey } from '../store/key-file.ts'
import { openStore, type Store } from '../store/open.ts'
import { readArchive, type Manifest, type Part, type Section } from './archive.ts'
import { applyErasures, type Erased } from './apply-erasures.ts'
import { fillDatabase, isDatabaseEmpty, type DatabaseFill } from './database-dump.ts'
import { beginRehearsal, beginRestore } from './draft-folder.ts'
import { fillSpool } from './fill-spool.ts'
import { schemaNumbers } from './make.ts'
import { fillStore, isStoreEmpty } from './store-dump.ts'

/** A backup that was read in full. */
export interface VerifiedBackup {
  readonly file: FileHandle
  readonly name: string
  readonly manifest: Manifest
}

export interface RestoreParts {
  backup: VerifiedBackup
  master: MasterKey
  /** Marks of what was erased since (erasures.ts). */
  erased: ReadonlySet<string>
  /** Folder of a spool that was saved: of it what the backup lacks is taken over. */
  oldSpool?: string | undefined
  clock: Clock
  log: Log
}

export interface Restored {
  /** Events in the database. */
  readonly events: number
  /** Events in the spool, which the next start loads. */
  readonly waiting: number
  readonly erased: Erased
}

type Target = Pick<Config, 'dataDir' | 'clickhouseUrl' | 'clickhouseCluster' | 'databaseUrl'>

/**
 * Restores a backup into an installation that was never used: all of it or nothing. Undefined: a restore that was
 * killed had come so far that it only had to be finished, and now is.
 *
 * Throws UserError when the installation was used, or the backup was made by a version with another schema.
 */
export async function restore(parts: RestoreParts, target: Target): Promise<Restored | undefined> {
  const draft = await beginRestore(target.dataDir)
  if (!draft) return undefined
  try {
    const restored = await fill(parts, { ...target, dataDir: draft.folder })
    await draft.publish()
    return restored
  } catch (error) {
    if (!isOutOfSpace(error) && !(error instanceof SpoolFull)) throw error
    throw new UserError(`The disk is full: nothing was restored; make room in ${target.dataDir}.`, 507)
  } finally {
    await draft.close()
  }
}

/** Restores into a folder of its own within the data folder, on SQLite and the embedded engine, and removes it. */
export async function rehearse(parts: RestoreParts, dataDir: string): Promise<void> {
  const draft = await beginRehearsal(dataDir)
  try {
    await fill(parts, { dataDir: draft.folder })
  } finally {
    await draft.close()
  }
}

async function fill(parts: RestoreParts, target: Target): Promise<Restored> {
  const { backup, log } = parts
  checkSchema(backup)
  const clickhouse = await openClickHouse({ ...target, log, mode: 'command' })
  try {
    const store = await openStore({ ...target, log })
    try {
      if (!(await isStoreEmpty(store))) throw inUse('store')
      const restored = await fillAll(parts, target, clickhouse, store)
      await store.purge()
      return restored
    } finally {
      await store.close()
    }
  } finally {
    await clickhouse.close()
  }
}

async function fillAll(
  parts: RestoreParts,
  target: Target,
  clickhouse: ClickHouse,
  store: Store,
): Promise<Restored> {
  const { backup, master, clock, log, erased, oldSpool } = parts
  await migrate(clickhouse.write, clickhouse)
  if (!(await isDatabaseEmpty(clickhouse.write))) throw inUse('database')
  const database = await fillDatabase(clickhouse.write)
  for await (const section of sectionsOf(parts, 'database')) await database.add(section)
  await checkRows(database, backup.manifest)
  const waiting = await fillSpool({
    folder: path.join(target.dataDir, 'spool'),
    sections: sectionsOf(parts, 'spool', 'aside'),
    ...(oldSpool !== undefined && { old: { folder: oldSpool, backedUp: backup.manifest.spool } }),
    database,
    master,
    clock,
    log,
  })
  const applied = await store.transaction(async (transaction) => {
    for await (const section of sectionsOf(parts, 'store')) await fillStore(transaction, section)
    const keys = await keysIn(transaction, master)
    const { lasting } = keys
    const audit = createAuditLog({ store, clock, signer: auditSigner(lasting) })
    const applying = await applyErasures({
      transaction,
      lasting,
      erased,
      eraseSubject: createSubjectEraser(keys, clock),
      now: clock.now(),
    })
    await audit.append(transaction, {
      actor: 'terminal',
      action: 'backup.restored',
      detail: { backup: backup.name, began: backup.manifest.began, ...applying },
    })
    return applying
  })
  await database.publish()
  return { events: backup.manifest.parts.database.rows, waiting, erased: applied }
}

async function* sectionsOf({ backup, master }: RestoreParts, ...wanted: Part[]): AsyncGenerator<Section> {
  for await (const section of readArchive(backup.file, master, backup.name)) {
    if (wanted.includes(section.head.part)) yield section
  }
}

async function checkRows(database: DatabaseFill, manifest: Manifest): Promise<void> {
  const [rows, expected] = [await database.rows(), manifest.parts.database.rows]
  if (rows !== expected) throw new Error(`the database took ${rows} of ${expected} rows`)
}

function checkSchema({ name, manifest }: VerifiedBackup): void {
  const [theirs, ours] = [manifest.schema, schemaNumbers()]
  if (theirs.store === ours.store && theirs.clickhouse === ours.clickhouse) return
  throw new UserError(
    `${name} was made by sluice ${manifest.sluice}, whose tables differ from this version's: restore it with that version, then start this one.`,
  )
}

function inUse(what: 'store' | 'database'): UserError {
  const variable = what === 'store' ? 'DATABASE_URL' : 'CLICKHOUSE_URL'
  return new UserError(`The ${what} holds data already: restore into an empty one, set by ${variable}.`)
}
