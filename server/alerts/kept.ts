import { open, readFile, rename } from 'node:fs/promises'
import path from 'node:path'
import { describe, type Log } from '../log.ts'
import { codeOf } from '../store/error-code.ts'
import { syncFolder } from '../sync-folder.ts'
import type { Alert, AlertKind, Channel } from './alerts.ts'

/**
 * What is known of alerts beyond a restart, in a small file of the data folder and not in the store: alerts tell of a
 * store that is away, too, they are of this server alone, and none may come back with a backup.
 */
export interface KeptAlerts {
  readonly windows: readonly KeptWindow[]
  readonly waiting: readonly KeptMessage[]
  /** What goes on, and when it was told, Unix milliseconds. */
  readonly standing: readonly (readonly [AlertKind, number])[]
}

/** Ten minutes in which a kind is counted and not told. Times are Unix milliseconds. */
export interface KeptWindow {
  readonly kind: AlertKind
  readonly until: number
  readonly count: number
  readonly what: readonly string[]
  readonly since: number
}

/** A message that its receiver has not taken yet. */
export interface KeptMessage {
  readonly channel: Channel['name']
  readonly alert: Alert
  /** How often it was tried. */
  readonly tries: number
}

/** Where they are kept. */
export interface AlertFile {
  /** What was there when it was opened. */
  readonly found: KeptAlerts
  /** Resolves once it is on disk. */
  save(kept: KeptAlerts): Promise<void>
}

export const NOTHING: KeptAlerts = { windows: [], waiting: [], standing: [] }
const NAME = 'alerts.json'
const VERSION = 1

/** One that is not what it should be counts as none, and is told of: it must keep no server from starting. */
export async function openAlertFile(dataDir: string, log: Pick<Log, 'warn'>): Promise<AlertFile> {
  const file = path.join(dataDir, NAME)
  return {
    found: await read(file, log),
    save: async (kept) => {
      const draft = `${file}.draft`
      const handle = await open(draft, 'w', 0o600)
      try {
        await handle.writeFile(JSON.stringify({ version: VERSION, ...kept }))
        await handle.sync()
      } finally {
        await handle.close()
      }
      await rename(draft, file)
      await syncFolder(dataDir)
    },
  }
}

async function read(file: string, log: Pick<Log, 'warn'>): Promise<KeptAlerts> {
  try {
    const { version, ...kept } = JSON.parse(await readFile(file, 'utf8')) as KeptAlerts & { version: number }
    if (version === VERSION) return { ...NOTHING, ...kept }
    throw new Error(`it has the version ${version}`)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') {
      log.warn({ file, err: describe(error) }, 'what was known of alerts cannot be read: they begin anew')
    }
    return NOTHING
  }
}
