import { EMAIL_TYPES, LIKELY_HUMAN, VERDICTS } from '../../schema/email.ts'
import type { MailDimension, MailMetric, MailQuery } from '../../schema/query.ts'
import type { Site } from '../../schema/site.ts'
import { UserError } from '../errors.ts'
import { planCounts, type Counted } from './counts.ts'
import { OTHER } from './minimum-group.ts'
import type { Span } from './plan.ts'
import type { Asking, Planned } from './planned.ts'

/** Mails of a campaign that went out on a day. */
export interface Sent {
  readonly campaign: string
  readonly day: string
  readonly sends: number
}

/** What the control plane knows of mails that went out, up to a day of the site. */
export type ReadSends = (siteId: number, to: string) => Promise<readonly Sent[]>

/** The metrics that a question about mails is about. */
export function mailMetrics({ metrics }: MailQuery): MailMetric[] {
  return [...new Set(metrics ?? (['sends', 'fetches', 'likelyHuman'] as const))]
}

/**
 * Answers a question about mails: how many went out, how often their pictures were fetched, by whom most likely, and how
 * often their links were followed. Mails went to people whose addresses the sender knows, so a campaign tells of a day
 * only once it has gone to as many as the minimum group; before that, its mails are counted in `(other)` and nothing of
 * what became of them is counted anywhere. What a day tells never changes when more mails go out later.
 */
export function planMails(read: ReadSends | undefined, query: MailQuery, site: Site, now: number): Planned {
  if (!read) throw new UserError('Mails are not counted here: ask a running server.')
  return planCounts<MailMetric, MailDimension>(
    (asking, fold) => ({
      async read(_, span) {
        const { counts, folded } = await countMails(asking, await read(site.id, span.to), site, span)
        fold(folded)
        return counts
      },
      // Mails that went out have no verdict.
      isPart: (one, apart) => one.metric !== 'sends' || !apart.has('verdict'),
      order: { verdict: VERDICTS },
    }),
    site,
    { ...query, metrics: mailMetrics(query) },
    now,
  )
}

type MailCount = Counted<MailMetric, MailDimension>

/** What became of mails, by day, campaign and verdict. An event that came twice counts once. */
const MAIL_COUNTS = `SELECT toString(day) AS date, type, name AS campaign, props['verdict'] AS verdict, uniqExact(event_id) AS times
FROM events
WHERE site = {site:UInt64} AND day BETWEEN {from:Date} AND {to:Date} AND type IN (${EMAIL_TYPES.map((type) => `'${type}'`).join(', ')})
GROUP BY day, type, campaign, verdict
ORDER BY day, type, campaign, verdict`

/** `folded`: campaigns that were too small to be told, once for each day. */
async function countMails(
  asking: Asking,
  sent: readonly Sent[],
  site: Site,
  { from, to }: Span,
): Promise<{ counts: readonly MailCount[]; folded: number }> {
  const since = toldSince(sent, site.minimumGroup)
  const isTold = (campaign: string, day: string): boolean =>
    site.minimumGroup <= 1 || day >= (since.get(campaign) ?? '~')
  const rows = await asking({ text: MAIL_COUNTS, values: { site: site.id, from, to } })
  const counts: MailCount[] = []
  const folded = new Set<string>()
  for (const { campaign, day, sends } of sent) {
    if (day < from || day > to) continue
    const emailCampaign = isTold(campaign, day) ? campaign : OTHER
    if (emailCampaign === OTHER) folded.add(`${day} ${campaign}`)
    counts.push({ day, metric: 'sends', count: sends, emailCampaign })
  }
  for (const row of rows) {
    const [day, emailCampaign, verdict] = [
      String(row['date']),
      String(row['campaign']),
      String(row['verdict']),
    ]
    if (!isTold(emailCampaign, day)) {
      folded.add(`${day} ${emailCampaign}`)
      continue
    }
    for (const metric of metricsOf(String(row['type']), verdict)) {
      counts.push({ day, metric, count: Number(row['times']), emailCampaign, verdict })
    }
  }
  return { counts, folded: folded.size }
}

function metricsOf(type: string, verdict: string): MailMetric[] {
  if (type === 'follow') return ['follows']
  return LIKELY_HUMAN.some((likely) => likely === verdict) ? ['fetches', 'likelyHuman'] : ['fetches']
}

/** The day from which each campaign is told: on which as many mails of it had gone out as the minimum group. */
function toldSince(sent: readonly Sent[], minimum: number): Map<string, string> {
  const since = new Map<string, string>()
  const soFar = new Map<string, number>()
  for (const { campaign, day, sends } of sent.toSorted((a, b) => (a.day < b.day ? -1 : 1))) {
    const all = (soFar.get(campaign) ?? 0) + sends
    soFar.set(campaign, all)
    if (all >= minimum && !since.has(campaign)) since.set(campaign, day)
  }
  return since
}
