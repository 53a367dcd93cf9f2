import type { AuditLog } from '../audit/log.ts'
import type { ErasureNote } from '../backup/erasure-notes.ts'
import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import type { ClientIpReader } from '../http/client-ip.ts'
import type { Log } from '../log.ts'
import type { Reading } from '../metrics.ts'
import type { DataKeys } from '../store/data-keys.ts'
import type { Store } from '../store/open.ts'
import type { OpenedSms, SmsOpening } from './open.ts'
import { openSmsWeb } from './open-web.ts'
import type { SmsWebParts } from './web.ts'

/** The whole module in the server. */
export interface ServedSms {
  /** What sends; undefined where there is nothing to send by. */
  readonly sms: OpenedSms | undefined
  /** What people open, which is there always: a preference, a proof and an erasure need no provider. */
  readonly smsWeb: SmsWebParts
  readings(): Reading[]
  close(): Promise<void>
}

export async function serveSms(parts: {
  config: Pick<Config, 'ringCentral' | 'publicUrl' | 'smsProvider'>
  store: Pick<Store, 'db' | 'transaction' | 'purge'>
  dataKeys: DataKeys
  audit: AuditLog
  clock: Clock
  log: Log
  clientIp: ClientIpReader
  alerts: SmsOpening['alarm']
  /** Told whom, once somebody is erased. */
  onErased: ErasureNote
}): Promise<ServedSms> {
  const { config, dataKeys, alerts } = parts
  const sms = config.smsProvider && (await import('./open.ts')).openSms({ ...parts, alarm: alerts })
  const smsWeb = openSmsWeb({ ...parts, keys: dataKeys })
  return {
    sms,
    smsWeb,
    readings: () => sms?.readings() ?? [],
    close: async () => {
      await smsWeb.close()
      await sms?.close()
    },
  }
}
