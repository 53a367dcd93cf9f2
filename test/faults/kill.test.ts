import { describe, expect, it } from 'vitest'
import { engineOf, EVENTS, startLoad } from '../support/acknowledged.ts'
import { report } from '../support/fault-report.ts'
import { useProduct } from '../support/product.ts'

/**
 * The whole product under load is killed with SIGKILL at random moments, the server and the engine in turn. Every event
 * answered 202 is counted exactly once; one whose answer was lost at most once. `npm run faults` kills more often.
 */
const SERVER_KILLS = Number(process.env['KILLS'] ?? 20)
const ENGINE_KILLS = Number(process.env['ENGINE_KILLS'] ?? 10)
/** A kill with its restart takes about three seconds, many times that on a busy machine. */
const TIMEOUT_MS = (SERVER_KILLS + ENGINE_KILLS) * 15_000
const site = 'kill.example'

describe('kill -9 under load', () => {
  const used = useProduct(site)

  it(
    'counts every event answered 202 exactly once',
    async () => {
      const { product, key } = used
      const load = startLoad(product, key, site)
      const restarts: number[] = []
      let engineKills = 0
      for (let kill = 0; kill < SERVER_KILLS; kill++) {
        await new Promise((resolve) => setTimeout(resolve, 100 + Math.random() * 700))
        if (engineKills < ENGINE_KILLS) {
          process.kill(engineOf(product).pid, 'SIGKILL')
          engineKills++
          await new Promise((resolve) => setTimeout(resolve, Math.random() * 1000))
        }
        await product.kill()
        await product.restart()
        restarts.push(product.startedInMs())
      }
      await new Promise((resolve) => setTimeout(resolve, 500))
      await load.stop()
      const counts = await load.check()
      report({
        faults: `${SERVER_KILLS} kills of the server, ${engineKills} of the engine`,
        ...counts,
        restarts,
      })
      expect(engineKills).toBe(ENGINE_KILLS)
      expect(counts.acknowledged).toBeGreaterThan(SERVER_KILLS * EVENTS)
    },
    TIMEOUT_MS,
  )
})
