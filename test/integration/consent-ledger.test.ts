import { describe, expect, it } from 'vitest'
import { verifySite } from '../../server/consent/audit.ts'
import { exportLedger } from '../../server/consent/export.ts'
import { consentSigner } from '../../server/consent/open.ts'
import { verifyExport } from '../../server/consent/verify-export.ts'
import { rig, type Rig } from '../unit/consent/rig.ts'
import { LASTING } from '../unit/store/keys.ts'
import { inChild, rowsOf } from '../unit/store/opened.ts'

/**
 * A process that takes choices over HTTP, ten at a time, writes down what it was answered and is killed in the middle
 * of others.
 */
const TAKE_AND_DIE = `
  import { writeSync } from 'node:fs'
  import http from 'node:http'
  import { openConsent } from './server/consent/open.ts'
  import { createSites } from './server/sites/registry.ts'
  import { openStore } from './server/store/open.ts'
  const version = JSON.parse(process.env.VERSION)
  const clock = { now: () => Date.now(), monotonic: () => performance.now() }
  const log = { info() {}, warn() {}, error() {} }
  openStore({ dataDir: process.env.FOLDER, log }).then((store) => {
    const sites = createSites({ store, clock })
    let requests = 0
    const consent = openConsent({
      store, clock, log,
      lasting: { key: Buffer.from(process.env.LASTING, 'hex'), isLasting: true },
      policies: { current: () => version, at: () => version },
      notices: () => [],
      sweepLists: () => [],
      findSite: (domain) => sites.find(domain),
      originAllowed: () => true,
      facts: () => ({ gpc: false, country: 'DE', language: 'de', ip: '10.0.' + (requests++ % 256) + '.1' }),
      onFault() {},
    })
    const server = http.createServer((request, response) => consent.route(request, response))
    server.listen(0, '127.0.0.1', async () => {
      const url = 'http://127.0.0.1:' + server.address().port + '/c'
      let answered = 0
      const choose = async (at) => {
        const granted = at % 2 === 0 ? ['performance'] : []
        const action = at % 2 === 0 ? 'custom' : 'reject_all'
        const body = JSON.stringify({
          version: 1, site: 'example.com', action, granted, revision: 1, source: 'banner', gpc: false,
        })
        const { receipt } = await (await fetch(url, { method: 'POST', body })).json()
        writeSync(1, (receipt ?? '-') + '\\n')
        if (++answered === Number(process.env.DIE_AFTER)) process.kill(process.pid, 'SIGKILL')
        await choose(at + 1)
      }
      for (let at = 0; at < 10; at++) choose(at)
    })
  })
`

const signer = consentSigner(LASTING)

async function takeAndDie(made: Rig, dieAfter: number): Promise<string[]> {
  const ran = await inChild(TAKE_AND_DIE, {
    FOLDER: made.dataDir,
    VERSION: JSON.stringify(made.versions[0]),
    LASTING: Buffer.from(LASTING.key).toString('hex'),
    DIE_AFTER: String(dieAfter),
  })
  expect(ran.signal).toBe('SIGKILL')
  return ran.stdout.trimEnd().split('\n')
}

describe('the consent ledger of a server that is killed', () => {
  it('R2.6 holds every choice that was answered, once, in one whole chain', async () => {
    const made = await rig()
    const { store, site, clock } = made
    const answers: string[] = []
    for (const dieAfter of [1, 25, 90]) answers.push(...(await takeAndDie(made, dieAfter)))
    expect(answers.length).toBeGreaterThanOrEqual(116)

    const rows = await rowsOf(store, 'consent_ledger', 'ORDER BY seq')
    expect(await verifySite(store, site.id, signer.publicKey)).toMatchObject({
      rows: rows.length,
      faults: [],
    })
    const kept = new Set((await rowsOf(store, 'consent_receipt')).map(({ id }) => id))
    const receipts = answers.filter((answer) => answer !== '-')
    expect(receipts.filter((id) => !kept.has(id))).toEqual([])
    expect(new Set(receipts).size).toBe(receipts.length)
    const refused = rows.filter(({ event }) => event === 'refused').length
    expect(refused).toBeGreaterThanOrEqual(answers.length - receipts.length)
    // What was kept and not answered was under way at one of the three kills: ten each at most.
    expect(rows.length - answers.length).toBeLessThanOrEqual(30)

    // The counts were written with the rows: not one more, not one less.
    const counted = (await rowsOf(store, 'consent_count')).reduce((sum, { count }) => sum + count, 0)
    expect(counted).toBe(rows.length)

    const lines: string[] = []
    for await (const line of exportLedger({ store, signer, clock, siteId: site.id }))
      lines.push(line.trimEnd())
    const read = async function* (): AsyncGenerator<string> {
      yield* lines
    }
    expect(await verifyExport(read(), signer.publicKey.x)).toMatchObject({ rows: rows.length, faults: [] })
  })
})
