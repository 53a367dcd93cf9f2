import { describe, expect, it } from 'vitest'
import { projectRoot } from '../../../../server/project-root.ts'
import { mixed, SMALL, type Scenario } from './scenarios.ts'
import { sceneInMemory } from './stage.ts'
import { explore, seeded, steerByChance, type Explored } from './steer.ts'
import type { Steer } from './scheduler.ts'

/** Orders of a larger scene that chance picks. */
const BY_CHANCE = 20

/** Plays every order there is, and expects that none leads to what must not happen. */
async function everyOrder(scenario: Scenario, through = (steer: Steer) => steer): Promise<Explored> {
  const scene = await sceneInMemory(projectRoot, scenario)
  return explore(async (steer) => {
    const told = await scene.play(through(steer))
    expect(told?.faults ?? []).toEqual([])
  })
}

describe('whatever comes between', () => {
  it.each(SMALL)(
    'S1 S5 S7 $name: nothing after STOP, nothing twice, never more than the cap',
    async (scenario) => {
      const { orders, isComplete } = await everyOrder(scenario)
      expect(isComplete).toBe(true)
      expect(orders).toBeGreaterThan(1n)
    },
  )

  it('S1 S5 S7 nor does it in larger scenes, in orders that chance picks', async () => {
    const sum = { received: 0, crashed: 0, inFlight: 0 }
    for (let seed = 1; seed <= BY_CHANCE; seed++) {
      const next = seeded(seed)
      const scene = await sceneInMemory(projectRoot, mixed(next))
      const told = await scene.play(steerByChance(next))
      expect([seed, told?.faults]).toEqual([seed, []])
      sum.received += told?.received ?? 0
      sum.crashed += told?.crashed ?? 0
    }
    // Each must have had its chance.
    expect(sum.received).toBeGreaterThan(0)
    expect(sum.crashed).toBeGreaterThan(0)
  })

  it('as many orders are counted where each is played from end to end', async () => {
    const [cap] = SMALL
    if (!cap) throw new Error('no scene')
    const scenario = { ...cap, says: cap.says.slice(0, 1) }
    const merged = await everyOrder(scenario)
    const each = await everyOrder(scenario, (steer) => ({
      ...steer,
      visit: () => true,
      keep: () => undefined,
      kept: () => undefined,
    }))
    expect(BigInt(each.runs)).toBe(merged.orders)
    expect(merged.runs).toBeLessThan(each.runs)
  })
})
