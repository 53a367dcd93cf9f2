import { describe, expect, it } from 'vitest'
import { auditSigner, createAuditLog } from '../../../../server/audit/log.ts'
import { projectRoot } from '../../../../server/project-root.ts'
import { createSites } from '../../../../server/sites/registry.ts'
import { random } from '../../../../server/sms/ports.ts'
import type { SmsStore } from '../../../../sms/index.ts'
import { conforming } from '../../../support/conforming.ts'
import { createScheduler } from '../interleavings/scheduler.ts'
import { mixed } from '../interleavings/scenarios.ts'
import { setScene } from '../interleavings/scene.ts'
import { sceneClock, smsTables } from '../interleavings/stage.ts'
import { seeded, steerByChance } from '../interleavings/steer.ts'
import { smsScene } from './opened.ts'

/** Each takes a hundred times as long as in memory. */
const ORDERS = 3

describe('the orders that are played in memory', () => {
  it('S1 S5 S7 lead to the same on the database, statement by statement', async () => {
    const scene = await smsScene()
    const { store, keys } = scene
    const site = await createSites({ store, clock: scene.clock }).add({ domain: 'lantern.example' })
    const sum = { received: 0, crashed: 0 }
    const scheduler = createScheduler(0)
    const clock = sceneClock(scheduler)
    const tables = smsTables(projectRoot, { saw: () => undefined })
    const plugin = conforming(tables, (table) => table.startsWith('sms_'))
    const both: SmsStore = {
      db: store.db.withPlugin(plugin),
      transaction: async (run) => {
        const mark = tables.mark()
        try {
          return await store.transaction((transaction) => run(transaction.withPlugin(plugin)))
        } catch (error) {
          tables.back(mark)
          throw error
        }
      },
    }
    const ports = {
      ...scene,
      store: both,
      clock,
      random,
      audit: createAuditLog({ store, clock: scene.clock, signer: auditSigner(keys.lasting) }),
      alarm: { raise: () => undefined },
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    }
    const stage = {
      ports,
      clock,
      siteId: site.id,
      scheduler,
      state: () => [0, 0] as const,
      mark: () => 0,
      since: () => undefined,
      again: () => undefined,
    }
    for (let seed = 1; seed <= ORDERS; seed++) {
      const next = seeded(seed)
      const played = await (await setScene(stage, mixed(next), seed)).play(steerByChance(next))
      expect([seed, played?.faults]).toEqual([seed, []])
      sum.received += played?.received ?? 0
      sum.crashed += played?.crashed ?? 0
    }
    // Each must have had its chance.
    expect(sum.received).toBeGreaterThan(0)
    expect(sum.crashed).toBeGreaterThan(0)
  })
})
