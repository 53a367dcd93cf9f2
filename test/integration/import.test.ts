import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { QueryAnswer } from '../../schema/query.ts'
import { programFile } from '../../server/project-root.ts'
import { rollupRows } from '../../server/query/rollup-rows.ts'
import { removeExpired } from '../../server/seal/retention.ts'
import { sealDays } from '../../server/seal/seal-days.ts'
import { silentLog } from '../../server/log.ts'
import { corpus } from '../support/corpora.ts'
import { startTestEngine } from '../support/engine.ts'
import { askEngine, sluice } from '../support/installation.ts'
import { ask, addSite, CHROME, startProduct, type Product } from '../support/product.ts'
import { storedEvent, storeEvents } from '../support/stored-events.ts'

type Counts = Record<'lines' | 'pageviews' | 'assets' | 'bots' | 'other' | 'duplicates' | 'failed', number>

let folder: string
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'sluice-import-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function file(name: string, content: string | Buffer): string {
  const full = path.join(folder, name)
  writeFileSync(full, content)
  return full
}

async function importFile(data: string, name: string, site: string, ...flags: string[]): Promise<Counts> {
  const { code, stdout, stderr } = await sluice(data, ['import', name, '--site', site, '--json', ...flags])
  expect([code, stderr]).toEqual([0, ''])
  const counts = JSON.parse(stdout) as Counts
  const { lines, ...buckets } = counts
  expect(Object.values(buckets).reduce((sum, count) => sum + count, 0)).toBe(lines)
  return counts
}

async function question(data: string, site: string, ...flags: string[]): Promise<QueryAnswer> {
  const { code, stdout, stderr } = await sluice(data, [
    'query',
    '--site',
    site,
    '--json',
    '--limit',
    '1000',
    ...flags,
  ])
  expect([code, stderr]).toEqual([0, ''])
  return JSON.parse(stdout) as QueryAnswer
}

/** Rows of an answer as a record by the value of its first column. */
function byValue(
  { rows }: QueryAnswer,
  name: string,
  metric: 'requests' | 'pageviews' | 'visitors',
): Record<string, number> {
  return Object.fromEntries(rows.map((row) => [String(row[name]), Number(row[metric])]))
}

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0'

function line(
  address: string,
  time: string,
  request: string,
  status: number,
  agent = CHROME,
  referrer = '-',
): string {
  return `${address} - - [${time} +0000] "${request} HTTP/1.1" ${status} 100 "${referrer}" "${agent}"`
}

/** Two days, three people, a robot; assets, errors and a feed. */
const OWN = [
  line('192.0.2.1', '17/May/2025:10:00:00', 'GET /', 200, CHROME, 'https://www.google.com/'),
  line('192.0.2.1', '17/May/2025:10:00:01', 'GET /style.css', 200),
  line('192.0.2.1', '17/May/2025:10:05:00', 'GET /pricing', 200, CHROME, 'https://example.com/'),
  line('192.0.2.1', '17/May/2025:10:50:00', 'GET /pricing', 304),
  line('192.0.2.2', '17/May/2025:11:00:00', 'GET /', 200, FIREFOX),
  line('192.0.2.2', '17/May/2025:11:00:02', 'GET /missing', 404, FIREFOX),
  line('192.0.2.9', '17/May/2025:12:00:00', 'GET /', 200, 'Googlebot/2.1 (+http://www.google.com/bot.html)'),
  line('192.0.2.3', '17/May/2025:23:59:59', 'GET /?flav=rss20', 200),
  line('192.0.2.3', '18/May/2025:00:00:01', 'GET /about.html', 200),
  line('192.0.2.3', '18/May/2025:00:00:02', 'POST /contact', 302),
]
const DAYS = ['--from', '2025-05-17', '--to', '2025-05-18']

/** Of all tests: what the first one imports with no server running is there when one is started for the others. */
const data = mkdtempSync(path.join(tmpdir(), 'sluice-data-'))
afterAll(() => rmSync(data, { recursive: true, force: true }))

describe('sluice import, with no server running', () => {
  it('R8.7 R8.4 R8.5 reads a log into requests, page views and visits, once however often', async () => {
    for (const domain of ['example.com', 'other.example'])
      await sluice(data, ['site', 'add', domain, '--minimum-group', '1'])
    const name = file('own.log', `${OWN.join('\n')}\n`)
    const counts = { lines: 10, pageviews: 5, assets: 2, bots: 1, other: 2, duplicates: 0, failed: 0 }
    expect(await importFile(data, name, 'example.com')).toEqual(counts)
    const check = async (): Promise<void> => {
      const { totals } = await question(
        data,
        'example.com',
        ...DAYS,
        '--metrics',
        'visitors,visits,pageviews,requests,bounceRate',
      )
      expect(totals).toEqual({ visitors: 3, visits: 4, pageviews: 5, requests: 10, bounceRate: 3 / 4 })
    }
    await check()
    const none = { lines: 10, pageviews: 0, assets: 0, bots: 0, other: 0, duplicates: 10, failed: 0 }
    expect(await importFile(data, file('own.log.gz', gzipSync(OWN.join('\n'))), 'example.com')).toEqual(none)
    await check()
  })
})

describe('sluice import, beside a running server', () => {
  const site = 'long.example'
  let product: Product
  let key: string
  beforeAll(async () => {
    product = await startProduct({ SLUICE_DATA: data })
    key = await addSite(product, site)
  })
  afterAll(() => product.dispose())

  it('R8.7 R8.5 tells the statuses, pages and sources of what was imported before', async () => {
    const answer = await question(
      data,
      'example.com',
      ...DAYS,
      '--breakdown',
      'status',
      '--metrics',
      'requests',
    )
    expect(byValue(answer, 'status', 'requests')).toEqual({ 200: 7, 302: 1, 304: 1, 404: 1 })
    const pages = await question(
      data,
      'example.com',
      ...DAYS,
      '--breakdown',
      'page',
      '--metrics',
      'pageviews',
    )
    expect(byValue(pages, 'page', 'pageviews')).toEqual({ '/': 2, '/pricing': 2, '/about.html': 1 })
    const sources = await question(
      data,
      'example.com',
      ...DAYS,
      '--breakdown',
      'source',
      '--metrics',
      'visitors',
    )
    expect(byValue(sources, 'source', 'visitors')).toMatchObject({ Google: 1, Direct: 3 })
  })

  it('takes in what a later rotation adds to a day that is sealed already', async () => {
    expect((await sluice(data, ['seal'])).code).toBe(0)
    const more = line('192.0.2.4', '18/May/2025:09:00:00', 'GET /late', 200)
    const next = file('own.log.1', [...OWN.slice(6), more].join('\n'))
    expect(await importFile(data, next, 'example.com')).toMatchObject({ duplicates: 4, pageviews: 1 })
    const after = ['--metrics', 'visitors,pageviews,requests']
    const totals = { visitors: 4, pageviews: 6, requests: 11 }
    expect((await question(data, 'example.com', ...DAYS, ...after)).totals).toEqual(totals)
    expect((await sluice(data, ['seal'])).code).toBe(0)
    const sealed = await question(data, 'example.com', ...DAYS, '--metrics', 'visitors,pageviews')
    expect([sealed.totals, sealed.meta.source]).toEqual([{ visitors: 4, pageviews: 6 }, 'rollup'])
    // What was imported is kept from now on, however long ago it happened.
    const { stdout } = await sluice(data, ['retention', '--json'])
    const { kept } = JSON.parse(stdout) as { kept: { what: string; oldest: string; isOverdue: boolean }[] }
    expect(
      kept.filter(({ oldest }) => oldest === '2025-05-17').map(({ what, isOverdue }) => [what, isOverdue]),
    ).toEqual([
      ['events', false],
      ['rollups', false],
    ])
  })

  it('R8.7 takes the requests of a log without user agents for those of people', async () => {
    const bare = OWN.map((one) => one.replace(/ "[^"]*" "[^"]*"$/, '').replace('/2025:', '/2024:'))
    const counts = { lines: 10, pageviews: 6, assets: 2, bots: 0, other: 2, duplicates: 0, failed: 0 }
    expect(await importFile(data, file('bare.log', bare.join('\n')), 'other.example')).toEqual(counts)
    // In a log that has user agents, who sends none is a robot.
    const hidden = line('192.0.2.4', '19/May/2024:10:00:00', 'GET /', 200, '-')
    expect(await importFile(data, file('hidden.log', hidden), 'other.example')).toMatchObject({ bots: 1 })
  })

  it('tells of lines that it passes over, and of what is no log', async () => {
    const name = file('broken.log', ['nonsense', ...OWN.slice(0, 2)].join('\n'))
    const { code, stdout, stderr } = await sluice(data, ['import', name, '--site', 'other.example'])
    expect([code, stderr]).toEqual([0, 'Line 1 is passed over: no address at its beginning.\n'])
    expect(stdout).toContain('3 lines of other.example: 1 page views, 1 assets')
    const wrong = await sluice(data, ['import', file('no.log', 'a\nb\n'), '--site', 'other.example'])
    expect([wrong.code, wrong.stderr]).toEqual([
      1,
      'The log is in no format that is known here: name it with --format, one of combined, common, caddy, cloudfront, alb.\n',
    ])
    const all = await sluice(data, [
      'import',
      file('no2.log', 'a\nb\n'),
      '--site',
      'other.example',
      '--format',
      'alb',
      '--json',
    ])
    expect([all.code, JSON.parse(all.stdout)]).toMatchObject([1, { lines: 2, failed: 2 }])
    const usage = await sluice(data, ['import', name, '--site', 'other.example', '--format', 'iis'])
    expect(usage.code).toBe(2)
    expect((await sluice(data, ['import', name])).code).toBe(2)
    const missing = await sluice(data, ['import', path.join(folder, 'none'), '--site', 'other.example'])
    expect([missing.code, missing.stderr]).toEqual([1, expect.stringMatching(/is not there: name a file/)])
  })

  it.runIf(corpus('logs/apache/access.log') !== undefined)(
    'R8.2 R8.5 gives the days, pages, statuses and families of a real log as another program counted them',
    async () => {
      const real = 'www.semicomplete.com'
      await sluice(data, ['site', 'add', real, '--minimum-group', '1'])
      const reference = JSON.parse(corpus('logs/apache/reference.json') ?? '') as {
        totalRequests: number
        days: { date: string; hits: number }[]
        statusCodes: Record<string, number>
        topPaths: { path: string; hits: number }[]
        browsers: { name: string; hits: number }[]
        operatingSystems: { name: string; hits: number }[]
      }
      const counts = await importFile(data, file('real.log', corpus('logs/apache/access.log') ?? ''), real)
      expect(counts).toMatchObject({ lines: reference.totalRequests, failed: 0, duplicates: 0 })
      const days = ['--from', '2015-05-17', '--to', '2015-05-20', '--metrics', 'requests']
      const of = async (breakdown: string): Promise<Record<string, number>> =>
        byValue(await question(data, real, ...days, '--breakdown', breakdown), breakdown, 'requests')
      const series = await question(data, real, ...days, '--interval', 'day')
      expect(series.rows.map((row) => [row['time'], row.requests])).toEqual(
        reference.days.map(({ date, hits }) => [date.replace(/(\d{4})(\d\d)/, '$1-$2-'), hits]),
      )
      expect(await of('status')).toEqual(reference.statusCodes)
      const pages = await of('page')
      const text = corpus('logs/apache/access.log') ?? ''
      const targets = text.split('\n').map((one) => one.split('"')[1]?.split(' ')[1]?.split('?')[0] ?? '')
      const wanted = reference.topPaths.filter(({ path: page }) => !page.includes('?'))
      expect(wanted.length).toBeGreaterThan(5)
      for (const { path: page, hits } of wanted) {
        // Pages are counted with all their queries, which the other program counts apart.
        const there = targets.filter((target) => target === page).length
        expect([page, pages[page], there >= hits]).toEqual([page, there, true])
      }
      const families = [
        [
          'browser',
          { Chrome: ['Chrome'], Firefox: ['Firefox'], MSIE: ['Internet Explorer'], Opera: ['Opera'] },
          reference.browsers,
        ],
        [
          'os',
          { Windows: ['Windows'], Macintosh: ['macOS'], Linux: ['Linux', 'Ubuntu'] },
          reference.operatingSystems,
        ],
      ] as const
      for (const [dimension, names, theirs] of families) {
        const ours = await of(dimension)
        for (const [name, owns] of Object.entries<readonly string[]>(names)) {
          const own = owns.reduce((sum, one) => sum + (ours[one] ?? 0), 0)
          // One browser with an extension of those days is taken for a robot, which has no family.
          const framed = name === 'MSIE' || name === 'Windows' ? text.split('chromeframe').length - 1 : 0
          const hitsThere = (theirs.find((one) => one.name === name)?.hits ?? 0) - framed
          const difference = Math.abs(own - hitsThere) / hitsThere
          console.info(`${name}: ${own} beside ${hitsThere}`)
          expect([name, difference <= 0.06]).toEqual([name, true])
        }
      }
      expect(await importFile(data, path.join(folder, 'real.log'), real)).toMatchObject({
        duplicates: counts.lines,
      })
    },
  )

  /** Five batches: a kill comes when the first of them is there, and finds the import in its middle. */
  const ALL = 300_000
  const LONG = { from: '2025-05-17', to: '2025-05-20' }

  it('counts every line once although it is killed again and again', async () => {
    const lines = Array.from({ length: ALL }, (_, index) => {
      const second = new Date(Date.parse('2025-05-17T00:00:00Z') + index * 1_000)
      const day = second.getUTCDate()
      const time = `${day}/May/2025:${second.toISOString().slice(11, 19)}`
      return line(`192.0.${index % 200}.7`, time, `GET /page/${'abcdefgh'[index % 8]}`, 200)
    })
    const name = file('long.log', lines.join('\n'))
    const stored = async (): Promise<number> =>
      (await askEngine<{ rows: number }>(product.data, 'SELECT count() AS rows FROM sluice.events'))[0]
        ?.rows ?? 0
    for (let round = 0; round < 2; round++) {
      const before = await stored()
      const child = spawn(process.execPath, [programFile('main'), 'import', name, '--site', site, '--json'], {
        env: { ...process.env, SLUICE_DATA: product.data },
        stdio: 'ignore',
      })
      const ended = once(child, 'exit')
      // In the middle of its work: something is there that was not, and not all of it.
      while (child.exitCode === null && (await stored()) === before) await sleep(10)
      child.kill('SIGKILL')
      await ended
      expect(child.signalCode).toBe('SIGKILL')
    }
    const { duplicates, pageviews } = await importFile(product.data, name, site)
    console.info(`after 2 kills ${duplicates} lines were there, ${pageviews} were not`)
    expect(duplicates).toBeGreaterThan(0)
    expect(pageviews).toBeGreaterThan(0)
    const metrics = ['requests', 'pageviews'] as const
    const { totals } = await ask(product.url, key, { site, period: LONG, metrics: [...metrics] })
    expect(totals).toEqual({ requests: ALL, pageviews: ALL })
  }, 180_000)

  it('lets one import at a time onto the same data', async () => {
    const name = file('two.log', OWN.join('\n'))
    const both = await Promise.all(
      [1, 2].map(() => sluice(product.data, ['import', name, '--site', site, '--json'])),
    )
    const done = both.filter(({ code }) => code === 0).length
    for (const { code, stderr } of both) {
      if (code !== 0) expect(stderr).toContain('Another import is under way')
    }
    expect(done).toBeGreaterThan(0)
    const { totals } = await ask(product.url, key, { site, period: LONG, metrics: ['requests'] })
    expect(totals).toEqual({ requests: ALL + OWN.length })
  })

  it('keeps no address in the data folder’s table', async () => {
    const { rows } = await ask(product.url, key, {
      site,
      period: LONG,
      breakdown: 'page',
      metrics: ['requests'],
      limit: 1000,
    })
    expect(JSON.stringify(rows)).not.toMatch(/192\.0\./)
  })
})

describe('the event window of what was imported', () => {
  it('R4.7 begins with the import, and its day is refused once it has passed', async () => {
    const engine = await startTestEngine()
    const { write, long } = engine.clickhouse
    const day = '2015-05-17'
    const imported = Date.parse('2026-01-10T00:00:00Z')
    const batch = BigInt(imported / 1_000) << 32n
    const event = { day, timeMs: Date.parse(`${day}T10:00:00Z`), visitor: 1n }
    await storeEvents(write, [storedEvent(7, batch, 0, event), storedEvent(8, 1n, 0, event)])
    await sealDays({ write: long, rows: rollupRows, timezoneOf: () => 'UTC', log: silentLog }, [day])
    const left = async (firstDay: string): Promise<string[]> => {
      const windows = ['7', '8'].map((site) => ({ site, firstDay }))
      await removeExpired({
        write: long,
        windows,
        sealedBefore: new Set([day]),
        now: imported,
        log: silentLog,
      })
      const found = await write.query({
        query: 'SELECT toString(site) AS site FROM events ORDER BY site',
        format: 'JSONEachRow',
      })
      return (await found.json<{ site: string }>()).map(({ site }) => site)
    }
    expect(await left('2026-01-10')).toEqual(['7'])
    expect(await left('2026-01-11')).toEqual([])
    await engine.stop()
  })
})
