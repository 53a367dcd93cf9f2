import { encodeRow, type EventRow } from '../../../schema/rows.ts'
import type { Clock } from '../../../server/clock.ts'
import { silentLog } from '../../../server/log.ts'
import type { SpoolFs } from '../../../server/spool/fs.ts'
import { openSpool, type Position, type Spool, type SpoolOptions } from '../../../server/spool/spool.ts'

/** What the tests of spool and loader share: records, a clock they move, a spool of small segments. */

export const FOLDER = '/data/spool'
export const KEY = new Uint8Array(32).fill(7)

export const SMALL = {
  segmentBytes: 96 * 1024,
  firstSegmentBytes: 64 * 1024,
  maxBytes: 4 * 1024 * 1024,
  memoryBytes: 1024 * 1024,
  pendingBytes: 256 * 1024,
  blockBytes: 8 * 1024,
  gatherMs: 0,
}

/** A small generator of random numbers below 1: the same seed gives the same run (Tommy Ettinger's mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export interface TestClock extends Clock {
  advance(ms: number): void
}

export function testClock(): TestClock {
  let monotonic = 1_000
  const start = Date.UTC(2026, 10, 24, 12)
  return {
    now: () => start + monotonic,
    monotonic: () => monotonic,
    advance(ms) {
      monotonic += ms
    },
  }
}

/** A wait that ends when the test says so. */
export function testWait(): { wait: NonNullable<SpoolOptions['wait']>; end(): void; waiting(): number } {
  let resolvers: (() => void)[] = []
  return {
    wait: (_ms, signal) =>
      new Promise<void>((resolve) => {
        if (signal.aborted) resolve()
        else {
          resolvers.push(resolve)
          signal.addEventListener('abort', () => resolve(), { once: true })
        }
      }),
    end() {
      const ended = resolvers
      resolvers = []
      for (const resolve of ended) resolve()
    },
    waiting: () => resolvers.length,
  }
}

export function openSmall(fs: SpoolFs, more: Partial<SpoolOptions> = {}): Promise<Spool> {
  return openSpool({
    folder: FOLDER,
    key: KEY,
    clock: testClock(),
    log: silentLog,
    fs,
    limits: SMALL,
    wait: testWait().wait,
    ...more,
  })
}

const ROW: EventRow = {
  day: '2026-11-24',
  visitor: 1n,
  timeMs: Date.UTC(2026, 10, 24, 12),
  site: 1,
  eventId: 1n,
  type: 'pageview',
  collector: 'tracker',
  basis: 'anonymous',
  hostname: 'example.com',
  page: '/',
  referrer: '',
  source: 'direct',
  channel: 'Direct',
  utmSource: '',
  utmMedium: '',
  utmCampaign: '',
  utmTerm: '',
  utmContent: '',
  country: 'DE',
  region: '',
  city: '',
  network: '',
  browser: 'Firefox',
  browserVersion: '145',
  os: 'Linux',
  osVersion: '',
  device: 'desktop',
  screen: '',
  language: 'de-DE',
  visibleMs: 0,
  scrollPercent: 0,
}

/** The record of an event with this number as its id, and a visitor that scatters. */
export function recordOf(id: number, row: Partial<EventRow> = {}): string {
  const visitor = BigInt.asUintN(64, BigInt(id) * 0x9e3779b97f4a7c15n)
  return encodeRow({ ...ROW, visitor, eventId: BigInt(id), ...row })
}

/** The ids of records, in their order. */
export function idsOf(lines: Buffer | string): number[] {
  return lines
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => Number(line.split('\t')[4]))
}

/** All that can be read from a position on: ids, in order. */
export async function readAll(spool: Spool, from: Position = 0): Promise<number[]> {
  const ids: number[] = []
  for (let at = from; at < spool.position();) {
    const chunk = await spool.read(at, { records: 100, bytes: 64 * 1024 })
    ids.push(...chunk.blocks.flatMap((block) => idsOf(block)))
    if (chunk.to <= at) throw new Error('a read must go on')
    at = chunk.to
  }
  return ids
}

export async function appendIds(spool: Spool, ids: readonly number[]): Promise<void> {
  for (const id of ids) await spool.append(recordOf(id), 1)
}
