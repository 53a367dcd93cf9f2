import { createDesks, createRingCentral } from '../../sms/index.ts'
import { systemClock } from '../clock.ts'
import { UserError } from '../errors.ts'
import { createLog } from '../log.ts'
import { adoptNumbers } from '../sms/adopt-numbers.ts'
import { connect } from '../sms/connect.ts'
import { hookAddress, hookSecrets } from '../sms/hook-secrets.ts'
import { smsPorts } from '../sms/open.ts'
import { answer, type Command } from './context.ts'
import { withAudit } from './with-store.ts'

/** Nothing is sent by a command that looks. */
const SENDS_NOTHING = {
  redeem(): void {
    throw new Error('a look sends no message')
  },
}

/** `sluice sms connect`: looks whether messages can be sent and answers heard. Exit code 1 where something is wrong. */
export const smsConnect: Command = async (context) => {
  const { ringCentral: settings, publicUrl, logLevel } = context.config
  if (!settings) {
    throw new UserError(
      'No RingCentral account is set: set SLUICE_SMS_RINGCENTRAL_CLIENT_ID, SLUICE_SMS_RINGCENTRAL_CLIENT_SECRET and SLUICE_SMS_RINGCENTRAL_JWT for the server and for this command.',
    )
  }
  const log = createLog(logLevel === 'info' ? 'silent' : logLevel)
  return withAudit(context, async (store, audit, { data }) => {
    const secrets = hookSecrets(data.lasting)
    const { fingerprint } = secrets
    const provider = createRingCentral({
      settings,
      clock: systemClock,
      log,
      fingerprint,
      tokens: SENDS_NOTHING,
    })
    const hook = hookAddress(publicUrl, secrets)
    const { ok, findings, numbers } = await connect({ provider, hook, clock: systemClock, log })
    const alarm = { raise: () => undefined }
    const { senders } = createDesks(
      smsPorts({ store, dataKeys: data, audit, clock: systemClock, log, alarm }),
    )
    const changed = await adoptNumbers(senders, numbers, 'terminal')
    const lines = findings.map((one) => `${one.ok ? 'ok   ' : 'fault'}  ${one.says}`)
    if (changed > 0)
      lines.push(
        `       What RingCentral says of ${changed === 1 ? 'a sender' : `${changed} senders`} was taken over.`,
      )
    answer(context, { ok, findings, numbers, changed }, lines)
    return ok ? 0 : 1
  })
}
