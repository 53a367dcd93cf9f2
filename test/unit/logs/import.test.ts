import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createDayKeys, type DayKeys } from '../../../server/enrich/day-keys.ts'
import { createEnrich } from '../../../server/enrich/pipeline.ts'
import { batchOfColumns, type EventColumns } from '../../../server/load/event-columns.ts'
import { openFormat } from '../../../server/logs/formats/index.ts'
import {
  createImport,
  type Import,
  type ImportCounts,
  type ImportTarget,
} from '../../../server/logs/import.ts'
import { createPastKeys } from '../../../server/logs/past-keys.ts'
import { siteDay, type SiteDay } from '../../../server/sites/site-day.ts'
import { CHROME, makeSite } from '../../support/facts.ts'

const SITE = makeSite({ timezone: 'UTC' })
const NOW = Date.parse('2026-11-24T12:00:00Z')

function line(
  time: string,
  request = 'GET / HTTP/1.1',
  more: { status?: number; address?: string; agent?: string; referrer?: string } = {},
): string {
  const { status = 200, address = '192.0.2.7', agent = CHROME, referrer = '-' } = more
  return `${address} - - [${time} +0000] "${request}" ${status} 100 "${referrer}" "${agent}"`
}

/** A table in memory that tells ids as the real one does. */
function createTable(): ImportTarget & { records: string[]; removed: Set<string> } {
  const records: string[] = []
  const removed = new Set<string>()
  return {
    records,
    removed,
    async openDay(day, seen) {
      const ids = records
        .filter((record) => record.startsWith(day))
        .map((record) => BigInt(record.split('\t')[4] ?? 0))
      const words = ids.flatMap((id) => [Number(id & 0xffff_ffffn), Number(id >> 32n)])
      seen.load(Uint32Array.from(words), 0)
      return !removed.has(day)
    },
    async store(rows) {
      const batch = batchOfColumns('1', rows)
      for (const stored of batch.lines(0, batch.rows).toString().trimEnd().split('\n')) {
        // Behind the batch and the number of the row.
        records.push(stored.split('\t').slice(2).join('\t'))
      }
    },
  }
}

function open(
  target: ImportTarget,
  options: {
    host?: string
    onFailed?: (line: number, reason: string) => void
    seed?: number
    format?: 'combined' | 'caddy'
  } = {},
): Import {
  const { seed = 1, onFailed = () => undefined, format = 'combined' } = options
  const enrich = createEnrich({
    dayKeys: createPastKeys({ key: () => undefined, past: () => new Uint8Array(32).fill(seed) }, SITE, {
      now: () => NOW,
    }),
    eventIdKey: new Uint8Array(16),
    geo: { find: () => ({ country: 'DE', region: '', city: '' }) },
    networks: { find: () => 'A network' },
  })
  return createImport({
    site: SITE,
    host: options.host,
    read: openFormat(format),
    enrich: enrich.steps,
    onScrubbed: () => undefined,
    target,
    clock: { now: () => NOW },
    storeRows: 1_000,
    onFailed,
  })
}

async function run(
  target: ImportTarget,
  lines: readonly string[],
  options: Parameters<typeof open>[1] = {},
): Promise<ImportCounts> {
  const running = open(target, options)
  await running.add(lines.map((text, index) => ({ number: index + 1, text })))
  await running.finish()
  const { lines: all, ...buckets } = running.counts
  expect(Object.values(buckets).reduce((sum, count) => sum + count, 0)).toBe(all)
  return running.counts
}

const LOG = [
  line('22/Nov/2026:10:00:00'),
  line('22/Nov/2026:10:00:00', 'GET /a.css HTTP/1.1'),
  line('22/Nov/2026:10:00:01', 'GET /missing HTTP/1.1', { status: 404 }),
  line('22/Nov/2026:10:00:02', 'GET / HTTP/1.1', { agent: 'Googlebot/2.1' }),
  line('22/Nov/2026:23:59:59', 'GET /b?utm_source=x HTTP/1.1', { address: '2001:db8::1' }),
  line('23/Nov/2026:00:00:00', 'POST /b HTTP/1.1'),
  'nonsense',
]
const COUNTS: ImportCounts = {
  lines: 7,
  pageviews: 2,
  assets: 1,
  bots: 1,
  other: 2,
  duplicates: 0,
  failed: 1,
}

describe('import of a log', () => {
  it('R8.7 makes every line an event, and a page view of each document that somebody was given', async () => {
    const table = createTable()
    expect(await run(table, LOG)).toEqual(COUNTS)
    const stored = table.records.map((record) => record.split('\t'))
    const of = (type: string): string[][] => stored.filter((columns) => columns[5] === type)
    expect(of('request').map((columns) => [columns[9], columns[31], columns[36]])).toEqual([
      ['/', 'GET', '200'],
      ['/a.css', 'GET', '200'],
      ['/missing', 'GET', '404'],
      ['/', 'GET', '200'],
      ['/b', 'GET', '200'],
      ['/b', 'POST', '200'],
    ])
    expect(
      of('pageview')
        .map((columns) => [columns[0], columns[6], columns[7], columns[9], columns[13]])
        .toSorted((a, b) => (a[3] ?? '').localeCompare(b[3] ?? '')),
    ).toEqual([
      ['2026-11-22', 'log', 'log', '/', ''],
      ['2026-11-22', 'log', 'log', '/b', 'x'],
    ])
    expect(of('request').every((columns) => /^0+$/.test(columns[1] ?? ''))).toBe(true)
    expect(of('pageview').every((columns) => /[1-9]/.test(columns[1] ?? ''))).toBe(true)
  })

  it('R8.1 keeps no address and no user agent', async () => {
    const table = createTable()
    await run(table, [
      ...LOG,
      line('22/Nov/2026:10:00:00', 'GET /by/192.0.2.7/x HTTP/1.1', { referrer: 'http://192.0.2.7/' }),
    ])
    const all = table.records.join('\n')
    for (const text of ['192.0.2.7', '2001:db8', 'Mozilla', 'KHTML', 'Googlebot'])
      expect(all).not.toContain(text)
  })

  it('counts the same log once, and what overlaps, whoever’s key made the visitors', async () => {
    const table = createTable()
    await run(table, LOG)
    const before = [...table.records]
    expect(await run(table, LOG, { seed: 2 })).toEqual({
      lines: 7,
      pageviews: 0,
      assets: 0,
      bots: 0,
      other: 0,
      duplicates: 6,
      failed: 1,
    })
    expect(table.records).toEqual(before)
    const next = [...LOG.slice(4, 6), line('23/Nov/2026:00:00:01')]
    expect(await run(table, next)).toMatchObject({ duplicates: 2, pageviews: 1 })
  })

  it('counts requests of one second that look the same as often as the log has them', async () => {
    const table = createTable()
    const twins = Array.from({ length: 5 }, (_, index) =>
      line('22/Nov/2026:10:00:00', 'GET /x HTTP/1.1', { address: `192.0.2.${index}` }),
    )
    expect(await run(table, twins)).toMatchObject({ pageviews: 5, duplicates: 0 })
    expect(await run(table, twins.slice(0, 3))).toMatchObject({ pageviews: 0, duplicates: 3 })
    expect(await run(table, [...twins, twins[0] ?? ''])).toMatchObject({ pageviews: 1, duplicates: 5 })
  })

  it('adds the page view that is missing beside its request', async () => {
    const table = createTable()
    await run(table, LOG)
    const lost = table.records.findIndex((record) => record.includes('\tpageview\t'))
    const [gone] = table.records.splice(lost, 1)
    expect(await run(table, LOG)).toMatchObject({ duplicates: 6 })
    expect(table.records.at(-1)).toBe(gone)
  })

  it('knows a day again that comes back after others', async () => {
    const table = createTable()
    const days = ['10', '11', '12', '13', '14', '15', '10'].map((day) => line(`${day}/Nov/2026:10:00:00`))
    expect(await run(table, days)).toMatchObject({ pageviews: 6, duplicates: 1 })
  })

  it('goes on from day to day without waiting for what is stored', async () => {
    const table = createTable()
    let stores = 0
    const store = (rows: EventColumns): Promise<void> => {
      stores++
      return table.store(rows)
    }
    const days = ['10', '11', '12', '13', '14', '15', '16'].map((day) => line(`${day}/Nov/2026:10:00:00`))
    expect(await run({ ...table, store }, days)).toMatchObject({ pageviews: 7 })
    expect(stores).toBe(1)
  })

  it('refuses a day whose events were removed, days to come, and what is older than all', async () => {
    const table = createTable()
    table.removed.add('2026-11-01')
    const faults: [number, string][] = []
    const counts = await run(
      table,
      [
        line('01/Nov/2026:10:00:00'),
        line('25/Nov/2026:10:00:00'),
        line('24/Nov/2026:23:00:00'),
        line('01/Jan/1999:10:00:00'),
      ],
      { onFailed: (...fault) => faults.push(fault) },
    )
    expect(counts).toMatchObject({ failed: 3, pageviews: 1 })
    expect(faults).toEqual([
      [1, 'the events of 2026-11-01 were removed, since their window has passed'],
      [2, 'its day has not begun yet'],
      [4, 'its time is before the year 2000'],
    ])
  })

  it('takes only one host where it is told to', async () => {
    const entry = (host: string): string =>
      JSON.stringify({
        ts: NOW / 1_000 - 86_400,
        request: {
          client_ip: '192.0.2.7',
          method: 'GET',
          host,
          uri: '/',
          headers: { 'User-Agent': [CHROME] },
        },
        size: 1,
        status: 200,
      })
    const lines = [entry('example.com'), entry('other.example')]
    expect(await run(createTable(), lines, { format: 'caddy', host: 'example.com' })).toMatchObject({
      pageviews: 1,
      other: 1,
    })
    expect(await run(createTable(), lines, { format: 'caddy' })).toMatchObject({ pageviews: 2, other: 0 })
  })

  it('hears of a target that fails', async () => {
    const running = open({
      openDay: () => Promise.resolve(true),
      store: () => Promise.reject(new Error('disk')),
    })
    await running.add([{ number: 1, text: LOG[0] }])
    await expect(running.finish()).rejects.toThrow('disk')
  })
})

describe('keys of days that are over', () => {
  const DAY_MS = 86_400_000
  const [past, other] = [siteDay('UTC', NOW - DAY_MS), siteDay('UTC', NOW - 2 * DAY_MS)]
  const hex = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('hex')
  let shmDir: string
  let now = NOW
  const clock = { now: () => now, monotonic: () => 0 }
  const openDayKeys = (): DayKeys =>
    createDayKeys({ dataDir: '/srv/data', clock, shmDir, isMemory: () => true })
  /** What one import sees: it opens its keys, and closes them at its end. */
  const importing = (read: (key: (day: SiteDay) => string) => void): void => {
    const dayKeys = openDayKeys()
    const keys = createPastKeys(dayKeys, SITE, clock)
    read((day) => hex(keys.key(1, day)))
    keys.close()
    dayKeys.close()
  }
  beforeEach(() => {
    now = NOW
    shmDir = mkdtempSync(path.join(tmpdir(), 'past-keys-'))
  })
  afterEach(() => rmSync(shmDir, { recursive: true }))

  it('are one for each day, another than that of today, and zeros at the end', () => {
    const dayKeys = openDayKeys()
    const keys = createPastKeys(dayKeys, SITE, clock)
    expect(keys.key(1, siteDay('UTC', NOW))).toBe(dayKeys.key(1, siteDay('UTC', NOW)))
    const first = keys.key(1, past)
    expect(keys.key(1, past)).toBe(first)
    expect(keys.key(1, other)).not.toEqual(first)
    expect(keys.key(2, past)).not.toEqual(first)
    keys.close()
    expect(hex(first)).toMatch(/^0+$/)
    dayKeys.close()
  })

  it('R8.1 are the same for all imports of one day of the site, so that rotations know their visitors', () => {
    const seen: string[] = []
    importing((key) => seen.push(key(past), key(other)))
    importing((key) => seen.push(key(past), key(other)))
    expect(seen.slice(2)).toEqual(seen.slice(0, 2))
  })

  it('R8.1 end with that day, also those that an import left beside a server without traffic', () => {
    const server = openDayKeys()
    let before = ''
    importing((key) => (before = key(past)))
    const files = (): string[] =>
      readdirSync(shmDir, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.key'))
    now = siteDay('UTC', NOW).endMs - 1
    server.sweep(now)
    expect(files()).toHaveLength(1)
    now += 60_001
    server.sweep(now)
    expect(files()).toEqual([])
    importing((key) => expect(key(past)).not.toBe(before))
    server.close()
  })

  it('are another with each import where no file system is in memory', () => {
    const keysOf = (): string => {
      const dayKeys = createDayKeys({ dataDir: '/srv/data', clock, shmDir, isMemory: () => false })
      return hex(createPastKeys(dayKeys, SITE, clock).key(1, past))
    }
    expect(keysOf()).not.toBe(keysOf())
  })
})
