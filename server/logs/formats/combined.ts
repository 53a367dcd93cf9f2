import type { LineFault, LogLine } from '../line.ts'
import { isStatus, lineOf, readQuoted, readRequest } from './fields.ts'

/**
 * Common and combined log format, as Apache, nginx and many others write them:
 * `address identity user [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 1234 "referrer" "agent"`.
 * What some add behind the agent is passed over.
 */
export function readCombined(line: string): LogLine | LineFault {
  const read = readHead(line)
  if ('fault' in read) return read
  const { head, end } = read
  const referrer = readQuoted(line, end + 1)
  const agent = referrer && readQuoted(line, referrer.end + 1)
  if (!referrer || !agent) return { fault: 'no referrer and user agent in quotes at its end' }
  return lineOf({ ...head, referrer: referrer.text, userAgent: agent.text })
}

/** The same without referrer and agent; a log that has them can be read as this, without them. */
export function readCommon(line: string): LogLine | LineFault {
  const read = readHead(line)
  return 'fault' in read
    ? read
    : { ...lineOf({ ...read.head, referrer: '', userAgent: '' }), tellsAgent: false }
}

interface Head {
  readonly timeMs: number
  readonly address: string
  readonly host: string
  readonly method: string
  readonly target: string
  readonly status: string
  readonly bytes: string
}

function readHead(line: string): { head: Head; end: number } | LineFault {
  const space = line.indexOf(' ')
  if (space < 1) return { fault: 'no address at its beginning' }
  // The name of a user may hold spaces and brackets: the time is what reads as one.
  for (let open = line.indexOf(' [', space); open > 0; open = line.indexOf(' [', open + 1)) {
    const timeMs = readTime(line.slice(open + 2, open + 28))
    if (timeMs === undefined || line[open + 28] !== ']') continue
    const request = readQuoted(line, open + 30)
    if (!request) return { fault: 'no request in quotes behind the time' }
    const [status = '', bytes = ''] = line.slice(request.end + 1, request.end + 30).split(' ', 2)
    if (!isStatus(status)) return { fault: 'no status behind the request' }
    if (!/^(?:\d+|-)$/.test(bytes)) return { fault: 'no number of bytes behind the status' }
    const head = {
      timeMs,
      address: line.slice(0, space),
      host: '',
      status,
      bytes,
      ...readRequest(request.text),
    }
    return { head, end: request.end + 1 + status.length + 1 + bytes.length }
  }
  return { fault: 'no time in brackets' }
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

/** `17/May/2015:10:05:03 +0000` as Unix milliseconds. */
function readTime(text: string): number | undefined {
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
