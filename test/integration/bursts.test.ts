import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { QueryAnswer } from '../../schema/query.ts'
import { askEngine, sluice } from '../support/installation.ts'
import { CHROME, startProduct } from '../support/product.ts'

const SITE = 'example.com'
/** An address of an operator that the table knows, and one of a documentation network, which it does not. */
const [SCANNER, GUESSER] = ['8.8.8.8', '203.0.113.77'] as const
const PROBES = ['/.env', '/wp-login.php', '/.git/config', '/phpmyadmin/index.php', '/cgi-bin/luci']

function line(address: string, clock: string, page: string, status: number): string {
  return `${address} - - [17/May/2025:${clock} +0000] "GET ${page} HTTP/1.1" ${status} 100 "-" "${CHROME}"`
}

const time = (hour: number, second: number): string =>
  `${String(hour).padStart(2, '0')}:${String(Math.floor(second / 60)).padStart(2, '0')}:${String(second % 60).padStart(2, '0')}`

/** A day of quiet traffic with some missing pages, a scan at three and guessed passwords at fourteen. */
const LOG = [
  ...Array.from({ length: 100 }, (_, n) => line(`192.0.2.${n}`, time(n % 24, n), '/', 200)),
  ...Array.from({ length: 30 }, (_, n) => line(`192.0.2.${n}`, time(10, n), '/missing', 404)),
  ...Array.from({ length: 60 }, (_, n) => line(SCANNER, time(3, n), PROBES[n % PROBES.length] ?? '', 404)),
  line(SCANNER, time(3, 61), '/', 200),
  ...Array.from({ length: 25 }, (_, n) => line(GUESSER, time(14, n), '/login', n < 20 ? 401 : 429)),
  ...Array.from({ length: 12 }, (_, n) => line(GUESSER, time(15, n), '/login', 503)),
]

describe('bursts of requests', () => {
  const data = mkdtempSync(path.join(tmpdir(), 'sluice-bursts-'))
  afterAll(() => rmSync(data, { recursive: true, force: true }))

  async function asked(bursts: string): Promise<QueryAnswer> {
    const words = ['query', '--site', SITE, '--bursts', bursts, '--from', '2025-05-17', '--to', '2025-05-17']
    const { code, stdout, stderr } = await sluice(data, [...words, '--json'])
    expect([code, stderr]).toEqual([0, ''])
    return JSON.parse(stdout) as QueryAnswer
  }

  beforeAll(async () => {
    await sluice(data, ['site', 'add', SITE, '--timezone', 'UTC'])
    const log = path.join(data, 'access.log')
    writeFileSync(log, LOG.join('\n'))
    const { code } = await sluice(data, ['import', log, '--site', SITE, '--json'])
    rmSync(log)
    expect(code).toBe(0)
  })

  it('R8.1b a planted scan shows up by network operator and hour, missing pages of visitors do not', async () => {
    const none = { probes: 0, refused: 0, limited: 0, failed: 0 }
    const scan = { ...none, time: '2025-05-17T03:00', network: 'Google LLC', probes: 60, requests: 61 }
    const guesses = { ...none, time: '2025-05-17T14:00', refused: 20, limited: 5, requests: 29 }
    expect((await asked('50')).rows).toEqual([scan])
    const { rows, meta } = await asked('10')
    expect(rows).toEqual([
      scan,
      { ...guesses, network: '' },
      { ...none, time: '2025-05-17T15:00', network: '', failed: 12, requests: 16 },
    ])
    expect(meta.rowCount).toBe(3)
  })

  it('R8.1b keeps the address of the scan nowhere', async () => {
    const product = await startProduct({ SLUICE_DATA: data })
    const stored = JSON.stringify(await askEngine(data, 'SELECT * FROM sluice.events'))
    await product.stop()
    expect(stored).toContain('wp-login')
    for (const address of [SCANNER, GUESSER]) {
      expect(stored).not.toContain(address)
      for (const name of readdirSync(data, { recursive: true, encoding: 'utf8' })) {
        const file = path.join(data, name)
        if (statSync(file).isFile())
          expect([name, readFileSync(file).includes(address)]).toEqual([name, false])
      }
    }
  })

  it('refuses to tell of fewer than ten', async () => {
    const { code, stderr } = await sluice(data, ['query', '--site', SITE, '--bursts', '2'])
    expect([code, stderr]).toEqual([2, expect.stringContaining('10 to 100000')])
  })
})
