import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { QueryAnswer } from '../../schema/query.ts'
import { addSite, ask, eventually, pageview, send, startProduct, type Product } from '../support/product.ts'
import { post, setUpAccount, setUpLinkIn, type HttpPerson } from '../support/sign-in.ts'

const SITE = 'shop.example'
const OTHER = 'other.example'
const PASSWORD = 'calm water, 1870'

/** Share links of the running product: what they show, and what nobody gets out of them. */
describe('share links of the running product', () => {
  let product: Product
  let owner: HttpPerson
  let key: string

  beforeAll(async () => {
    product = await startProduct()
    owner = await setUpAccount(setUpLinkIn(product.output()))
    key = await addSite(product, SITE)
    await addSite(product, OTHER)
    for (const [index, page] of ['/', '/docs', '/docs/a', '/pricing'].entries()) {
      const sender = { address: `203.0.113.${index + 1}` }
      expect((await send(product.url, SITE, [pageview(SITE, page)], sender)).status).toBe(202)
    }
    await eventually(
      () => ask(product.url, key, { site: SITE, metrics: ['pageviews'] }),
      ({ totals }) => totals.pageviews === 4,
    )
  }, 120_000)
  afterAll(() => product.dispose())

  interface Made {
    id: string
    link: string
  }

  const make = async (wanted: object): Promise<Made> => {
    const response = await post(
      `${product.url}/api/share-links`,
      { site: SITE, name: 'for the board', reason: 'the board asked', ...wanted },
      { cookie: owner.cookie },
    )
    expect(response.status).toBe(201)
    return (await response.json()) as Made
  }
  const open = (made: Made, password?: string): Promise<Response> =>
    post(`${product.url}/api/share/open`, {
      id: made.id,
      token: made.link.split('#')[1] ?? '',
      ...(password !== undefined && { password }),
    })
  const bearer = async (made: Made, password?: string): Promise<Record<string, string>> => {
    const { access } = (await (await open(made, password)).json()) as { access: string }
    return { authorization: `Bearer ${access}` }
  }
  const query = (headers: Record<string, string>, more: object, site = SITE): Promise<Response> =>
    post(`${product.url}/api/query`, { site, metrics: ['pageviews'], ...more }, headers)
  const totals = async (answer: Promise<Response>): Promise<QueryAnswer['totals']> =>
    ((await (await answer).json()) as QueryAnswer).totals

  it('R9.1 shows the numbers of its site without an account, and says what it is', async () => {
    const headers = await bearer(await make({}))
    expect(await totals(query(headers, {}))).toEqual({ pageviews: 4 })
    const session = await fetch(`${product.url}/api/session`, { headers })
    expect(await session.json()).toMatchObject({
      role: 'share',
      may: ['sites.read', 'query', 'query.export'],
      confirmedUntil: null,
      filters: [],
    })
    const sites = await fetch(`${product.url}/api/sites`, { headers })
    expect(await sites.json()).toMatchObject({ sites: [{ domain: SITE }] })
  })

  it('R2.1 shows nothing else: no other site, no setting, whatever cookie comes with it', async () => {
    const headers = { ...(await bearer(await make({}))), cookie: owner.cookie }
    expect((await query(headers, {}, OTHER)).status).toBe(404)
    expect((await query(headers, {}, 'no-such.example')).status).toBe(404)
    for (const [method, address] of [
      ['GET', `/api/share-links?site=${SITE}`],
      ['GET', `/api/keys?site=${SITE}`],
      ['GET', `/api/sites/${SITE}/policy`],
      ['GET', '/api/audit'],
      ['GET', '/api/users'],
      ['GET', '/api/account'],
      ['GET', '/metrics'],
    ] as const) {
      const response = await fetch(`${product.url}${address}`, {
        method,
        headers: { ...headers, 'x-forwarded-for': '203.0.113.9' },
      })
      expect([address, response.status]).toEqual([address, expect.toSatisfy((s) => s === 401 || s === 403)])
    }
    const logs = await fetch(`${product.url}/events`, { method: 'POST', headers, body: '{}' })
    expect(logs.status).toBe(401)
  })

  it('R1.5 fixed filters hold whatever is asked, and what cannot be narrowed is refused', async () => {
    const headers = await bearer(await make({ filters: [{ dimension: 'page', contains: ['/docs'] }] }))
    expect(await totals(query(headers, {}))).toEqual({ pageviews: 2 })
    const around = { filters: [{ dimension: 'page', isNot: ['/docs', '/docs/a'] }] }
    expect(await totals(query(headers, around))).toEqual({ pageviews: 0 })
    const { rows } = (await (await query(headers, { breakdown: 'page' })).json()) as QueryAnswer
    expect(rows.map((row) => String(row['page'])).toSorted()).toEqual(['/docs', '/docs/a'])
    const file = (question: object, site = SITE) => {
      const asked = encodeURIComponent(JSON.stringify({ site, ...question }))
      return fetch(`${product.url}/api/query.csv?query=${asked}`, { headers })
    }
    const csv = await (await file({ breakdown: 'page', metrics: ['pageviews'] })).text()
    expect(csv.split('\r\n').slice(1, -1).toSorted()).toEqual(['"/docs","1"', '"/docs/a","1"'])
    expect((await file({ metrics: ['choices'] })).status).toBe(403)
    expect((await file({}, OTHER)).status).toBe(404)
    expect((await query(headers, { metrics: ['choices'] })).status).toBe(403)
    expect((await query(headers, { filters: [], metrics: ['weeklyVisitors'] })).status).toBe(400)
  })

  it('R1.5 folds at the minimum group like every other answer', async () => {
    await product.cli('site', 'set', SITE, '--minimum-group', '5', '--minimum-group-scope', 'all')
    const headers = await bearer(await make({}))
    const folded = (await (
      await query(headers, { metrics: ['visitors'], breakdown: 'page' })
    ).json()) as QueryAnswer
    expect(folded.rows.map((row) => row['page'])).toEqual(['(other)'])
    expect(folded.meta.foldedRows).toBeGreaterThan(0)
    await product.cli('site', 'set', SITE, '--minimum-group', '1', '--minimum-group-scope', 'close')
  })

  it('R4.9 guessing at its password is slowed down, and written down without the guess', async () => {
    const made = await make({ password: PASSWORD })
    expect(await (await open(made)).json()).toEqual({ wants: 'password' })
    const statuses: number[] = []
    for (let guess = 0; guess < 8; guess++) statuses.push((await open(made, `wrong water ${guess}`)).status)
    expect(statuses.slice(0, 5)).toEqual([401, 401, 401, 401, 401])
    expect(statuses.slice(5)).toContain(429)
    // Whoever has no link cannot slow it down.
    const strangers = { ...made, link: `${made.link.slice(0, -43)}${'A'.repeat(43)}` }
    expect((await open(strangers, PASSWORD)).status).toBe(404)
    const wait = Number((await open(made, PASSWORD)).headers.get('retry-after') ?? 0)
    expect(wait).toBeGreaterThan(0)
    const right = await eventually(
      () => open(made, PASSWORD),
      ({ status }) => status === 200,
    )
    expect(await right.json()).toMatchObject({ site: SITE })
    expect(product.output()).not.toContain(PASSWORD)
    expect(product.output()).not.toContain('wrong water')
  })

  it('R2.2 is framed by the hosts that its maker named, and by nobody else', async () => {
    const headersOf = async (address: string): Promise<Headers> =>
      (await fetch(`${product.url}${address}`)).headers
    const framed = await make({ embed: ['https://wiki.example', 'board.example'] })
    const allowed = await headersOf(`/?share=${framed.id}`)
    expect(allowed.get('content-security-policy')).toContain(
      'frame-ancestors https://wiki.example https://board.example;',
    )
    expect(allowed.get('x-frame-options')).toBeNull()
    expect(allowed.get('content-security-policy')).toContain("script-src 'self'")
    for (const address of ['/', `/?share=${(await make({})).id}`, '/?share=none', '/?share=a&share=b']) {
      const refused = await headersOf(address)
      expect(refused.get('content-security-policy')).toContain("frame-ancestors 'none'")
      expect(refused.get('x-frame-options')).toBe('SAMEORIGIN')
    }
    await product.cli('share', 'revoke', framed.id)
    expect((await headersOf(`/?share=${framed.id}`)).get('content-security-policy')).toContain(
      "frame-ancestors 'none'",
    )
  })

  it('R2.1 `sluice share` makes, lists and revokes links while the server runs', async () => {
    const file = path.join(product.data, 'password.txt')
    writeFileSync(file, `${PASSWORD}\nand a second line\n`)
    const flags = ['--site', SITE, '--name', 'by hand', '--password-file', file, '--expires', '30d']
    const made = JSON.parse(
      await product.cli(
        'share',
        'create',
        ...flags,
        '--filter',
        'page=/docs',
        '--filter',
        'device!=tv',
        '--json',
      ),
    ) as Made
    const headers = await bearer(made, PASSWORD)
    expect(await totals(query(headers, {}))).toEqual({ pageviews: 1 })
    const { links } = JSON.parse(await product.cli('share', 'list', '--site', SITE, '--json')) as {
      links: { id: string; hasPassword: boolean; filters: unknown[] }[]
    }
    expect(links.find(({ id }) => id === made.id)).toMatchObject({
      name: 'by hand',
      site: SITE,
      hasPassword: true,
      filters: [
        { dimension: 'page', is: ['/docs'] },
        { dimension: 'device', isNot: ['tv'] },
      ],
      revoked: null,
    })
    expect(await product.cli('share', 'list')).toContain('by hand')
    await product.cli('share', 'revoke', made.id)
    await eventually(
      () => query(headers, {}),
      ({ status }) => status === 401,
    )
    expect((await open(made, PASSWORD)).status).toBe(404)
    await expect(product.cli('share', 'revoke', 'none')).rejects.toThrow(/no share link/)
  })
})
