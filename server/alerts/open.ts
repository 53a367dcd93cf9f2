import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import type { Log } from '../log.ts'
import { createAlerts, type Alerts } from './alerts.ts'
import { channelsOf } from './channels.ts'
import { openAlertFile } from './kept.ts'

/** Alerts of a server, by the ways that are set, going on where an earlier process of the data folder ended. */
export async function openAlerts(
  { alerts, dataDir, publicUrl }: Pick<Config, 'alerts' | 'dataDir' | 'publicUrl'>,
  clock: Pick<Clock, 'now'>,
  log: Pick<Log, 'warn' | 'error'>,
): Promise<Alerts> {
  const file = await openAlertFile(dataDir, log)
  return createAlerts({ channels: channelsOf(alerts), publicUrl, file, clock, log })
}
