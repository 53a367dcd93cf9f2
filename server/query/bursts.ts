import type { BurstQuery } from '../../schema/query.ts'
import type { Site } from '../../schema/site.ts'
import { bucketOf, planPeriod, type Span } from './plan.ts'
import type { Planned } from './planned.ts'
import { eventsRelation } from './relations.ts'
import { findSources } from './sealed.ts'
import type { Statement } from './sql.ts'

/**
 * Bursts: hours in which so many requests of one network operator were refused, failed, or looked for weak places, as
 * access logs and the site's server tell. For the site's security, by operator and hour alone: no address is stored, and
 * neither page nor browser of such requests is told, since they are of no visitor whom a minimum group could keep back.
 */
export function planBursts({ period = '30d', bursts }: BurstQuery, site: Site, now: number): Planned {
  const { span } = planPeriod(period, undefined, site, now)
  return {
    plan: { span, comparison: undefined },
    answer: async (asking) => {
      const { isOnce } = await findSources(asking, site, span)
      const rows = (await asking(burstsStatement(site, span, bursts, isOnce))).map((row) => ({
        time: bucketOf('hour', String(row['date']), Number(row['hour']) * 60),
        network: String(row['network']),
        probes: Number(row['probes']),
        refused: Number(row['refused']),
        limited: Number(row['limited']),
        failed: Number(row['failed']),
        requests: Number(row['requests']),
      }))
      return {
        own: { rows, totals: {}, rowCount: rows.length, folded: 0, from: ['events'] },
        compared: undefined,
      }
    },
  }
}

/** Paths that a site has no reason to be asked for, unless it is what they are of: then they are answered, and are none. */
const PROBED =
  '(?i)(?:/\\.(?:env|git|svn|aws|ssh|vscode|ds_store|htaccess|htpasswd)|/wp-(?:login|admin|config|content|includes)|/xmlrpc\\.php|phpmyadmin|/pma/|/adminer|/vendor/phpunit|/cgi-bin/|/actuator|/server-status|/solr/|/jenkins|/boaform|/hnap1|/owa/|/autodiscover|/etc/passwd|\\.\\./|\\.(?:sql|bak|old|swp)(?:$|[./])|/(?:shell|cmd|eval-stdin|c99|r57)\\.php)'

const MOST_ROWS = 1_000

function burstsStatement(site: Site, { from, to }: Span, least: number, isOnce: boolean): Statement {
  return {
    text: `SELECT toString(day) AS date, toHour(time, {timezone:String}) AS hour, network, countIf(status >= 400 AND match(page, {probed:String})) AS probes, countIf(status IN (401, 403)) AS refused, countIf(status = 429) AS limited, countIf(status >= 500) AS failed, count() AS requests, countIf(status IN (401, 403, 429) OR status >= 500 OR (status >= 400 AND match(page, {probed:String}))) AS suspicious
FROM (
${eventsRelation({ columns: ['network', 'status', 'page'], from: 'span', isOnce, whose: 'logs' })}
)
WHERE type = 'request'
GROUP BY date, hour, network
HAVING suspicious >= {least:UInt32}
ORDER BY suspicious DESC, date DESC, hour DESC, network
LIMIT ${MOST_ROWS}`,
    values: { site: site.id, from, to, timezone: site.timezone, probed: PROBED, least },
  }
}
