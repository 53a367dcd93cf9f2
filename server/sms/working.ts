import type { Sms } from '../../sms/index.ts'
import { describe, type Log } from '../log.ts'
import type { Reading } from '../metrics.ts'

/** Does the module's work while the server runs. */
export interface Working {
  /** The first round begins. */
  begin(): void
  /** Something was queued: the next round begins now. */
  kick(): void
  readings(): Reading[]
  /** Resolves when nothing is under way any more. */
  close(): Promise<void>
}

/** How long a message that another process queued waits at most, and how often senders are looked at, in milliseconds. */
const [ROUND_MS, WATCH_MS] = [500, 60_000]

export function createWorking(parts: { sms: Sms; log: Pick<Log, 'error'> }): Working {
  const { sms, log } = parts
  const counts = { done: 0, failed: 0, queued: 0, unsettled: 0, held: 0 }
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined
  let isKicked = false
  let hasBegun = false
  let isClosed = false

  async function round(): Promise<void> {
    isKicked = false
    try {
      const done = await sms.worker.round()
      counts.done += done
      // There may be more: the next round begins at once.
      if (done > 0) isKicked = true
    } catch (error) {
      counts.failed++
      log.error({ err: describe(error) }, 'text messages could not be worked on: it is tried again')
    }
  }

  async function look(): Promise<void> {
    try {
      await sms.worker.watch()
      Object.assign(counts, await sms.worker.counts())
    } catch (error) {
      counts.failed++
      log.error({ err: describe(error) }, 'senders of text messages could not be looked at')
    }
  }

  function next(ms: number): void {
    clearTimeout(timer)
    if (isClosed) return
    timer = setTimeout(() => {
      running ??= round().finally(() => {
        running = undefined
        next(isKicked ? 0 : ROUND_MS)
      })
    }, ms)
  }

  const watching = setInterval(() => void look(), WATCH_MS)
  return {
    begin: () => {
      hasBegun = true
      next(0)
    },
    kick: () => {
      isKicked = true
      if (hasBegun && !running) next(0)
    },
    readings: () => [
      reading(
        'sluice_sms_work_total',
        'Messages sent, lost ones looked for, opt-outs told to the provider.',
        'done',
      ),
      reading(
        'sluice_sms_failures_total',
        'Rounds that failed and were tried again. Alert when it grows.',
        'failed',
      ),
      gauge('sluice_sms_queued', 'Messages that wait for their turn.', 'queued'),
      gauge(
        'sluice_sms_unsettled',
        'Messages of which it is not known yet whether they went out.',
        'unsettled',
      ),
      gauge('sluice_sms_senders_held', 'Senders that are restricted or suspended.', 'held'),
    ],
    close: async () => {
      isClosed = true
      clearTimeout(timer)
      clearInterval(watching)
      await running
    },
  }

  function reading(name: string, help: string, count: keyof typeof counts): Reading {
    return { name, help, kind: 'counter', read: () => counts[count] }
  }
  function gauge(name: string, help: string, count: keyof typeof counts): Reading {
    return { name, help, kind: 'gauge', read: () => counts[count] }
  }
}
