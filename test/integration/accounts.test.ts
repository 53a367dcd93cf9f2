import { readFileSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startProduct, type Product } from '../support/product.ts'
import { rotateUnderLoad } from '../support/rotation.ts'
import { cookieOf, PASSWORD, post, setUpAccount, setUpLinkIn, type HttpPerson } from '../support/sign-in.ts'

/** Accounts of the running product, with its commands beside it. */
describe('accounts of the running product', () => {
  let product: Product
  let owner: HttpPerson
  let link: string
  beforeAll(async () => {
    product = await startProduct()
    link = setUpLinkIn(product.output())
    owner = await setUpAccount(link, 'first.owner@example.org')
    await product.cli('site', 'add', 'one.example')
    await product.cli('site', 'add', 'two.example')
  }, 60_000)
  afterAll(() => product.dispose())

  const get = async (address: string, cookie: string): Promise<{ status: number; body: unknown }> => {
    const response = await fetch(`${product.url}${address}`, { headers: { cookie } })
    return { status: response.status, body: await response.json() }
  }

  it('R2.1 the link of `sluice start` makes the first account, an owner who sees every site', async () => {
    expect(await get('/api/session', owner.cookie)).toMatchObject({
      status: 200,
      body: { signedIn: true, role: 'owner', may: expect.arrayContaining(['accounts.write']) },
    })
    expect((await get('/api/sites', owner.cookie)).body).toMatchObject({
      sites: [{ domain: 'one.example' }, { domain: 'two.example' }],
    })
    await expect(setUpAccount(link)).rejects.toThrow('404')
  })

  it('R4.3 signs in with password and code, and not with either alone', async () => {
    const given = { email: 'first.owner@example.org', password: PASSWORD }
    const without = await post(`${product.url}/api/sign-in`, given)
    expect(without.status).toBe(401)
    expect(cookieOf(without)).toBe('')
    const wrong = await post(`${product.url}/api/sign-in`, { ...given, password: 'x', code: owner.code(1) })
    expect(wrong.status).toBe(401)
    const right = await post(`${product.url}/api/sign-in`, { ...given, code: owner.code(1) })
    expect(right.status).toBe(200)
    expect((await get('/api/session', cookieOf(right))).status).toBe(200)
    expect((await post(`${product.url}/api/sign-out`, {}, { cookie: cookieOf(right) })).status).toBe(200)
    expect((await get('/api/session', cookieOf(right))).status).toBe(401)
  })

  it('R4.4 `sluice user` invites, limits and removes while the server runs', async () => {
    const invited = await product.cli(
      'user',
      'add',
      'ana@example.org',
      '--role',
      'analyst',
      '--site',
      'two.example',
    )
    const analyst = await setUpAccount(setUpLinkIn(invited))
    expect((await get('/api/sites', analyst.cookie)).body).toMatchObject({
      sites: [{ domain: 'two.example' }],
    })
    const question = { period: '7d', metrics: ['visitors'] }
    const asked = (site: string): Promise<Response> =>
      post(`${product.url}/api/query`, { site, ...question }, { cookie: analyst.cookie })
    expect((await asked('two.example')).status).toBe(200)
    expect((await asked('one.example')).status).toBe(404)
    expect(await (await asked('one.example')).text()).toBe(await (await asked('no-such.example')).text())

    const review = JSON.parse(await product.cli('user', 'review', '--json')) as {
      accounts: { email: string; sites: unknown; may: string[]; secondFactor: boolean }[]
    }
    expect(review.accounts.find(({ email }) => email === 'ana@example.org')).toMatchObject({
      sites: ['two.example'],
      may: [
        'sites.read',
        'query',
        'query.export',
        'status.read',
        'settings.read',
        'notes.read',
        'notes.write',
      ],
      secondFactor: true,
    })
    expect(await product.cli('user', 'review')).toContain('the only owner of all sites')
    expect(await product.cli('user', 'review', '--csv')).toContain(
      '"ana@example.org","analyst","two.example"',
    )

    await product.cli('user', 'set', 'ana@example.org', '--site', 'one.example')
    expect((await get('/api/sites', analyst.cookie)).status).toBe(401)
    await product.cli('user', 'remove', 'ana@example.org')
    expect(await product.cli('user', 'list')).not.toContain('ana@example.org')
  })

  it('R4.5 every change is in the audit log, which verifies', async () => {
    const { status, body } = await get('/api/audit', owner.cookie)
    expect(status).toBe(200)
    const { rows } = body as { rows: { actor: string; action: string; site: string | null }[] }
    const actions = rows.map(({ actor, action }) => `${actor.split(':')[0]} ${action}`)
    for (const expected of [
      'account account.set-up',
      'terminal site.added',
      'account sign-in',
      'account sign-out',
      'terminal account.invited',
      'terminal account.changed',
      'terminal account.removed',
    ])
      expect(actions).toContain(expected)
    expect(JSON.parse(await product.cli('audit', 'verify', '--json'))).toMatchObject({ ok: true, faults: [] })
  })

  it('R4.1 goes on while its master key is replaced, though it was started with the old one', async () => {
    const somebody = { cookie: owner.cookie, email: 'first.owner@example.org' }
    const rotated = await rotateUnderLoad(product, 'one.example', somebody)
    expect(rotated).toMatchObject({ rotated: true, remaining: 0 })
  })

  it('R4.9 bursts are answered 429 with Retry-After, are counted, and are in the audit log once', async () => {
    const wrong = { authorization: `Bearer slk_query_${'A'.repeat(43)}` }
    const question = { site: 'one.example', period: '7d', metrics: ['visitors'] }
    const ask = (headers: Record<string, string>): Promise<Response> =>
      post(`${product.url}/api/query`, question, headers)
    for (let count = 0; count < 30; count++) expect((await ask(wrong)).status).toBe(401)
    const refused = await ask(wrong)
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    const { key } = JSON.parse(
      await product.cli('key', 'create', '--site', 'one.example', '--scope', 'query', '--json'),
    ) as { key: string }
    expect((await ask({ authorization: `Bearer ${key}` })).status, 'a good key goes on').toBe(200)

    const list = (): Promise<Response> =>
      fetch(`${product.url}/api/users`, { headers: { cookie: owner.cookie } })
    let last = await list()
    for (let count = 0; count < 130 && last.status === 200; count++) last = await list()
    expect(last.status).toBe(429)
    expect(last.headers.get('retry-after')).toBe('300')
    expect(await (await fetch(`${product.url}/metrics`)).text()).toMatch(/^sluice_bursts_blocked_total 2$/m)
    expect(product.output().match(/a burst of requests is blocked/g)).toHaveLength(2)
  })

  it('R4.1 no address, password, code or link is in any file or line that was printed', async () => {
    const invited = await product.cli('user', 'add', 'sentinel@example.org', '--role', 'auditor')
    await product.cli('user', 'remove', 'sentinel@example.org')
    const secrets = [
      'first.owner',
      'ana@example',
      'after@example',
      'sentinel@',
      PASSWORD,
      ...owner.recoveryCodes,
      owner.cookie.split('=')[1] ?? '',
      link.split('=')[1] ?? '',
      setUpLinkIn(invited).split('=')[1] ?? '',
    ]
    const files = filesBelow(product.data)
    expect(files.some((file) => file.endsWith('store.db'))).toBe(true)
    for (const file of files) {
      const bytes = readFileSync(file)
      const found = secrets.filter((secret) => encodings(secret).some((one) => bytes.includes(one)))
      expect([path.basename(file), found]).toEqual([path.basename(file), []])
    }
    const log = product.output().replace(link, '')
    expect(secrets.filter((secret) => log.includes(secret))).toEqual([])
  })

  it('prints no link for a first account any more', async () => {
    await product.stop()
    const before = product.output().length
    await product.restart()
    expect(setUpLinkIn(product.output().slice(before))).toBe('')
    expect((await get('/api/session', owner.cookie)).status, 'a session outlives a restart').toBe(200)
    expect((await get('/api/account', owner.cookie)).body).toMatchObject({ email: 'first.owner@example.org' })
  }, 60_000)
})

function encodings(secret: string): Buffer[] {
  const bytes = Buffer.from(secret)
  return [
    bytes,
    Buffer.from(secret, 'utf16le'),
    Buffer.from(bytes.toString('hex')),
    Buffer.from(bytes.toString('base64').replace(/=+$/, '').slice(0, -1)),
  ]
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const file = path.join(folder, name)
    const stat = statSync(file, { throwIfNoEntry: false })
    if (stat?.isDirectory()) return filesBelow(file)
    return stat?.isFile() ? [file] : []
  })
}
