import { AD_METRICS, type AdDimension, type AdMetric, type AdQuery } from '../../schema/query.ts'
import type { Site } from '../../schema/site.ts'
import type { AnsweredRow } from './ask.ts'
import { planCounts, type Counted } from './counts.ts'
import type { Span } from './plan.ts'
import type { Planned } from './planned.ts'
import { eventsRelation } from './relations.ts'
import { findSources } from './sealed.ts'
import type { Statement } from './sql.ts'

const DEFAULT_METRICS: readonly AdMetric[] = ['impressions', 'clicks', 'conversions']

export function adMetrics({ metrics }: AdQuery): readonly AdMetric[] {
  return [...new Set(metrics ?? DEFAULT_METRICS)]
}

/**
 * What ads had as an effect (R6.4). A browser tells its conversion with every event that was tracked; counted are those
 * with events that are goals of the site today. Nothing is folded: behind the rows is nobody, server/enrich/nobody.ts.
 */
export function planAds(query: AdQuery, site: Site, now: number): Planned {
  return planCounts(
    (asking) => ({
      async read(_, span) {
        const { isOnce } = await findSources(asking, site, span)
        return (await asking(adsStatement(site, span, isOnce))).flatMap(countsOf)
      },
    }),
    site,
    { ...query, metrics: adMetrics(query) },
    now,
  )
}

function adsStatement(site: Site, { from, to }: Span, isOnce: boolean): Statement {
  return {
    text: `SELECT toString(day) AS date, name AS campaign, countIf(action = 'impression') AS impressions, countIf(action = 'click') AS clicks, countIf(is_conversion) AS conversions, sumIf(value, is_conversion) AS touches
FROM (
SELECT *, props['action'] AS action, action = 'conversion' AND has({goal_events:Array(String)}, props['event']) AS is_conversion
FROM (
${eventsRelation({ columns: ['name', 'value', 'props'], from: 'span', isOnce, whose: 'targeting' })}
)
WHERE type = 'ad')
GROUP BY date, campaign`,
    values: {
      site: site.id,
      from,
      to,
      goal_events: site.goals.flatMap((goal) => ('event' in goal ? [goal.event] : [])),
    },
  }
}

function countsOf(row: AnsweredRow): Counted<AdMetric, AdDimension>[] {
  const [day, adCampaign] = [String(row['date']), String(row['campaign'])]
  return AD_METRICS.map((metric) => ({ day, adCampaign, metric, count: Number(row[metric]) }))
}
