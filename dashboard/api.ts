/** A client without privileges: it can do what anybody with a session can do over HTTP, and nothing else. */
import type { Filter, Question, QueryAnswer } from '../schema/query.ts'
import type { Site } from '../schema/site.ts'

/** What the page knows of a site. */
export type SiteEntry = Pick<Site, 'domain' | 'timezone' | 'preConsent' | 'goals' | 'properties'>

/** What happens daily and is not a bug. */
export type Failure =
  | { kind: 'signed-out' }
  /** No answer: offline, or the server is down. */
  | { kind: 'unreachable' }
  /** The server answered that it cannot now (429, 503). */
  | { kind: 'busy' }
  /** The server said no, and perhaps why, in a sentence made for people. */
  | { kind: 'refused'; status: number; message: string | undefined }

export type Reply<T> =
  /** `now` is the server's clock in milliseconds, since a reader's own may be wrong. */
  { ok: true; value: T; now: number } | { ok: false; failure: Failure }

/** Who is signed in. */
export interface SessionEntry {
  signedIn: boolean
  /** `guest`: somebody who looks at the demo; `share`: who holds a share link. */
  role?: string
  /** Permissions, as in docs/api.md. */
  may?: string[]
  /** Until when the second factor is fresh: ISO 8601; null: it never was. */
  confirmedUntil?: string | null
  /** How many passkeys they have. */
  passkeys?: number
  /** What every answer is narrowed to. */
  filters?: Filter[]
}

export interface Api {
  session: () => Promise<Reply<SessionEntry>>
  sites: () => Promise<Reply<{ sites: SiteEntry[] }>>
  query: (query: Question, signal: AbortSignal) => Promise<Reply<QueryAnswer>>
  /** The answer to a question as CSV. */
  csv: (query: Question) => Promise<Reply<CsvFile>>
  /**
   * Asks what the pages loaded on demand ask; they know the shapes.
   * @param takesCode a 401 or 429 says that a password or code was wrong, and is told
   */
  send: <T>(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: object,
    takesCode?: boolean,
  ) => Promise<Reply<T>>
  signOut: () => Promise<Reply<unknown>>
  signIn: (given: { email: string; password: string; code: string }) => Promise<Reply<unknown>>
  /** Signs in a guest of the demo. */
  look: (token: string) => Promise<Reply<unknown>>
  /**
   * Opens a share link: from then on everything is asked by it. `wants`: it has a password, which was not given.
   * @param given `password` as it was typed
   */
  openShare: (given: { id: string; token: string; password?: string }) => Promise<Reply<ShareOpened>>
  /** What the page of a set-up link shows. */
  offer: (token: string) => Promise<Reply<SetUpOffer>>
  setUp: (
    given: {
      token: string
      email: string
      password: string
    } & ({ code: string } | { passkey: object; passkeyName: string }),
  ) => Promise<Reply<{ recoveryCodes: string[] }>>
}

export interface CsvFile {
  /** `sluice-2026-11-01-2026-11-24.csv`. */
  name: string
  content: Blob
}

/** What opening a share link comes to. */
export type ShareOpened = { access: string } | { wants: 'password' }

export interface SetUpOffer {
  /** Whose link it is; null: the first account's, who says it. */
  email: string | null
  /** For the authenticator: base32, and as an address that an app takes in. */
  secret: string
  address: string
}

/** Longest sentence of the server's that is shown. */
const MESSAGE_CHARACTERS = 300

/** The sentence in an error's body, which is `{"error": "…"}` or `{"error": {"message": "…"}}`. */
function messageOf(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined
  const error = 'error' in body ? body.error : 'message' in body ? body.message : undefined
  if (typeof error === 'string') return error.slice(0, MESSAGE_CHARACTERS)
  return error === undefined ? undefined : messageOf(error)
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json()
  } catch {
    return undefined
  }
}

async function readCsv(response: Response): Promise<CsvFile | undefined> {
  const [, name] = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '') ?? []
  try {
    return { name: name ?? 'sluice.csv', content: await response.blob() }
  } catch {
    return undefined
  }
}

/** Where the answer to a question is as CSV, relative to the page. */
export function csvAddress(query: Question): string {
  return `api/query.csv?query=${encodeURIComponent(JSON.stringify(query))}`
}

function json(body: unknown): RequestInit {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }
}

/** `base` is where the dashboard lives, with its prefix: `https://stats.example.com/` or `https://example.com/stats/`. */
export function createApi(base: URL, send: typeof fetch): Api {
  /** Of a share link that was opened; in memory only. */
  let access: string | undefined

  /**
   * @param isEntrance nobody is signed in yet: a 401 or 429 says what was wrong, and is told
   * @param read takes what was asked for out of an answer that is not a refusal
   */
  async function ask<T>(
    path: string,
    init: RequestInit = {},
    isEntrance = false,
    read: (response: Response) => Promise<unknown> = readJson,
  ): Promise<Reply<T>> {
    let response: Response
    const headers = new Headers(init.headers)
    if (access !== undefined) headers.set('authorization', `Bearer ${access}`)
    try {
      response = await send(new URL(path, base), {
        credentials: 'same-origin',
        cache: 'no-store',
        ...init,
        headers,
      })
    } catch {
      return { ok: false, failure: { kind: 'unreachable' } }
    }
    const { status } = response
    if (status === 401 && !isEntrance) return { ok: false, failure: { kind: 'signed-out' } }
    if ((status === 429 && !isEntrance) || status === 503) return { ok: false, failure: { kind: 'busy' } }
    const body = status === 204 ? {} : await (response.ok ? read : readJson)(response)
    if (!response.ok || body === undefined) {
      return { ok: false, failure: { kind: 'refused', status, message: messageOf(body) } }
    }
    const now = Date.parse(response.headers.get('date') ?? '')
    return { ok: true, value: body as T, now: Number.isNaN(now) ? Date.now() : now }
  }

  return {
    session: () => ask('api/session'),
    sites: () => ask('api/sites'),
    query: (query, signal) => ask('api/query', { ...json(query), signal }),
    csv: (query) => ask(csvAddress(query), {}, false, readCsv),
    send: (method, path, body, takesCode = false) =>
      ask(path, { ...(body && json(body)), method }, takesCode),
    signOut: () => ask('api/sign-out', { method: 'POST' }),
    signIn: (given) => ask('api/sign-in', json(given), true),
    look: (token) => ask('api/look', json({ token }), true),
    openShare: async (given) => {
      access = undefined
      const reply = await ask<ShareOpened>('api/share/open', json(given), true)
      if (reply.ok && 'access' in reply.value) access = reply.value.access
      return reply
    },
    offer: (token) => ask('api/set-up/look', json({ token }), true),
    setUp: (given) => ask('api/set-up', json(given), true),
  }
}
