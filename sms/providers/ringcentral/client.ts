import type { Clock } from '../../ports.ts'
import { field, textOf } from '../../unknown.ts'
import type { Access } from './access.ts'
import type { Gates, Group } from './gates.ts'
import { readJson } from './json.ts'
import type { RingCentralSettings } from './settings.ts'
import { exchange, type Fetch } from './transport.ts'

export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly query?: Readonly<Record<string, string | readonly string[]>>
  readonly json?: unknown
  /** In place of JSON. */
  readonly form?: FormData
  /** Which group it is taken for until an answer tells. */
  readonly group: Group
  /** What a limit is learnt of: the path without ids. Default: the path. */
  readonly route?: string
  /** How long the answer may take. Default `ANSWER_MS`. */
  readonly timeoutMs?: number
}

/** What came of a call. Nothing is done a second time that may have been done. */
export type Called =
  | { readonly is: 'answer'; readonly status: number; readonly json: unknown }
  /** Nothing left: a rate, or no access token. */
  | { readonly is: 'closed'; readonly until: number }
  /** Surely not taken. */
  | { readonly is: 'not-sent' }
  /** It may have been taken. */
  | { readonly is: 'lost' }

export interface Client {
  /** Lets a request that sends out now or not at all: it has begun when this returns. */
  send(request: Request): Promise<Called>
  /** Asks. Waits for an access token where there is none, and asks again with another one where that was refused. */
  ask(request: Request): Promise<Called>
  /** An access token as the next message will need it, without waiting. */
  warmUp(): void
}

/** How long an answer may take. */
export const ANSWER_MS = 15_000
/** A token that is being fetched will be there soon. */
const SOON_MS = 500

export function createClient(parts: {
  settings: RingCentralSettings
  clock: Clock
  gates: Gates
  access: Access
  fetch: Fetch
}): Client {
  const { settings, clock, gates, access, fetch } = parts

  async function call(request: Request, token: string, sends: boolean): Promise<Called> {
    const route = `${request.method} ${request.route ?? request.path}`
    const closed = gates.pass(route, request.group, sends)
    if (closed) return { is: 'closed', until: closed.opensAt }
    const { method, json, form } = request
    const body = form ?? (json === undefined ? undefined : JSON.stringify(json))
    const reply = await exchange(
      fetch,
      `${settings.url}${request.path}${queryOf(request.query)}`,
      {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          accept: 'application/json',
          ...(json !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body }),
      },
      request.timeoutMs ?? ANSWER_MS,
    )
    if (reply.is !== 'answer') return reply
    const refused = gates.heed(route, reply.status, reply.headers)
    if (refused) return { is: 'closed', until: refused.opensAt }
    if (reply.status === 401) access.drop(token)
    return { is: 'answer', status: reply.status, json: readJson(reply.text) }
  }

  return {
    async send(request) {
      const token = access.token()
      if (token !== undefined) return call(request, token, true)
      const until = Math.max(access.fault()?.until ?? 0, clock.now() + SOON_MS)
      return { is: 'closed', until }
    },
    async ask(request) {
      const first = await access.ready()
      if (typeof first !== 'string') return { is: 'closed', until: first.until }
      const called = await call(request, first, false)
      if (called.is !== 'answer' || called.status !== 401) return called
      const second = await access.ready()
      if (typeof second !== 'string') return { is: 'closed', until: second.until }
      return call(request, second, false)
    },
    warmUp: () => void access.token(),
  }
}

/** The code of an error: of the newer list, or of the older field. */
export function codeOf(json: unknown): string | undefined {
  return textOf(field(json, 'errors', '0', 'errorCode')) ?? textOf(field(json, 'errorCode'))
}

function queryOf(query: Request['query'] = {}): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().map((one): [string, string] => [name, one]),
  )
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs).toString()}`
}
