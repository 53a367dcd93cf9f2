import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  readNumbers,
  watchSubscription,
  type AccountNumber,
  type ProviderEvent,
  type RingCentral,
  type Watched,
} from '../../sms/index.ts'
import type { Clock } from '../clock.ts'
import { describe, type Log } from '../log.ts'
import type { Reading } from '../metrics.ts'
import { createHook } from './hook.ts'
import { hookAddress, type HookSecrets } from './hook-secrets.ts'
import { isHookable } from './probe-hook.ts'

/** Hears what RingCentral tells: by its webhook, and by its lists, since events get lost. */
export interface Listening {
  /** Answers the webhook; false for all other requests. */
  readonly route: (request: IncomingMessage, response: ServerResponse) => boolean
  readings(): Reading[]
  /** Once it can be reached: has events told, and asks the lists. Resolves when those were read, or could not be. */
  begin(): Promise<void>
  /** Resolves when nothing is under way any more. */
  close(): Promise<void>
}

export interface ListeningParts {
  provider: Pick<RingCentral, 'client'>
  secrets: HookSecrets
  publicUrl: string
  clock: Clock
  log: Pick<Log, 'info' | 'warn' | 'error'>
  take(events: readonly ProviderEvent[]): Promise<void>
  /** Reads what the lists hold beyond the events; resolves to how much that was. */
  catchUp(): Promise<number>
  /** Takes over what the account says of its numbers. */
  adopt(numbers: readonly AccountNumber[]): Promise<number>
  rhythm?: Rhythm
}

/** In milliseconds. */
export interface Rhythm {
  /** How often lists are asked: an answer whose event was lost is acted on within this time. */
  readonly ask: number
  /** The same where something that was posted could not be taken. */
  readonly soon: number
  /** How often it is looked whether events are told, and how often where they are not. */
  readonly look: Readonly<Record<Watched['is'], number>>
  /** How often numbers and their campaigns are read. */
  readonly numbers: number
}

const USUAL: Rhythm = {
  ask: 60_000,
  soon: 2_000,
  look: { active: 300_000, missing: 60_000 },
  numbers: 3_600_000,
}

export function createListening(parts: ListeningParts): Listening {
  const { provider, secrets, publicUrl, clock, log, take, catchUp, adopt, rhythm = USUAL } = parts
  const address = hookAddress(publicUrl, secrets)
  let state: Watched['is'] | 'unwatched' = 'unwatched'
  const heard: { first?: () => void } = {}
  const first = new Promise<void>((resolve) => {
    heard.first = resolve
  })
  const lists = createRounds(async () => {
    await catchUp().finally(() => heard.first?.())
    return rhythm.ask
  }, report)
  const subscription = createRounds(async () => {
    const watched = await watchSubscription(provider.client, clock, log, address)
    if (watched.is === 'missing' && state !== 'missing') {
      log.warn(
        { code: watched.code },
        'RingCentral does not tell of events: `sluice sms connect` says what to do',
      )
    }
    // What was told while nobody was is in the lists.
    if (watched.is === 'active' && watched.did !== 'nothing') lists.soon(rhythm.soon)
    state = watched.is
    return rhythm.look[watched.is]
  }, report)
  const numbers = createRounds(async () => {
    const read = await readNumbers(provider.client, clock, true)
    if (read.is === 'unavailable') return rhythm.ask
    await adopt(read.numbers)
    return rhythm.numbers
  }, report)
  const hook = createHook({
    secrets,
    clock,
    log,
    take,
    askSoon: () => lists.soon(rhythm.soon),
    lookSoon: () => subscription.soon(0),
  })

  function report(error: unknown): number {
    log.error({ err: describe(error) }, 'the SMS provider could not be asked')
    return rhythm.ask
  }

  return {
    route: hook.route,
    readings: () => [
      ...hook.readings(),
      {
        name: 'sluice_sms_events_told',
        help: 'Whether the SMS provider tells of events: 1 where it does.',
        kind: 'gauge',
        read: () => (state === 'active' ? 1 : 0),
      },
    ],
    begin() {
      lists.soon(0)
      numbers.soon(0)
      if (isHookable(address.address)) subscription.soon(0)
      else
        log.warn(
          {},
          'RingCentral posts to https only: answers are found by asking. `sluice sms connect` tells more',
        )
      return first
    },
    async close() {
      heard.first?.()
      await Promise.all([lists.close(), subscription.close(), numbers.close(), hook.settled()])
    },
  }
}

interface Rounds {
  /** The next round begins within so many milliseconds. */
  soon(ms: number): void
  close(): Promise<void>
}

/** Does something again and again, never twice at once; each round says when the next is due. */
function createRounds(act: () => Promise<number>, failed: (error: unknown) => number): Rounds {
  let timer: NodeJS.Timeout | undefined
  let dueAt = Infinity
  let running: Promise<void> | undefined
  let isClosed = false

  function plan(ms: number): void {
    const at = performance.now() + ms
    if (isClosed || at >= dueAt) return
    clearTimeout(timer)
    dueAt = at
    timer = setTimeout(() => {
      running = round()
    }, ms)
  }
  async function round(): Promise<void> {
    await running
    if (isClosed) return
    dueAt = Infinity
    plan(await act().catch(failed))
  }
  return {
    soon: plan,
    async close() {
      isClosed = true
      clearTimeout(timer)
      await running
    },
  }
}
