import type { AuditLog } from '../audit/log.ts'
import type { Clock } from '../clock.ts'
import type { ReportMailSettings } from '../config.ts'
import type { Log } from '../log.ts'
import type { Queries } from '../query/run.ts'
import type { Sites } from '../sites/registry.ts'
import type { DataKeys } from '../store/data-keys.ts'
import type { Store } from '../store/open.ts'
import { createRecipientLinks, type RecipientLinks } from './links.ts'
import { createInvite, type Invite } from './invite.ts'
import { createSendMail } from './mailer.ts'
import { createReports, type Reports } from './reports.ts'
import { createReportSender } from './sender.ts'

/** Reports and alerts by e-mail, and what sends them. */
export interface OpenedReports {
  readonly reports: Reports
  readonly links: RecipientLinks
  /** Undefined where there is no mail server to send by. */
  readonly invite: Invite | undefined
  /** Stops looking, and waits for what is being sent. Idempotent. */
  close(): Promise<void>
}

/** How often it is looked whether something is due. */
const LOOK_MS = 60_000

export function openReports(parts: {
  store: Pick<Store, 'db' | 'transaction' | 'purge'>
  clock: Clock
  log: Pick<Log, 'warn'>
  dataKeys: DataKeys
  audit: Pick<AuditLog, 'append'>
  sites: Pick<Sites, 'byId'>
  queries: Pick<Queries, 'run'>
  publicUrl: string
  mail: ReportMailSettings | undefined
}): OpenedReports {
  const { dataKeys, publicUrl, mail } = parts
  const reports = createReports(parts)
  const links = createRecipientLinks(dataKeys.lasting, publicUrl)
  const send = mail && createSendMail(mail)
  const invite = send && createInvite({ ...parts, reports, links, send })
  const sender = createReportSender({ ...parts, reports, links, send, invite })
  const looking = setInterval(() => void sender.look(), LOOK_MS)
  return {
    reports,
    links,
    invite,
    close: async () => {
      clearInterval(looking)
      await sender.settled()
    },
  }
}
