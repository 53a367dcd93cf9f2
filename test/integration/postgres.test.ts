import { execFile } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ConsentAnswer, ConsentDecision } from '../../schema/consent.ts'
import type { Question } from '../../schema/query.ts'
import type { PublicSiteConfig } from '../../schema/site.ts'
import { programFile } from '../../server/project-root.ts'
import { startCluster, type Cluster } from '../support/postgres.ts'
import {
  addSite,
  ask,
  choose,
  CHROME,
  eventually,
  pageview,
  send,
  startProduct,
  type Product,
} from '../support/product.ts'
import { rotateUnderLoad } from '../support/rotation.ts'
import { cookieOf, PASSWORD, post, setUpAccount, setUpLinkIn, type HttpPerson } from '../support/sign-in.ts'

/** The whole product with its store in PostgreSQL, and its commands beside it. */
describe('the product with DATABASE_URL', () => {
  const site = 'example.com'
  let cluster: Cluster
  let product: Product
  let owner: HttpPerson
  let key: string
  beforeAll(async () => {
    cluster = await startCluster()
    product = await startProduct({ DATABASE_URL: cluster.url() })
    owner = await setUpAccount(setUpLinkIn(product.output()))
    key = await addSite(product, site)
  })
  afterAll(async () => {
    await product.dispose()
    await cluster.dispose()
  })

  const get = (address: string, headers: Record<string, string>): Promise<Response> =>
    fetch(`${product.url}${address}`, { headers })

  const configOf = async (domain: string): Promise<{ status: number; config: PublicSiteConfig }> => {
    const response = await get(`/s/${domain}.json`, { 'user-agent': CHROME })
    return { status: response.status, config: (await response.json()) as PublicSiteConfig }
  }

  const isShown = (path_: string): Promise<unknown> =>
    eventually(
      () => ask(product.url, key, { site, period: 'today', metrics: ['pageviews'], breakdown: 'page' }),
      ({ rows }) => rows.some((row) => row['page'] === path_ && row['pageviews'] === 1),
    )

  const choice = (changes?: Partial<ConsentDecision>): Promise<Response> => choose(product.url, site, changes)

  it('keeps nothing of the store in the data folder', () => {
    expect(existsSync(path.join(product.data, 'store.db'))).toBe(false)
    for (const name of ['key', 'spool']) expect(existsSync(path.join(product.data, name))).toBe(true)
  })

  it('knows with the next request what a command has added, changed and revoked', async () => {
    for (let count = 0; count < 3; count++) {
      const domain = `site-${count}.example`
      expect((await configOf(domain)).status).toBe(404)
      await product.cli('site', 'add', domain)
      expect((await configOf(domain)).config.preConsent).toBe('none')
      await product.cli('site', 'set', domain, '--pre-consent', 'anonymous')
      expect((await configOf(domain)).config.preConsent).toBe('anonymous')
      await product.cli('site', 'remove', domain)
      expect((await configOf(domain)).status).toBe(404)
    }
    const answer = await product.cli('key', 'create', '--site', site, '--scope', 'query', '--json')
    const made = JSON.parse(answer) as { key: string; id: string }
    const question: Question = { site, period: 'today', metrics: ['pageviews'] }
    expect((await ask(product.url, made.key, question)).rows).toHaveLength(1)
    await product.cli('key', 'revoke', made.id)
    await expect(ask(product.url, made.key, question)).rejects.toThrow('401')
  })

  it('counts a page view, takes a choice with a receipt, and verifies the ledger', async () => {
    const sent = await send(product.url, site, [pageview(site, '/first')])
    expect(await sent.json()).toEqual({ accepted: 1, dropped: 0 })
    await isShown('/first')
    const given = (await (await choice()).json()) as ConsentAnswer
    expect(given.granted).toEqual(['performance', 'functionality', 'targeting'])
    expect(await (await get(`/c/${given.receipt}`, {})).json()).toMatchObject({ id: given.receipt })
    expect((await choice({ action: 'reject_all', granted: [] })).status).toBe(200)
    await product.cli('erase', '--receipt', String(given.receipt))
    expect((await get(`/c/${given.receipt}`, {})).status).toBe(404)
    const verified = await product.cli('consent', 'verify', '--json')
    expect(JSON.parse(verified)).toMatchObject({ ok: true })
    expect(verified).toContain('"rows":3')
  })

  it('signs in, invites and limits, and all of it is in an audit log that verifies', async () => {
    const given = { email: 'owner@example.org', password: PASSWORD, code: owner.code(1) }
    const signedIn = await post(`${product.url}/api/sign-in`, given)
    expect(signedIn.status).toBe(200)
    const cookie = cookieOf(signedIn)
    expect((await get('/api/session', { cookie })).status).toBe(200)
    const link = await product.cli('user', 'add', 'ana@example.org', '--role', 'analyst', '--site', site)
    const ana = await setUpAccount(setUpLinkIn(link), 'ana@example.org')
    expect(await (await get('/api/sites', { cookie: ana.cookie })).json()).toMatchObject({
      sites: [{ domain: site }],
    })
    expect((await get('/api/audit', { cookie: ana.cookie })).status).toBe(403)
    await product.cli('user', 'remove', 'ana@example.org')
    expect((await get('/api/session', { cookie: ana.cookie })).status).toBe(401)
    const log = (await (await get('/api/audit?limit=500', { cookie })).json()) as {
      rows: { seq: number; action: string }[]
    }
    expect(log.rows.map(({ seq }) => seq)).toEqual(log.rows.map((_, index) => log.rows.length - index))
    expect(log.rows.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['site.added', 'key.revoked', 'sign-in', 'account.removed']) as unknown,
    )
    const verified = JSON.parse(await product.cli('audit', 'verify', '--json')) as object
    expect(verified).toMatchObject({ ok: true, rows: log.rows.length, faults: [] })
  })

  it('R4.1 goes on while the master key is replaced, though it was started with the old one', async () => {
    const somebody = { cookie: owner.cookie, email: 'owner@example.org' }
    expect(await rotateUnderLoad(product, site, somebody)).toMatchObject({ rotated: true, remaining: 0 })
  })

  it('is there again after a restart, from the database alone', async () => {
    await product.stop()
    await product.restart()
    expect(setUpLinkIn(product.output().split('Sluice serves').at(-1) ?? '')).toBe('')
    expect((await configOf(site)).config.preConsent).toBe('anonymous')
    expect((await get('/api/session', { cookie: owner.cookie })).status).toBe(200)
  })

  it('goes on collecting while the database is away, lets nobody in, and goes on when it is back', async () => {
    await cluster.stop()
    const sent = await eventually(
      async () => send(product.url, site, [pageview(site, '/meanwhile')]),
      ({ status }) => status === 202,
    )
    expect(await sent.json()).toEqual({ accepted: 1, dropped: 0 })
    for (const headers of [{ cookie: owner.cookie }, { authorization: `Bearer ${key}` }]) {
      const refused = await get('/api/sites', headers)
      expect([refused.status, await refused.json()]).toEqual([
        503,
        { error: 'The database of the store cannot be reached: try again in a moment.' },
      ])
    }
    const ready = await get('/ready', {})
    expect([ready.status, await ready.json()]).toEqual([
      200,
      { ready: true, spool: 'accepting', database: 'answering', store: 'unreachable' },
    ])
    expect((await choice()).status).toBe(503)
    await expect(product.cli('site', 'list')).rejects.toThrow(/cannot be reached .*start it/)
    await cluster.start()
    await eventually(
      () => get('/api/session', { cookie: owner.cookie }),
      ({ status }) => status === 200,
    )
    await eventually(
      async () => (await (await get('/ready', {})).json()) as { store: string },
      ({ store }) => store === 'answering',
    )
    expect((await choice()).status).toBe(200)
    await isShown('/meanwhile')
    expect(product.output()).not.toContain('pass#word')
    expect(JSON.parse(await product.cli('audit', 'verify', '--json'))).toMatchObject({ ok: true })
  })

  it('moves to SQLite and back to PostgreSQL by backup and restore', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'sluice-test-'))
    try {
      const [first, second] = [path.join(folder, 'first'), path.join(folder, 'second')]
      for (const data of [first, second]) {
        mkdirSync(data, { mode: 0o700 })
        copyFileSync(path.join(product.data, 'key'), path.join(data, 'key'))
      }
      const sites = await product.cli('site', 'list', '--json')
      await product.cli('backup', path.join(folder, 'backups'))
      await command({ SLUICE_DATA: first }, 'restore', path.join(folder, 'backups'))
      expect(await command({ SLUICE_DATA: first }, 'site', 'list', '--json')).toBe(sites)
      expect(existsSync(path.join(first, 'store.db'))).toBe(true)

      await cluster.createDatabase('other')
      const back = { SLUICE_DATA: second, DATABASE_URL: cluster.url('other') }
      await command({ SLUICE_DATA: first }, 'backup', path.join(folder, 'of-sqlite'))
      await command(back, 'restore', path.join(folder, 'of-sqlite'))
      expect(await command(back, 'site', 'list', '--json')).toBe(sites)
      expect(existsSync(path.join(second, 'store.db'))).toBe(false)
      expect(JSON.parse(await command(back, 'audit', 'verify', '--json'))).toMatchObject({ ok: true })
      expect(JSON.parse(await command(back, 'consent', 'verify', '--json'))).toMatchObject({ ok: true })
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

/** A command with a data folder and a database of its own. */
async function command(env: Record<string, string>, ...args: string[]): Promise<string> {
  const entry = programFile('main')
  const { stdout } = await promisify(execFile)(process.execPath, [entry, ...args], {
    env: { ...process.env, ...env },
  })
  return stdout.trim()
}
