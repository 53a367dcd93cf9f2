import type { Clock } from '../clock.ts'
import type { BackupSettings } from '../config.ts'
import { describe, type Log } from '../log.ts'
import type { Reading } from '../metrics.ts'
import type { BackupTarget } from './target.ts'

/** Makes backups by itself, one after the other. */
export interface Schedule {
  /**
   * Begins a backup where one is due; called every few seconds, it costs nothing otherwise. Resolves when none is under
   * way any more; never rejects.
   */
  look(): Promise<void>
  readings(): Reading[]
  /** Ends the one that is under way. Idempotent. */
  close(): Promise<void>
}

export interface ScheduleParts {
  settings: BackupSettings
  target: Pick<BackupTarget, 'place' | 'list'>
  clock: Pick<Clock, 'now'>
  log: Pick<Log, 'info' | 'error'>
  /** Makes one; resolves when it is there and was verified. The signal ends it. */
  run: (signal: AbortSignal) => Promise<void>
  /** Called with each failure. */
  onFailed: () => void
  /** Called with each look: whether a backup is missing. */
  onLook: (isOverdue: boolean) => void
}

/** After a failure it is tried again this soon, or after the ordinary time where that is shorter. */
const RETRY_MS = 3_600_000

/**
 * Goes on from the backups that are there: a restart neither repeats nor forgets one. A folder that cannot be
 * read, on a disk that is away, is a backup that failed and keeps no server from starting.
 */
export async function openSchedule(parts: ScheduleParts): Promise<Schedule> {
  const { settings, target, clock, log, onFailed, onLook } = parts
  const { everyMs } = settings
  const folder = target.place
  const ending = new AbortController()
  let last: number | undefined
  let notBefore = -Infinity
  let failures = 0
  /** Where there is none yet, the first is counted from here. */
  const openedAt = clock.now()
  let running: Promise<void> | undefined

  async function run(): Promise<void> {
    await parts.run(ending.signal)
    last = await lastBackup(target)
    log.info({ folder }, 'a backup was made and verified')
  }

  function fail(error: unknown): void {
    if (ending.signal.aborted) return
    failures++
    notBefore = clock.now() + Math.min(RETRY_MS, everyMs)
    log.error({ folder, err: describe(error) }, 'the backup failed and is tried again')
    onFailed()
  }

  try {
    last = await lastBackup(target)
  } catch (error) {
    fail(error)
  }
  return {
    async look() {
      const now = clock.now()
      onLook(isOverdue(last ?? openedAt, everyMs, now))
      const isDue = now >= notBefore && now >= (last ?? -Infinity) + everyMs
      if (isDue && !ending.signal.aborted) {
        running ??= run()
          .catch(fail)
          .finally(() => {
            running = undefined
          })
      }
      await running
    },
    readings: () => [
      {
        name: 'sluice_backup_last_success_timestamp_seconds',
        help: 'When the last backup that was verified began; 0: there is none.',
        kind: 'gauge',
        read: () => Math.floor((last ?? 0) / 1000),
      },
      {
        name: 'sluice_backup_failures_total',
        help: 'Backups that failed since the start.',
        kind: 'counter',
        read: () => failures,
      },
    ],
    async close() {
      ending.abort(new Error('the server stops'))
      await running
    },
  }
}

/** When the newest backup began, Unix milliseconds; undefined where there is none. */
export async function lastBackup(target: Pick<BackupTarget, 'list'>): Promise<number | undefined> {
  return (await target.list())[0]?.time
}

/**
 * Whether a backup is missing: it may take a while and fail once or twice, so half as long again as they are apart, and
 * an hour at least.
 */
export function isOverdue(last: number | undefined, everyMs: number, now: number): boolean {
  return last === undefined || now > last + everyMs + Math.max(everyMs / 2, RETRY_MS)
}
