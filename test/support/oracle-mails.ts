import type { Verdict } from '../../schema/email.ts'
import type { MailDimension, MailMetric, MailQuery, QueryRow } from '../../schema/query.ts'
import { bucketOf, buckets } from './oracle-days.ts'

/** A slow and obvious model of questions about mails: no SQL, and nothing of server/query. */

/** Mails that went out, or one fetch or follow. */
export interface MailEvent {
  readonly day: string
  readonly campaign: string
  readonly what: 'send' | 'fetch' | 'follow'
  /** Of mails that went out: how many. */
  readonly count: number
  readonly verdict: Verdict
}

export interface MailAnswer {
  rows: QueryRow[]
  totals: QueryRow
  rowCount: number
}

type Values = Record<MailDimension, string>

/** With a period that is a range of days, and filters of `is` and `isNot`. */
export function askMailOracle(
  all: readonly MailEvent[],
  query: MailQuery & { period: { from: string; to: string }; metrics: MailMetric[] },
  minimum: number,
  timezone: string,
): MailAnswer {
  const { period, metrics, breakdown, interval, filters = [] } = query
  /** As many people as this campaign had gone to when the day was over. */
  const group = (campaign: string, day: string): number =>
    all
      .filter((one) => one.what === 'send' && one.campaign === campaign && one.day <= day)
      .reduce((sum, { count }) => sum + count, 0)
  const isTold = ({ campaign, day }: MailEvent): boolean => minimum <= 1 || group(campaign, day) >= minimum
  const valuesOf = (one: MailEvent): Values => ({
    emailCampaign: isTold(one) ? one.campaign : '(other)',
    verdict: one.what === 'send' ? '' : one.verdict,
  })
  const asksVerdict = filters.some(({ dimension }) => dimension === 'verdict')
  const held = all
    .filter(({ day }) => day >= period.from && day <= period.to)
    .filter((one) => one.what === 'send' || isTold(one))
    .filter((one) => one.what !== 'send' || !asksVerdict)
    .filter((one) =>
      filters.every((filter) => {
        const value = valuesOf(one)[filter.dimension]
        if ('is' in filter) return filter.is.includes(value)
        return 'isNot' in filter && !filter.isNot.includes(value)
      }),
    )
  const figures = (own: readonly MailEvent[], hasSends: boolean): QueryRow => {
    const count = (isOf: (one: MailEvent) => boolean): number =>
      own.filter(isOf).reduce((sum, one) => sum + one.count, 0)
    const values: Record<MailMetric, number> = {
      sends: hasSends ? count(({ what }) => what === 'send') : 0,
      fetches: count(({ what }) => what === 'fetch'),
      likelyHuman: count(({ what, verdict }) => what === 'fetch' && ['human', 'proxy'].includes(verdict)),
      follows: count(({ what }) => what === 'follow'),
    }
    return Object.fromEntries(metrics.map((metric) => [metric, values[metric]]))
  }
  const series = (own: readonly MailEvent[], more: Record<string, string>, hasSends: boolean): QueryRow[] =>
    interval === undefined
      ? [Object.assign({}, more, figures(own, hasSends))]
      : [...new Set(buckets(interval, period.from, period.to, timezone))].map((time) => {
          const within = own.filter(({ day }) => bucketOf(interval, day, '00:00') === time)
          return Object.assign({ time }, more, figures(within, hasSends))
        })
  const totals = figures(held, !asksVerdict)
  if (breakdown === undefined) {
    const rows = series(held, {}, !asksVerdict)
    return { rows, totals, rowCount: rows.length }
  }
  const hasSends = !asksVerdict && breakdown !== 'verdict'
  const told = breakdown === 'verdict' ? held.filter(({ what }) => what !== 'send') : held
  const [first = 'sends'] = metrics
  const order = ['human', 'proxy', 'prefetch', 'scanner', 'unknown']
  const values = [...new Set(told.map((one) => valuesOf(one)[breakdown]))]
    .map((value) => ({ value, own: told.filter((one) => valuesOf(one)[breakdown] === value) }))
    .toSorted((a, b) => {
      if (breakdown === 'verdict') return order.indexOf(a.value) - order.indexOf(b.value)
      if ((a.value === '(other)') !== (b.value === '(other)')) return a.value === '(other)' ? 1 : -1
      const by = Number(figures(b.own, hasSends)[first]) - Number(figures(a.own, hasSends)[first])
      return by === 0 ? (a.value < b.value ? -1 : 1) : by
    })
  return {
    rows: values.flatMap(({ value, own }) => series(own, { [breakdown]: value }, hasSends)),
    totals,
    rowCount: values.length,
  }
}
