import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Credentials, Users } from './protocol.ts'

/**
 * `engine.json` beside the engine's folder: where the running engine answers and with which passwords, for commands
 * of the same owner (mode 0600). It is a hint and no lock: the lock is chDB's own, in the folder.
 */
export interface EngineFile extends Users {
  readonly url: string
  readonly pid: number
}

export function engineFilePath(folder: string): string {
  return path.join(path.dirname(path.resolve(folder)), 'engine.json')
}

export function writeEngineFile(folder: string, content: EngineFile): void {
  const file = engineFilePath(folder)
  // Written aside and moved, so that a command never reads half of it.
  const aside = `${file}.${process.pid}`
  writeFileSync(aside, `${JSON.stringify(content)}\n`, { mode: 0o600 })
  renameSync(aside, file)
}

/** Undefined where there is none, or none that can be read. Whether that engine still answers is another question. */
export function readEngineFile(folder: string): EngineFile | undefined {
  try {
    const content = JSON.parse(readFileSync(engineFilePath(folder), 'utf8')) as Partial<EngineFile>
    const { url, pid, reader, writer } = content
    if (typeof url !== 'string' || typeof pid !== 'number') return undefined
    if (!isCredentials(reader) || !isCredentials(writer)) return undefined
    return { url, pid, reader, writer }
  } catch {
    return undefined
  }
}

function isCredentials(value: unknown): value is Credentials {
  if (typeof value !== 'object' || value === null) return false
  return 'username' in value && 'password' in value
}

/** Removes the file if it is that of this process; another's stays. */
export function removeEngineFile(folder: string, pid: number): void {
  if (readEngineFile(folder)?.pid === pid) rmSync(engineFilePath(folder), { force: true })
}
