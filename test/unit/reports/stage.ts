import { onTestFinished } from 'vitest'
import type { Query, QueryAnswer } from '../../../schema/query.ts'
import type { Site } from '../../../schema/site.ts'
import { createReportDesk, type ReportDesk } from '../../../server/reports/desk.ts'
import { createInvite } from '../../../server/reports/invite.ts'
import { createRecipientLinks } from '../../../server/reports/links.ts'
import { createSendMail } from '../../../server/reports/mailer.ts'
import { createReports, type Report, type Reports } from '../../../server/reports/reports.ts'
import { createReportSender, type ReportSender } from '../../../server/reports/sender.ts'
import { smtpSink, type SmtpSink } from '../../support/smtp-sink.ts'
import { scene, TERMINAL, type Scene } from '../accounts/rig.ts'

export const MINUTE_MS = 60_000
export const DAY_MS = 86_400_000
const HOSTILE = '/<img src=x onerror=alert(1)>&"'

/** What the query API would say. */
interface Said {
  realtime: number
  perHour: number
}

export interface Stage extends Scene {
  site: Site
  sink: SmtpSink
  reports: Reports
  sender: ReportSender
  desk: ReportDesk
  said: Said
  make(wanted: {
    kind: Report['kind']
    threshold?: number
    to?: string[]
    language?: 'en' | 'de'
  }): Promise<Report>
  confirmAll(report: Report): Promise<void>
  /** Moves the clock to an instant. */
  until(text: string): void
}

/** A site with reports, a mail server, and what the query API would say. */
export async function stage(): Promise<Stage> {
  const all = await scene()
  const site = await all.sites.add({ domain: 'shop.example', timezone: 'Europe/Berlin' })
  const sink = await smtpSink()
  onTestFinished(() => sink.close())
  const said: Said = { realtime: 0, perHour: 0 }
  const { clock, store, audit, dataKeys, sites } = all
  const reports = createReports({ store, clock, dataKeys, audit })
  const run = (_site: Site, query: object): Promise<QueryAnswer> =>
    Promise.resolve(answerOf(query as Query, said))
  const links = createRecipientLinks(dataKeys.lasting, 'https://stats.example.com')
  const send = createSendMail({ smtpUrl: `smtp://127.0.0.1:${sink.port}`, from: 'stats@example.com' })
  const log = { warn: (...words: unknown[]) => void all.warnings.push(JSON.stringify(words)) }
  const invite = createInvite({ reports, links, send, log })
  const sender = createReportSender({
    reports,
    invite,
    sites,
    queries: { run },
    links,
    send,
    publicUrl: 'https://stats.example.com',
    clock,
    log,
  })
  const desk = createReportDesk({ reports, invite })
  return {
    ...all,
    site,
    sink,
    reports,
    sender,
    desk,
    said,
    make: async ({ kind, threshold, to = ['ann@example.org'], language = 'en' }) => {
      const id = await reports.create(site, { kind, language, threshold, recipients: to }, TERMINAL)
      const made = (await reports.list(site.id)).find((report) => report.id === id)
      if (!made) throw new Error('it was made')
      return made
    },
    confirmAll: async ({ id }) => {
      for (const recipient of await reports.recipients(id)) await reports.confirm(recipient.id, null)
    },
    until: (text) => clock.pass(Date.parse(text) - clock.now()),
  }
}

function answerOf({ period, breakdown, interval }: Query, { realtime, perHour }: Said): QueryAnswer {
  const meta = {
    from: '2026-11-16',
    to: '2026-11-22',
    timezone: 'Europe/Berlin',
    source: 'rollup',
    foldedRows: 1,
    minimumGroup: 5,
    freshness: '2026-11-23T00:00:00.000Z',
  } as QueryAnswer['meta']
  if (period === 'realtime') return { rows: [], totals: { pageviews: realtime }, meta }
  if (interval === 'hour' && typeof period === 'object') {
    const rows = [period.from, period.to].flatMap((day) =>
      Array.from({ length: 24 }, (_, hour) => ({
        time: `${day}T${String(hour).padStart(2, '0')}:00`,
        pageviews: perHour,
      })),
    )
    return { rows, totals: {}, meta }
  }
  if (breakdown === 'page') {
    return {
      rows: [
        { page: HOSTILE, visitors: 40 },
        { page: '(other)', visitors: 7 },
      ],
      totals: {},
      meta,
    }
  }
  if (breakdown === 'country') return { rows: [{ country: 'DE', visitors: 30 }], totals: {}, meta }
  if (breakdown !== undefined) return { rows: [], totals: {}, meta }
  const totals = { visitors: 1234, visits: 1500, pageviews: 4000, bounceRate: 0.5, visitDuration: 75 }
  const before = { visitors: 1000, visits: 1200, pageviews: 3000, bounceRate: 0.4, visitDuration: 20 }
  return { rows: [], totals, comparison: { totals: before, from: '2026-11-09', to: '2026-11-15' }, meta }
}

/** Quoted-printable and base64 are what mails are written in; a test reads what was meant. */
export function plain(text: string): string {
  return text
    .replace(/=\n/g, '')
    .replace(/(?:=[\dA-F]{2})+/g, (bytes) => Buffer.from(bytes.replace(/=/g, ''), 'hex').toString('utf8'))
}
