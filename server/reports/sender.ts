import type { Site } from '../../schema/site.ts'
import type { Clock } from '../clock.ts'
import { describe, type Log } from '../log.ts'
import { addDays } from '../query/calendar.ts'
import type { Queries } from '../query/run.ts'
import { localDay } from '../sites/site-day.ts'
import type { Sites } from '../sites/registry.ts'
import { readContent } from './content.ts'
import type { Invite } from './invite.ts'
import type { RecipientLinks } from './links.ts'
import type { SendMail } from './mailer.ts'
import { dueDays, nameOf } from './periods.ts'
import { renderAlert, renderReport, type Mail } from './render.ts'
import type { Recipient } from './recipients.ts'
import type { Report, Reports } from './reports.ts'

/**
 * Sends what is due. What a mail server does not take is tried again after a quarter of an hour, for three days; a question
 * whether somebody wants a report at all for a week, and less and less often.
 */
export interface ReportSender {
  /** Looks once at all reports. Never rejects; a look that takes long is not joined by another. */
  look(): Promise<void>
  /** Resolves when nothing is under way. */
  settled(): Promise<void>
}

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
/** How often page views are looked at for an alert. */
const ALERT_MS = 5 * MINUTE_MS

export function createReportSender(parts: {
  reports: Reports
  sites: Pick<Sites, 'byId'>
  queries: Pick<Queries, 'run'>
  links: RecipientLinks
  /** Undefined: there is no mail server. */
  send: SendMail | undefined
  invite: Invite | undefined
  publicUrl: string
  clock: Pick<Clock, 'now'>
  log: Pick<Log, 'warn'>
}): ReportSender {
  const { reports, sites, queries, links, send, invite, publicUrl, clock, log } = parts
  const lookedAt = new Map<string, number>()
  let underWay: Promise<void> | undefined

  const openOf = (site: Site, days?: { from: string; to: string }): string => {
    const period = days === undefined ? '' : `&period=${days.from}..${days.to}`
    return `${publicUrl}/?site=${encodeURIComponent(site.domain)}${period}`
  }

  async function deliver(recipient: Recipient, mail: Mail): Promise<boolean> {
    const reason = await send?.(recipient.email, mail, links.stop(recipient.id))
    if (reason === undefined) return true
    log.warn({ recipient: recipient.id, reason }, 'a report could not be sent and is tried again')
    return false
  }

  async function sendReport(report: Report, kind: 'weekly' | 'monthly', site: Site): Promise<void> {
    const days = dueDays(kind, site.timezone, clock.now())
    if (!days) return
    const name = nameOf(days)
    const waiting = (await reports.recipients(report.id)).filter(
      ({ isConfirmed, sentFor }) => isConfirmed && sentFor !== name,
    )
    if (waiting.length === 0) return
    const content = await readContent(queries, site, days)
    for (const recipient of waiting) {
      if (!(await reports.claim(recipient.id, name))) continue
      const mail = renderReport(content, kind, report.language, {
        open: openOf(site, days),
        stop: links.page(recipient.id),
      })
      if (await deliver(recipient, mail)) await reports.sent(recipient.id, name)
    }
  }

  async function sendAlert(report: Report, kind: 'spike' | 'drop', site: Site): Promise<void> {
    const { threshold } = report
    const now = clock.now()
    if (threshold === null || now - (lookedAt.get(report.id) ?? -Infinity) < ALERT_MS) return
    lookedAt.set(report.id, now)
    // A site cannot have fewer than ever before the alert has watched it for a day.
    if (kind === 'drop' && now - report.createdAt < DAY_MS) return
    if (report.toldAt !== null && now - report.toldAt < DAY_MS) return
    const count = kind === 'spike' ? await lastHalfHour(site) : await lastDay(site, now)
    if (kind === 'spike' ? count < threshold : count >= threshold) return
    const confirmed = (await reports.recipients(report.id)).filter(({ isConfirmed }) => isConfirmed)
    if (confirmed.length === 0 || !(await reports.claimAlert(report.id))) return
    for (const recipient of confirmed) {
      const mail = renderAlert({ site: site.domain, kind, count, threshold }, report.language, {
        open: openOf(site),
        stop: links.page(recipient.id),
      })
      await deliver(recipient, mail)
    }
  }

  async function lastHalfHour(site: Site): Promise<number> {
    const { totals } = await queries.run(site, {
      site: site.domain,
      period: 'realtime',
      metrics: ['pageviews'],
    })
    return totals.pageviews ?? 0
  }

  /** Of the 24 hours before this one. */
  async function lastDay(site: Site, now: number): Promise<number> {
    const today = localDay(site.timezone, now)
    const { rows } = await queries.run(site, {
      site: site.domain,
      period: { from: addDays(today, -1), to: today },
      interval: 'hour',
      metrics: ['pageviews'],
    })
    const over = rows.filter((row) => String(row['time']) < localHour(site.timezone, now))
    return over.slice(-24).reduce((sum, row) => sum + (row.pageviews ?? 0), 0)
  }

  async function lookAt(report: Report): Promise<void> {
    const site = sites.byId(report.siteId)
    if (!site) return
    try {
      await invite?.(report, site)
      if (report.kind === 'weekly' || report.kind === 'monthly') await sendReport(report, report.kind, site)
      else await sendAlert(report, report.kind, site)
    } catch (error) {
      // One report that cannot be made must not keep the others from going.
      log.warn({ err: describe(error), report: report.id }, 'a report could not be made and is tried again')
    }
  }

  async function lookAtAll(): Promise<void> {
    try {
      await reports.forget()
      if (!send) return
      for (const report of await reports.list()) await lookAt(report)
    } catch (error) {
      log.warn({ err: describe(error) }, 'reports could not be looked at')
    }
  }

  return {
    look: () => {
      underWay ??= lookAtAll().finally(() => {
        underWay = undefined
      })
      return underWay
    },
    settled: async () => {
      await underWay
    },
  }
}

/** As the query API writes hours: `2026-11-24T13:00`. */
function localHour(timezone: string, ms: number): string {
  const hour = new Intl.DateTimeFormat('en-GB', { timeZone: timezone, hour: '2-digit', hourCycle: 'h23' })
  return `${localDay(timezone, ms)}T${hour.format(ms).padStart(2, '0')}:00`
}
