import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EVENTS, startLoad } from '../../support/acknowledged.ts'
import { report } from '../../support/fault-report.ts'
import { addSite, startProduct, type Product } from '../../support/product.ts'
import { makeDisk, type Disk } from './disk.ts'

/** The product's disk loses its power under load: what was not synced is gone, whatever the process believed. */
const CUTS = Number(process.env['CUTS'] ?? 12)
const site = 'cut.example'

describe('power cut under load', () => {
  let disk: Disk
  let product: Product
  let key: string
  beforeAll(async () => {
    disk = makeDisk(8192)
    const data = join(disk.folder, 'data')
    mkdirSync(data)
    product = await startProduct({ SLUICE_DATA: data })
    key = await addSite(product, site)
  })
  afterAll(async () => {
    await product.dispose()
    await disk.remove()
  })

  it('counts every event answered 202 exactly once', { timeout: CUTS * 60_000 }, async () => {
    const load = startLoad(product, key, site)
    const restarts: number[] = []
    let before = 0
    for (let cut = 0; cut < CUTS; cut++) {
      await new Promise((resolve) => setTimeout(resolve, 500 + Math.random() * 3000))
      disk.cutPower()
      await product.kill()
      expect(load.acknowledged(), 'before this cut').toBeGreaterThan(before)
      before = load.acknowledged()
      await disk.powerOn()
      await product.restart()
      restarts.push(product.startedInMs())
    }
    await new Promise((resolve) => setTimeout(resolve, 500))
    await load.stop()
    const counts = await load.check()
    report({ faults: `${CUTS} cuts of the power`, ...counts, restarts })
    expect(counts.acknowledged).toBeGreaterThan(CUTS * EVENTS)
  })
})
