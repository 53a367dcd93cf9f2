import type { Alerts } from '../alerts/alerts.ts'
import type { BackupSettings, Config } from '../config.ts'
import { openTarget } from './open-target.ts'
import { runBackupProcess } from './run-process.ts'
import { QUICK } from './s3/client.ts'
import { openSchedule, type Schedule, type ScheduleParts } from './schedule.ts'

/** How often it is looked whether a backup is due. */
const LOOK_MS = 5_000

/** Makes backups while the server runs, each in a process of its own. */
export async function startSchedule(
  config: Config,
  settings: BackupSettings,
  {
    clock,
    log,
    alerts,
  }: Pick<ScheduleParts, 'clock' | 'log'> & { alerts: Pick<Alerts, 'raise' | 'standing'> },
): Promise<Pick<Schedule, 'readings' | 'close'>> {
  const run = (signal: AbortSignal): Promise<void> => runBackupProcess(config, settings, signal)
  const target = openTarget(settings.target, config, QUICK)
  const schedule = await openSchedule({
    settings,
    target,
    clock,
    log,
    run,
    onFailed: () => alerts.raise('backup.failed'),
    onLook: (isOverdue) => alerts.standing('backup.overdue', isOverdue),
  })
  const looking = setInterval(() => void schedule.look(), LOOK_MS)
  return {
    readings: schedule.readings,
    close() {
      clearInterval(looking)
      return schedule.close()
    },
  }
}
