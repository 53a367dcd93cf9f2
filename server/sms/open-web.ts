import { createParts } from '../../sms/index.ts'
import type { AuditLog } from '../audit/log.ts'
import type { ErasureNote } from '../backup/erasure-notes.ts'
import type { Clock } from '../clock.ts'
import { createBurstGuard } from '../http/burst.ts'
import { clientIpOf, type ClientIpReader } from '../http/client-ip.ts'
import type { Log } from '../log.ts'
import type { DataKeys } from '../store/data-keys.ts'
import type { Store } from '../store/open.ts'
import { createExpiry } from './expiry.ts'
import { smsSigner } from './ports.ts'
import { smsPorts } from './open.ts'
import type { SmsWebParts } from './web.ts'

/** Sign-ups for messages from one network: a family and its friends, and no flood. */
const FORMS_A_MINUTE = 10

/** How often it is looked what has been kept for its time: it is kept for days at least. */
const EXPIRY_LOOK_MS = 3_600_000

/** The people-facing side of the module, made of what the server has. */
export function openSmsWeb(parts: {
  store: Pick<Store, 'db' | 'transaction' | 'purge'>
  keys: DataKeys
  audit: AuditLog
  clock: Clock
  log: Log
  clientIp: ClientIpReader
  /** Told whom, once somebody is erased. */
  onErased: ErasureNote
}): SmsWebParts & {
  /** Ends the clock of retention; resolves once what it was at is done. */
  close(): Promise<void>
} {
  const { keys, clock, log, clientIp, onErased, store } = parts
  const { lasting } = keys
  const guard = createBurstGuard({ clock, perMinute: FORMS_A_MINUTE })
  const alarm = { raise: (what: string) => log.error({ what }, 'text messages need a person') }
  const sms = createParts(smsPorts({ ...parts, dataKeys: keys, alarm }))
  const expiry = createExpiry({ sms, store, log })
  const looking = setInterval(() => expiry.look(), EXPIRY_LOOK_MS)
  return {
    sms,
    close: async () => {
      clearInterval(looking)
      await expiry.settled()
    },
    signer: smsSigner(lasting),
    lasting,
    networkWait: (request) => guard.wait(clientIpOf(clientIp, request)),
    onErased,
  }
}
