import { setTimeout as sleep } from 'node:timers/promises'
import type { IngestAnswer } from '../../schema/log.ts'
import type { Bunch, LineSpool } from './spool.ts'

/** Sends what is on disk, bunch by bunch, until it is taken. The ids of its lines make sure that each counts once. */
export interface Sender {
  /** There is something to send. */
  wake(): void
  /** Ends after the bunch that is under way. */
  stop(): Promise<void>
}

export interface SenderParts {
  readonly spool: Pick<LineSpool, 'oldest'>
  readonly url: string
  readonly key: string
  /** A bunch was taken: how many lines are counted now, and how many the collector would not take. */
  onSent(answer: { readonly lines: number; readonly refused: number }): void
  /** A sentence. */
  onFault(message: string): void
}

const ANSWER_MS = 15_000
/** Lines come in bunches: a request a second costs little, and what is told is not old. */
const BETWEEN_MS = 1_000
const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 60_000

export function startSender({ spool, url, key, onSent, onFault }: SenderParts): Sender {
  const stopping = new AbortController()
  let failures = 0
  let wakened: (() => void) | undefined
  let isWoken = false

  async function rest(ms: number): Promise<void> {
    // An application that has nothing else to do may end.
    await sleep(ms, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined)
  }

  async function untilWoken(): Promise<void> {
    if (!isWoken && !stopping.signal.aborted) await new Promise<void>((resolve) => (wakened = resolve))
    isWoken = false
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      const pause = await sendOldest()
      if (pause === 'nothing') await untilWoken()
      else if (pause > 0) await rest(pause)
      if (pause === 'nothing') await rest(BETWEEN_MS)
    }
  }

  /** Milliseconds to wait; `nothing`: there was nothing to send. */
  async function sendOldest(): Promise<number | 'nothing'> {
    try {
      const bunch = await spool.oldest()
      if (!bunch) return 'nothing'
      if (bunch.lines > 0) onSent({ lines: bunch.lines, refused: await send(bunch) })
      await bunch.remove()
      failures = 0
      return 0
    } catch (error) {
      onFault(
        error instanceof Refusal
          ? error.message
          : 'The collector cannot be reached, or the spool not be read.',
      )
      const longest = Math.min(FIRST_PAUSE_MS * 2 ** failures++, LONGEST_PAUSE_MS)
      const asked = error instanceof Refusal ? error.retryAfterMs : 0
      // Several processes do not come back at one moment.
      return Math.max(asked, longest * (0.5 + Math.random() / 2))
    }
  }

  async function send({ body }: Bunch): Promise<number> {
    const response = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/x-ndjson' },
      body,
      redirect: 'error',
      signal: AbortSignal.any([stopping.signal, AbortSignal.timeout(ANSWER_MS)]),
    })
    if (response.status !== 202) {
      const seconds = Number(response.headers.get('retry-after') ?? 0)
      await response.body?.cancel()
      throw new Refusal(response.status, Math.min(Math.max(0, seconds || 0) * 1_000, LONGEST_PAUSE_MS))
    }
    const { faults } = (await response.json()) as IngestAnswer
    return faults.length
  }

  const running = run()
  return {
    wake() {
      isWoken = true
      wakened?.()
    },
    async stop() {
      stopping.abort()
      wakened?.()
      await running
    },
  }
}

class Refusal extends Error {
  readonly retryAfterMs: number
  constructor(status: number, retryAfterMs: number) {
    super(
      status === 401
        ? 'The collector does not know the key: make one with `sluice key create --scope ingest`.'
        : `The collector answers ${status}: requests are kept on disk until it takes them.`,
    )
    this.retryAfterMs = retryAfterMs
  }
}
