import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { get } from 'node:http'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { readEngineFile } from './engine-file.ts'
import type { Credentials, EngineReport, EngineStart } from './protocol.ts'

/** One engine process, from its start to its end. */
export interface EngineChild {
  readonly pid: number
  /** Resolves with how it ended, `SIGKILL` or `exit code 0`. */
  readonly ended: Promise<string>
  /** Asks it to end by itself. */
  askToStop(): void
  kill(): void
}

export type StartOutcome =
  { readonly kind: 'ready'; readonly child: EngineChild } | Exclude<EngineReport, { kind: 'ready' }>

/** Reading the parts of two years takes about a second; a machine that swaps takes longer. */
const START_TIMEOUT_MS = 60_000
/** Longest wait for an engine of before to be gone, and how often it is looked for. */
const LEAVING_MS = 2_000
const LEAVING_CHECK_MS = 10
/** What the engine writes when another process has the folder; the addon's own error does not tell. */
const LOCKED = 'Another server instance in same directory is already running'
/** Characters of the engine's own words that go into the log when it does not start. */
const MAX_SAID = 1_000

/** Starts an engine process and waits until it answers or has ended. The signal ends it while it starts. */
export async function startChild(
  entry: string,
  folder: string,
  order: EngineStart,
  signal: AbortSignal,
): Promise<StartOutcome> {
  const spawned = spawn(process.execPath, [entry, folder], {
    // chDB writes into standard output whatever it likes.
    stdio: ['pipe', 'ignore', 'pipe', 'pipe'],
    env: childEnvironment(),
  })
  const ended = endOf(spawned)
  const said = listen(spawned.stdio[2] as Readable)
  const kill = (): void => {
    spawned.kill('SIGKILL')
  }
  // A pipe to a process that has died is no fault of its own.
  spawned.stdin?.on('error', () => undefined)
  // It loads its modules meanwhile.
  void previousGone(folder, signal).then(() => spawned.stdin?.write(`${JSON.stringify(order)}\n`))
  const timer = setTimeout(kill, START_TIMEOUT_MS)
  signal.addEventListener('abort', kill)
  const report = await firstReport(spawned, ended)
  signal.removeEventListener('abort', kill)
  clearTimeout(timer)
  if (report.kind === 'ready') {
    const askToStop = (): void => {
      spawned.stdin?.write('stop\n')
    }
    return { kind: 'ready', child: { pid: spawned.pid ?? 0, ended, askToStop, kill } }
  }
  await ended
  const words = await said
  if (words.includes(LOCKED)) return { ...report, reason: 'locked' }
  return { ...report, message: `${report.message} ${words}`.trim() }
}

/**
 * An engine whose starter was killed ends at once, but the system may need a moment for it, and an attempt to open the
 * folder in that moment would cost a second one. Waits as long as the process that engine.json names runs.
 */
async function previousGone(folder: string, signal: AbortSignal): Promise<void> {
  const pid = readEngineFile(folder)?.pid
  if (pid === undefined) return
  const until = performance.now() + LEAVING_MS
  while (isEngine(pid, folder) && performance.now() < until && !signal.aborted) await sleep(LEAVING_CHECK_MS)
}

/** By its command line, since another process may have the number by now. Where there is no /proc nothing is waited for. */
function isEngine(pid: number, folder: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(folder)
  } catch {
    return false
  }
}

/**
 * Four running queries would occupy all of libuv's default threads, and nothing else would get one. Keys and other
 * secrets of the server's environment are not the engine's business; its local time is UTC, as all times at rest.
 */
function childEnvironment(): NodeJS.ProcessEnv {
  const kept = ['PATH', 'HOME', 'TMPDIR', 'LANG'].flatMap((name) => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value]]
  })
  return { ...(Object.fromEntries(kept) as NodeJS.ProcessEnv), TZ: 'UTC', UV_THREADPOOL_SIZE: '16' }
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`))
    child.once('error', (error) => resolve(error.message))
  })
}

/** The first that a stream says, once it is over; what comes later is read and left. */
async function listen(stream: Readable): Promise<string> {
  let text = ''
  stream.setEncoding('utf8')
  stream.on('data', (chunk: string) => {
    text = (text + chunk).slice(0, MAX_SAID)
  })
  await new Promise((resolve) => {
    stream.once('close', resolve)
  })
  return text
}

async function firstReport(child: ChildProcess, ended: Promise<string>): Promise<EngineReport> {
  const lines = createInterface({ input: child.stdio[3] as Readable })
  return await new Promise((resolve) => {
    lines.once('line', (line) => resolve(JSON.parse(line) as EngineReport))
    void ended.then((how) => resolve({ kind: 'failed', reason: 'other', message: `It ended with ${how}.` }))
  })
}

/** Whether something answers at an address within a time, or refuses at once; silence is the fault looked for. */
export function isThere(
  url: string,
  { username, password }: Credentials,
  timeoutMs: number,
): Promise<boolean> {
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(timeoutMs)
    const options = { auth: `${username}:${password}`, agent: false, signal }
    const request = get(`${url}/ping`, options, (response) => {
      response.resume()
      resolve(true)
    })
    request.on('error', () => resolve(!signal.aborted))
  })
}
