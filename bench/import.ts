import { execFileSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { root } from './product.ts'

/**
 * `npm run bench:import`: lines per second that `sluice import` reads, anonymises and stores with fsync, and that it
 * passes over when they come again, beside `goaccess` (of Debian), which counts the same log in memory in the same run.
 * Medians of the rounds. A start of the command, with its engine, is part of it. The package
 * `goaccess` must be installed.
 */
const ROUNDS = Number(process.env['ROUNDS'] ?? 3)
const LINES = Number(process.env['LINES'] ?? 500_000)
const site = 'bench.example'
const folder = mkdtempSync(path.join(tmpdir(), 'sluice-bench-import-'))
const log = path.join(folder, 'access.log')

const AGENTS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
]

/** Ten days of a site: one of three requests is for a page. */
function writeLog(): void {
  const file = openSync(log, 'w')
  const began = Date.parse('2026-03-01T00:00:00Z')
  const step = (10 * 86_400_000) / LINES
  let text = ''
  for (let index = 0; index < LINES; index++) {
    const time = new Date(began + index * step).toISOString()
    const day = `${time.slice(8, 10)}/Mar/2026:${time.slice(11, 19)}`
    const address = `10.${index % 7}.${Math.floor(index / 9) % 250}.${index % 251}`
    const target = index % 3 === 0 ? `/docs/page-${index % 97}` : `/assets/file-${index % 53}.css`
    text += `${address} - - [${day} +0000] "GET ${target} HTTP/1.1" 200 ${index % 9_000} "https://${site}/" "${AGENTS[index % AGENTS.length]}"\n`
    if (text.length > 1_000_000) {
      writeSync(file, text)
      text = ''
    }
  }
  writeSync(file, text)
  closeSync(file)
}

function secondsOf(command: string, words: readonly string[], env: NodeJS.ProcessEnv = process.env): number {
  const start = performance.now()
  execFileSync(command, words, { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] })
  return (performance.now() - start) / 1_000
}

const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
const whole = (value: number): string => Math.round(value).toLocaleString('en').padStart(9)

writeLog()
const rates: Record<'first' | 'again' | 'goaccess', number[]> = { first: [], again: [], goaccess: [] }
for (let round = 0; round < ROUNDS; round++) {
  const env = { ...process.env, SLUICE_DATA: path.join(folder, `data-${round}`), LOG_LEVEL: 'error' }
  const sluice = ['bin/sluice.mjs']
  secondsOf(process.execPath, [...sluice, 'site', 'add', site], env)
  const importing = [...sluice, 'import', log, '--site', site, '--json']
  rates.first.push(LINES / secondsOf(process.execPath, importing, env))
  rates.again.push(LINES / secondsOf(process.execPath, importing, env))
  const counting = [
    log,
    '--no-global-config',
    '--no-progress',
    '--log-format=COMBINED',
    '-o',
    path.join(folder, 'counted.json'),
  ]
  rates.goaccess.push(LINES / secondsOf('goaccess', counting))
}
rmSync(folder, { recursive: true })

console.log(`${LINES.toLocaleString('en')} lines, medians of ${ROUNDS} rounds, lines per second`)
console.log(`sluice import          ${whole(median(rates.first))}`)
console.log(`the same log again     ${whole(median(rates.again))}`)
console.log(`goaccess               ${whole(median(rates.goaccess))}`)
