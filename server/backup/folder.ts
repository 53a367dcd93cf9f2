import { mkdir, open, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises'
import path from 'node:path'
import { UserError } from '../errors.ts'
import { codeOf } from '../store/error-code.ts'

/** A folder of backups: whole ones under their names, unfinished ones under names that nobody takes for a backup. */

/** A whole backup. */
export interface BackupFile {
  /** `sluice-2026-11-24T13-50-07Z.backup`. */
  readonly name: string
  /** When it began, Unix milliseconds, to the second. */
  readonly time: number
}

const NAME = /^sluice-(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)Z\.backup$/
const DRAFT = '.draft'
/** A draft is written to all the time: one that nobody touched for so long is of a run that was killed. */
const ABANDONED_MS = 3_600_000

/** The name of a backup that begins at a time, Unix milliseconds. */
export function backupName(time: number): string {
  return `sluice-${new Date(time).toISOString().slice(0, 19).replaceAll(':', '-')}Z.backup`
}

/** Whole backups, the newest first; empty where there is no folder. Throws UserError when it cannot be read. */
export async function listBackups(folder: string): Promise<BackupFile[]> {
  return (await namesIn(folder))
    .flatMap((name) => {
      const [, day, hour, minute, second] = NAME.exec(name) ?? []
      return day === undefined ? [] : [{ name, time: Date.parse(`${day}T${hour}:${minute}:${second}Z`) }]
    })
    .toSorted((a, b) => b.time - a.time)
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
    throw new UserError(
      `The backup folder ${folder} cannot be read (${codeOf(error)}): make it readable for this user or name another.`,
      500,
    )
  }
}

/**
 * The newest backup of a folder, or the named one. Throws UserError where there is none.
 * @param name a file's name, with or without its folder
 */
export async function findBackup(folder: string, name: string | undefined): Promise<BackupFile> {
  const found = await listBackups(folder)
  const wanted = name === undefined ? found[0] : found.find((one) => one.name === path.basename(name))
  if (wanted) return wanted
  throw new UserError(
    found.length === 0
      ? `There is no backup in ${folder}: name a folder that \`sluice backup\` wrote to.`
      : `There is no backup ${name} in ${folder}: the newest is ${found[0]?.name}.`,
  )
}

/** A backup while it is written. */
export interface Draft {
  readonly file: FileHandle
  /** Makes it durable and gives it its name. */
  publish(): Promise<void>
  /** Closes it, and removes it unless it was published. */
  close(): Promise<void>
}

/**
 * Begins a backup; makes the folder where there is none (mode 0700). Throws UserError when the folder cannot be
 * written, or when another backup began in the same second.
 */
export async function createDraft(folder: string, name: string): Promise<Draft> {
  const place = path.join(folder, name + DRAFT)
  await attempt(folder, () => mkdir(folder, { recursive: true, mode: 0o700 }))
  const file = await attempt(folder, () => open(place, 'wx+', 0o600), justBegun)
  // One that was quicker than a second: its draft is gone, and this one must not replace it.
  if ((await listBackups(folder)).some((one) => one.name === name)) {
    await file.close()
    await rm(place)
    throw justBegun(folder)
  }
  let isPublished = false
  return {
    file,
    async publish() {
      await file.sync()
      await rename(place, path.join(folder, name))
      await syncFolder(folder)
      isPublished = true
    },
    async close() {
      await file.close()
      if (!isPublished) await rm(place, { force: true })
    },
  }
}

function justBegun(folder: string): UserError {
  return new UserError(`Another backup to ${folder} has just begun: wait for that one.`)
}

async function attempt<T>(
  folder: string,
  act: () => Promise<T>,
  whenThere?: (folder: string) => UserError,
): Promise<T> {
  try {
    return await act()
  } catch (error) {
    if (whenThere && codeOf(error) === 'EEXIST') throw whenThere(folder)
    throw new UserError(
      `The backup folder ${folder} cannot be written (${codeOf(error)}): make it writable for this user or name another.`,
    )
  }
}

/** Removes all but the newest backups, and drafts of runs that were killed. Answers the names that are gone. */
export async function thinBackups(folder: string, keep: number, now: number): Promise<string[]> {
  const old = (await listBackups(folder)).slice(keep).map(({ name }) => name)
  for (const name of await namesIn(folder)) {
    if (!name.endsWith(DRAFT) || !NAME.test(name.slice(0, -DRAFT.length))) continue
    const { mtimeMs } = await stat(path.join(folder, name))
    if (now - mtimeMs > ABANDONED_MS) old.push(name)
  }
  for (const name of old) await rm(path.join(folder, name))
  if (old.length > 0) await syncFolder(folder)
  return old
}

/** Makes what was created, renamed or removed in a folder durable. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
