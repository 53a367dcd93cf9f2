import { readFileSync } from 'node:fs'
import { it } from 'vitest'
import { parseQuery } from '../../server/query/parse.ts'
import { createQueries } from '../../server/query/run.ts'
import { startTestEngine } from '../support/engine.ts'
it('bench', async () => {
  const e = await startTestEngine()
  try {
  for (let d = 0; d < 60; d += 20) await e.clickhouse.write.command({ query: `INSERT INTO events (batch_id,row,day,visitor,time,site,event_id,type,collector,basis,hostname,page,referrer,source,channel,country,city,network,browser,browser_version,os,device,language,visible_ms,scroll_percent)
SELECT 1, number, toDate('2026-09-26') + ${d} + (number % 20) AS d, cityHash64(d, v), toDateTime(d,'UTC') + (cityHash64(v, 7) % 80000) + (cityHash64(number, 3) % 3000), 42, number, if(number % 3 = 0, 'engagement','pageview'), 'tracker','anonymous','example.com',
concat('/page/', toString(toUInt64(pow(cityHash64(number,5)%1000/1000., 3)*500))), ['','google.com','bing.com','news.example'][1+cityHash64(number,9)%4], ['','Google','Bing','News'][1+cityHash64(number,9)%4], ['','Organic Search','Referral'][1+cityHash64(number,11)%3], ['DE','FR','GB','US','IN'][1+v%5], concat('City', toString(v%300)), concat('Net',toString(v%50)), ['Chrome','Safari','Firefox','Edge'][1+v%4], toString(100+v%20), ['Windows','iOS','Android'][1+v%3], ['desktop','mobile'][1+v%2], 'en', rand()%60000, rand()%101
FROM (SELECT number, (cityHash64(number,1) % 4000) AS v FROM numbers(333334))` })
  const q = createQueries({ read: e.clickhouse.read, clock: { now: () => Date.parse('2026-11-24T12:00:00Z'), monotonic: () => performance.now() }, freshness: () => new Date().toISOString() })
  const site: any = { id: 42, domain: 'example.com', timezone: 'Europe/Berlin', minimumGroup: 5, minimumGroupScope: 'close' }
  const metrics = ['visitors', 'visits', 'pageviews', 'bounceRate', 'visitDuration']
  const dims = ['page', 'entryPage', 'source', 'channel', 'country', 'browser', 'os', 'device']
  const one = async (x: any, say = true) => { const t = performance.now(); try { await q.run(site, parseQuery({ site: 'example.com', period: '30d', ...x })) } catch (error) { console.log(String(error)) } if (say) console.log('BB ', JSON.stringify(x).slice(0, 90), Math.round(performance.now() - t), 'ms') }
  for (let r = 0; r < 3; r++) {
    const t = performance.now()
    await Promise.all([one({ metrics, compare: 'previous' }, false), one({ interval: 'day', compare: 'previous' }, false), ...dims.map((breakdown) => one({ breakdown, limit: 10 }, false))])
    console.log('DASHBOARD', Math.round(performance.now() - t), 'ms', readFileSync('/proc/loadavg', 'utf8').trim())
  }
  for (const breakdown of ['page', 'source', 'country']) await one({ breakdown, limit: 10 })
  await one({ metrics }); await one({ interval: 'day' }); await one({ breakdown: 'city' }); await one({ breakdown: 'page', filters: [{ dimension: 'city', is: ['City5'] }] })
  } finally { await e.stop() }
}, 200_000)
