import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import net, { type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll } from 'vitest'
import type { ConsentDecision } from '../../schema/consent.ts'
import type { QueryAnswer, Question } from '../../schema/query.ts'
import { programFile } from '../../server/project-root.ts'

/** The whole product as a process of its own, as `npm start` runs it, on a folder of its own. */
export interface Product {
  readonly url: string
  readonly port: number
  readonly data: string
  /** All it printed so far, both streams. */
  output(): string
  /** What it printed on standard error, line by line: the log and the start-up texts. */
  pid(): number
  /** Milliseconds from spawn to the line `ready`. */
  startedInMs(): number
  stop(): Promise<void>
  /** SIGKILL to the server only; its engine has to notice by itself. */
  kill(): Promise<void>
  /** Starts it again on the same port and folder. */
  restart(): Promise<void>
  /** Stops it and removes its folder. */
  dispose(): Promise<void>
  cli(...args: string[]): Promise<string>
}

const run = promisify(execFile)
const entry = programFile('main')

export async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** @param command the words after `sluice`. Default: `start`. */
export async function startProduct(
  env: Record<string, string> = {},
  command: readonly string[] | string = 'start',
): Promise<Product> {
  const data = env['SLUICE_DATA'] ?? mkdtempSync(path.join(tmpdir(), 'sluice-test-'))
  const port = Number(env['PORT'] ?? (await freePort()))
  const environment = {
    ...process.env,
    PORT: String(port),
    SLUICE_DATA: data,
    SLUICE_TRUSTED_PROXIES: '127.0.0.1',
    ...env,
  }
  let output = ''
  let child: ChildProcess
  let startedInMs = 0

  const start = async (): Promise<void> => {
    const from = performance.now()
    const started = spawn(process.execPath, [entry, ...[command].flat()], {
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    child = started
    let head = ''
    await new Promise<void>((resolve, reject) => {
      started.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
      started.stdout.on('data', (chunk: Buffer) => {
        output += chunk.toString()
        head += chunk.toString()
        if (head.includes('"ready":true')) resolve()
      })
      started.once('exit', (code, signal) =>
        reject(
          new Error(`the product ended with ${code ?? signal} before it was ready: ${output.slice(-500)}`),
        ),
      )
    })
    startedInMs = performance.now() - from
  }
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill(signal)
    await exited
  }
  await start()
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    data,
    output: () => output,
    pid: () => child.pid ?? 0,
    startedInMs: () => startedInMs,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    restart: start,
    async dispose() {
      await end('SIGTERM')
      rmSync(data, { recursive: true, force: true })
    },
    async cli(...args) {
      const { stdout } = await run(process.execPath, [entry, ...args], { env: environment })
      return stdout.trim()
    },
  }
}

/** The product with a site that can be asked about, for the tests of a block. */
export function useProduct(site: string): { readonly product: Product; readonly key: string } {
  const used: { product?: Product; key?: string } = {}
  beforeAll(async () => {
    used.product = await startProduct()
    used.key = await addSite(used.product, site)
  })
  afterAll(() => used.product?.dispose())
  return used as Required<typeof used>
}

/** Adds a site in the anonymous mode and a key to ask about it. */
export async function addSite(product: Product, domain: string, ...flags: string[]): Promise<string> {
  await product.cli('site', 'add', domain, '--pre-consent', 'anonymous', '--minimum-group', '1', ...flags)
  const answer = await product.cli('key', 'create', '--site', domain, '--scope', 'query', '--json')
  return (JSON.parse(answer) as { key: string }).key
}

export async function ask(url: string, key: string, query: Question): Promise<QueryAnswer> {
  const response = await fetch(`${url}/api/query`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify(query),
  })
  if (!response.ok) throw new Error(`the query was answered ${response.status}: ${await response.text()}`)
  return (await response.json()) as QueryAnswer
}

export const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36'

export function pageview(
  domain: string,
  page: string,
  more: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    type: 'pageview',
    id: randomBytes(16).toString('base64url'),
    time: Date.now(),
    url: `https://${domain}${page}`,
    referrer: '',
    ...more,
  }
}

export interface Sender {
  agent?: string
  address?: string
  headers?: Record<string, string>
  /** Consent token. */
  consent?: string | undefined
}

export function send(url: string, domain: string, events: unknown[], sender: Sender = {}): Promise<Response> {
  return fetch(`${url}/e`, {
    method: 'POST',
    headers: {
      'content-type': 'text/plain',
      'user-agent': sender.agent ?? CHROME,
      origin: `https://${domain}`,
      ...(sender.address === undefined ? {} : { 'x-forwarded-for': sender.address }),
      ...sender.headers,
    },
    body: JSON.stringify({ version: 1, site: domain, consent: sender.consent, events }),
  })
}

/** Sends a choice, as a page of the site does; everything is accepted unless said otherwise. */
export function choose(
  url: string,
  domain: string,
  changes: Partial<ConsentDecision> = {},
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${url}/c`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain', 'user-agent': CHROME, origin: `https://${domain}`, ...headers },
    body: JSON.stringify({
      version: 1,
      site: domain,
      action: 'accept_all',
      granted: ['performance', 'functionality', 'targeting'],
      revision: 1,
      source: 'api',
      gpc: false,
      ...changes,
    } satisfies ConsentDecision),
  })
}

/** Asks until the answer passes, soon at first; fails with the last answer after `seconds`. */
export async function eventually<T>(
  question: () => Promise<T>,
  passes: (answer: T) => boolean,
  seconds = 20,
): Promise<T> {
  const from = performance.now()
  for (let pauseMs = 25; ; pauseMs = Math.min(2 * pauseMs, 200)) {
    const answer = await question()
    if (passes(answer)) return answer
    if (performance.now() - from > seconds * 1000) {
      throw new Error(`not within ${seconds} s; the last answer was ${JSON.stringify(answer).slice(0, 500)}`)
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
}
