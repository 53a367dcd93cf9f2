import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import express from 'express'
import type { Sms } from '../../sms/index.ts'
import { handClock, startSimulator, type HandClock, type Simulator } from '../../sms/simulator/index.ts'
import { auditSigner, createAuditLog } from '../audit/log.ts'
import type { Signer } from '../chain/signer.ts'
import { securityHeaders } from '../http/security.ts'
import { silentLog } from '../log.ts'
import { createSites } from '../sites/registry.ts'
import { openDataKeys } from '../store/data-keys.ts'
import { named } from '../store/key-file.ts'
import { openStore } from '../store/open.ts'
import { openSms } from './open.ts'
import { openPhonePages } from './pages/open.ts'
import { createPhonePagesRouter } from './pages/route.ts'
import { smsSigner } from './ports.ts'

/** Everything that a demonstration needs, on this machine alone and on a clock of its own. */
export interface Stage {
  readonly sms: Sms
  readonly siteId: number
  /** Where its pages are. */
  readonly url: string
  readonly signer: Signer
  readonly simulator: Simulator
  readonly clock: HandClock
  /** Something was queued. */
  kick(): void
  /** Lets time pass until something holds. Throws Error where it does not come to it. */
  until(what: string, holds: () => boolean | Promise<boolean>): Promise<void>
}

/** How long is waited for anything at most, in milliseconds of this machine. */
const WAIT_MS = 30_000
/** Steps of the clock while it is waited: within a slot of the sender's cap. */
const [STEP_MS, LOOK_MS] = [100, 15]

/**
 * Sets up a store in a folder that is gone afterwards, the pages, and a RingCentral account on this machine which the
 * module sends by and hears from as it would from the real one: over HTTP, by webhook and by its lists.
 */
export async function onStage<T>(
  alarm: (what: string) => void,
  play: (stage: Stage) => Promise<T>,
): Promise<T> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'sluice-sms-demo-'))
  const closers: (() => unknown)[] = [() => rmSync(dataDir, { recursive: true, force: true })]
  try {
    const time = handClock(elevenOClock())
    const clock = { now: () => time.now(), monotonic: () => time.now() }
    // As the policies have it: who opts out from a regular number is told by us, and not by the provider.
    const simulator = await startSimulator({ clock: time, confirmation: 'self', blocksRegular: false })
    closers.push(() => simulator.close())
    const store = await openStore({ dataDir, log: silentLog })
    closers.push(() => store.close())
    const dataKeys = await openDataKeys({ store, master: named(randomBytes(32)), clock })
    const audit = createAuditLog({ store, clock, signer: auditSigner(dataKeys.lasting) })
    const app = express()
    const server = createServer((request, response) => {
      if (!opened.route(request, response)) app(request, response)
    }).listen(0, '127.0.0.1')
    closers.push(async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    })
    await once(server, 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const { clientId, clientSecret, jwt } = simulator.settings
    const opened = openSms({
      config: { ringCentral: { url: simulator.url, clientId, clientSecret, jwt }, publicUrl: url },
      store,
      dataKeys,
      audit,
      clock,
      log: silentLog,
      alarm: { raise: alarm },
    })
    closers.push(() => opened.close())
    const { sms } = opened
    app.use(securityHeaders({ https: false }))
    const pages = openPhonePages({
      sms: sms.parts,
      lasting: dataKeys.lasting,
      publicUrl: url,
      networkWait: () => 0,
    })
    app.use(createPhonePagesRouter(pages))
    const { id: siteId } = await createSites({ store, clock, audit }).add({ domain: 'lantern.example' })
    opened.begin()
    const until: Stage['until'] = async (what, holds) => {
      const end = performance.now() + WAIT_MS
      while (!(await holds())) {
        if (performance.now() > end) throw new Error(`the demonstration waited in vain until ${what}`)
        await time.pass(STEP_MS)
        await pause(LOOK_MS)
      }
    }
    const signer = smsSigner(dataKeys.lasting)
    return await play({ sms, siteId, url, signer, simulator, clock: time, kick: opened.kick, until })
  } finally {
    for (const close of closers.toReversed()) await close()
  }
}

/** Eleven in the morning of New Jersey, whatever time it is: at night nobody is texted. */
function elevenOClock(): number {
  const [day = ''] = new Date().toISOString().split('T')
  return Date.parse(`${day}T16:00:00Z`)
}
