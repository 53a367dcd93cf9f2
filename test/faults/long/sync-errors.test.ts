import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { startLoad } from '../../support/acknowledged.ts'
import { report } from '../../support/fault-report.ts'
import { eventually, useProduct } from '../../support/product.ts'

/** Every so many syncs of the server fail as they do on a dying disk. */
const EVERY = 37
const SECONDS = Number(process.env['SYNC_ERROR_SECONDS'] ?? 30)
const site = 'dying.example'

describe('fdatasync that fails with EIO under load', () => {
  const used = useProduct(site)

  it('counts every event answered 202 exactly once', { timeout: SECONDS * 1000 + 240_000 }, async () => {
    const { product, key } = used
    const load = startLoad(product, key, site)
    const tracer = spawn(
      'strace',
      [
        '-f',
        '-qq',
        '-e',
        'trace=fdatasync',
        '-e',
        `inject=fdatasync:error=EIO:when=${EVERY}+${EVERY}`,
        '-p',
        String(product.pid()),
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    )
    let trace = ''
    tracer.stderr.setEncoding('utf8').on('data', (text: string) => (trace += text))
    const failures = (): number => trace.split('(INJECTED)').length - 1
    await eventually(
      () => Promise.resolve(failures()),
      (count) => count > 0,
      60,
    )
    await new Promise((resolve) => setTimeout(resolve, SECONDS * 1000))
    tracer.kill('SIGINT')
    await once(tracer, 'exit')
    const during = load.acknowledged()
    // And the disk recovers: the same process goes on without a restart.
    await eventually(
      () => Promise.resolve(load.acknowledged()),
      (count) => count > during,
      30,
    )
    await load.stop()
    const counts = await load.check()
    report({ faults: `${failures()} syncs that failed`, ...counts, restarts: [] })
    expect(during).toBeGreaterThan(0)
  })
})
