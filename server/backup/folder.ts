import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { UserError } from '../errors.ts'
import { codeOf } from '../store/error-code.ts'
import { erasuresFile, noteErasures, readErasures } from './erasures-file.ts'
import { syncFolder } from '../sync-folder.ts'
import { backupsAmong, justBegun, timeOf, type BackupTarget, type Draft } from './target.ts'

/** A folder of backups: whole ones under their names, unfinished ones under names that nobody takes for a backup. */

const DRAFT = '.draft'
/** A draft is written to all the time: one that nobody touched for so long is of a run that was killed. */
const ABANDONED_MS = 3_600_000

/** Throws UserError in each of its functions where the folder cannot be read or written. */
export function folderTarget(folder: string): BackupTarget {
  return {
    place: folder,
    list: async () => backupsAmong(await namesIn(folder)),
    begin: (name) => createDraft(folder, name),
    open: (name) => open(path.join(folder, name), 'r'),
    thin: (keep, now) => thinBackups(folder, keep, now),
    readErasures: () => readErasures(erasuresFile(folder)),
    noteErasure: (mark) => noteErasures(folder, [mark]),
    noteErasures: (marks) => noteErasures(folder, marks),
  }
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
 * Begins a backup; makes the folder where there is none (mode 0700). Throws UserError when the folder cannot be
 * written, or when another backup began in the same second.
 */
async function createDraft(folder: string, name: string): Promise<Draft> {
  const place = path.join(folder, name + DRAFT)
  await attempt(folder, () => mkdir(folder, { recursive: true, mode: 0o700 }))
  const file = await attempt(folder, () => open(place, 'wx+', 0o600), justBegun)
  // One that was quicker than a second: its draft is gone, and this one must not replace it.
  if (backupsAmong(await namesIn(folder)).some((one) => one.name === name)) {
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
async function thinBackups(folder: string, keep: number, now: number): Promise<string[]> {
  const names = await namesIn(folder)
  const old = backupsAmong(names)
    .slice(keep)
    .map(({ name }) => name)
  for (const name of names) {
    if (!name.endsWith(DRAFT) || timeOf(name.slice(0, -DRAFT.length)) === undefined) continue
    const { mtimeMs } = await stat(path.join(folder, name))
    if (now - mtimeMs > ABANDONED_MS) old.push(name)
  }
  for (const name of old) await rm(path.join(folder, name))
  if (old.length > 0) await syncFolder(folder)
  return old
}
