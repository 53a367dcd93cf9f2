import { randomBytes } from 'node:crypto'
import http, { type IncomingMessage } from 'node:http'
import https from 'node:https'
import { setTimeout as wait } from 'node:timers/promises'
import type { Log } from '../log.ts'
import type { ClientIpReader } from './client-ip.ts'

/**
 * Whether the address that people use leads to this server, and whether the proxies on the way are set up: asked once
 * after the start, of the address that the owner configured and no other. It follows no redirect, reads nothing of the
 * answer but that there is one, and tells what it found in one line of the log. Nothing waits for it.
 */
export interface SelfTest {
  /** Told of requests for /live: that of the test is known by its header. */
  notice(request: IncomingMessage): void
  /** Asks. Resolves when all is told, or when it was closed. */
  run(): Promise<void>
  close(): void
}

export interface SelfTestParts {
  publicUrl: string
  clientIp: ClientIpReader
  /** This server speaks https itself: no proxy has to be there. */
  speaksTls: boolean
  log: Pick<Log, 'info' | 'warn'>
  /** Milliseconds before each further try: a proxy may start after us. Default: 5 s, 30 s. */
  rests?: readonly number[]
}

/** Names the request of the test. What it holds is random and good for nothing else. */
const HEADER = 'sluice-self-test'
const ANSWER_MS = 5_000
/** An address that is nobody's (RFC 5737): a peer whose word for it is taken is a trusted proxy. */
const NOBODY = '192.0.2.1'

export function createSelfTest(parts: SelfTestParts): SelfTest {
  const { publicUrl, log, rests = [5_000, 30_000] } = parts
  const token = randomBytes(16).toString('hex')
  const closing = new AbortController()
  /** How the request of the test came here; `fault` says what speaks against it. */
  let arrival: { fault: string | undefined } | undefined

  function faultOf({ headers, socket }: IncomingMessage): string | undefined {
    const isTrusted = parts.clientIp(socket.remoteAddress ?? '', NOBODY) === NOBODY
    const isForwarded = headers['x-forwarded-for'] !== undefined
    if (isForwarded && !isTrusted) {
      return 'a proxy stands in front and is not trusted: name it in SLUICE_TRUSTED_PROXIES, or all visitors count as one'
    }
    if (!isForwarded && publicUrl.startsWith('https:') && !parts.speaksTls) {
      return 'the proxy in front does not say whose request it passes on: let it set X-Forwarded-For, or all visitors count as one'
    }
    return undefined
  }

  /** One try: what is wrong, and whether it may be right soon. */
  async function ask(): Promise<{ fault: string | undefined; isPassing: boolean }> {
    const answer = await answerOf(`${publicUrl}/live`, { [HEADER]: token }, closing.signal)
    if (arrival) return { fault: arrival.fault, isPassing: false }
    if ('reason' in answer) {
      const fault = `PUBLIC_URL cannot be reached from this machine (${answer.reason}): pages and people need it, so start the proxy or correct it`
      return { fault, isPassing: true }
    }
    const fault =
      'PUBLIC_URL is answered by something else: let the proxy pass it to this server, a path of it taken off, or correct it'
    return { fault, isPassing: answer.status >= 500 }
  }

  /** Waits, or until it is closed; alone it keeps no process alive. */
  function rested(ms: number): Promise<unknown> {
    return wait(ms, undefined, { signal: closing.signal, ref: false }).catch((error: Error) => {
      if (error.name !== 'AbortError') throw error
    })
  }

  return {
    notice(request) {
      if (request.headers[HEADER] === token) arrival = { fault: faultOf(request) }
    },
    async run() {
      let fault: string | undefined
      for (const rest of [0, ...rests]) {
        await rested(rest)
        if (closing.signal.aborted) return
        const asked = await ask()
        fault = asked.fault
        if (!asked.isPassing) break
      }
      if (closing.signal.aborted) return
      if (fault === undefined) log.info('PUBLIC_URL leads to this server')
      else log.warn(fault)
    },
    close: () => closing.abort(),
  }
}

/** The status of an answer, or why there was none. */
function answerOf(
  url: string,
  headers: Record<string, string>,
  closing: AbortSignal,
): Promise<{ status: number } | { reason: string }> {
  const { get } = url.startsWith('https:') ? https : http
  const signal = AbortSignal.any([closing, AbortSignal.timeout(ANSWER_MS)])
  return new Promise((resolve) => {
    get(url, { headers, signal }, (response) => {
      response.destroy()
      resolve({ status: response.statusCode ?? 0 })
    }).on('error', (error: NodeJS.ErrnoException) => {
      const isLate = error.name === 'AbortError'
      resolve({ reason: isLate ? `no answer within ${ANSWER_MS / 1000} s` : (error.code ?? error.name) })
    })
  })
}
