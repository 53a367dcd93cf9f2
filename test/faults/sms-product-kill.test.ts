import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { silentLog } from '../../server/log.ts'
import { createSites } from '../../server/sites/registry.ts'
import { openDataKeys } from '../../server/store/data-keys.ts'
import { loadMasterKey } from '../../server/store/key-file.ts'
import { openStore } from '../../server/store/open.ts'
import { startSimulator } from '../../sms/simulator/index.ts'
import { freePort } from '../support/product.ts'
import { programOf } from './program.ts'
import { clockOf, toMorning } from './sms-clock.ts'
import { check, crowdParts, fill, sayInTurn, sendersOf, simulatedClock, untilQuiet } from './sms-crowd.ts'

/** The whole server, engine and all, is killed while it sends by RingCentral; only its time is moved to a morning, and goes faster. */
const MESSAGES = 120
const KILLS = 4
const STOPS = 10
const moved = toMorning(3)
const clock = clockOf(moved)

const server = programOf('sms-product')

async function kill(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

describe('S1 S2 S7 S12 kill -9 of the product while it sends by RingCentral', () => {
  it('leaves the handsets’ log and the ledger the same, nothing twice, and nothing after STOP', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'sluice-sms-product-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const numbers = sendersOf(4)
    const simulator = await startSimulator({
      clock: simulatedClock(moved),
      numbers,
      limits: { light: 50_000, medium: 50_000, auth: 1_000 },
      blacklistAfter: 3,
      blocksRegular: false,
    })
    onTestFinished(() => simulator.close())
    Object.assign(simulator.faults, {
      loseReplyShare: 0.1,
      duplicate: 0.2,
      reorder: 0.3,
      drop: 0.2,
      latencyMs: 20,
    })
    const { clientId, clientSecret, jwt } = simulator.settings
    const env = {
      ...process.env,
      SLUICE_DATA: folder,
      PORT: String(await freePort()),
      CLOCK_SHIFT: String(moved.shift),
      CLOCK_SPEED: String(moved.speed),
      LOG_LEVEL: 'silent',
      SLUICE_SMS_RINGCENTRAL_URL: simulator.url,
      SLUICE_SMS_RINGCENTRAL_CLIENT_ID: clientId,
      SLUICE_SMS_RINGCENTRAL_CLIENT_SECRET: clientSecret,
      SLUICE_SMS_RINGCENTRAL_JWT: jwt,
    }
    const start = async (): Promise<ChildProcess> => {
      const child = spawn(process.execPath, [server], { env, stdio: ['ignore', 'pipe', 'inherit'] })
      await once(child.stdout, 'data')
      return child
    }

    const store = await openStore({ dataDir: folder, log: silentLog })
    onTestFinished(() => store.close())
    const master = loadMasterKey({ dataDir: folder, log: silentLog })
    const keys = await openDataKeys({ store, master, clock })
    const parts = crowdParts(store, keys, clock)
    const site = await createSites({ store, clock }).add({ domain: 'lantern.example' })
    const people = await fill(parts, site.id, numbers, MESSAGES)
    const stops = people.slice(0, STOPS)
    const said = new Map<string, number>()
    const sayStops = sayInTurn(simulator, stops, said)

    let interrupted = 0
    for (let count = 0; count < KILLS; count++) {
      const before = simulator.messages.size
      const child = await start()
      // What is killed before it has sent anything proves little.
      for (let looks = 0; looks < 200 && simulator.messages.size === before; looks++) await wait(50)
      if (simulator.messages.size > before) interrupted++
      await wait(Math.random() * 200)
      sayStops(Math.ceil(STOPS / KILLS))
      await wait(Math.random() * 200)
      await kill(child)
    }
    expect(interrupted).toBeGreaterThan(0)
    const last = await start()
    onTestFinished(() => kill(last))
    sayStops(STOPS)
    await untilQuiet(parts, simulator)
    const outcome = await check(parts, simulator, stops, said, numbers)
    console.info(JSON.stringify({ kills: KILLS, interrupted, ...outcome }))
    expect([...simulator.subscriptions.values()].map(({ status }) => status)).toEqual(['Active'])
  }, 480_000)
})
