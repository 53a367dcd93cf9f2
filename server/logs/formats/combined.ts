import type { LineFault, LogLine } from '../line.ts'
import { isBytes, isStatus, lineOf, type RawLine, readQuoted, readRequest } from './fields.ts'

/**
 * Common and combined log format, as Apache, nginx and many others write them:
 * `address identity user [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 1234 "referrer" "agent"`.
 * Of what some add behind the agent the time that nginx needed is read, the rest is passed over.
 */
export function readCombined(line: string): LogLine | LineFault {
  const head = readHead(line)
  if ('fault' in head) return head
  const referrer = readQuoted(line, head.end + 1)
  const agent = referrer && readQuoted(line, referrer.end + 1)
  if (!referrer || !agent) return { fault: 'no referrer and user agent in quotes at its end' }
  head.raw.referrer = referrer.text
  head.raw.userAgent = agent.text
  if (agent.end < line.length) head.raw.seconds = requestTime(line.slice(agent.end))
  return lineOf(head.raw)
}

const NAMED_TIME = /(?:^| )"?(?:rt|request_time)[=:]"?(\d{1,5}\.\d{3})"?(?= |$)/
const BARE_TIME = /(?:^| )"?(\d{1,5}\.\d{3})"?(?= |$)/

/**
 * What nginx writes for `$request_time` behind the fields of the combined format: seconds with three decimals, as
 * nothing else that is usual there. Where several are, the one that is called so, else the first.
 */
function requestTime(rest: string): number | undefined {
  const found = NAMED_TIME.exec(rest) ?? BARE_TIME.exec(rest)
  return found ? Number(found[1]) : undefined
}

/** The same without referrer and agent; a log that has them can be read as this, without them. */
export function readCommon(line: string): LogLine | LineFault {
  const head = readHead(line)
  return 'fault' in head ? head : { ...lineOf(head.raw), tellsAgent: false }
}

const CLOSE = 93
const SPACE = 32
const TIME_LENGTH = 26

/** Up to the bytes of the answer, and where they end. */
function readHead(line: string): { raw: Writable<RawLine>; end: number } | LineFault {
  const space = line.indexOf(' ')
  if (space < 1) return { fault: 'no address at its beginning' }
  // The name of a user may hold spaces and brackets: the time is what reads as one.
  for (let open = line.indexOf('[', space); open > 0; open = line.indexOf('[', open + 1)) {
    const close = open + 1 + TIME_LENGTH
    if (line.charCodeAt(open - 1) !== SPACE || line.charCodeAt(close) !== CLOSE) continue
    const timeMs = readTime(line.slice(open + 1, close))
    if (timeMs === undefined) continue
    const request = readQuoted(line, close + 2)
    if (!request) return { fault: 'no request in quotes behind the time' }
    const { method, target } = readRequest(request.text)
    const status = fieldAt(line, request.end + 1)
    const end = request.end + 1 + status.length + 1
    const bytes = fieldAt(line, end)
    if (!isStatus(status)) return { fault: 'no status behind the request' }
    if (!isBytes(bytes)) return { fault: 'no number of bytes behind the status' }
    const address = line.slice(0, space)
    const raw = {
      timeMs,
      address,
      userAgent: '',
      method,
      host: '',
      target,
      status,
      bytes,
      referrer: '',
      seconds: undefined,
    }
    return { raw, end: end + bytes.length }
  }
  return { fault: 'no time in brackets' }
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] }

/** Up to the next space: fields of numbers are short. */
function fieldAt(line: string, from: number): string {
  const end = line.indexOf(' ', from)
  return line.slice(from, end < 0 ? line.length : end)
}

const MONTHS: readonly string[] = [
  'Jan',
  'Feb',
  'Mar',
  'Apr',
  'May',
  'Jun',
  'Jul',
  'Aug',
  'Sep',
  'Oct',
  'Nov',
  'Dec',
]
const TIME = /^(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)$/

/** The hour that was read last, as lines of a log begin with it and end, and when it began. */
let lastHour = { begin: '', zone: '', startMs: 0 }
const HOUR_LENGTH = 14
const ZERO = 48

/** `17/May/2015:10:05:03 +0000` as Unix milliseconds. */
function readTime(text: string): number | undefined {
  if (!text.startsWith(lastHour.begin) || !text.endsWith(lastHour.zone) || lastHour.begin === '') {
    const timeMs = parseTime(text)
    if (timeMs !== undefined) {
      // Texts of their own: a piece of the line would keep it, with its address, until the next hour.
      const begin = Buffer.from(text.slice(0, HOUR_LENGTH)).toString()
      lastHour = {
        begin,
        zone: Buffer.from(text.slice(-6)).toString(),
        startMs: timeMs - sinceHour(text) * 1_000,
      }
    }
    return timeMs
  }
  const seconds = sinceHour(text)
  return seconds < 0 ? parseTime(text) : lastHour.startMs + seconds * 1_000
}

/** Seconds by `:05:03` behind the hour; -1 where it is something else. */
function sinceHour(text: string): number {
  const minute = twoDigits(text, HOUR_LENGTH + 1)
  const second = twoDigits(text, HOUR_LENGTH + 4)
  if (text[HOUR_LENGTH] !== ':' || text[HOUR_LENGTH + 3] !== ':') return -1
  return minute < 0 || minute > 59 || second < 0 ? -1 : minute * 60 + second
}

function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - ZERO
  const ones = text.charCodeAt(at + 1) - ZERO
  return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -1 : tens * 10 + ones
}

function parseTime(text: string): number | undefined {
  const found = TIME.exec(text)
  if (!found) return undefined
  const [, day, name = '', year, hour, minute, second, sign, hours, minutes] = found
  const month = MONTHS.indexOf(name)
  const local = Date.UTC(Number(year), month, Number(day), Number(hour), Number(minute), Number(second))
  if (month < 0 || new Date(local).getUTCDate() !== Number(day) || Number(hour) > 23 || Number(minute) > 59) {
    return undefined
  }
  const offset = (Number(hours) * 60 + Number(minutes)) * 60_000
  return sign === '-' ? local + offset : local - offset
}
