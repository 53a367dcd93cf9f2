import { Router, type Request } from 'express'
import type { Period } from '../../../schema/query.ts'
import type { Site } from '../../../schema/site.ts'
import { readReport, type ReportSpan, type SmsParts } from '../../../sms/index.ts'
import { UserError } from '../../errors.ts'
import { sameOriginOnly } from '../../http/security.ts'
import { daysBetween, isCalendarDay } from '../../query/calendar.ts'
import { planPeriod } from '../../query/plan.ts'
import { DAY_PERIODS } from '../../query/question.ts'
import { localDay, siteDay, type SiteDay } from '../../sites/site-day.ts'

export interface ReportRouterParts {
  readonly sms: SmsParts
  /** The site, if whoever sent the request may see how its programs fare; else throws UserError. */
  authorize(request: Request, domain: string): Site
}

/** Messages without their texts are kept for 13 months: more days have nothing to tell. */
const MOST_DAYS = 400

/** `GET /sms/report`: counts of consents, messages and opt-outs, with no number in them. */
export function createSmsReportRouter({ sms, authorize }: ReportRouterParts): Router {
  const router = Router()
  router.get('/sms/report', sameOriginOnly, async (request, response) => {
    const { site: domain, period } = request.query
    const site = authorize(request, typeof domain === 'string' ? domain : '')
    const asked = readPeriod(typeof period === 'string' ? period : '30d')
    const { from, to } = planPeriod(asked, undefined, site, sms.clock.now()).span
    response.set('cache-control', 'no-store')
    response.json(await readReport(sms, site.id, spanOf(from, to, site.timezone)))
  })
  return router
}

function readPeriod(text: string): Exclude<Period, 'realtime'> {
  const named = DAY_PERIODS.find((period) => period === text)
  if (named) return named
  const [from = '', to = '', ...rest] = text.split('..')
  if (rest.length === 0 && isCalendarDay(from) && isCalendarDay(to) && from <= to) {
    if (daysBetween(from, to).length <= MOST_DAYS) return { from, to }
    throw new UserError(`A period has ${MOST_DAYS} days at most: ask for fewer.`)
  }
  throw new UserError(`A period is one of ${DAY_PERIODS.join(', ')}, or days such as 2026-11-01..2026-11-30.`)
}

function spanOf(from: string, to: string, timezone: string): ReportSpan {
  return {
    from,
    to,
    timezone,
    startMs: instantsOf(from, timezone).startMs,
    endMs: instantsOf(to, timezone).endMs,
    days: daysBetween(from, to),
    dayOf: (ms) => localDay(timezone, ms),
  }
}

const HOUR_MS = 3_600_000

/** Noon in UTC is within the day, or within a neighbour of it, wherever on earth. */
function instantsOf(day: string, timezone: string): SiteDay {
  const noon = siteDay(timezone, Date.parse(`${day}T12:00:00Z`))
  if (noon.day === day) return noon
  return siteDay(timezone, noon.day < day ? noon.endMs : noon.startMs - HOUR_MS)
}
