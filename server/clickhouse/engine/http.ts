import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { gzip } from 'node:zlib'
import { promisify } from 'node:util'
import type { Chdb, Job, JobResult } from './chdb.ts'
import { LaneFullError } from './lane.ts'
import type { Users } from './protocol.ts'
import { Refusal, authenticate, readJob } from './request.ts'

/**
 * ClickHouse's HTTP interface before chDB, as far as the ordinary client uses it. An answer is complete before its
 * status is sent, as with `wait_end_of_query=1`: there is no exception in the body of a 200.
 */

/** Bound parameters travel in the address. */
const MAX_HEADER_BYTES = 2 ** 20
/** Longer than the client keeps an idle connection, so that it is never the engine that closes one in use. */
const KEEP_ALIVE_MS = 60_000
const COMPRESS_FROM_BYTES = 1_024

export function createEngineServer(chdb: Chdb, users: Users): Server {
  const server = createServer(
    { maxHeaderSize: MAX_HEADER_BYTES, keepAliveTimeout: KEEP_ALIVE_MS },
    (request, response) => {
      void answer(chdb, users, request, response)
    },
  )
  // A big insert may come slowly from a busy machine; the client has its own time limit.
  server.requestTimeout = 0
  return server
}

async function answer(
  chdb: Chdb,
  users: Users,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController()
  response.on('close', () => {
    if (!response.writableFinished) gone.abort(new Error('the caller has gone'))
  })
  try {
    const role = authenticate(request, users)
    const url = new URL(request.url ?? '/', 'http://engine')
    if (url.pathname === '/ping') {
      response.end('Ok.\n')
      return
    }
    const job = await readJob(request, url, role, chdb, gone.signal)
    const result = await runOnce(chdb, job)
    send(request, response, job, url, result)
  } catch (error) {
    if (!response.destroyed) refuse(response, error)
  }
}

/** What came with a job is gone before anybody hears of it. */
async function runOnce(chdb: Chdb, job: Job): Promise<JobResult> {
  try {
    return await chdb.run(job)
  } finally {
    await job.file?.remove()
  }
}

const pack = promisify(gzip)

function send(
  request: IncomingMessage,
  response: ServerResponse,
  job: Job,
  url: URL,
  result: JobResult,
): void {
  const summary = {
    read_rows: String(result.rowsRead),
    read_bytes: String(result.bytesRead),
    written_rows: String(result.rowsWritten),
    written_bytes: String(result.bytesWritten),
    total_rows_to_read: '0',
    result_rows: '0',
    result_bytes: String(result.body.length),
    elapsed_ns: String(Math.round(result.seconds * 1e9)),
  }
  response.setHeader('content-type', 'text/plain; charset=UTF-8')
  response.setHeader('x-clickhouse-query-id', url.searchParams.get('query_id') ?? job.comment)
  response.setHeader('x-clickhouse-timezone', 'UTC')
  response.setHeader('x-clickhouse-summary', JSON.stringify(summary))
  const packed =
    url.searchParams.get('enable_http_compression') === '1' &&
    /\bgzip\b/.test(String(request.headers['accept-encoding'])) &&
    result.body.length >= COMPRESS_FROM_BYTES
  if (!packed) {
    response.end(result.body)
    return
  }
  response.setHeader('content-encoding', 'gzip')
  pack(result.body, { level: 1 }).then(
    (body) => response.end(body),
    (error: unknown) => refuse(response, error),
  )
}

function refuse(response: ServerResponse, error: unknown): void {
  const { status, code, message } = exception(error)
  response.statusCode = status
  response.removeHeader('content-encoding')
  response.setHeader('content-type', 'text/plain; charset=UTF-8')
  response.setHeader('x-clickhouse-exception-code', String(code))
  if (status === 401) response.setHeader('www-authenticate', 'Basic')
  // What was not read of the body would be taken for the next request of this connection.
  if (!response.req.complete) response.setHeader('connection', 'close')
  response.end(`${message}\n`)
}

function exception(error: unknown): { status: number; code: number; message: string } {
  if (error instanceof Refusal) {
    const { status, code, label, message } = error
    return { status, code, message: `Code: ${code}. DB::Exception: ${message} (${label})` }
  }
  if (error instanceof LaneFullError) {
    return {
      status: 503,
      code: 202,
      message: 'Code: 202. DB::Exception: Too many statements wait. (TOO_MANY_SIMULTANEOUS_QUERIES)',
    }
  }
  if (isUnpackingError(error)) {
    return {
      status: 400,
      code: 354,
      message: 'Code: 354. DB::Exception: The body is no gzip. (ZLIB_INFLATE_FAILED)',
    }
  }
  const message = error instanceof Error ? error.message : String(error)
  const code = Number(/\bCode: (\d+)/.exec(message)?.[1] ?? 1002)
  if (/^Code: \d+\. DB::/.test(message)) return { status: statusOf(code), code, message }
  return {
    status: statusOf(code),
    code,
    message: `Code: ${code}. DB::Exception: ${message} (UNKNOWN_EXCEPTION)`,
  }
}

function isUnpackingError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')
}

/** As a server answers: what the caller can mend is 4xx, the rest 500. */
function statusOf(code: number): number {
  if (code === 60 || code === 81) return 404
  if (code === 62 || code === 47 || code === 36 || code === 456 || code === 457) return 400
  if (code === 159) return 408
  return 500
}
