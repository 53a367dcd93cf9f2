import type { Config } from '../config.ts'
import type { Log } from '../log.ts'
import type { LastingKey } from '../store/data-keys.ts'
import { createErasureNote } from './erasures.ts'
import { openTarget } from './open-target.ts'
import { QUICK } from './s3/client.ts'

/** What notes an erasure beside the backups of an installation; undefined where none are made by themselves. */
export type ErasureNote = ReturnType<typeof createErasureNote>

/** Whoever erases waits for it, so not for long. */
export function erasureNotes(
  config: Pick<Config, 'backups' | 'dataDir' | 's3'>,
  lasting: LastingKey,
  warn: (sentence: string) => void,
): (kind: NonNullable<Parameters<typeof createErasureNote>[0]['kind']>) => ErasureNote {
  const { backups } = config
  const target = backups && openTarget(backups.target, config, QUICK)
  return (kind) => createErasureNote({ target, lasting, warn, kind })
}

/** The same for a server, whose log is told. */
export function serverErasureNotes(
  config: Parameters<typeof erasureNotes>[0],
  lasting: LastingKey,
  log: Pick<Log, 'warn'>,
): ReturnType<typeof erasureNotes> {
  return erasureNotes(config, lasting, (sentence) => log.warn({}, sentence))
}
