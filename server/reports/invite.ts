import type { Site } from '../../schema/site.ts'
import type { Log } from '../log.ts'
import type { RecipientLinks } from './links.ts'
import type { SendMail } from './mailer.ts'
import { renderQuestion } from './render.ts'
import type { Report, Reports } from './reports.ts'

/**
 * Asks those who were not asked yet, or of them only the one with an id. Answers why the mail server did not take the
 * question, once for each who could not be asked; they are asked again by the report's sender.
 */
export type Invite = (
  report: Report,
  site: Pick<Site, 'domain'>,
  recipientId?: string,
) => Promise<readonly string[]>

export function createInvite(parts: {
  reports: Pick<Reports, 'recipients' | 'claimQuestion' | 'asked'>
  links: RecipientLinks
  send: SendMail
  log: Pick<Log, 'warn'>
}): Invite {
  const { reports, links, send, log } = parts
  return async (report, site, recipientId) => {
    const reasons: string[] = []
    for (const recipient of await reports.recipients(report.id)) {
      const { id, email } = recipient
      if (recipientId !== undefined && id !== recipientId) continue
      if (!(await reports.claimQuestion(recipient))) continue
      const question = renderQuestion(
        { site: site.domain, kind: report.kind },
        report.language,
        links.page(id),
      )
      const reason = await send(email, question, links.stop(id))
      if (reason === undefined) {
        await reports.asked(id)
        continue
      }
      log.warn(
        { recipient: id, reason },
        'somebody could not be asked whether they want a report, and is asked again',
      )
      reasons.push(reason)
    }
    return reasons
  }
}
