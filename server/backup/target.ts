import type { FileHandle } from 'node:fs/promises'
import path from 'node:path'
import { UserError } from '../errors.ts'

/** A place for backups: a folder, or one in a bucket. */
export interface BackupTarget {
  /** As it was named. */
  readonly place: string
  /** Whole backups, the newest first; empty where there is no such place. */
  list(): Promise<BackupFile[]>
  /** Begins a backup. Throws UserError when another one of that name is there or was begun. */
  begin(name: string): Promise<Draft>
  /** A whole backup, to be read and closed. */
  open(name: string): Promise<FileHandle>
  /** Removes all but the newest backups, and what was left of runs that were killed. Answers the names that are gone. */
  thin(keep: number, now: number): Promise<string[]>
  /** The marks of what was erased since (erasures.ts); undefined where nothing says so. */
  readErasures(): Promise<Set<string> | undefined>
  /** Adds a mark; resolves once it is kept. */
  noteErasure(mark: string): Promise<void>
  /** Adds those of all marks that are missing, and makes sure that something says so, also where there is none. */
  noteErasures(marks: readonly string[]): Promise<void>
}

/** A whole backup. */
export interface BackupFile {
  /** `sluice-2026-11-24T13-50-07Z.backup`. */
  readonly name: string
  /** When it began, Unix milliseconds, to the second. */
  readonly time: number
}

/** A backup while it is written. */
export interface Draft {
  readonly file: FileHandle
  /** Makes it durable and gives it its name. */
  publish(): Promise<void>
  /** Closes it, and removes it unless it was published. */
  close(): Promise<void>
}

const NAME = /^sluice-(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)Z\.backup$/

/** The name of a backup that begins at a time, Unix milliseconds. */
export function backupName(time: number): string {
  return `sluice-${new Date(time).toISOString().slice(0, 19).replaceAll(':', '-')}Z.backup`
}

/** When the backup of a name began, Unix milliseconds; undefined for what is no backup. */
export function timeOf(name: string): number | undefined {
  const [, day, hour, minute, second] = NAME.exec(name) ?? []
  return day === undefined ? undefined : Date.parse(`${day}T${hour}:${minute}:${second}Z`)
}

/** Those names that are of whole backups, the newest first. */
export function backupsAmong(names: readonly string[]): BackupFile[] {
  return names
    .flatMap((name) => {
      const time = timeOf(name)
      return time === undefined ? [] : [{ name, time }]
    })
    .toSorted((a, b) => b.time - a.time)
}

/**
 * The newest backup, or the named one. Throws UserError where there is none.
 * @param name a file's name, with or without its folder
 */
export async function findBackup(
  { place, list }: Pick<BackupTarget, 'place' | 'list'>,
  name: string | undefined,
): Promise<BackupFile> {
  const found = await list()
  const wanted = name === undefined ? found[0] : found.find((one) => one.name === path.basename(name))
  if (wanted) return wanted
  throw new UserError(
    found.length === 0
      ? `There is no backup in ${place}: name one that \`sluice backup\` wrote to.`
      : `There is no backup ${name} in ${place}: the newest is ${found[0]?.name}.`,
  )
}

export function justBegun(place: string): UserError {
  return new UserError(`Another backup to ${place} has just begun: wait for that one.`)
}
