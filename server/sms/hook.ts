import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { readPosted, type ProviderEvent } from '../../sms/index.ts'
import type { Clock } from '../clock.ts'
import { readBody } from '../http/body.ts'
import { describe, type Log } from '../log.ts'
import type { Reading } from '../metrics.ts'
import { HOOK_PATH, type HookSecrets } from './hook-secrets.ts'

export interface HookParts {
  secrets: HookSecrets
  clock: Clock
  log: Pick<Log, 'warn' | 'error'>
  /** Takes what was told. Where it fails the lists tell it again. */
  take(events: readonly ProviderEvent[]): Promise<void>
  /** The lists are to be asked soon: something that was posted could not be taken. */
  askSoon(): void
  /** The subscription is to be looked at: its end is near. */
  lookSoon(): void
}

export interface Hook {
  /** Answers what is posted to the hook; false for all other requests. */
  readonly route: (request: IncomingMessage, response: ServerResponse) => boolean
  readings(): Reading[]
  /** Resolves when what was answered is taken too. */
  settled(): Promise<void>
}

/** Events are a few hundred bytes; one of consents may hold many records. */
const MOST_BYTES = 1_000_000

/**
 * The webhook. Its whole answer may be 1,024 bytes, so it stands before everything that adds headers. Who posts must know
 * the path, and the token that was given for the events; both are compared in constant time. Nothing is taken on trust
 * beyond that, since events are not signed: what they tell is read again in the lists.
 *
 * An empty body with a token asks whether this is the hook, and is echoed. A body is an event and never such a question,
 * whatever headers it has. It is answered at once and taken afterwards.
 */
export function createHook({ secrets, clock, log, take, askSoon, lookSoon }: HookParts): Hook {
  const pending = new Set<Promise<void>>()
  const counts = { taken: 0, unknown: 0, refused: 0 }
  let warned = false

  function refuse(response: ServerResponse, status: number, headers: Record<string, string> = {}): void {
    counts.refused++
    answer(response, status, headers)
  }
  function handle(request: IncomingMessage, response: ServerResponse): void {
    if (request.method !== 'POST') return refuse(response, 405, { allow: 'POST' })
    readBody(request, MOST_BYTES, (fault, body) => {
      if (fault === 'aborted') return
      if (fault === 'too-large') return tooLarge(response)
      if (body.length === 0) return shakeHands(request, response)
      if (!isVerified(request)) return unverified(response)
      const posted = readPosted(body, secrets.fingerprint, clock.now())
      if (posted.is === 'malformed') return refuse(response, 400)
      answer(response, 200)
      if (posted.is === 'events') keep(posted.events)
      else counts.unknown++
      if (posted.is === 'reminder') lookSoon()
    })
  }
  function tooLarge(response: ServerResponse): void {
    // It may have told something.
    askSoon()
    refuse(response, 413, { connection: 'close' })
  }
  function shakeHands({ headers }: IncomingMessage, response: ServerResponse): void {
    const token = headers['validation-token']
    if (typeof token === 'string' && /^[\x21-\x7e]{1,256}$/.test(token)) {
      answer(response, 200, { 'validation-token': token })
    } else refuse(response, 400)
  }
  function isVerified({ headers }: IncomingMessage): boolean {
    // Documents and clients differ in what they call it.
    return [headers['verification-token'], headers['validation-token']].some(
      (token) => typeof token === 'string' && isSame(token, secrets.verificationToken),
    )
  }
  function unverified(response: ServerResponse): void {
    if (!warned) log.warn({}, 'something was posted to the SMS webhook without its token')
    warned = true
    askSoon()
    refuse(response, 401)
  }
  function keep(events: readonly ProviderEvent[]): void {
    counts.taken += events.length
    const taking = take(events).catch((error: unknown) => {
      log.error(
        { err: describe(error) },
        'an event of the SMS provider could not be taken: it is asked for again',
      )
      askSoon()
    })
    pending.add(taking)
    void taking.finally(() => pending.delete(taking))
  }

  return {
    route(request, response) {
      const [path = ''] = (request.url ?? '').split('?')
      if (!path.startsWith(HOOK_PATH)) return false
      if (isSame(path.slice(HOOK_PATH.length), secrets.path)) handle(request, response)
      else refuse(response, 404)
      return true
    },
    readings: () =>
      (['taken', 'unknown', 'refused'] as const).map((outcome) => ({
        name: `sluice_sms_webhook_${outcome}_total`,
        help: HELP[outcome],
        kind: 'counter',
        read: () => counts[outcome],
      })),
    async settled() {
      await Promise.all(pending)
    },
  }
}

const HELP = {
  taken: 'Events that the SMS provider posted.',
  unknown: 'Posts of the SMS provider that told nothing known.',
  refused: 'Posts to the SMS webhook without its path, its token or a readable body.',
} as const

/** Little more than a status: each byte counts. */
function answer(response: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  if (response.writableEnded || response.destroyed) return
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': '0', ...headers })
  response.end()
}

/** Takes the same time wherever they differ, and whatever their lengths. */
function isSame(one: string, other: string): boolean {
  return timingSafeEqual(hashOf(one), hashOf(other))
}

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
