/** Numbers, times and names as a reader writes them. Everything by Intl; the words come from the texts. */
import type { AnyDimension, DayRange, Interval, Metric } from '../schema/query.ts'
import { asUtc } from './calendar.ts'
import { once, onceFor } from './once.ts'
import type { HeadlineMetric } from './state.ts'
import { fill, type Language } from './text/text.ts'

/** `speed`: seconds of which fractions matter. */
export type Kind = 'count' | 'ratio' | 'rate' | 'duration' | 'money' | 'speed'

const KINDS: Record<Metric, Kind> = {
  visitors: 'count',
  visits: 'count',
  pageviews: 'count',
  viewsPerVisit: 'ratio',
  bounceRate: 'rate',
  visitDuration: 'duration',
  timeOnPage: 'duration',
  scrollDepth: 'count',
  events: 'count',
  errors: 'count',
  conversionRate: 'rate',
  revenue: 'money',
  newVisitors: 'count',
  weeklyVisitors: 'count',
  monthlyVisitors: 'count',
  score: 'ratio',
  p50: 'ratio',
  p75: 'ratio',
  p95: 'ratio',
  requests: 'count',
  calls: 'count',
  callMinutes: 'ratio',
}

export function kindOf(metric: Metric): Kind {
  return KINDS[metric]
}

export interface Change {
  /** `+12%`, empty where there is none. */
  sign: string
  /** `more`. */
  word: string
}

export interface Format {
  /** A metric's value; counts in full up to seven digits. A value that cannot be computed is a dash. */
  value: (kind: Kind, value: number | null | undefined) => string
  /** The same, short enough for an axis. */
  tick: (kind: Kind, value: number) => string
  count: (value: number) => string
  /** A count for a narrow column, shortened from a million on. */
  cell: (value: number) => string
  /** A count in full. */
  exact: (value: number) => string
  /** Exact decimal text in one currency (ISO 4217), or as a plain number where it is none or unknown. */
  money: (amount: string | null | undefined, currency: string | undefined) => string
  /** A mean of counts: with one decimal where it is small. */
  average: (value: number) => string
  share: (value: number) => string
  change: (
    metric: HeadlineMetric,
    now: number | null | undefined,
    before: number | null | undefined,
  ) => Change | undefined
  /** The same of anything, with the words for a rise and a fall. */
  difference: (
    kind: Kind,
    words: { up: string; down: string },
    now: number | null | undefined,
    before: number | null | undefined,
  ) => Change | undefined
  /** A bucket of a series on the axis, and in full. */
  timeShort: (time: string, interval: Interval) => string
  timeLong: (time: string, interval: Interval) => string
  range: (range: DayRange) => string
  /** An instant as the wall clock of a time zone. */
  clock: (ms: number, timezone: string) => string
  /** A weekday as the API calls it, `Monday`, in a few letters. */
  weekday: (name: string) => string
  /** A dimension's value as people call it. */
  name: (dimension: AnyDimension, value: string) => string
  /** Makes what the first answer is written with, while it is on its way: a browser's first date takes longest. */
  prepare: (timezone: string) => void
}

/** Weekdays as the API calls them. */
export const WEEKDAYS = [
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
  'Sunday',
] as const

/** A day of that name, to be formatted; undefined for what is no weekday. */
function dayNamed(weekday: string): number | undefined {
  const index = WEEKDAYS.findIndex((known) => known === weekday)
  return index < 0 ? undefined : Date.UTC(2024, 0, 1 + index)
}

/** ISO 3166-2, such as `DE-HH`. */
const REGION = /^[A-Z]{2}-[A-Z0-9]{1,3}$/

/** From here on counts are shortened: eight digits do not fit a tile on a phone. */
const SHORTEN_FROM = 10_000_000
export const DASH = '–'
/** What the collector keeps of a language: `de` or `de-AT`. */
const LANGUAGE = /^[a-z]{2,3}(-[A-Z]{2})?$/

/** A text by a key that comes from the data and may be any word, `constructor` too. */
function lookUp(texts: Record<string, string>, key: string): string | undefined {
  return Object.hasOwn(texts, key) ? texts[key] : undefined
}

export function createFormat({ text, words, numbers }: Language): Format {
  const number = (options: Intl.NumberFormatOptions) => {
    const format = once(() => new Intl.NumberFormat(numbers, options))
    // A hyphen is too short for a minus and breaks at a line's end.
    return (amount: number) => format().format(amount).replace('-', '−')
  }
  const dates = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(words, { timeZone: 'UTC', ...options })
  const date = (options: Intl.DateTimeFormatOptions) => {
    const format = once(() => dates(options))
    return (at: number) => format().format(at)
  }
  const names = (type: 'region' | 'language') => {
    const format = once(() => new Intl.DisplayNames(words, { type, fallback: 'code' }))
    return (code: string) => format().of(code) ?? code
  }

  const whole = number({ maximumFractionDigits: 0 })
  const short = number({ notation: 'compact', maximumFractionDigits: 1 })
  const ratio = number({ minimumFractionDigits: 1, maximumFractionDigits: 2 })
  const oneDecimal = number({ maximumFractionDigits: 1 })
  const hundredths = number({ minimumFractionDigits: 2, maximumFractionDigits: 2 })
  const plain = number({ maximumFractionDigits: 2 })
  const percent = number({ style: 'percent', maximumFractionDigits: 0 })
  const finePercent = number({ style: 'percent', maximumFractionDigits: 1 })
  const percentChange = number({ style: 'percent', maximumFractionDigits: 0, signDisplay: 'exceptZero' })
  const finePercentChange = number({ style: 'percent', maximumFractionDigits: 1, signDisplay: 'exceptZero' })
  const points = number({ maximumFractionDigits: 1, signDisplay: 'exceptZero' })
  const inCurrency = onceFor((currency: string) => number({ style: 'currency', currency }))

  const day = date({ day: 'numeric', month: 'short' })
  const longDay = date({ weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' })
  const month = date({ month: 'short' })
  const longMonth = date({ month: 'long', year: 'numeric' })
  const range = once(() => dates({ day: 'numeric', month: 'short', year: 'numeric' }))
  const clock = onceFor((timeZone: string) => dates({ timeZone, timeStyle: 'short' }))
  const isTwelveHours = once(() => dates({ hour: 'numeric' }).resolvedOptions().hour12 === true)
  const twelveMinute = date({ hour: 'numeric', minute: '2-digit' })
  const twelveHour = date({ hour: 'numeric' })
  const longMinute = date({ hour: '2-digit', minute: '2-digit' })
  const minute = (at: number) => (isTwelveHours() ? twelveMinute : longMinute)(at)
  const hour = (at: number) => (isTwelveHours() ? twelveHour : longMinute)(at)
  const weekday = date({ weekday: 'long' })
  const shortWeekday = date({ weekday: 'short' })
  const regions = names('region')
  const languages = names('language')

  /** Names of regions are in no browser: the country's, with the region's own letters. */
  function regionName(code: string): string {
    const [country = '', region = ''] = code.split('-')
    return `${regions(country)}, ${region}`
  }

  const part = (template: string, n: number) => fill(template, { n: whole(n) })

  /** The two largest parts; on an axis, where values are round, a second part of zero is left out. */
  function duration(seconds: number, isRound = false): string {
    const total = Math.round(seconds)
    const templates = text.duration
    const [large, small, inLarge, inSmall] =
      total < 3_600
        ? [templates.minutes, templates.seconds, 60, 1]
        : [templates.hours, templates.minutes, 3_600, 60]
    const first = Math.floor(total / inLarge)
    const second = Math.floor((total % inLarge) / inSmall)
    if (first === 0) return part(small, second)
    return isRound && second === 0 ? part(large, first) : `${part(large, first)} ${part(small, second)}`
  }

  const speed = (seconds: number): string =>
    seconds < 1
      ? part(text.duration.milliseconds, seconds * 1_000)
      : fill(text.duration.fine, { n: hundredths(seconds) })

  const count = (amount: number) => (Math.abs(amount) >= SHORTEN_FROM ? short(amount) : whole(amount))
  const values: Record<Kind, (amount: number) => string> = {
    count,
    ratio,
    rate: percent,
    duration,
    money: plain,
    speed,
  }
  const ticks: Record<Kind, (amount: number) => string> = {
    count: (amount) => (amount >= 10_000 ? short(amount) : whole(amount)),
    ratio: plain,
    rate: finePercent,
    duration: (amount) => duration(amount, true),
    money: short,
    speed: (amount) => fill(text.duration.fine, { n: plain(amount) }),
  }

  function difference(
    kind: Kind,
    told: { up: string; down: string },
    now: number | null | undefined,
    before: number | null | undefined,
  ): Change | undefined {
    if (now === null || now === undefined || before === null || before === undefined) return undefined
    const word = told[now > before ? 'up' : 'down']
    const growth = kind === 'rate' ? now - before : (now - before) / before
    // Nothing, or less than is shown.
    if (now === before || Math.abs(growth) < 0.000_5) return { sign: '', word: text.change.none }
    if (kind === 'rate') return { sign: fill(text.change.points, { number: points(growth * 100) }), word }
    if (before === 0) return { sign: '', word: text.change.fromNothing }
    return { sign: Math.abs(growth) < 0.1 ? finePercentChange(growth) : percentChange(growth), word }
  }

  const shortTimes: Record<Interval, (at: number) => string> = {
    minute,
    hour,
    day,
    week: day,
    month,
  }
  const longTimes: Record<Interval, (at: number) => string> = {
    minute,
    hour: (at) => `${longDay(at)}, ${hour(at)}`,
    day: longDay,
    week: (at) => fill(text.chart.week, { day: day(at) }),
    month: longMonth,
  }

  function name(dimension: AnyDimension, given: string): string {
    if (given === '') {
      return lookUp(text.empty, dimension) ?? text.empty.any
    }
    if (dimension === 'direction' || dimension === 'outcome') return lookUp(text.calls, given) ?? given
    if (dimension === 'device') return lookUp(text.devices, given) ?? given
    if (dimension === 'country' && /^[A-Z]{2}$/.test(given)) return regions(given)
    if (dimension === 'region' && REGION.test(given)) return regionName(given)
    if (dimension === 'language' && LANGUAGE.test(given)) return languages(given)
    if (dimension === 'hourOfDay' && /^([01]\d|2[0-3])$/.test(given))
      return hour(Date.UTC(2024, 0, 1, Number(given)))
    const named = dimension === 'weekday' ? dayNamed(given) : undefined
    return named === undefined ? given : weekday(named)
  }

  return {
    value: (kind, amount) => (amount === null || amount === undefined ? DASH : values[kind](amount)),
    tick: (kind, amount) => ticks[kind](amount),
    count,
    exact: whole,
    cell: (amount) => (Math.abs(amount) >= 1_000_000 ? short(amount) : whole(amount)),
    money: (amount, currency) => {
      if (amount === null || amount === undefined) return DASH
      if (currency === undefined || !/^[A-Z]{3}$/.test(currency)) return plain(Number(amount))
      return inCurrency(currency)(Number(amount))
    },
    average: (amount) => (amount < 10 ? oneDecimal(amount) : count(amount)),
    share: (portion) => (portion > 0 && portion < 0.1 ? finePercent(portion) : percent(portion)),
    change: (metric, now, before) => difference(kindOf(metric), text.change[metric], now, before),
    difference,
    timeShort: (time, interval) => shortTimes[interval](asUtc(time)),
    timeLong: (time, interval) => longTimes[interval](asUtc(time)),
    range: ({ from, to }) => range().formatRange(asUtc(from), asUtc(to)),
    clock: (ms, timezone) => clock(timezone).format(ms),
    weekday: (given) => {
      const named = dayNamed(given)
      return named === undefined ? given : shortWeekday(named)
    },
    name,
    prepare: (timezone) => {
      for (const write of [day, longDay, clock(timezone).format, whole, percent]) write(0)
    },
  }
}
