import { randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import type { LoggedClient, WireLog } from '../../schema/log.ts'
import type { Query, QueryAnswer, QueryRow } from '../../schema/query.ts'
import { askEngine } from '../support/installation.ts'
import { ask, eventually, useProduct } from '../support/product.ts'

const site = 'example.com'
const SLOW = 'Slow Lane Telecom'
const OPERATORS = ['Quick Net', 'Plain Cable', SLOW, 'City Fibre'] as const

/** Requests of four operators, eight people each, of which one operator is slow and fails often. */
function requests(): WireLog[] {
  return OPERATORS.flatMap((network, operator) =>
    Array.from({ length: 40 }, (_, number): WireLog => {
      const client: LoggedClient = {
        browser: 'Chrome',
        browserVersion: '142',
        os: 'Windows',
        osVersion: '10',
        device: 'desktop',
        isBot: false,
        country: 'DE',
        region: '',
        city: '',
        network,
        visitor: `${operator}${number % 8}`.padStart(16, '0'),
      }
      const isSlow = network === SLOW
      return {
        id: randomBytes(16).toString('base64url'),
        time: Date.now(),
        method: 'GET',
        url: '/',
        status: isSlow && number % 4 === 0 ? 502 : 200,
        duration: (isSlow ? 1_000 : 100) + number,
        client,
      }
    }),
  )
}

describe('network operators, for troubleshooting', () => {
  const used = useProduct(site)
  const asked = (query: Partial<Query>): Promise<QueryAnswer> =>
    ask(used.product.url, used.key, { site, period: '7d', ...query })

  beforeAll(async () => {
    await used.product.cli('site', 'set', site, '--minimum-group', '5')
    const answer = await used.product.cli('key', 'create', '--site', site, '--scope', 'ingest', '--json')
    const told = await fetch(`${used.product.url}/logs`, {
      method: 'POST',
      headers: { authorization: `Bearer ${(JSON.parse(answer) as { key: string }).key}` },
      body: requests()
        .map((line) => JSON.stringify(line))
        .join('\n'),
    })
    expect(await told.json()).toEqual({ accepted: 160, dropped: 0, faults: [] })
    await eventually(
      () => asked({ metrics: ['requests'] }),
      ({ totals }) => totals.requests === 160,
    )
  })

  it('R8.3 one that is slow ranks first by how long its requests took', async () => {
    const { rows } = await asked({ metrics: ['p75', 'p50', 'requests'], breakdown: 'network' })
    expect(rows.map((row) => row['network'])).toEqual([
      SLOW,
      ...OPERATORS.filter((one) => one !== SLOW).toSorted(),
    ])
    expect(rows[0]).toEqual({ network: SLOW, p75: 1.029, p50: 1.019, requests: 40 } satisfies QueryRow)
    expect(rows[1]).toMatchObject({ p75: 0.129, p50: 0.119 })
  })

  it('R8.3 statuses by operator tell whose requests fail', async () => {
    const { rows } = await asked({
      metrics: ['requests'],
      breakdown: 'network',
      filters: [{ dimension: 'status', is: ['502'] }],
    })
    expect(rows.filter((row) => row['requests'] !== 0)).toEqual([{ network: SLOW, requests: 10 }])
    // What they asked for is another matter: who of them asked would be a group that is too small.
    const byPage = await asked({
      metrics: ['requests'],
      breakdown: 'page',
      filters: [
        { dimension: 'network', is: [SLOW] },
        { dimension: 'status', is: ['502'] },
      ],
    })
    expect(byPage.rows).toEqual([])
  })

  it('R8.3 keeps an operator of fewer people than the minimum group back', async () => {
    await used.product.cli('site', 'set', site, '--minimum-group', '9')
    const { rows } = await eventually(
      () => asked({ metrics: ['p75', 'requests'], breakdown: 'network' }),
      (answer) => answer.meta.minimumGroup === 9,
    )
    expect(rows.map((row) => row['network'])).toEqual(['(other)'])
    const stored = await askEngine(
      used.product.data,
      "SELECT DISTINCT visible_ms FROM sluice.events WHERE type = 'pageview'",
    )
    expect(stored).toEqual([{ visible_ms: 0 }])
  })
})
