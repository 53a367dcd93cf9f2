/** What the report tells by day, put together as a line shows it. */
import type { Interval } from '../../schema/query.ts'
import { SMS_OUTCOMES, type SmsOutcomes, type SmsReport } from '../../schema/sms-report.ts'
import { bucketOf, daysOfBucket, localTime } from '../calendar.ts'
import type { Point } from '../charts/series.ts'

/** What a line may be of. */
export const SMS_LINES = ['delivered', 'sent', 'blocked', 'failed', 'optOuts'] as const
export type SmsLine = (typeof SMS_LINES)[number]

export type SmsBucket = SmsReport['days'][number]

/** Sums of days, weeks or months; there is nothing finer. */
export function bucketsOf(
  days: readonly SmsBucket[],
  interval: Exclude<Interval, 'minute' | 'hour'>,
): SmsBucket[] {
  const buckets = new Map<string, SmsBucket>()
  for (const day of days) {
    const time = bucketOf(day.time, interval)
    const known = buckets.get(time)
    if (!known) buckets.set(time, { ...day, time })
    else {
      known.optOuts += day.optOuts
      for (const outcome of SMS_OUTCOMES) known[outcome] += day[outcome]
    }
  }
  return [...buckets.values()]
}

/** Messages that left: with the carrier, delivered or failed there. */
export function sentOf({ accepted, delivered, failed, unclear }: SmsOutcomes): number {
  return accepted + delivered + failed + unclear
}

export function lineOf(bucket: SmsBucket, line: SmsLine): number {
  return line === 'sent' ? sentOf(bucket) : bucket[line]
}

/** @param now the server's clock, milliseconds */
export function pointsOf(
  buckets: readonly SmsBucket[],
  line: SmsLine,
  interval: Interval,
  { from, to, timezone }: Pick<SmsReport, 'from' | 'to' | 'timezone'>,
  now: number,
): Point[] {
  const current = bucketOf(localTime(now, timezone), interval)
  return buckets.map((bucket) => {
    const days = daysOfBucket(bucket.time, interval)
    const isPart = days !== undefined && (days.from < from || days.to > to)
    const isAhead = bucket.time > current
    return {
      time: bucket.time,
      value: isAhead ? null : lineOf(bucket, line),
      counted: isAhead ? 'ahead' : bucket.time === current ? 'open' : isPart ? 'part' : 'whole',
      before: undefined,
    }
  })
}

/** What share of the people who were written to stopped; null where nobody was. */
export function optOutRate({ outcomes, optOuts }: { outcomes: SmsOutcomes; optOuts: number }): number | null {
  const sent = sentOf(outcomes)
  return sent === 0 ? null : optOuts / sent
}
