import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Alert } from '../../server/alerts/alerts.ts'
import type { KeptAlerts } from '../../server/alerts/kept.ts'
import { httpSink, type HttpSink } from '../support/http-sink.ts'
import { freePort, startProduct, type Product } from '../support/product.ts'
import { post, setUpAccount, setUpLinkIn } from '../support/sign-in.ts'

/** Alerts of a server that is killed before their receiver has taken them. */
describe('R4.9 alerts over a kill of the server', () => {
  let product: Product
  let hook: HttpSink

  beforeAll(async () => {
    hook = await httpSink()
    hook.answers(503)
    product = await startProduct({
      SLUICE_ALERT_WEBHOOK: hook.url,
      SLUICE_ALERT_SECRET: 'a secret of the receiver',
      // Nobody listens there: the first backup fails at the start, which is an alert.
      SLUICE_BACKUP_DIR: 's3://backups',
      SLUICE_S3_ENDPOINT: `http://127.0.0.1:${await freePort()}`,
      SLUICE_S3_ACCESS_KEY_ID: 'nobody',
      SLUICE_S3_SECRET_ACCESS_KEY: 'nothing',
    })
  }, 90_000)
  afterAll(async () => {
    await product.dispose()
    await hook.close()
  })

  const kept = (): KeptAlerts =>
    JSON.parse(readFileSync(path.join(product.data, 'alerts.json'), 'utf8')) as KeptAlerts
  const came = (): Alert[] => hook.received.map(({ body }) => JSON.parse(body) as Alert)
  /** Resolves once that many backups failed, each start tries one, since the last message that tells of them. */
  const countedFailures = (count: number): Promise<void> =>
    expect
      .poll(() => kept().windows.find(({ kind }) => kind === 'backup.failed')?.count, { timeout: 30_000 })
      .toBe(count)
  const idsOf = (alerts: readonly Alert[]): string[] => alerts.map(({ id }) => id).toSorted()

  async function burst(): Promise<void> {
    for (let count = 0; count < 8; count++) {
      await post(
        `${product.url}/api/sign-in`,
        { email: 'owner@example.org', password: 'a wrong gate', code: '000000' },
        { 'x-forwarded-for': '198.51.100.77' },
      )
    }
  }

  it('those that wait for a further try are delivered after the next start, each once, with the same id', async () => {
    await expect.poll(() => came().map(({ kind }) => kind)).toContain('backup.failed')
    await setUpAccount(setUpLinkIn(product.output()))
    await burst()
    await expect
      .poll(() => kept().waiting.map(({ alert, tries }) => [alert.kind, tries > 0]))
      .toEqual([
        ['backup.failed', true],
        ['burst.blocked', true],
      ])
    await product.kill()
    const waited = kept().waiting.map(({ alert }) => alert)
    expect(new Set(idsOf(came()))).toEqual(new Set(idsOf(waited)))

    hook.received.length = 0
    hook.answers(204)
    await product.restart()
    await expect.poll(() => kept().waiting, { timeout: 20_000 }).toEqual([])
    expect(idsOf(came())).toEqual(idsOf(waited))
    expect(came()).toEqual(expect.arrayContaining(waited))
  })

  it('those that were taken are not told again after another kill, nor is what happened once', async () => {
    const told = new Set(idsOf(came()))
    hook.received.length = 0
    await countedFailures(1)
    await product.kill()
    await product.restart()
    await countedFailures(2)
    // What is counted within the ten minutes is told at the end, and all that is under way has come then.
    await product.stop()
    expect(came().filter(({ id }) => told.has(id))).toEqual([])
    // The backup failed at each start: both are in one message. The burst was one.
    expect(came().map(({ kind, count }) => [kind, count])).toEqual([['backup.failed', 2]])
    await product.restart()
  })

  it('one that its receiver has, and has not answered yet, comes again with the same id', async () => {
    hook.received.length = 0
    hook.answers('never')
    // A server that ends tells what was counted.
    await countedFailures(1)
    await product.stop()
    const unanswered = came()
    expect(unanswered.map(({ kind }) => kind)).toEqual(['backup.failed'])
    hook.received.length = 0
    await product.restart()
    await expect.poll(() => came().length).toBeGreaterThan(0)
    await product.kill()
    hook.received.length = 0
    hook.answers(204)
    await product.restart()
    await expect.poll(() => kept().waiting, { timeout: 20_000 }).toEqual([])
    expect(came()).toEqual(unanswered)
  })
})
