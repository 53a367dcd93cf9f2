import { existsSync, readdirSync } from 'node:fs'
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { UserError } from '../errors.ts'
import { takeLease } from '../spool/lease.ts'
import { syncFolder } from '../sync-folder.ts'
import { RESTORING } from './unfinished.ts'

/**
 * A data folder in the making, within the one it is for: everything is written there, and moved into place when it is
 * whole. A mark says that it is; from then on a restore that was killed is finished, before it is begun anew.
 */
export interface DraftFolder {
  readonly folder: string
  /** Makes all of it durable and moves it into place. */
  publish(): Promise<void>
  /** Removes it, unless it is complete and could not be moved: then the next restore does that. */
  close(): Promise<void>
}

const REHEARSAL = 'rehearsal'
const COMPLETE = 'complete'
const LEASE = 'lease.db'
/** An engine whose starter was killed may write for a moment longer. */
const REMOVAL = { recursive: true, force: true, maxRetries: 10 }
/** What a data folder may hold without having been used: the key is not in a backup and must come from elsewhere. */
const UNUSED = new Set(['key', 'lost+found', RESTORING])

/**
 * Begins a restore into a data folder, which is made where there is none. What a killed one left is removed, or, where
 * that was complete, moved into place: then the answer is undefined.
 * Throws UserError where the data folder was used, or another restore into it is under way.
 */
export async function beginRestore(dataDir: string): Promise<DraftFolder | undefined> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const folder = path.join(dataDir, RESTORING)
  if (existsSync(path.join(folder, COMPLETE))) {
    const endLease = await lease(folder, dataDir)
    await moveIntoPlace(folder, dataDir)
    await endLease()
    await remove(folder)
    return undefined
  }
  refuseUsed(dataDir)
  return beginIn(dataDir, RESTORING)
}

/** Throws UserError where a data folder holds more than a key and what a restore left. */
export function refuseUsed(dataDir: string): void {
  if (!existsSync(dataDir) || existsSync(path.join(dataDir, RESTORING, COMPLETE))) return
  const used = readdirSync(dataDir).find((name) => !UNUSED.has(name))
  if (used === undefined) return
  throw new UserError(
    `The data folder ${dataDir} holds data (${used}): restore into an empty one, set by SLUICE_DATA.`,
  )
}

/** A folder to try a restore in, which is removed in any case. */
export function beginRehearsal(dataDir: string): Promise<DraftFolder> {
  return beginIn(dataDir, REHEARSAL)
}

async function beginIn(dataDir: string, name: string): Promise<DraftFolder> {
  const folder = path.join(dataDir, name)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const endLease = await lease(folder, dataDir)
  for (const left of await readdir(folder)) {
    if (left !== LEASE) await rm(path.join(folder, left), REMOVAL)
  }
  let isToBeMoved = false
  return {
    folder,
    async publish() {
      await syncTree(folder)
      const mark = await open(path.join(folder, COMPLETE), 'w', 0o600)
      await mark.sync()
      await mark.close()
      isToBeMoved = true
      await syncFolder(folder)
      await moveIntoPlace(folder, dataDir)
      isToBeMoved = false
    },
    async close() {
      await endLease()
      if (!isToBeMoved) await remove(folder)
    },
  }
}

async function lease(folder: string, dataDir: string): Promise<() => Promise<void>> {
  try {
    return await takeLease(folder)
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    throw new UserError(`Another restore into ${dataDir} is under way: wait for that one.`, 503)
  }
}

/** Can be done again after a crash at any point: what was moved is no longer there. */
async function moveIntoPlace(folder: string, dataDir: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name === COMPLETE || name === LEASE) continue
    await unlessGone(name, rename(path.join(folder, name), path.join(dataDir, name)))
  }
  await syncFolder(dataDir)
}

/** The mark goes last: a folder without it is taken for one that holds nothing of use. */
async function remove(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name !== COMPLETE) await rm(path.join(folder, name), REMOVAL)
  }
  await rm(folder, REMOVAL)
  await syncFolder(path.dirname(folder))
}

/** Every file and folder, whoever wrote it and however. */
async function syncTree(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const place = path.join(folder, entry.name)
    if (entry.isDirectory()) await syncTree(place)
    else if (entry.isFile()) await unlessGone(entry.name, syncFolder(place))
  }
  await syncFolder(folder)
}

/**
 * What SQLite keeps beside a store goes when its last statement is collected, which may be after it was closed, and nothing
 * of it is missed then. Any other file that is gone is a fault.
 */
async function unlessGone(name: string, done: Promise<void>): Promise<void> {
  await done.catch((error: unknown) => {
    const isMissed = (error as NodeJS.ErrnoException).code !== 'ENOENT' || !SIDE_FILE.test(name)
    if (isMissed) throw error
  })
}

const SIDE_FILE = /\.db-(?:shm|wal)$/
