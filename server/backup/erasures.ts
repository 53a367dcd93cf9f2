import { mkdir, open, readFile } from 'node:fs/promises'
import path from 'node:path'
import { UserError } from '../errors.ts'
import { codeOf } from '../store/error-code.ts'
import { createBlindIndex } from '../store/envelope.ts'
import type { LastingKey } from '../store/data-keys.ts'
import type { Store } from '../store/open.ts'
import { syncFolder } from './folder.ts'

/**
 * What was erased since backups were made, so that restoring an older one does not bring it back: a text file beside
 * the backups, one line for each erasure, which is a keyed digest. It holds no id, and without the installation's lasting key nobody
 * can tell what a line is about, or add one that would erase something else.
 */

/** What can be erased: a consent receipt by its commitment in the ledger, an account by its id. */
export type ErasedKind = 'receipt' | 'account'

/** The line of an erasure. */
export type Mark = (kind: ErasedKind, subject: string) => string

const NAME = 'erasures'

export function createMark(lasting: LastingKey): Mark {
  const digest = createBlindIndex(lasting, 'erasures')
  return (kind, subject) => digest(`${kind}\0${subject}`)
}

/** The file of a folder of backups. */
export function erasuresFile(folder: string): string {
  return path.join(folder, NAME)
}

/** The marks in a file; undefined where there is none. */
export async function readErasures(file: string): Promise<Set<string> | undefined> {
  try {
    const text = await readFile(file, 'utf8')
    return new Set(text.split('\n').filter((line) => line !== ''))
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

/**
 * Notes a receipt's erasure beside the backups at once; undefined where no folder is set. What cannot be noted is told,
 * and the next backup makes up for it from the ledger: the erasure itself stands.
 */
export function createErasureNote(parts: {
  folder: string | undefined
  lasting: LastingKey
  warn: (sentence: string) => void
}): ((commitment: string) => Promise<void>) | undefined {
  const { folder, lasting, warn } = parts
  if (folder === undefined) return undefined
  const mark = createMark(lasting)
  return async (commitment) => {
    try {
      await noteErasures(folder, [mark('receipt', commitment)])
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      warn(`${error.message} The next backup makes up for it.`)
    }
  }
}

/** The marks of all that the store says was erased: by its ledgers receipts, by its audit log accounts. */
export async function erasuresOf(store: Pick<Store, 'db'>, mark: Mark): Promise<string[]> {
  const receipts = await store.db
    .selectFrom('consent_ledger')
    .select('commitment')
    .where('event', '=', 'erased')
    .where('commitment', 'is not', null)
    .execute()
  const accounts = await store.db
    .selectFrom('audit_log')
    .select('subject')
    .where('action', '=', 'account.removed')
    .where('subject', 'is not', null)
    .execute()
  return [
    ...receipts.map(({ commitment }) => mark('receipt', commitment ?? '')),
    ...accounts.map(({ subject }) => mark('account', subject ?? '')),
  ]
}
