import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { isSigned } from '../../server/chain/signer.ts'
import { silentLog } from '../../server/log.ts'
import { createSites } from '../../server/sites/registry.ts'
import { createChain, smsSigner } from '../../server/sms/ports.ts'
import { openStore } from '../../server/store/open.ts'
import { startSimulator } from '../../sms/simulator/index.ts'
import { verifyLedger } from '../../sms/store/verify-ledger.ts'
import { freePort } from '../support/product.ts'
import { dataKeysOf } from '../support/sms-keys.ts'
import { programOf } from './program.ts'
import { clockOf, toMorning } from './sms-clock.ts'
import {
  check,
  crowdParts,
  fill,
  PER_PERSON,
  sayInTurn,
  sendersOf,
  simulatedClock,
  untilQuiet,
} from './sms-crowd.ts'

/**
 * A server that sends is killed at random moments, while replies get lost and events are doubled, overtaken and dropped,
 * and people say STOP. `npm run faults:sms` does it with 5,000 messages.
 */
const MESSAGES = Number(process.env['SMS_MESSAGES'] ?? 240)
const KILLS = Number(process.env['SMS_KILLS'] ?? 8)
const SENDERS = MESSAGES > 1_000 ? 20 : 6
const STOPS = Math.ceil(MESSAGES / PER_PERSON / 4)
/** What waits for leases and for looks at the provider waits a third as long; with many messages at their usual pace. */
const moved = toMorning(MESSAGES > 1_000 ? 1 : 3)
const clock = clockOf(moved)

const server = programOf('sms-server')

/** Starts the server, which goes on until it is killed. */
async function startServer(folder: string, port: number, url: string, batch: number): Promise<ChildProcess> {
  const words = [folder, port, url, moved.shift, batch, moved.speed].map(String)
  const child = spawn(process.execPath, [server, ...words], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  return child
}

async function kill(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

describe('S1 S2 S7 kill -9 of a server that sends', () => {
  it(
    'leaves no handset with a message twice, none without its row, and none after STOP',
    async () => {
      const folder = mkdtempSync(path.join(os.tmpdir(), 'sluice-sms-kill-'))
      onTestFinished(() => rmSync(folder, { recursive: true }))
      const store = await openStore({ dataDir: folder, log: silentLog })
      onTestFinished(() => store.close())
      const keys = await dataKeysOf(store, clock)
      const parts = crowdParts(store, keys, clock)
      const numbers = sendersOf(SENDERS)
      const simulator = await startSimulator({
        clock: simulatedClock(moved),
        numbers,
        // An application whose limits were raised, as one that sends so much has.
        limits: { light: 50_000, medium: 50_000, auth: 1_000 },
        blocksRegular: false,
        blacklistAfter: 3,
      })
      onTestFinished(() => simulator.close())
      Object.assign(simulator.faults, {
        loseReplyShare: 0.15,
        duplicate: 0.2,
        reorder: 0.3,
        drop: 0.2,
        latencyMs: 40,
      })
      const site = await createSites({ store, clock }).add({ domain: 'lantern.example' })
      const people = await fill(parts, site.id, numbers, MESSAGES)
      const stops = people.slice(0, STOPS)
      const said = new Map<string, number>()
      const sayStops = sayInTurn(simulator, stops, said)

      const port = await freePort()
      const restarts: number[] = []
      for (let count = 0; count < KILLS; count++) {
        // One by one and in batches, in turn.
        const begun = performance.now()
        const child = await startServer(folder, port, simulator.url, count % 3 === 2 ? 10 : 1)
        restarts.push(performance.now() - begun)
        await wait(500 + Math.random() * 1_500)
        await kill(child)
        sayStops(Math.ceil(STOPS / KILLS))
      }
      const last = await startServer(folder, port, simulator.url, 10)
      onTestFinished(() => kill(last))
      sayStops(STOPS)
      await untilQuiet(parts, simulator)
      const outcome = await check(parts, simulator, stops, said, numbers)
      restarts.sort((one, other) => one - other)
      const told = { kills: KILLS, ...outcome, restartMs: Math.round(restarts[restarts.length >> 1] ?? 0) }
      console.info(JSON.stringify(told))
      const report = process.env['SMS_REPORT']
      if (report !== undefined) writeFileSync(report, JSON.stringify(told))
      const signer = smsSigner(keys.lasting)
      const { faults } = await verifyLedger(store.db, createChain(signer), (text, signature) =>
        isSigned(signer.publicKey, text, signature),
      )
      expect(faults).toEqual([])
    },
    // A cap lets a number send so many a minute, and a busy machine is many times slower.
    180_000 + MESSAGES * 600,
  )
})
