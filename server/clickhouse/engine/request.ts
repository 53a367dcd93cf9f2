import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { type Chdb, DATABASE, hasPlainNames, type Job } from './chdb.ts'
import { MAX_BODY_BYTES } from './limits.ts'
import type { Credentials, Users } from './protocol.ts'
import { insertTarget, readerFault, settingFault } from './statement.ts'

/** A fault that is answered with a ClickHouse exception code. */
export class Refusal extends Error {
  readonly status: number
  readonly code: number
  readonly label: string
  constructor(status: number, code: number, label: string, message: string) {
    super(message)
    this.status = status
    this.code = code
    this.label = label
  }
}

/** Parameters of the address that are not settings. */
const OWN_PARAMETERS = new Set([
  'query',
  'query_id',
  'database',
  'default_format',
  'enable_http_compression',
  'wait_end_of_query',
  'buffer_size',
  'user',
  'password',
])
/** Parameters that would promise what is not done here. */
const REFUSED_PARAMETERS = ['session_id', 'role', 'compress', 'decompress', 'quota_key']

/** Who asks. Throws Refusal for nobody and for who has a wrong password. */
export function authenticate(request: IncomingMessage, users: Users): Job['role'] {
  const given = credentials(request)
  if (!given) throw new Refusal(401, 194, 'REQUIRED_PASSWORD', 'Send the name and password of the engine.')
  const isReader = matches(given, users.reader)
  const isWriter = matches(given, users.writer)
  if (isWriter) return 'writer'
  if (isReader) return 'reader'
  throw new Refusal(403, 516, 'AUTHENTICATION_FAILED', 'The name or password is not that of the engine.')
}

function credentials(request: IncomingMessage): Credentials | undefined {
  const { authorization } = request.headers
  if (authorization?.startsWith('Basic ')) {
    const text = Buffer.from(authorization.slice('Basic '.length), 'base64').toString('utf8')
    const colon = text.indexOf(':')
    return colon < 0 ? undefined : { username: text.slice(0, colon), password: text.slice(colon + 1) }
  }
  const username = request.headers['x-clickhouse-user']
  const password = request.headers['x-clickhouse-key']
  return typeof username === 'string' && typeof password === 'string' ? { username, password } : undefined
}

/** Compares in a time that tells nothing of how much of it was right. */
function matches(given: Credentials, expected: Credentials): boolean {
  return timingSafeEqual(digest(given), digest(expected))
}

function digest({ username, password }: Credentials): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([username, password]))
    .digest()
}

/**
 * What is asked, with its body; rows in Native lie in a file of `incoming`, which the caller removes. Throws Refusal when it
 * cannot be read or must not be asked.
 */
export async function readJob(
  request: IncomingMessage,
  url: URL,
  role: Job['role'],
  { outside, incoming }: Pick<Chdb, 'outside' | 'incoming'>,
  signal: AbortSignal,
): Promise<Job> {
  if (url.pathname !== '/') throw new Refusal(404, 36, 'BAD_ARGUMENTS', 'The engine answers on / and /ping.')
  const { searchParams } = url
  const refused = REFUSED_PARAMETERS.find((name) => searchParams.has(name))
  if (refused !== undefined) {
    throw new Refusal(400, 36, 'BAD_ARGUMENTS', `The embedded engine does not know ${refused}: leave it out.`)
  }
  const parameters = new Map<string, string>()
  const settings = new Map<string, string>()
  for (const [name, value] of searchParams) {
    if (name.startsWith('param_')) parameters.set(name.slice('param_'.length), value)
    else if (!OWN_PARAMETERS.has(name)) settings.set(name, value)
  }
  const asked = {
    role,
    database: searchParams.get('database') ?? DATABASE,
    format: searchParams.get('default_format') ?? 'TabSeparated',
    parameters,
    settings,
    comment: settings.get('log_comment') ?? searchParams.get('query_id') ?? '',
    signal,
  }
  if (!hasPlainNames(asked)) {
    throw new Refusal(400, 36, 'BAD_ARGUMENTS', 'A setting, parameter or database has no plain name.')
  }
  const query = searchParams.get('query') ?? ''
  const body = bodyOf(request)
  if (role === 'writer' && insertTarget(query)?.format === 'Native') {
    return { ...asked, statement: query, rows: NOTHING, file: await incoming.take(body) }
  }
  const bytes = await gather(body)
  const statement = query === '' ? bytes.toString('utf8') : query
  if (statement.trim() === '') throw new Refusal(400, 62, 'SYNTAX_ERROR', 'The request holds no statement.')
  const fault =
    role === 'reader' ? (readerFault(statement, await outside()) ?? settingFault(settings.keys())) : undefined
  if (fault !== undefined) throw new Refusal(403, 497, 'ACCESS_DENIED', fault)
  return { ...asked, statement, rows: query === '' ? NOTHING : bytes }
}

const NOTHING = Buffer.alloc(0)

/** The body, unpacked. Throws Refusal as soon as it is too large. */
async function* bodyOf(request: IncomingMessage): AsyncGenerator<Buffer> {
  const encoding = request.headers['content-encoding'] ?? 'identity'
  if (encoding !== 'identity' && encoding !== 'gzip') {
    throw new Refusal(415, 36, 'BAD_ARGUMENTS', 'The engine reads bodies that are plain or gzip.')
  }
  if (request.headers['content-type']?.startsWith('multipart/')) {
    throw new Refusal(415, 36, 'BAD_ARGUMENTS', 'The engine reads parameters from the address only.')
  }
  if (Number(request.headers['content-length']) > MAX_BODY_BYTES) throw tooLarge()
  const source = encoding === 'gzip' ? pipeline(request, createGunzip(), () => undefined) : request
  let size = 0
  for await (const chunk of source as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_BODY_BYTES) throw tooLarge()
    yield chunk
  }
}

async function gather(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function tooLarge(): Refusal {
  return new Refusal(413, 36, 'BAD_ARGUMENTS', `Send at most ${MAX_BODY_BYTES} bytes in one request.`)
}
