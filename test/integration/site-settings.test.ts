import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startProduct, type Product } from '../support/product.ts'
import { setUpAccount, setUpLinkIn, type HttpPerson } from '../support/sign-in.ts'

const SITE = 'shop.example'

/** The settings of a site over HTTP, on the running product. */
describe('the settings of a site', () => {
  let product: Product
  let owner: HttpPerson
  let admin: string
  beforeAll(async () => {
    product = await startProduct()
    owner = await setUpAccount(setUpLinkIn(product.output()))
    await product.cli('site', 'add', SITE)
    const made = await product.cli('key', 'create', '--site', SITE, '--scope', 'admin', '--json')
    admin = `Bearer ${(JSON.parse(made) as { key: string }).key}`
  }, 90_000)
  afterAll(() => product.dispose())

  async function send(
    method: string,
    path: string,
    body?: object,
    headers: Record<string, string> = { cookie: owner.cookie },
  ): Promise<{ status: number; body: Record<string, unknown> }> {
    const response = await fetch(`${product.url}/api/sites/${SITE}/${path}`, {
      method,
      headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }

  it('R2.6 are read and changed, by whom is in the audit log', async () => {
    expect((await send('GET', 'settings')).body).toMatchObject({
      domain: SITE,
      timezone: 'UTC',
      minimumGroup: 5,
      script: `<script defer src="${product.url}/sluice.js" data-site="${SITE}"></script>`,
    })
    const changed = await send('PATCH', 'settings', {
      timezone: 'europe/berlin',
      minimumGroup: 10,
      properties: ['plan', 'size'],
      subdomains: true,
    })
    expect(changed).toMatchObject({
      status: 200,
      body: {
        nextTimezone: { timezone: 'Europe/Berlin' },
        minimumGroup: 10,
        properties: ['plan', 'size'],
        subdomains: true,
      },
    })
    const log = await fetch(`${product.url}/api/audit?action=site.changed&site=${SITE}`, {
      headers: { cookie: owner.cookie },
    })
    const { rows } = (await log.json()) as { rows: { actor: string; action: string; detail: object }[] }
    expect(rows).toHaveLength(1)
    expect(rows[0]).toMatchObject({
      actor: expect.stringMatching(/^account:/) as string,
      detail: { settings: expect.arrayContaining(['minimumGroup', 'timezone']) as string[] },
    })
  })

  it('R1.5 R4.3 what protects visitors less takes a reason and a second factor, and no key does it', async () => {
    const weaker = { minimumGroup: 1 }
    expect(await send('PATCH', 'settings', weaker)).toMatchObject({
      status: 400,
      body: { error: expect.stringMatching(/reason/) as string },
    })
    const byKey = { authorization: admin }
    expect((await send('PATCH', 'settings', { ...weaker, reason: 'by a key' }, byKey)).status).toBe(401)
    expect((await send('PATCH', 'settings', { minimumGroup: 20 }, byKey)).status).toBe(200)
    const told = await send('PATCH', 'settings', { ...weaker, reason: 'the site has few visitors' })
    expect(told).toMatchObject({ status: 200, body: { minimumGroup: 1 } })
  })

  it.each<[string, object]>([
    ['nothing to change', {}],
    ['time zone', { timezone: 'Nowhere/Land' }],
    ['minimum group', { minimumGroup: '5' }],
    ['minimum group', { minimumGroup: 101 }],
    ['pre-consent', { preConsent: 'always' }],
    ['subdomains', { subdomains: 'yes' }],
    ['properties', { properties: [1] }],
    ['email', { properties: ['email'] }],
  ])('are refused with a sentence about %s for %j, and nothing changes', async (word, wrong) => {
    const before = await send('GET', 'settings')
    const refused = await send('PATCH', 'settings', wrong)
    expect(refused.status).toBe(400)
    expect(String(refused.body['error']).toLowerCase()).toContain(word)
    expect(await send('GET', 'settings')).toEqual(before)
  })

  it('R9.1 goals are added and removed by name, whatever stands in it', async () => {
    const name = 'Bought / 100 % "now"'
    expect((await send('POST', 'goals', { name, page: '/thanks/**' })).status).toBe(201)
    expect((await send('POST', 'goals', { name, event: 'Signup' })).status).toBe(400)
    expect((await send('POST', 'goals', { name: 'both', page: '/a', event: 'b' })).status).toBe(400)
    const path = `goals/${encodeURIComponent(name)}`
    expect((await send('DELETE', path)).body).toMatchObject({ goals: [] })
    expect((await send('DELETE', path)).status).toBe(404)
  })

  it('R4.7 R2.6 tells what is kept of it, why and until when', async () => {
    const { kept } = (await send('GET', 'retention')).body as { kept: Record<string, unknown>[] }
    expect(kept.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['events', 'rollups', 'choices']))
    expect(kept.every(({ site }) => site === SITE)).toBe(true)
    expect(kept[0]).toMatchObject({ kind: 'events', days: 396, rows: 0, isOverdue: false })
  })

  it('R6.6 a manifest is checked before it is published: findings, differences, who is asked again, the banner', async () => {
    const { manifest } = (await send('GET', 'policy')).body as {
      manifest: { controller: Record<string, string>; services: { category: string }[] }
    }
    const same = await send('POST', 'policy/check', manifest)
    expect(same.body).toMatchObject({ loads: true, revision: 1, changes: [], askedAgain: [] })
    const controller = { name: 'Shop and Sons', contact: 'dpo@sons.example' }
    const draft = { ...manifest, services: [], controller: { ...manifest.controller, ...controller } }
    const checked = await send('POST', 'policy/check', draft)
    expect(checked.body).toMatchObject({ loads: true, revision: 2 })
    expect(checked.body['changes']).toEqual(
      expect.arrayContaining([expect.objectContaining({ place: 'controller.name', after: 'Shop and Sons' })]),
    )
    expect(checked.body['askedAgain']).toEqual(expect.arrayContaining(['performance']))
    const preview = `${product.url}/${String(checked.body['preview'])}`
    const stage = await fetch(preview)
    expect([stage.status, stage.headers.get('access-control-allow-origin')]).toEqual([200, '*'])
    const notice = await fetch(new URL(`s/${SITE}/notice.json`, preview))
    expect(await notice.text()).toContain('Shop and Sons')
    expect((await fetch(`${product.url}/policy-preview/none/stage`)).status).toBe(404)
    expect((await fetch(preview, { method: 'POST' })).status).toBe(405)
    const wrong = await send('POST', 'policy/check', { ...draft, controller: { name: '' } })
    expect(wrong.body).toMatchObject({ loads: false })
    expect(wrong.body['findings']).toEqual(
      expect.arrayContaining([expect.objectContaining({ kind: 'refused' })]),
    )
    expect((await send('GET', 'policy')).body).toMatchObject({ revision: 1 })
  })

  it('R4.5 the audit log is verified over HTTP', async () => {
    const response = await fetch(`${product.url}/api/audit/verify`, { headers: { cookie: owner.cookie } })
    expect(await response.json()).toMatchObject({ faults: [], rows: expect.any(Number) as number })
    const wrong = await fetch(`${product.url}/api/audit?action=none`, { headers: { cookie: owner.cookie } })
    expect(wrong.status).toBe(400)
  })
})
