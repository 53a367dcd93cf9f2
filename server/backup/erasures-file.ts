import { mkdir, open, readFile } from 'node:fs/promises'
import path from 'node:path'
import { UserError } from '../errors.ts'
import { codeOf } from '../store/error-code.ts'
import { syncFolder } from '../sync-folder.ts'

const NAME = 'erasures'

/** The file of a folder of backups. */
export function erasuresFile(folder: string): string {
  return path.join(folder, NAME)
}

/** The marks in a file; undefined where there is none. */
export async function readErasures(file: string): Promise<Set<string> | undefined> {
  try {
    const text = await readFile(file, 'utf8')
    return marksIn(text)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/**
 * Adds the marks that a folder's file lacks; resolves once they are on disk. Lines are appended, so that a server and
 * a command may do so at once, and each begins anew, so that one that a power cut tore spoils no other.
 * Throws UserError when the folder cannot be written.
 */
export async function noteErasures(folder: string, marks: readonly string[]): Promise<void> {
  const file = erasuresFile(folder)
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const known = await readErasures(file)
    const fresh = marks.filter((mark) => !known?.has(mark))
    if (known && fresh.length === 0) return
    const handle = await open(file, 'a', 0o600)
    try {
      await handle.appendFile(fresh.map((mark) => `\n${mark}\n`).join(''))
      await handle.sync()
    } finally {
      await handle.close()
    }
    await syncFolder(folder)
  } catch (error) {
    if (codeOf(error) === '') throw error
    throw new UserError(
      `The file of erasures in ${folder} cannot be written (${codeOf(error)}): make it writable for this user.`,
      500,
    )
  }
}

/** The marks in the text of such a file. */
export function marksIn(text: string): Set<string> {
  return new Set(text.split('\n').filter((line) => line !== ''))
}
