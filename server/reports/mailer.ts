import { openTransport, reasonOf } from '../alerts/mail.ts'
import type { ReportMailSettings } from '../config.ts'
import type { Mail } from './render.ts'

/** Sends a mail: resolves with why it was not taken, in words that name no address; undefined: it was. Never rejects. */
export type SendMail = (to: string, mail: Mail, stop: string) => Promise<string | undefined>

/** By one connection for each mail: there are few. @param stop where one click of the mail program ends it (RFC 8058) */
export function createSendMail({ smtpUrl, from }: ReportMailSettings): SendMail {
  return async (to, mail, stop) => {
    const transport = await openTransport(smtpUrl)
    try {
      await transport.sendMail({
        from,
        to,
        ...mail,
        headers: {
          'List-Unsubscribe': `<${stop}>`,
          'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
          'Auto-Submitted': 'auto-generated',
        },
      })
      return undefined
    } catch (error) {
      return reasonOf(error)
    } finally {
      transport.close()
    }
  }
}
