import type { ClientIp, RawUserAgent } from '../../../schema/brand.ts'
import type { LogLine } from '../line.ts'

/** What the formats have in common: how a field of theirs is read. All of it takes time in proportion to the text. */

/** Longest user agent and referrer that are looked at. */
const MAX_USER_AGENT = 512
const MAX_REFERRER = 2_048

/** The fields as they stand in a line, `-` or empty where there is nothing. */
export interface RawLine {
  readonly timeMs: number
  /** With or without a port. */
  readonly address: string
  readonly userAgent: string
  readonly method: string
  /** With or without a port; what the target says comes first. */
  readonly host: string
  /** Origin form (`/a?b`) or absolute form (`https://host/a?b`). */
  readonly target: string
  readonly status: string
  readonly bytes: string
  readonly referrer: string
  /** Seconds until the answer had been sent; undefined or no number of 0 or more: the log does not tell. */
  readonly seconds: number | undefined
}

export function lineOf(raw: RawLine): LogLine {
  const target = readTarget(raw.target)
  return {
    timeMs: raw.timeMs,
    address: withoutPort(raw.address) as ClientIp,
    userAgent: told(raw.userAgent).slice(0, MAX_USER_AGENT) as RawUserAgent,
    tellsAgent: true,
    method: raw.method === 'GET' || METHOD.test(raw.method) ? raw.method : '',
    host: hostOnly(target.host || told(raw.host)),
    path: target.path,
    query: target.query,
    status: raw.status === '200' ? 200 : STATUS.test(raw.status) ? Number(raw.status) : 0,
    bytes: bytesOf(raw.bytes),
    referrer: told(raw.referrer).slice(0, MAX_REFERRER),
    durationMs: millisecondsOf(raw.seconds),
  }
}

/** What took less than a millisecond counts as one, since 0 says that nobody knows. */
function millisecondsOf(seconds: number | undefined): number {
  if (seconds === undefined || !(seconds >= 0) || seconds === Infinity) return 0
  return Math.max(1, Math.round(seconds * 1_000))
}

const SECONDS = /^\d{1,9}(?:\.\d{1,9})?$/

/** Seconds as logs write them, `0.113`; undefined for anything else, such as `-` and `-1`. */
export function secondsOf(text: string): number | undefined {
  return SECONDS.test(text) ? Number(text) : undefined
}

const METHOD = /^[A-Z][A-Z_-]{1,19}$/
const STATUS = /^[0-5]\d\d$/
const BYTES = /^\d{1,15}(?:\.\d{1,6})?$/

/** Whether a text is an HTTP status, or says that there was none. */
export function isStatus(text: string): boolean {
  return (
    text === '200' || text === '304' || text === '404' || STATUS.test(text) || text === '0' || text === '-'
  )
}

const MAX_BYTES_DIGITS = 15

/** A whole number, or that there was none. */
export function isBytes(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const digit = text.charCodeAt(at) - ZERO
    if (digit < 0 || digit > 9) return text === '-'
  }
  return text !== ''
}

/** Most logs write a plain number: a loop reads it faster than an expression finds that it is one. */
function bytesOf(text: string): number {
  let number = 0
  for (let at = 0; at < text.length; at++) {
    const digit = text.charCodeAt(at) - ZERO
    if (digit < 0 || digit > 9 || at === MAX_BYTES_DIGITS) {
      return BYTES.test(text) ? Math.floor(Number(text)) : 0
    }
    number = number * 10 + digit
  }
  return number
}

function told(text: string): string {
  return text === '-' ? '' : text
}

const ZERO = 48
const SLASH = 47
const QUOTE = 34
const SPACE = 32

const ABSOLUTE = /^https?:\/\/([^/?#]*)/i

function readTarget(target: string): { host: string; path: string; query: string } {
  const found = target.charCodeAt(0) === SLASH ? null : ABSOLUTE.exec(target)
  const rest = found ? target.slice(found[0].length) || '/' : target
  const origin = found && rest.startsWith('?') ? `/${rest}` : rest
  // An asterisk (OPTIONS) and a name with a port (CONNECT) are no pages.
  if (!origin.startsWith('/')) return { host: '', path: '', query: '' }
  const question = origin.indexOf('?')
  return {
    host: found?.[1] ?? '',
    path: question < 0 ? origin : origin.slice(0, question),
    query: question < 0 ? '' : origin.slice(question + 1),
  }
}

const HOST = /^(?:[^@]*@)?((?:[a-z\d_-]+\.)*[a-z\d_-]+|\[[\d.:a-f]+\])\.?(?::\d{1,5})?$/

function hostOnly(host: string): string {
  if (host === '') return ''
  return host.length > 300 ? '' : (HOST.exec(host.toLowerCase())?.[1] ?? '')
}

const WITH_PORT = /^(?:\[([\d.:A-Fa-f]+)\]|([\d.]+))(?::\d{1,5})?$/

function withoutPort(address: string): string {
  if (address.length > 80) return ''
  if (!address.includes(':') && !address.startsWith('[')) return told(address)
  const found = WITH_PORT.exec(address)
  return told(found?.[1] ?? found?.[2] ?? address)
}

const PERCENT = /(?:%[\dA-Fa-f]{2})+/g

/** Undoes percent-encoding once; what is none stays, bytes that are no UTF-8 become U+FFFD. */
export function decodePercent(text: string): string {
  if (!text.includes('%')) return text
  return text.replace(PERCENT, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'))
}

/** `GET /a b HTTP/1.1`: the target is what stands between. A request that is none gives empty texts. */
export function readRequest(request: string): { method: string; target: string } {
  const first = request.indexOf(' ')
  if (first < 0) return { method: '', target: '' }
  const last = request.lastIndexOf(' ')
  // HTTP/0.9 has no version.
  const end = last > first && isVersion(request.slice(last + 1)) ? last : request.length
  return { method: request.slice(0, first), target: request.slice(first + 1, end).trim() }
}

function isVersion(text: string): boolean {
  return text === 'HTTP/1.1' || text === 'HTTP/2.0' || /^(?:HTTP\/[\d.]{1,4}|-)$/.test(text)
}

/**
 * Reads a text in quotes that begins at `start`, to a quote that is not escaped and with which the field ends. Undefined
 * where there is none.
 */
export function readQuoted(line: string, start: number): { text: string; end: number } | undefined {
  if (line.charCodeAt(start) !== QUOTE) return undefined
  const backslash = line.indexOf('\\', start + 1)
  let from = start + 1
  for (;;) {
    const at = line.indexOf('"', from)
    if (at < 0) return undefined
    const isEscaped = backslash >= 0 && backslash < at && countBackslashes(line, at) % 2 === 1
    if (!isEscaped && (at + 1 === line.length || line.charCodeAt(at + 1) === SPACE)) {
      const text = line.slice(start + 1, at)
      return { text: backslash >= 0 && backslash < at ? unescape(text) : text, end: at + 1 }
    }
    from = at + 1
  }
}

/** Right before a place: of two the first escapes the second. */
function countBackslashes(line: string, at: number): number {
  let count = 0
  while (line[at - 1 - count] === '\\') count++
  return count
}

const ESCAPES = /\\(?:x([\dA-Fa-f]{2})|(.))/gs

/** `\"`, `\\` and the `\xhh` in which servers write bytes that they do not trust. */
function unescape(text: string): string {
  if (!text.includes('\\x')) return text.replace(ESCAPES, '$2')
  const bytes = text.replace(ESCAPES, (_all, hex: string | undefined, other: string | undefined) =>
    hex === undefined
      ? Buffer.from(other ?? '').toString('latin1')
      : String.fromCharCode(Number.parseInt(hex, 16)),
  )
  return Buffer.from(bytes, 'latin1').toString('utf8')
}
