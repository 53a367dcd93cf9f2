import type { Clock, Log } from '../../ports.ts'
import { field, textOf } from '../../unknown.ts'
import type { Gates } from './gates.ts'
import { readJson } from './json.ts'
import type { RingCentralSettings } from './settings.ts'
import { exchange, type Fetch } from './transport.ts'

/** Why there is no access token. */
export interface AccessFault {
  /** The API's code, or how no answer came. */
  readonly code: string
  /** It is not asked for again before then. */
  readonly until: number
}

export interface Access {
  /** One that is good now; fetches another in the background when most of its time has passed. */
  token(): string | undefined
  /** The same, after waiting for it where there is none. All who wait, wait for one request. */
  ready(): Promise<string | AccessFault>
  /** A token was refused: it is not used again. */
  drop(token: string): void
  /** Permissions of the application, as the last token told. */
  scopes(): readonly string[]
  /** Why there was none the last time; undefined once there is. */
  fault(): AccessFault | undefined
}

const ROUTE = 'POST /restapi/oauth/token'
const JWT_GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
/** Share of its time after which a token is replaced. */
const RENEW_AT = 0.8
const TIMEOUT_MS = 10_000
/** After an answer that another request does not change, and after one that it may. */
const REST_MS = { refused: 300_000, failed: 10_000 }

/** Access tokens by JWT (RFC 7523), one request at a time and few of them: five a minute are allowed. */
export function createAccess(parts: {
  settings: RingCentralSettings
  clock: Clock
  gates: Gates
  fetch: Fetch
  log: Pick<Log, 'warn'>
}): Access {
  const { settings, clock, gates, fetch, log } = parts
  let current: { token: string; renewAt: number; endsAt: number } | undefined
  let scopes: readonly string[] = []
  let fault: AccessFault | undefined
  let asking: Promise<string | AccessFault> | undefined

  function ask(): Promise<string | AccessFault> {
    asking ??= request().finally(() => {
      asking = undefined
    })
    return asking
  }
  async function request(): Promise<string | AccessFault> {
    const closed = gates.pass(ROUTE, 'auth', false)
    if (closed) return fail('CMN-301', closed.opensAt)
    const reply = await exchange(
      fetch,
      `${settings.url}/restapi/oauth/token`,
      {
        method: 'POST',
        headers: {
          authorization: `Basic ${btoa(`${settings.clientId}:${settings.clientSecret}`)}`,
          accept: 'application/json',
        },
        body: new URLSearchParams({ grant_type: JWT_GRANT, assertion: settings.jwt }),
      },
      TIMEOUT_MS,
    )
    if (reply.is !== 'answer') return fail(reply.is, clock.now() + REST_MS.failed)
    const refused = gates.heed(ROUTE, reply.status, reply.headers)
    if (refused) return fail('CMN-301', refused.opensAt)
    const body = readJson(reply.text)
    const [token, seconds] = [textOf(field(body, 'access_token')), Number(field(body, 'expires_in'))]
    if (reply.status === 200 && token !== undefined && seconds > 0) {
      const now = clock.now()
      current = { token, renewAt: now + seconds * RENEW_AT * 1000, endsAt: now + seconds * 1000 }
      scopes = (textOf(field(body, 'scope')) ?? '').split(' ').filter((scope) => scope !== '')
      fault = undefined
      return token
    }
    const code = textOf(field(body, 'errorCode')) ?? textOf(field(body, 'errors', '0', 'errorCode')) ?? ''
    const isFinal = reply.status >= 400 && reply.status < 500 && reply.status !== 408
    return fail(
      code === '' ? String(reply.status) : code,
      clock.now() + (isFinal ? REST_MS.refused : REST_MS.failed),
    )
  }
  function fail(code: string, until: number): AccessFault {
    fault = { code, until }
    log.warn({ code }, 'no access to RingCentral: `sluice sms connect` says what to do')
    return fault
  }
  function isResting(): AccessFault | undefined {
    return fault && clock.now() < fault.until ? fault : undefined
  }

  return {
    token() {
      const now = clock.now()
      if (current && now < current.renewAt) return current.token
      if (!isResting()) void ask()
      return current && now < current.endsAt ? current.token : undefined
    },
    async ready() {
      const now = clock.now()
      if (current && now < current.endsAt) return current.token
      return isResting() ?? (await ask())
    },
    drop(token) {
      if (current?.token === token) current = undefined
    },
    scopes: () => scopes,
    fault: () => fault,
  }
}
