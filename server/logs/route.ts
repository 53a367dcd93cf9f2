import type { IncomingMessage, ServerResponse } from 'node:http'
import { MAX_BODY_BYTES } from '../../schema/event.ts'
import type { IngestAnswer, LineRefused } from '../../schema/log.ts'
import { encodeRow } from '../../schema/rows.ts'
import type { Site } from '../../schema/site.ts'
import type { DropLedger } from '../drops/ledger.ts'
import { TooManyTries, UserError } from '../errors.ts'
import { answerFault, answerJson } from '../http/answer.ts'
import { describe, type Log } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import type { Intake } from '../spool/intake.ts'
import { readLines, type NumberedLine } from './lines.ts'
import { isObject, type ReadTold } from './told.ts'

/**
 * `POST /logs` and `POST /events`: what a site's own server tells, one JSON object a line, with a key of the scope
 * `ingest`. The body is read as it comes, so that it may be as long as the sender likes; each bunch of lines is on disk
 * before the next is read. False: the request is for another route.
 */
export type LogsRoute = (request: IncomingMessage, response: ServerResponse) => boolean

export interface LogsRouteParts {
  /** The site that the sender's key is for. Throws UserError. */
  authorize(request: IncomingMessage): Site
  readLog: ReadTold
  readEvent: ReadTold
  intake: Intake
  metrics: Metrics
  drops: Pick<DropLedger, 'tally'>
  log: Log
}

/** Faults that an answer tells one by one. */
const TOLD_FAULTS = 100
const CLOSE = { connection: 'close' }
/** Seconds after which a sender should try again when nothing can be kept now. */
const RETRY_AFTER = { 'retry-after': '5' }

export function createLogsRoute(parts: LogsRouteParts): LogsRoute {
  const { readLog, readEvent, metrics, log } = parts
  return (request, response) => {
    const [path] = (request.url ?? '').split('?', 1)
    if (path !== '/logs' && path !== '/events') return false
    const refuse = (status: number, message: string, headers: Record<string, string> = CLOSE): void => {
      metrics.fault(status)
      answerFault(response, status, message, headers)
    }
    if (request.method !== 'POST') {
      refuse(405, 'This address takes lines by POST.', { ...CLOSE, allow: 'POST' })
      return true
    }
    take(parts, path === '/logs' ? readLog : readEvent, request).then(
      (answer) => answerJson(response, 202, answer),
      (error: unknown) => {
        if (error instanceof TooManyTries) {
          refuse(429, error.message, { ...CLOSE, 'retry-after': String(error.retryAfterSeconds) })
        } else if (error instanceof UserError) refuse(error.status, error.message)
        else if (!request.destroyed || request.complete) {
          log.warn({ err: describe(error) }, 'events could not be kept and were refused with 503')
          refuse(503, 'The events cannot be kept just now: send them all again later.', {
            ...CLOSE,
            ...RETRY_AFTER,
          })
        }
      },
    )
    return true
  }
}

async function take(parts: LogsRouteParts, read: ReadTold, request: IncomingMessage): Promise<IngestAnswer> {
  const site = parts.authorize(request)
  const { metrics } = parts
  const faults: LineRefused[] = []
  let [accepted, dropped] = [0, 0]
  for await (const lines of readLines(request, MAX_BODY_BYTES)) {
    // From here to `commit` nothing is waited for.
    const batch = parts.intake.open()
    const tally = parts.drops.tally(site)
    let scrubbed: string[] = []
    let taken = 0
    for (const { number, raw } of lines.flatMap(objectsOf)) {
      scrubbed = []
      const told =
        raw instanceof Error ? { fault: raw.message } : read(raw, site, (kind) => void scrubbed.push(kind))
      if ('fault' in told) {
        dropped++
        tally.dropped('invalid_event')
        if (faults.length < TOLD_FAULTS) faults.push({ line: number, reason: told.fault })
        continue
      }
      // The first row says whether the line was sent before; a page view may be missing beside its request.
      const isNew = told.rows.map((row) => batch.add(row.eventId, encodeRow(row)))
      if (isNew[0] === true) {
        taken++
        for (const kind of scrubbed) tally.scrubbed(kind)
      } else {
        dropped++
        tally.dropped('duplicate')
      }
    }
    await batch.commit()
    await tally.keep()
    accepted += taken
    metrics.accepted += taken
  }
  return { accepted, dropped, faults }
}

/** A line is an object, or a list of them as `POST /e` takes it: `{"events":[…]}`. */
function objectsOf({ number, text }: NumberedLine): { number: number; raw: unknown }[] {
  if (text === undefined) return [{ number, raw: new Error('it is too long') }]
  const raw = parsed(text)
  if (isObject(raw) && Array.isArray(raw['events'])) {
    const events: readonly unknown[] = raw['events']
    return events.map((one) => ({ number, raw: one }))
  }
  return [{ number, raw }]
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return new Error('it is no JSON object')
  }
}
