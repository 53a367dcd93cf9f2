import type { LineFault, LogLine } from '../line.ts'
import { isStatus, lineOf, readQuoted, readRequest, secondsOf } from './fields.ts'

/** Fields before the request, and where among them is what is read. */
const FIELDS = 12
const TIME = 1
const CLIENT = 3
/** Seconds until the request had gone to the target, until it answered, and until the answer began to go out. */
const PROCESSING = [5, 6, 7]
/** What the load balancer answered; the target's own status is another. */
const STATUS = 8
const SENT = 11

/** Access log of an AWS application load balancer. It tells no referrer; what newer editions add at the end is passed over. */
export function readAlb(line: string): LogLine | LineFault {
  const fields: string[] = []
  let at = 0
  while (fields.length < FIELDS) {
    const end = line.indexOf(' ', at)
    if (end < 0) return { fault: `fewer than ${FIELDS} fields before the request` }
    fields.push(line.slice(at, end))
    at = end + 1
  }
  const time = fields[TIME] ?? ''
  const timeMs = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/.test(time) ? Date.parse(time) : Number.NaN
  if (Number.isNaN(timeMs)) return { fault: 'no time in its second field' }
  const status = fields[STATUS] ?? ''
  if (!isStatus(status)) return { fault: 'no status in its ninth field' }
  const request = readQuoted(line, at)
  const agent = request && readQuoted(line, request.end + 1)
  if (!request || !agent) return { fault: 'no request and user agent in quotes' }
  return lineOf({
    timeMs,
    address: fields[CLIENT] ?? '',
    host: '',
    ...readRequest(request.text),
    status,
    bytes: fields[SENT] ?? '',
    referrer: '',
    userAgent: agent.text,
    seconds: processingTime(fields),
  })
}

/** All three together. Where one is -1 no target answered, and how long that took nobody tells: undefined. */
function processingTime(fields: readonly string[]): number | undefined {
  let sum = 0
  for (const field of PROCESSING) {
    const seconds = secondsOf(fields[field] ?? '')
    if (seconds === undefined) return undefined
    sum += seconds
  }
  return sum
}
