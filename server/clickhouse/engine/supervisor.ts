import { randomBytes, randomInt } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { UserError } from '../../errors.ts'
import { describe, type Log } from '../../log.ts'
import { programFile } from '../../project-root.ts'
import { isThere, startChild, type EngineChild, type StartOutcome } from './child.ts'
import { removeEngineFile, writeEngineFile, type EngineFile } from './engine-file.ts'
import type { Credentials, Users } from './protocol.ts'

/** A running engine process. Address and passwords stay the same over restarts, so that clients stay valid. */
export interface Engine {
  readonly url: string
  readonly reader: Credentials
  readonly writer: Credentials
  /** Process id of the engine that runs now; undefined between two. */
  readonly pid: number | undefined
  /** How often it died and was started again. */
  restarts(): number
  /** Called after each restart, when the engine answers again. */
  onRestart(listener: () => void): void
  /** Ends the engine: statements that change data may finish, then it is killed. Can be called more than once. */
  stop(): Promise<void>
}

export interface EngineOptions {
  /** Where the engine keeps its data; made when missing. */
  folder: string
  log: Log
  /** The compiled engine process. Default: that of this build. */
  entry?: string
  /** Whether `engine.json` tells commands of this engine. Default true. */
  announce?: boolean
  /** How long to wait for a folder that another process has open, in milliseconds. Default 30 s. */
  lockWaitMs?: number
  /** Wait before the first restart and the longest one, doubled each time, in milliseconds. Default 100 ms, 5 s. */
  backoffMs?: { first: number; most: number }
  /** How often the engine is asked whether it is there, and when one that does not answer is killed. Default 5 s, 20 s. */
  watchMs?: { every: number; timeout: number }
  /** How long a stopping engine may take before it is killed, in milliseconds. Default 5 s. */
  graceMs?: number
}

/** Another process has the folder open. */
export class EngineLockedError extends UserError {}

const LOCK_WAIT_MS = 30_000
const LOCK_RETRY_MS = 250
const GRACE_MS = 5_000
const BACKOFF_MS = { first: 100, most: 5_000 }
/** An engine that ran this long was well: the next restart is prompt again. */
const HEALTHY_MS = 30_000
/** How often the engine is asked whether it is there, and how long the answer may take. */
const WATCH_MS = { every: 5_000, timeout: 20_000 }
const START_ATTEMPTS = 3
/** Below the ports that systems hand out for outgoing connections: it is still free when the engine comes back. */
const PORTS = { from: 15_000, to: 30_000 }

/**
 * Starts the engine and keeps it running. Resolves when it answers. Rejects with EngineLockedError when another
 * process has the folder, with UserError when chdb is not installed or the engine does not start.
 */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const supervisor = new Supervisor(options)
  await supervisor.start()
  return supervisor
}

class Supervisor implements Engine {
  readonly reader: Credentials = { username: 'reader', password: randomPassword() }
  readonly writer: Credentials = { username: 'writer', password: randomPassword() }
  readonly #options: EngineOptions
  readonly #log: Log
  readonly #listeners: (() => void)[] = []
  readonly #stopping = new AbortController()
  #port = randomInt(PORTS.from, PORTS.to)
  #child: EngineChild | undefined
  #restarts = 0
  #keeping: Promise<void> = Promise.resolve()
  #stopped: Promise<void> | undefined

  constructor(options: EngineOptions) {
    this.#options = options
    this.#log = options.log
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  restarts(): number {
    return this.#restarts
  }

  onRestart(listener: () => void): void {
    this.#listeners.push(listener)
  }

  async start(): Promise<void> {
    const { folder, lockWaitMs = LOCK_WAIT_MS } = this.#options
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const lockDeadline = performance.now() + lockWaitMs
    let attempts = 0
    for (;;) {
      const outcome = await this.#launch()
      if (outcome.kind === 'ready') break
      if (outcome.reason === 'missing') {
        throw new UserError(
          'The embedded database is not installed: run `npm ci` on a system that chdb supports, or set CLICKHOUSE_URL.',
          500,
        )
      }
      if (outcome.reason === 'locked') {
        if (performance.now() > lockDeadline) {
          throw new EngineLockedError(
            `Another sluice process is using ${folder}: end it, or use another SLUICE_DATA.`,
            503,
          )
        }
        await sleep(LOCK_RETRY_MS)
        continue
      }
      this.#log.warn({ reason: outcome.message }, 'the engine did not start')
      attempts++
      if (attempts >= START_ATTEMPTS) {
        throw new UserError(
          `The embedded database did not start in ${folder}: the log above names the reason.`,
          500,
        )
      }
      // The port may have been taken; nobody knows it yet, so another is as good.
      this.#port = randomInt(PORTS.from, PORTS.to)
    }
    this.#keeping = this.#keepRunning()
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#end()
    return this.#stopped
  }

  async #end(): Promise<void> {
    const { folder, announce, graceMs = GRACE_MS } = this.#options
    this.#stopping.abort()
    const child = this.#child
    if (child) {
      child.askToStop()
      const timer = setTimeout(() => child.kill(), graceMs)
      await child.ended
      clearTimeout(timer)
    }
    await this.#keeping
    if (announce !== false && child) removeEngineFile(folder, child.pid)
  }

  /** Waits for the engine's end and starts it again, until it is stopped. */
  async #keepRunning(): Promise<void> {
    const { first, most } = this.#options.backoffMs ?? BACKOFF_MS
    let backoff = first
    while (!this.#stopping.signal.aborted) {
      const since = performance.now()
      if (this.#child) {
        const how = await this.#watch(this.#child)
        this.#child = undefined
        if (this.#stopping.signal.aborted) return
        this.#restarts++
        this.#log.warn({ how, restarts: this.#restarts }, 'the engine ended and is started again')
      }
      if (performance.now() - since > HEALTHY_MS) backoff = first
      await sleep(backoff, undefined, { signal: this.#stopping.signal }).catch(() => undefined)
      backoff = Math.min(backoff * 2, most)
      if (this.#stopping.signal.aborted) return
      const outcome = await this.#launch()
      if (outcome.kind === 'ready') for (const listener of this.#listeners) listener()
      else this.#log.warn({ reason: outcome.message }, 'the engine did not start')
    }
  }

  /** Resolves with how the process ended; kills it when it does not answer. */
  async #watch(child: EngineChild): Promise<string> {
    const { every, timeout } = this.#options.watchMs ?? WATCH_MS
    let isAsking = false
    const timer = setInterval(() => {
      if (isAsking) return
      isAsking = true
      void isThere(this.url, this.reader, timeout).then((answers) => {
        isAsking = false
        if (answers) return
        this.#log.error({ timeoutMs: timeout }, 'the engine does not answer and is killed')
        child.kill()
      })
    }, every)
    const how = await child.ended
    clearInterval(timer)
    return how
  }

  async #launch(): Promise<StartOutcome> {
    const { folder, entry = programFile('engine'), announce } = this.#options
    const users: Users = { reader: this.reader, writer: this.writer }
    const outcome = await startChild(entry, folder, { port: this.#port, users }, this.#stopping.signal)
    if (outcome.kind !== 'ready') return outcome
    if (this.#stopping.signal.aborted) {
      outcome.child.kill()
      await outcome.child.ended
      return { kind: 'failed', reason: 'other', message: 'It was stopped while it started.' }
    }
    this.#child = outcome.child
    if (announce !== false) this.#announce({ url: this.url, pid: outcome.child.pid, ...users })
    return outcome
  }

  /** Without the file commands cannot join in; on a full disk that is no reason to stop the engine. */
  #announce(content: EngineFile): void {
    try {
      writeEngineFile(this.#options.folder, content)
    } catch (error) {
      this.#log.warn(
        { err: describe(error) },
        'commands will not find the engine: its file cannot be written',
      )
    }
  }
}

function randomPassword(): string {
  return randomBytes(32).toString('base64url')
}
