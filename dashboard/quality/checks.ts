import type { PipelineStatus } from '../../schema/status.ts'
import type { Format } from '../format.ts'
import { fill } from '../text/text.ts'
import type { QualityText } from './text.ts'

/** One thing that has to be so, whether it is, and what to know or do about it. */
export interface Check {
  name: string
  state: 'good' | 'look' | 'bad'
  told: string
}

/** An event waits for the table this long at most, milliseconds; ten times that is worth a look. */
const BEHIND_MS = 50_000

/** @param now the server's clock, milliseconds */
export function checksOf(
  status: PipelineStatus,
  now: number,
  parts: { words: QualityText; format: Pick<Format, 'count' | 'clock'>; timezone: string },
): Check[] {
  const { words, format, timezone } = parts
  const { spool, loader, rollups } = status
  const behind = now - Date.parse(status.freshness)
  const counted = (sentence: string, values: Record<string, number>): string =>
    fill(sentence, Object.fromEntries(Object.entries(values).map(([name, one]) => [name, format.count(one)])))
  return [
    {
      name: words.accepts,
      state: spool.accepts ? 'good' : 'bad',
      told: spool.accepts ? fill(words.accepting, { bytes: megabytes(spool.bytes, format) }) : words.full,
    },
    {
      name: words.fresh,
      state: behind > BEHIND_MS ? 'look' : 'good',
      told: fill(words.freshTo, {
        time: format.clock(Date.parse(status.freshness), timezone),
        count: format.count(spool.waiting),
      }),
    },
    {
      name: words.lost,
      state: spool.lost > 0 ? 'bad' : 'good',
      told: spool.lost > 0 ? counted(words.lostSome, { count: spool.lost }) : words.lostNone,
    },
    {
      name: words.dead,
      state: loader.deadLetters > 0 ? 'bad' : 'good',
      told: loader.deadLetters > 0 ? counted(words.deadSome, { count: loader.deadLetters }) : words.deadNone,
    },
    {
      name: words.sealed,
      state: rollups.failures > 0 ? 'look' : 'good',
      told: counted(rollups.failures > 0 ? words.sealedFailed : words.sealedAll, {
        sealed: rollups.sealed,
        waiting: rollups.waiting,
        failures: rollups.failures,
      }),
    },
    {
      name: words.audit,
      state: rollups.differences > 0 ? 'bad' : 'good',
      told:
        rollups.differences > 0
          ? counted(words.different, { differences: rollups.differences })
          : counted(rollups.audits > 0 ? words.audited : words.unaudited, { audits: rollups.audits }),
    },
    {
      name: words.address,
      state: status.sharedAddress ? 'look' : 'good',
      told: status.sharedAddress ? words.addressShared : words.addressGood,
    },
  ]
}

function megabytes(bytes: number, format: Pick<Format, 'count'>): string {
  return `${format.count(Math.round(bytes / 1_000_000))} MB`
}
