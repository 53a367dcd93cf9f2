import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeRow } from '../../../schema/rows.ts'
import { createEnrich } from '../../../server/enrich/pipeline.ts'
import { sipHash } from '../../../server/enrich/siphash.ts'
import { buildHere } from '../../../server/load/batch.ts'
import { batchOfColumns } from '../../../server/load/event-columns.ts'
import { encodeNative } from '../../../server/load/native.ts'
import { openFormat } from '../../../server/logs/formats/index.ts'
import { createImport } from '../../../server/logs/import.ts'
import { isFault, type LogLine } from '../../../server/logs/line.ts'
import { readLogged } from '../../../server/logs/logged.ts'
import { siteDay } from '../../../server/sites/site-day.ts'
import { anyText } from '../../support/any-text.ts'
import { CHROME, IPHONE, makeSite } from '../../support/facts.ts'

/**
 * An import reads lines into columns and remembers what they have in common; `POST /logs` makes a row of each by the
 * anonymizer of live traffic. Both must come to the same, bit by bit.
 */
const SITE = makeSite()
const NOW = Date.parse('2026-11-24T12:00:00Z')

/** The import before there were columns, and its oracle now: a record for each row. */
function recordsOf(lines: readonly string[], scrubbed: string[]): string[] {
  const enrich = createEnrich(parts())
  const read = openFormat('combined')
  const seen = new Map<bigint, number>()
  return lines.flatMap((text) => {
    const line = read(text)
    if (!line || isFault(line)) return []
    const { timeMs } = line
    const first = idOf(line)
    const before = seen.get(first) ?? 0
    seen.set(first, before + 1)
    const day = siteDay(SITE.timezone, timeMs)
    const onScrubbed = (kind: string): void => void scrubbed.push(kind)
    const { rows } = readLogged({ line, id: 'request', site: SITE, day, enrich, onScrubbed })
    return rows.map((row) => encodeRow({ ...row, eventId: idOf(line, before, row.type === 'pageview') }))
  })
}

/** Second, method, address, status, bytes, referrer, and how many lines before it had the same. */
function idOf(
  { timeMs, method, path, query, status, bytes, referrer }: LogLine,
  before = 0,
  isPageview = false,
): bigint {
  const site = Buffer.alloc(8)
  site.writeBigUInt64LE(BigInt(SITE.id))
  const hash = (...pieces: Buffer[]): bigint => sipHash(EVENT_ID_KEY, Buffer.concat([site, ...pieces]))
  /** A hash in the order in which it is hashed again: its high half first. */
  const printOf = (text: string): Buffer => words(hash(Buffer.from(text)) >> 32n, hash(Buffer.from(text)))
  return hash(
    Buffer.from(method),
    printOf(`${path}?${query}`),
    printOf(referrer),
    words(BigInt(Math.floor(timeMs / 1_000)), BigInt(status), BigInt(bytes), BigInt(bytes) >> 32n),
    ...(before > 0 ? [words(BigInt(before))] : []),
    Buffer.from(isPageview ? 'pageview' : ''),
  )
}

function words(...numbers: bigint[]): Buffer {
  return Buffer.concat(
    numbers.map((number) => {
      const bytes = Buffer.alloc(4)
      bytes.writeUInt32LE(Number(number & 0xffff_ffffn))
      return bytes
    }),
  )
}

const EVENT_ID_KEY = new Uint8Array(16).fill(3)

function parts(): Parameters<typeof createEnrich>[0] {
  return {
    dayKeys: { key: (_site, { day }) => new Uint8Array(32).fill(Number(day.slice(-2))) },
    eventIdKey: EVENT_ID_KEY,
    geo: {
      find: ({ words: [first] }) =>
        first % 2 === 0
          ? { country: 'DE', region: 'DE-BE', city: 'Berlin' }
          : { country: 'FR', region: '', city: '' },
    },
    networks: { find: ({ words: [first] }) => (first % 3 === 0 ? 'A network' : 'Another\tone') },
  }
}

const address = fc.oneof(
  fc.constantFrom('192.0.2.7', '192.0.2.8', '198.51.100.1', '2001:db8::1', '-', 'name.example'),
  anyText(20).map((text) => text.replaceAll(/\s/g, '') || '-'),
)
const agent = fc.constantFrom(CHROME, IPHONE, '-', '', 'Googlebot/2.1', `${CHROME} x`)
const target = fc.oneof(
  fc.constantFrom('/', '/a.css', '/b?utm_source=x&utm_medium=cpc', '/b?ref=y', '/?feed=1', '*', '/café'),
  fc.constantFrom(
    '/a/../b',
    '/a/./b',
    '/.env',
    '/a/%2e%2e/b',
    '/a//b',
    '//a',
    '/a/',
    '/~a/b-1_2.html',
    '/a/..',
  ),
  fc.constantFrom('/by/jane@doe.example/x', '/order/123456789', 'https://other.example/a', '/é%20\\"q\\"'),
  anyText(20).map((text) => `/${text.replaceAll(/["\\\n\r]/g, '')}`),
)
const referrer = fc.oneof(
  fc.constantFrom(
    '-',
    'https://www.google.com/',
    'https://example.com/x',
    'http://semalt.com/',
    'android-app://x',
  ),
  anyText(20).map((text) => text.replaceAll(/["\\\n\r]/g, '')),
)
const line = fc
  .record({
    address,
    agent,
    target,
    referrer,
    second: fc.integer({ min: 0, max: 40 }),
    method: fc.constantFrom('GET', 'GET', 'GET', 'HEAD', 'POST', 'x'),
    status: fc.constantFrom(200, 200, 200, 304, 302, 404, 0),
    bytes: fc.constantFrom('0', '17', '-', '99999999999'),
    behind: fc.constantFrom('', ' 0.042'),
  })
  .map((one) => {
    // Berlin's midnight lies between them.
    const time = `22/Nov/2026:22:59:${String(one.second + 20).padStart(2, '0')}`
    const when = one.second < 40 ? time : '22/Nov/2026:23:00:00'
    return `${one.address} - - [${when} +0000] "${one.method} ${one.target} HTTP/1.1" ${one.status} ${one.bytes} "${one.referrer}" "${one.agent}"${one.behind}`
  })

async function check(lines: readonly string[], storeRows: number): Promise<void> {
  const expectedScrubbed: string[] = []
  const scrubbed: string[] = []
  const records = recordsOf(lines, expectedScrubbed)
  const stored: string[] = []
  const running = createImport({
    site: SITE,
    read: openFormat('combined'),
    enrich: createEnrich(parts()).steps,
    onScrubbed: (kind) => void scrubbed.push(kind),
    clock: { now: () => NOW },
    storeRows,
    onFailed: () => undefined,
    target: {
      openDay: () => Promise.resolve(true),
      async store(rows) {
        // They come in the order of the lines, so that these are the records of this batch.
        const ofBatch = Buffer.from(records.slice(stored.length, stored.length + rows.rows).join(''))
        const expected = await buildHere('77', [ofBatch], undefined)
        const batch = batchOfColumns('77', rows)
        expect(batch.slices).toEqual(expected.slices)
        for (const slice of batch.slices) {
          const count = slice.to - slice.from
          const block = encodeNative(expected.lines(slice.from, slice.to), count)
          expect(batch.block(slice)).toEqual(block)
          // The lines are what is sent where a block is refused.
          expect(encodeNative(batch.lines(slice.from, slice.to), count)).toEqual(block)
        }
        stored.push(...batch.lines(0, batch.rows).toString().trimEnd().split('\n'))
      },
    },
  })
  await running.add(lines.map((text, index) => ({ number: index + 1, text })))
  await running.finish()
  expect(stored).toHaveLength(records.length)
  expect(scrubbed.toSorted()).toEqual(expectedScrubbed.toSorted())
}

describe('lines read into columns', () => {
  it('R8.1 R8.7 come to the rows of the anonymizer of live traffic, whatever lines say', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 2, max: 80 }),
        check,
      ),
      { numRuns: 60 },
    )
  })
})
