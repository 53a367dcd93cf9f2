import type { LineFault, LogLine } from '../line.ts'
import { isStatus, lineOf } from './fields.ts'

/** Caddy's access log: one JSON object a line. */
export function readCaddy(line: string): LogLine | LineFault {
  const entry = objectOf(line)
  if (!entry) return { fault: 'no JSON object' }
  const request = entry['request']
  if (!isObject(request)) return { fault: 'no request in it' }
  const timeMs = timeOf(entry['ts'])
  if (timeMs === undefined) return { fault: 'no time in "ts"' }
  const status = String(entry['status'])
  if (!isStatus(status)) return { fault: 'no status' }
  const headers = isObject(request['headers']) ? request['headers'] : {}
  return lineOf({
    timeMs,
    // Behind a proxy that it trusts Caddy tells the visitor apart from the proxy.
    address: text(request['client_ip']) || text(request['remote_ip']) || text(request['remote_addr']),
    host: text(request['host']),
    method: text(request['method']),
    target: text(request['uri']),
    status,
    bytes: String(entry['size']),
    referrer: headerOf(headers, 'referer'),
    userAgent: headerOf(headers, 'user-agent'),
    seconds: durationOf(entry['duration']),
  })
}

function objectOf(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function headerOf(headers: Record<string, unknown>, name: string): string {
  const key = Object.keys(headers).find((one) => one.toLowerCase() === name)
  const value = key === undefined ? undefined : headers[key]
  return text(Array.isArray(value) ? value[0] : value)
}

/** Seconds with decimals, as Caddy writes it by default; milliseconds or nanoseconds; or a date as text. */
function timeOf(ts: unknown): number | undefined {
  if (typeof ts === 'string') {
    const parsed = Date.parse(ts)
    return Number.isNaN(parsed) ? undefined : parsed
  }
  if (typeof ts !== 'number' || !(ts > 0)) return undefined
  if (ts < 1e11) return Math.floor(ts * 1_000)
  if (ts < 1e14) return Math.floor(ts)
  return ts < 1e20 ? Math.floor(ts / 1e6) : undefined
}

/** Nobody waits for so many seconds: a whole number of them is of nanoseconds. */
const NANOSECONDS_FROM = 1e5
const UNITS: Readonly<Record<string, number>> = {
  h: 3_600,
  m: 60,
  s: 1,
  ms: 1e-3,
  µs: 1e-6,
  us: 1e-6,
  ns: 1e-9,
}
const PART = /(\d{1,9}(?:\.\d{1,9})?)(ms|µs|us|ns|h|m|s)/g

/** Seconds with decimals, as Caddy writes them by default; nanoseconds; or a text as `1m2.5s`. */
function durationOf(duration: unknown): number | undefined {
  if (typeof duration === 'number') {
    return Number.isInteger(duration) && duration >= NANOSECONDS_FROM ? duration / 1e9 : duration
  }
  const parts = [...text(duration).slice(0, 40).matchAll(PART)]
  if (parts.length === 0) return undefined
  return parts.reduce((sum, [, count, unit = '']) => sum + Number(count) * (UNITS[unit] ?? 0), 0)
}
