import { writeSync } from 'node:fs'
import type { Server } from 'node:http'
import { createInterface } from 'node:readline'
import type { EngineReport, EngineStart } from './protocol.ts'
import type { Chdb } from './chdb.ts'

/**
 * The engine process: `node engine.js <folder>`, started by the supervisor and never by hand. Orders come on standard
 * input, one JSON line to start and the line `stop` to end; reports go to descriptor 3, since chDB itself writes to
 * standard output. When standard input closes, whoever started it is dead and it ends at once: a restart must find
 * the folder unlocked, and whatever was acknowledged is on disk already.
 */
const folder = process.argv[2] ?? ''
const REPORTS = 3
/** How long statements that change data may still run after `stop`. */
const DRAIN_MS = 3_000

// Loaded while the order to start is still waited for. What fails is told when it is needed.
const modules = Promise.all([import('./chdb.ts'), import('./http.ts')])
modules.catch(() => undefined)

let server: Server | undefined
let chdb: Chdb | undefined

// Ctrl-C and a stopping system reach the whole group of processes, but the collector still has batches to load:
// only its word counts.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)

const orders = createInterface({ input: process.stdin })
orders.on('line', (line) => {
  if (line === 'stop') void stop()
  else void start(JSON.parse(line) as EngineStart)
})
orders.on('close', () => process.kill(process.pid, 'SIGKILL'))

function report(message: EngineReport): void {
  writeSync(REPORTS, `${JSON.stringify(message)}\n`)
}

async function start(order: EngineStart): Promise<void> {
  try {
    const [{ openChdb }, { createEngineServer }] = await modules
    chdb = await openChdb(folder)
    dieOfCrashes()
    server = createEngineServer(chdb, order.users)
  } catch (error) {
    fail(error)
    return
  }
  server.on('error', fail)
  server.listen(order.port, '127.0.0.1', () => report({ kind: 'ready' }))
}

/**
 * chDB catches the signals of a crash, waits for a report that nobody writes, and hangs: the engine would never be
 * started again. Whoever registers last is asked, so this comes after chDB was opened.
 */
function dieOfCrashes(): void {
  for (const signal of ['SIGSEGV', 'SIGBUS', 'SIGFPE', 'SIGILL', 'SIGABRT', 'SIGSYS', 'SIGTRAP'] as const) {
    process.on(signal, () => process.kill(process.pid, 'SIGKILL'))
  }
}

function fail(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error)
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE') report({ kind: 'failed', reason: 'port', message })
  else if (code === 'ERR_MODULE_NOT_FOUND' || code === 'CHDB_PLATFORM') {
    report({ kind: 'failed', reason: 'missing', message })
  } else report({ kind: 'failed', reason: 'other', message })
  process.kill(process.pid, 'SIGKILL')
}

async function stop(): Promise<void> {
  server?.close()
  server?.closeIdleConnections()
  const isQuiet = (await chdb?.close(DRAIN_MS)) ?? true
  // Leaving with something still running inside chDB can crash or hang; what was acknowledged is on disk.
  if (!isQuiet) process.kill(process.pid, 'SIGKILL')
  process.exit(0)
}
