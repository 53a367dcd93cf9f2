import type { FileHandle } from 'node:fs/promises'
import path from 'node:path'
import { readFileSync } from 'node:fs'
import type { ClickHouse } from '../clickhouse/open.ts'
import type { Clock } from '../clock.ts'
import { UserError } from '../errors.ts'
import { migrationFolder, readMigrations } from '../migrations.ts'
import { projectRoot } from '../project-root.ts'
import { isOutOfSpace } from '../spool/failure.ts'
import type { LastingKey } from '../store/data-keys.ts'
import type { MasterKey } from '../store/key-file.ts'
import type { Store } from '../store/open.ts'
import { readSpoolKey } from '../store/spool-key.ts'
import { createArchive, verifyArchive, type Manifest } from './archive.ts'
import { dumpDatabase } from './database-dump.ts'
import { createMark, erasuresOf } from './erasures.ts'
import { isBucket } from './s3/settings.ts'
import { dumpSpool, placeOfSpool } from './spool-dump.ts'
import { dumpStore } from './store-dump.ts'
import { backupName, type BackupTarget } from './target.ts'

export interface BackupParts {
  /** Where the backup goes. */
  target: BackupTarget
  dataDir: string
  master: MasterKey
  lasting: LastingKey
  store: Pick<Store, 'db' | 'purge'>
  clickhouse: Pick<ClickHouse, 'read'>
  clock: Pick<Clock, 'now'>
  /** How many backups stay there; undefined: all. */
  keep?: number | undefined
  /** Restores the written file somewhere and rejects where that fails; then it is no backup. */
  rehearse?: ((file: FileHandle, name: string, manifest: Manifest) => Promise<void>) | undefined
  /** Told of what could not be read and is therefore missing, as a sentence. */
  warn: (sentence: string) => void
}

export interface MadeBackup {
  readonly name: string
  readonly bytes: number
  readonly manifest: Manifest
  /** Names of old backups that are gone. */
  readonly removed: readonly string[]
}

/**
 * Makes a backup while everything goes on. All that was answered before it began is in it: first the spool is read,
 * then the database, to which rows only move from there, and last the store, so that a site is there for every event.
 * What is in both spool and database, by its event id, is left out of the one at a restore.
 *
 * The file is read back in full before it gets its name. Rejects with UserError when the place cannot be written or has no room.
 */
export async function makeBackup(parts: BackupParts): Promise<MadeBackup> {
  const { target, dataDir, master, lasting, store, clickhouse, clock } = parts
  const { place } = target
  if (!isBucket(place) && isWithin(path.resolve(place), path.resolve(dataDir))) {
    throw new UserError(
      `The backup folder ${place} lies in the data folder and would be lost with it: name another.`,
    )
  }
  const began = clock.now()
  const name = backupName(began)
  const draft = await target.begin(name)
  try {
    const archive = await createArchive(draft.file, master)
    const spoolFolder = path.join(dataDir, 'spool')
    const spool = await placeOfSpool(spoolFolder)
    if (spool) {
      const key = readSpoolKey(spoolFolder, master)
      const missed = (blocks: number): void =>
        parts.warn(`${blocks} blocks of the spool cannot be read and are not in the backup.`)
      for await (const section of dumpSpool(spoolFolder, key, spool, missed)) await archive.add(section)
    }
    for await (const section of dumpDatabase(clickhouse.read)) await archive.add(section)
    for await (const section of dumpStore(store)) await archive.add(section)
    // What was erased meanwhile could not be cleared away completely while this transaction still saw it.
    await store.purge()
    const written = await archive.finish({
      began: new Date(began).toISOString(),
      sluice: version(),
      schema: schemaNumbers(),
      ...(spool && { spool }),
    })
    await draft.file.sync()
    const manifest = await verifyArchive(draft.file, master, name)
    if (JSON.stringify(manifest) !== JSON.stringify(written)) throw new Error('another backup was read back')
    await parts.rehearse?.(draft.file, name, manifest)
    await target.noteErasures(await erasuresOf(store, createMark(lasting)))
    const { size } = await draft.file.stat()
    await draft.publish()
    const removed = parts.keep === undefined ? [] : await target.thin(parts.keep, clock.now())
    return { name, bytes: size, manifest, removed }
  } catch (error) {
    if (!isOutOfSpace(error)) throw error
    throw new UserError(
      `The disk was full before the backup was whole: make room in ${isBucket(place) ? dataDir : place}, and in the data folder where it is rehearsed.`,
      507,
    )
  } finally {
    await draft.close()
  }
}

/** Number of the last migration that this version knows of each database. */
export function schemaNumbers(): Manifest['schema'] {
  return {
    store: readMigrations(migrationFolder('store')).length,
    clickhouse: readMigrations(migrationFolder('clickhouse')).length,
  }
}

function isWithin(folder: string, parent: string): boolean {
  return folder === parent || folder.startsWith(parent + path.sep)
}

function version(): string {
  const text = readFileSync(path.join(projectRoot, 'package.json'), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
