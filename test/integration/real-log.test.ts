import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApp, type App } from '../../server/app.ts'
import { readConfig } from '../../server/config.ts'
import { silentLog } from '../../server/log.ts'
import { corpus } from '../support/corpora.ts'
import { ask, eventually, freePort, pageview, send } from '../support/product.ts'

/**
 * The page views of an access log, posted as events in the order of their times with the visitors' agents and
 * addresses, while an injected clock walks the log. Days and pages are compared with a count made by shell tools that
 * know nothing of this program. Without the external log a small one of our own is used.
 */
const site = 'www.semicomplete.com'

/** Two days, three visitors, one of them a robot; assets, an error and a feed are no page views. */
const OWN_LOG = [
  [
    '10.0.0.7',
    '17/May/2015:10:05:03',
    'GET /presentations/ HTTP/1.1',
    200,
    '-',
    'Mozilla/5.0 (X11; Linux x86_64; rv:25.0) Gecko/20100101 Firefox/25.0',
  ],
  [
    '10.0.0.7',
    '17/May/2015:10:05:04',
    'GET /reset.css HTTP/1.1',
    200,
    'http://www.semicomplete.com/',
    'Mozilla/5.0 (X11; Linux x86_64; rv:25.0) Gecko/20100101 Firefox/25.0',
  ],
  [
    '10.0.0.7',
    '17/May/2015:10:06:00',
    'GET /blog/?flav=rss20 HTTP/1.1',
    200,
    '-',
    'Mozilla/5.0 (X11; Linux x86_64; rv:25.0) Gecko/20100101 Firefox/25.0',
  ],
  [
    '192.0.2.9',
    '17/May/2015:23:59:59',
    'GET / HTTP/1.1',
    304,
    'http://www.google.com/',
    'Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/32.0.1700.107 Safari/537.36',
  ],
  [
    '192.0.2.9',
    '18/May/2015:00:00:01',
    'GET /about HTTP/1.1',
    200,
    'http://www.semicomplete.com/',
    'Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/32.0.1700.107 Safari/537.36',
  ],
  [
    '66.249.73.135',
    '18/May/2015:00:00:05',
    'GET /about HTTP/1.1',
    200,
    '-',
    'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
  ],
  [
    '192.0.2.9',
    '18/May/2015:00:01:00',
    'GET /missing HTTP/1.1',
    404,
    '-',
    'Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/32.0.1700.107 Safari/537.36',
  ],
]
  .map(
    ([ip, time, request, status, referrer, agent]) =>
      `${ip} - - [${time} +0000] "${request}" ${status} 100 "${referrer}" "${agent}"`,
  )
  .join('\n')

interface Line {
  /** As it stands in the log. */
  text: string
  address: string
  time: number
  path: string
  referrer: string
  agent: string
}

const LINE = /^(\S+) \S+ \S+ \[([^\]]+)\] "GET (\S+) [^"]*" (\d{3}) \S+ "([^"]*)" "([^"]*)"$/

/** The documents among the requests: GET, 2xx or 304, no asset, no feed. */
function documents(log: string): Line[] {
  const lines: Line[] = []
  for (const text of log.split('\n')) {
    const [, address = '', time = '', target = '', status = '', referrer = '', agent = ''] =
      LINE.exec(text) ?? []
    const name = target.split('?', 1)[0] ?? ''
    const document =
      /^(2..|304)$/.test(status) && !/\.[A-Za-z0-9]+$/.test(name) && !/[?&](flav=|feed)/.test(target)
    if (!document) continue
    const when = Date.parse(time.replace(/^(\d+)\/(\w+)\/(\d+):/, '$1 $2 $3 '))
    lines.push({ text, address, time: when, path: target, referrer: referrer === '-' ? '' : referrer, agent })
  }
  return lines.toSorted((a, b) => a.time - b.time)
}

/** Counts by shell tools: documents by `field`, leaving out agents and lines listed in a file. */
function shellCount(log: string, dropped: string, field: 'day' | 'page'): Map<string, number> {
  const key = field === 'day' ? 'substr(r[4], 2, 11)' : 'p[1]'
  const script = `awk -F'"' 'FNR == NR { drop[$0]; next } $0 in drop || $6 in drop { next } { split($1, r, " "); split($2, q, " "); split($3, s, " "); split(q[2], p, "?") } q[1] == "GET" && s[1] ~ /^(2..|304)$/ && q[2] !~ /[?&](flav=|feed)/ && p[1] !~ /\\.[A-Za-z0-9]+$/ { print ${key} }' "$1" "$0" | sort | uniq -c`
  const output = execFileSync('sh', ['-c', script, log, dropped], { encoding: 'utf8' })
  const rows = output.split('\n').filter((line) => line.trim() !== '')
  return new Map(rows.map((line) => [line.trim().split(/\s+/)[1] ?? '', Number(line.trim().split(/\s+/)[0])]))
}

describe('a real access log, posted as events', () => {
  const text = corpus('logs/apache/access.log') ?? OWN_LOG
  const data = mkdtempSync(path.join(tmpdir(), 'sluice-log-'))
  const logFile = path.join(data, 'access.log')
  const droppedFile = path.join(data, 'dropped')
  let now = Date.parse('2015-05-17T00:00:00Z')
  let app: App
  let key: string
  /** Agents of which nothing was accepted: robots. */
  let robots: string[] = []
  /** Lines dropped although their agent is no robot's: by their referrer. */
  let spam: Line[] = []
  let accepted = 0

  beforeAll(async () => {
    const port = await freePort()
    const config = readConfig({
      PORT: String(port),
      SLUICE_DATA: path.join(data, 'sluice'),
      SLUICE_TRUSTED_PROXIES: '127.0.0.1',
      LOG_LEVEL: 'silent',
    })
    app = await startApp({
      config,
      log: silentLog,
      clock: { now: () => now, monotonic: () => performance.now() },
    })
    const added = await app.sites.add({ domain: site, preConsent: 'anonymous', minimumGroup: 1 })
    key = (await app.keys.create({ siteId: added.id, scope: 'query' })).key
    const dropped: Line[] = []
    const people = new Set<string>()
    for (const line of documents(text)) {
      now = line.time
      const event = pageview(site, line.path, { time: line.time, referrer: line.referrer })
      const answer = await send(app.url, site, [event], { agent: line.agent, address: line.address })
      expect(answer.status).toBe(202)
      const counts = (await answer.json()) as { accepted: number }
      accepted += counts.accepted
      if (counts.accepted === 0) dropped.push(line)
      else people.add(line.agent)
    }
    robots = [...new Set(dropped.map(({ agent }) => agent))].filter((agent) => !people.has(agent))
    spam = dropped.filter(({ agent }) => people.has(agent))
    writeFileSync(logFile, `${text}\n`)
    writeFileSync(droppedFile, [...robots, ...spam.map((line) => line.text)].join('\n'))
  }, 120_000)
  afterAll(async () => {
    await app.stop()
    rmSync(data, { recursive: true, force: true })
  })

  const period = { from: '2015-05-17', to: '2015-05-20' }

  it('R8.5 gives the same days as a count by shell', async () => {
    const answer = await eventually(
      () => ask(app.url, key, { site, period, interval: 'day', metrics: ['pageviews'] }),
      ({ totals }) => Number(totals.pageviews) >= accepted,
    )
    const byShell = shellCount(logFile, droppedFile, 'day')
    const days = answer.rows.filter((row) => Number(row.pageviews) > 0)
    expect(days.map((row) => [row['time'], Number(row.pageviews)])).toEqual(
      [...byShell].map(([day, count]) => [`2015-05-${day.slice(0, 2)}`, count]),
    )
    expect(Number(answer.totals.pageviews)).toBe(accepted)
    console.info(
      `${accepted} page views on ${days.length} days, ${robots.length} agents taken for robots, ${spam.length} with spam referrers`,
    )
  })

  it('R8.4 gives the same pages as a count by shell', async () => {
    const answer = await ask(app.url, key, {
      site,
      period,
      breakdown: 'page',
      metrics: ['pageviews'],
      limit: 1000,
    })
    const byShell = shellCount(logFile, droppedFile, 'page')
    const pages = new Map(answer.rows.map((row) => [String(row['page']), Number(row.pageviews)]))
    // Pages whose address holds something like an id are folded by design; all others must agree one by one.
    const folded = [...pages.keys()].filter((page) => page.includes(':'))
    const differing = [...byShell].filter(([page, count]) => pages.get(page) !== count)
    const foldedViews = folded.reduce((sum, page) => sum + (pages.get(page) ?? 0), 0)
    expect(differing.reduce((sum, [, count]) => sum + count, 0)).toBe(foldedViews)
    expect(foldedViews / accepted).toBeLessThan(0.02)
    console.info(`${pages.size} pages, ${folded.length} of them folded (${foldedViews} views)`)
  })

  it('takes robots for robots, and no current browser for one', () => {
    expect(robots.some((agent) => agent.includes('Googlebot'))).toBe(true)
    expect(
      robots.filter((agent) =>
        /Firefox\/\d+\.0$|\(KHTML, like Gecko\) Chrome\/[\d.]+ Safari\/[\d.]+$/.test(agent),
      ),
    ).toEqual([])
    for (const { referrer } of spam) expect(referrer).toMatch(/^http/)
  })
})
