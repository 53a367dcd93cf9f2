import { randomBytes } from 'node:crypto'
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import path from 'node:path'
import { UserError } from '../errors.ts'
import { codeOf } from './error-code.ts'
import { createEnvelope, onlyKey, type Envelope } from './envelope.ts'
import { deriveKey, type MasterKey } from './key-file.ts'

/**
 * The key of a spool, in the file `key` of its folder: a line for each master key that opens it, so that a spool that is
 * saved without the store can still be read. The spool's own key never changes: whoever has the spool open goes on.
 */

const NAME = 'key'
const PLACE = { table: 'spool', row: 'key', column: 'key' }

/** Opens the key of a spool's folder, and makes both where there is none. Throws UserError as readSpoolKey does. */
export function openSpoolKey(folder: string, master: MasterKey): Uint8Array {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const lines = readLines(folder)
  if (lines === undefined && !isUsed(folder)) {
    write(folder, [wrap(master, randomBytes(32))], 'unless there')
  }
  return readSpoolKey(folder, master)
}

/** The key of a spool's folder, which is only read. Throws UserError when other master keys wrapped it. */
export function readSpoolKey(folder: string, master: MasterKey): Uint8Array {
  const lines = readLines(folder)
  // A spool from before it had a key of its own.
  if (lines === undefined) return deriveKey(master, 'spool', 32)
  const mine = lines.find((line) => masterOf(line) === master.id)
  if (mine !== undefined) return Buffer.from(wrapping(master).open(mine, PLACE), 'base64url')
  const ids = lines.map(masterOf).join(' or ')
  throw new UserError(
    `The spool in ${folder} was sealed with another key: this one is ${master.id}, and it needs ${ids}; start with that key, or move the folder away.`,
  )
}

/** Wraps the spool's key for another master key beside those that open it. */
export function addSpoolMaster(folder: string, master: MasterKey, next: MasterKey): void {
  const key = openSpoolKey(folder, master)
  const others = (readLines(folder) ?? [wrap(master, key)]).filter((line) => masterOf(line) !== next.id)
  write(folder, [...others, wrap(next, key)], 'in its place')
}

/** From now on only this master key opens the spool. */
export function keepSpoolMaster(folder: string, master: MasterKey): void {
  const key = readSpoolKey(folder, master)
  write(folder, [wrap(master, key)], 'in its place')
}

/** Ids of the master keys that open the spool; undefined where it has no key of its own. */
export function spoolMasters(folder: string): string[] | undefined {
  return readLines(folder)?.map(masterOf)
}

function wrapping(master: MasterKey): Envelope {
  return createEnvelope(onlyKey({ id: master.id, key: deriveKey(master, 'spool key', 32) }))
}

function wrap(master: MasterKey, key: Uint8Array): string {
  return wrapping(master).seal(Buffer.from(key).toString('base64url'), PLACE)
}

function masterOf(line: string): string {
  return line.split('.')[1] ?? ''
}

function readLines(folder: string): string[] | undefined {
  try {
    return readFileSync(path.join(folder, NAME), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** Whether something in it was sealed before it had a key of its own. */
function isUsed(folder: string): boolean {
  return readdirSync(folder).some((name) => /^(seg|aside)-/.test(name))
}

/** Whole and on disk under another name first: a crash leaves the file as it was or as it is to be. */
function write(folder: string, lines: readonly string[], how: 'unless there' | 'in its place'): void {
  const file = path.join(folder, NAME)
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  try {
    const handle = openSync(draft, 'wx', 0o600)
    try {
      writeSync(handle, lines.map((line) => `${line}\n`).join(''))
      fsyncSync(handle)
    } finally {
      closeSync(handle)
    }
    if (how === 'in its place') renameSync(draft, file)
    else linkSync(draft, file)
    syncFolder(folder)
  } catch (error) {
    if (how === 'unless there' && codeOf(error) === 'EEXIST') return
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
