import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { median } from './median.ts'
import { freePort, root, startServing } from './product.ts'

/**
 * `npm run bench:import`: lines per second that `sluice import` reads, anonymises and stores with fsync, and that it
 * passes over when they come again, beside `goaccess` (of Debian), which counts the same log in memory in the same run.
 * Medians of the rounds. First into a server that runs, as logs of each night are; then by a command that starts an engine
 * of its own, which is part of it. The package `goaccess` must be installed.
 *
 * `npm run bench:import -- memory`: ten million lines of two hundred thousand pages and two thousand browsers through a
 * pipe, and the memory of the command and of its engine at each million.
 */
const isMemory = process.argv[2] === 'memory'
const ROUNDS = Number(process.env['ROUNDS'] ?? 3)
const LINES = Number(process.env['LINES'] ?? (isMemory ? 10_000_000 : 1_000_000))
/** Days that the lines are of. */
const DAYS = Number(process.env['DAYS'] ?? 10)
const site = 'bench.example'
const folder = mkdtempSync(path.join(tmpdir(), 'sluice-bench-import-'))
const log = path.join(folder, 'access.log')

const AGENTS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
]
const BEGAN = Date.parse('2026-03-01T00:00:00Z')
const WRITE_BYTES = 1_000_000

/** Some days of a site: one of three requests is for a page. */
function lineOf(index: number, pages: number, builds: number): string {
  const time = new Date(BEGAN + (index * DAYS * 86_400_000) / LINES).toISOString()
  const day = `${time.slice(8, 10)}/Mar/2026:${time.slice(11, 19)}`
  const address = `10.${index % 7}.${Math.floor(index / 9) % 250}.${index % 251}`
  const target =
    index % 3 === 0 ? `/docs/page-${(index * 7) % pages}` : `/assets/file-${index % Math.ceil(pages / 2)}.css`
  const agent = (AGENTS[index % AGENTS.length] ?? '').replace('.0.0.0', `.0.${index % builds}.0`)
  return `${address} - - [${day} +0000] "GET ${target} HTTP/1.1" 200 ${index % 9_000} "https://${site}/" "${agent}"\n`
}

/** The log in pieces of a megabyte, as text, with how many lines were written by then. */
function* pieces(pages: number, builds: number): Generator<[text: string, lines: number]> {
  let text = ''
  for (let index = 0; index < LINES; index++) {
    text += lineOf(index, pages, builds)
    if (text.length > WRITE_BYTES) {
      yield [text, index + 1]
      text = ''
    }
  }
  yield [text, LINES]
}

const environment = (name: string): NodeJS.ProcessEnv => ({
  ...process.env,
  SLUICE_DATA: path.join(folder, name),
  LOG_LEVEL: 'error',
})

function secondsOf(command: string, words: readonly string[], env: NodeJS.ProcessEnv = process.env): number {
  const start = performance.now()
  execFileSync(command, words, { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] })
  return (performance.now() - start) / 1_000
}

const whole = (value: number): string => Math.round(value).toLocaleString('en').padStart(10)

/** Into a server that runs. */
async function rateOfServed(importing: readonly string[]): Promise<number> {
  const env: NodeJS.ProcessEnv = { ...environment('served'), PORT: String(await freePort()) }
  const server = await startServing(['bin/sluice.mjs', 'start'], env)
  secondsOf(process.execPath, ['bin/sluice.mjs', 'site', 'add', site], env)
  const rate = LINES / secondsOf(process.execPath, importing, env)
  server.kill()
  await once(server, 'exit')
  rmSync(env['SLUICE_DATA'] ?? '', { recursive: true })
  return rate
}

async function compareSpeed(): Promise<void> {
  const file = openSync(log, 'w')
  for (const [text] of pieces(97, 1)) writeSync(file, text)
  closeSync(file)
  const rates: Record<'served' | 'first' | 'again' | 'goaccess', number[]> = {
    served: [],
    first: [],
    again: [],
    goaccess: [],
  }
  const importing = ['bin/sluice.mjs', 'import', log, '--site', site, '--json']
  for (let round = 0; round < ROUNDS; round++) {
    rates.served.push(await rateOfServed(importing))
    const env = environment(`data-${round}`)
    secondsOf(process.execPath, ['bin/sluice.mjs', 'site', 'add', site], env)
    rates.first.push(LINES / secondsOf(process.execPath, importing, env))
    rates.again.push(LINES / secondsOf(process.execPath, importing, env))
    const out = path.join(folder, 'counted.json')
    const counting = [log, '--no-global-config', '--no-progress', '--log-format=COMBINED', '-o', out]
    rates.goaccess.push(LINES / secondsOf('goaccess', counting))
    rmSync(env['SLUICE_DATA'] ?? '', { recursive: true })
  }
  const goaccess = median(rates.goaccess)
  const times = (rate: number): string => `${(rate / goaccess).toFixed(1)} times goaccess`
  console.log(`${LINES.toLocaleString('en')} lines, medians of ${ROUNDS} rounds, lines per second`)
  const told = [
    ['into a running server ', rates.served],
    ['with its own engine   ', rates.first],
    ['the same log again    ', rates.again],
  ] as const
  for (const [name, of] of told) console.log(`${name} ${whole(median(of))}   ${times(median(of))}`)
  console.log(`goaccess               ${whole(goaccess)}`)
}

/** Megabytes that a process has in memory, of Linux. */
function residentOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1_024
}

/** Of the kernel's clock for processor time, on every machine that Node runs on. */
const TICKS_A_SECOND = 100

/** Seconds of processor time that a process has taken, of Linux. */
function workOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND
}

/** Processes that another has started. */
function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        return Number(readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1]?.split(' ')[1]) === pid
      } catch {
        // It has ended since.
        return false
      }
    })
    .map(Number)
}

async function watchMemory(): Promise<void> {
  const env = environment('data')
  secondsOf(process.execPath, ['bin/sluice.mjs', 'site', 'add', site], env)
  const start = performance.now()
  // The command itself, not what builds it first.
  const child = spawn(process.execPath, ['dist/sluice/main.js', 'import', '-', '--site', site, '--json'], {
    cwd: root,
    env,
    stdio: ['pipe', 'inherit', 'inherit'],
  })
  const ended = once(child, 'exit')
  console.log(`million lines    seconds   of the command   of its engine   MB of the command   of its engine`)
  let before = { seconds: 0, command: 0, engine: 0 }
  let told = 0
  for (const [text, lines] of pieces(200_000, 2_000)) {
    if (!child.stdin.write(text)) await once(child.stdin, 'drain')
    if (lines < (told + 1) * 1_000_000) continue
    told++
    const pid = child.pid ?? 0
    const engines = childrenOf(pid)
    const sum = (of: (pid: number) => number): number => engines.reduce((all, one) => all + of(one), 0)
    const now = {
      seconds: (performance.now() - start) / 1_000,
      command: workOf(pid),
      engine: sum(workOf),
    }
    const cells: [value: number, width: number][] = [
      [now.seconds - before.seconds, 10],
      [now.command - before.command, 16],
      [now.engine - before.engine, 15],
      [residentOf(pid), 19],
      [sum(residentOf), 15],
    ]
    before = now
    const numbers = cells.map(([value, width]) => value.toFixed(1).padStart(width))
    console.log(`${String(told).padStart(13)} ${numbers.join(' ')}`)
  }
  child.stdin.end()
  await ended
  const seconds = (performance.now() - start) / 1_000
  console.log(`${whole(LINES / seconds).trim()} lines a second, their making included`)
}

if (isMemory) await watchMemory()
else await compareSpeed()
rmSync(folder, { recursive: true })
