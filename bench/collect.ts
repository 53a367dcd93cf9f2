import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { LoadOptions, LoadResult } from './load.ts'
import { median } from './median.ts'
import { freePort, root, startServing } from './product.ts'

/**
 * `npm run bench:collect`: `POST /e` of the whole product (validation, enrichment, encryption, fsync, loading into the
 * engine) beside a bare node:http server that only parses the same JSON, and beside a floor, the same bare server that
 * seals and syncs what it answers, in turn, in one run. Medians of the rounds.
 */
const ROUNDS = Number(process.env['ROUNDS'] ?? 5)
const SECONDS = Number(process.env['SECONDS'] ?? 4)
const WARM_UP_SECONDS = 4
const site = 'bench.example'
const here = path.dirname(fileURLToPath(import.meta.url))
const data = mkdtempSync(path.join(tmpdir(), 'sluice-bench-'))

function load(options: LoadOptions): LoadResult {
  const output = execFileSync(process.execPath, [path.join(here, 'load.js'), JSON.stringify(options)], {
    encoding: 'utf8',
  })
  return JSON.parse(output) as LoadResult
}

const whole = (value: number): string => Math.round(value).toLocaleString('en')

/** A share of one rate in another, round by round: what disturbs the machine for seconds disturbs both. */
const share = (rounds: Round[], who: 'product' | 'floor', rate: Rate): string =>
  median(rounds.map((round) => round[who][rate] / round.bare[rate])).toFixed(2)

type Round = Record<'product' | 'bare' | 'floor', LoadResult>
type Rate = 'requestsPerSecond' | 'eventsPerSecond'

const [barePort, floorPort, productPort] = [await freePort(), await freePort(), await freePort()]
const env = {
  ...process.env,
  PORT: String(productPort),
  SLUICE_DATA: data,
  SLUICE_TRUSTED_PROXIES: '127.0.0.1',
  LOG_LEVEL: 'error',
}
const product = await startServing(['bin/sluice.mjs', 'start'], env)
const bare = await startServing([path.join(here, 'bare.js'), String(barePort)], env)
const floor = await startServing([path.join(here, 'bare.js'), String(floorPort), data], env)
try {
  execFileSync(process.execPath, ['bin/sluice.mjs', 'site', 'add', site, '--pre-consent', 'anonymous'], {
    cwd: root,
    env,
    stdio: 'ignore',
  })
  console.log(`medians of ${ROUNDS} rounds of ${SECONDS} s; product and limits in turn`)
  console.log(
    'connections | events a request | product | bare | ratio | floor | its ratio | product p50 | p99 | not 202',
  )
  for (const [connections, events] of [
    [64, 1],
    [256, 1],
    [64, 100],
  ] as const) {
    const options = { connections, events, site, seconds: SECONDS }
    // Both are compiled by then: cold, the product takes half of what it takes after some seconds.
    for (const port of [productPort, barePort, floorPort]) {
      load({ ...options, port, seconds: WARM_UP_SECONDS })
    }
    const rounds = Array.from({ length: ROUNDS }, () => ({
      product: load({ ...options, port: productPort }),
      bare: load({ ...options, port: barePort }),
      floor: load({ ...options, port: floorPort }),
    }))
    const rate = events === 1 ? 'requestsPerSecond' : 'eventsPerSecond'
    const products = rounds.map((round) => round.product)
    console.log(
      [
        connections,
        events,
        `${whole(median(products.map((result) => result[rate])))}/s`,
        `${whole(median(rounds.map((round) => round.bare[rate])))}/s`,
        share(rounds, 'product', rate),
        `${whole(median(rounds.map((round) => round.floor[rate])))}/s`,
        share(rounds, 'floor', rate),
        `${median(products.map((result) => result.p50)).toFixed(1)} ms`,
        `${median(products.map((result) => result.p99)).toFixed(1)} ms`,
        products.reduce((sum, result) => sum + result.refused, 0),
      ].join(' | '),
    )
    if (events > 1) continue
    const half = median(products.map((result) => result.requestsPerSecond)) / 2
    const calm = Array.from({ length: ROUNDS }, () => ({
      product: load({ ...options, port: productPort, rate: half }),
      bare: load({ ...options, port: barePort, rate: half }),
    }))
    const times = (who: 'product' | 'bare'): string =>
      `${who} p50 ${median(calm.map((round) => round[who].p50)).toFixed(1)} ms, p99 ${median(calm.map((round) => round[who].p99)).toFixed(1)} ms`
    console.log(`at half that load (${whole(half)}/s): ${times('product')}; ${times('bare')}`)
  }
} finally {
  const servers = [bare, floor, product]
  for (const server of servers) server.kill()
  await Promise.all(servers.map((server) => once(server, 'exit')))
  rmSync(data, { recursive: true, force: true })
}
