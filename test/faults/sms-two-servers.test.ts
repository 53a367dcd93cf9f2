import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createSites } from '../../server/sites/registry.ts'
import { senderLimit, SLOT_MS } from '../../sms/limits.ts'
import { startSimulator } from '../../sms/simulator/index.ts'
import { freePort } from '../support/product.ts'
import { dataKeysOf } from '../support/sms-keys.ts'
import { dataFolder, environmentOf, openedStore } from '../unit/store/opened.ts'
import { programOf } from './program.ts'
import { clockOf, toMorning } from './sms-clock.ts'
import {
  check,
  classAt,
  crowdParts,
  fill,
  mostWithin,
  sayInTurn,
  sendersOf,
  simulatedClock,
  untilQuiet,
} from './sms-crowd.ts'

/** Of each class one. */
const SENDERS = 3
const MESSAGES = 63
/** Whose messages come last, so that some of them wait still when they say STOP. */
const STOPS = 6
/** A slot of each sender comes free so often: both servers are after each of them. */
const SLOT_EVERY_MS = 250

const moved = toMorning()
const clock = clockOf(moved)

const program = programOf('sms-server')

/** Hands what is posted to one of the servers after the other, as what stands before a fleet does. */
async function balance(ports: readonly number[]): Promise<string> {
  let turn = 0
  const server = http.createServer((request, response) => {
    const { url: path, method, headers } = request
    const to = http.request({ host: '127.0.0.1', port: ports[turn++ % ports.length], path, method, headers })
    to.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    to.on('error', () => response.destroy())
    request.pipe(to)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

interface Server {
  readonly child: ChildProcess
  /** Messages that it handed over. */
  sent(): number
}

async function startServer(
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<Server> {
  const child = spawn(process.execPath, [program, ...words], {
    env: { ...process.env, ...environment },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await exited
  })
  let text = ''
  const ready = once(child.stdout, 'data')
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()))
  await ready
  return { child, sent: () => text.split('sent').length - 1 }
}

describe('S1 S2 S7 S12 two servers that send on one PostgreSQL', () => {
  it('never send more than a cap in any minute, no message twice, and nothing of what STOP took back', async () => {
    const folder = dataFolder()
    const store = await openedStore(folder)
    const keys = await dataKeysOf(store, clock)
    const parts = crowdParts(store, keys, clock)
    const numbers = sendersOf(SENDERS)
    const simulator = await startSimulator({
      clock: simulatedClock(moved),
      numbers,
      limits: { light: 50_000, medium: 50_000, auth: 1_000 },
      blocksRegular: false,
      blacklistAfter: 100,
    })
    onTestFinished(() => simulator.close())
    Object.assign(simulator.faults, { duplicate: 0.4, reorder: 0.3, latencyMs: 20 })
    const site = await createSites({ store, clock }).add({ domain: 'lantern.example' })
    const people = await fill(parts, site.id, numbers, MESSAGES)
    const stops = people.slice(-STOPS)
    const said = new Map<string, number>()
    const sayStops = sayInTurn(simulator, stops, said)

    const ports = [await freePort(), await freePort()]
    const environment = { ...(await environmentOf(folder)), PUBLIC_URL: await balance(ports) }
    const servers = await Promise.all(
      ports.map((port) =>
        startServer([folder, String(port), simulator.url, String(moved.shift), '1'], environment),
      ),
    )
    // All of a cap is taken, and comes free one by one.
    const now = clock.now()
    const senders = await parts.senders.list(store.db)
    const before = new Map<string, number[]>()
    await store.transaction(async (transaction) => {
      for (const sender of senders) {
        const { most, within } = senderLimit(sender.class, false)
        const slots = Array.from({ length: most }, (_none, at) => now - within + (at + 1) * SLOT_EVERY_MS)
        before.set(sender.number.reveal(), slots)
        await parts.senders.setSlots(transaction, sender.id, slots)
      }
    })
    for (const { child } of servers) child.stdin?.write('go\n')
    while (simulator.messages.size < MESSAGES / 3) await wait(50)
    sayStops(STOPS)
    await untilQuiet(parts, simulator)

    const outcome = await check(parts, simulator, stops, said, numbers)
    console.info(JSON.stringify({ ...outcome, sent: servers.map(({ sent }) => sent()) }))
    for (const { sent } of servers) expect(sent()).toBeGreaterThan(0)
    expect(outcome.takenBack).toBeGreaterThan(0)
    for (const [place, { number }] of numbers.entries()) {
      const offers = [...simulator.messages.values()].filter(
        ({ from, text }) => from === number && text.startsWith('Offer'),
      )
      // As late as those before may have left.
      const left = (before.get(number) ?? []).map((slot) => slot + SLOT_MS)
      const times = [...left, ...offers.map(({ createdAt }) => createdAt)].toSorted(
        (one, other) => one - other,
      )
      expect(offers.length).toBeGreaterThan(0)
      expect([number, mostWithin(times, 60_000)]).toEqual([number, senderLimit(classAt(place), false).most])
    }
  })
})
