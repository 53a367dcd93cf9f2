import { closeSync, existsSync, fsyncSync, linkSync, openSync, renameSync } from 'node:fs'
import type { Log } from '../log.ts'
import { codeOf } from './error-code.ts'
import { keyFile, loadKeyFile, type MasterKey } from './key-file.ts'

/** The files of a data folder while its key file is replaced by another. */

/** Where the new key waits until everything is wrapped for it. */
export function nextKeyFile(dataDir: string): string {
  return `${keyFile(dataDir)}.next`
}

/** Where a former key is kept, for the backups that were made with it. */
export function keptKeyFile(dataDir: string, id: string): string {
  return `${keyFile(dataDir)}.${id}`
}

/** Puts the new key file in place and keeps the former one; nothing where that is done. */
export function useNextKeyFile(dataDir: string, log: Pick<Log, 'warn'>): void {
  const next = nextKeyFile(dataDir)
  if (!existsSync(next)) return
  const file = keyFile(dataDir)
  const { id } = loadKeyFile(file, log)
  try {
    linkSync(file, keptKeyFile(dataDir, id))
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  }
  // At every moment there is a key file, and it is one that opens everything.
  renameSync(next, file)
  syncFolder(dataDir)
}

/** Keeps a key file that is not the key any more under its former key's name. */
export function keepOldKeyFile(dataDir: string, current: MasterKey, log: Pick<Log, 'warn'>): void {
  const file = keyFile(dataDir)
  if (!existsSync(file)) return
  const { id } = loadKeyFile(file, log)
  if (id === current.id) return
  renameSync(file, keptKeyFile(dataDir, id))
  syncFolder(dataDir)
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
