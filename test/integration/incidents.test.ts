import { once } from 'node:events'
import net, { type AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PolicyManifest } from '../../schema/policy.ts'
import { addSite, ask, eventually, pageview, send, startProduct } from '../support/product.ts'
import { cookieOf, lookLinkIn, post } from '../support/sign-in.ts'
import { ATTACKER, startVictim, VICTIM, type Victim } from '../support/victim.ts'

/**
 * What went wrong in other products of this kind, tried against this one as it runs; what came by way of collected data
 * is in incidents-collected.test.ts. Each test names the incident. What has its own tests (every route as everybody,
 * the limits of bodies, guessing) is not repeated.
 */
const EVIL = 'https://evil.example'

let victim: Victim
beforeAll(async () => {
  victim = await startVictim()
}, 120_000)
afterAll(() => victim.product.dispose())

/** Everything that changes something, as a page or program would ask for it. */
const WRITES: [method: string, route: string, body: object][] = [
  ['PUT', `/api/sites/${VICTIM}/policy`, {}],
  ['POST', '/api/users', { email: 'x@example.org', role: 'owner', reason: 'r' }],
  ['PATCH', '/api/users/1', { role: 'owner', reason: 'r' }],
  ['DELETE', '/api/users/1', { reason: 'r' }],
  ['POST', '/api/users/1/link', { reason: 'r' }],
  ['POST', '/api/keys', { site: VICTIM, scope: 'admin', reason: 'r' }],
  ['DELETE', '/api/keys/1', { site: VICTIM, reason: 'r' }],
  ['DELETE', '/api/sessions/1', {}],
  ['POST', '/api/session/confirm', { code: '000000' }],
]

const nameOf = ([method, route]: (typeof WRITES)[number]): string => `${method} ${route}`

function write(
  base: string,
  [method, route, body]: (typeof WRITES)[number],
  headers: Record<string, string>,
): Promise<Response> {
  return fetch(base + route, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
}

describe('a link that shows numbers was used to reset them (Umami, GHSA-8www-cffh-4q98)', () => {
  // There are no share links yet: what only reads is a key of the scope `query` and the demo's link to look around.
  it('a key that reads changes nothing', async () => {
    const headers = { authorization: `Bearer ${victim.key}` }
    expect(await victim.views()).toBe(victim.sent())
    for (const one of WRITES) {
      expect([401, 403, 404], nameOf(one)).toContain((await write(victim.product.url, one, headers)).status)
    }
    expect(await victim.views()).toBe(victim.sent())
  })

  it('whoever looks at the demo changes nothing', async () => {
    const demo = await startProduct({}, 'demo')
    try {
      const [base = '', token = ''] = lookLinkIn(demo.output()).split('#look=')
      const cookie = cookieOf(await post(`${base}api/look`, { token }))
      const question = { site: 'localhost', period: '30d', metrics: ['pageviews'] }
      const views = async (): Promise<unknown> =>
        (await post(`${demo.url}/api/query`, question, { cookie })).json()
      const before = await views()
      expect(before).toMatchObject({ totals: { pageviews: expect.any(Number) as number } })
      for (const [method, route, body] of WRITES) {
        const own = [method, route.replace(VICTIM, 'localhost'), { ...body, site: 'localhost' }] as const
        expect([401, 403, 404], nameOf([...own])).toContain(
          (await write(demo.url, [...own], { cookie })).status,
        )
      }
      expect(await views()).toMatchObject({ totals: (before as { totals: object }).totals })
    } finally {
      await demo.dispose()
    }
  })

  it('there is no account but the one that was made, so none with a known password', async () => {
    for (const email of ['admin', 'admin@example.com', 'root@localhost']) {
      for (const password of ['admin', 'umami', 'changeme', '']) {
        const { status } = await post(`${victim.product.url}/api/sign-in`, {
          email,
          password,
          code: '000000',
        })
        expect([401, 429]).toContain(status)
      }
    }
  })
})

describe('a parameter became part of a statement (Umami CVE-2026-4317, time zones: Tianji, Twenty)', () => {
  const INJECTIONS = [
    "UTC'; DROP TABLE events; --",
    "UTC') UNION ALL SELECT file('/etc/passwd') --",
    'UTC" OR 1=1',
    "Europe/Berlin\\' OR sleep(3) OR \\'",
    '{timezone:String}',
  ]

  it('a time zone is one that exists', async () => {
    for (const timezone of INJECTIONS) {
      for (const words of [
        ['site', 'add', 'zone.example', '--timezone', timezone],
        ['site', 'set', VICTIM, '--timezone', timezone],
      ]) {
        await expect(victim.product.cli(...words)).rejects.toMatchObject({
          code: expect.toBeOneOf([1, 2]) as number,
          stderr: expect.stringContaining('time zone') as string,
        })
      }
    }
    expect(JSON.parse(await victim.product.cli('site', 'show', VICTIM, '--json'))).toMatchObject({
      timezone: 'UTC',
    })
  })

  it('a question takes names that exist, and every value is only a value', async () => {
    await victim.sendViews([pageview(VICTIM, '/here')])
    await victim.stored('page')
    const headers = { authorization: `Bearer ${victim.key}` }
    for (const text of INJECTIONS) {
      const questions: object[] = [
        { timezone: text },
        { period: text },
        { period: { from: text, to: text } },
        { interval: text },
        { metrics: [text] },
        { breakdown: text },
        { breakdown: `prop:${text}` },
        { filters: [{ dimension: text, is: ['x'] }] },
        { limit: text },
        { offset: text },
      ]
      for (const question of questions) {
        const answer = await post(`${victim.product.url}/api/query`, { site: VICTIM, ...question }, headers)
        expect(answer.status, JSON.stringify(question)).toBe(400)
      }
      for (const operator of ['is', 'isNot', 'contains', 'matches']) {
        const filters = [{ dimension: 'page', [operator]: [text] }]
        const answer = await post(
          `${victim.product.url}/api/query`,
          { site: VICTIM, period: 'today', metrics: ['pageviews'], filters },
          headers,
        )
        expect(answer.status).toBe(200)
        const expected = operator === 'isNot' ? victim.sent() : 0
        expect(await answer.json()).toMatchObject({ totals: { pageviews: expected } })
      }
      const site = await post(`${victim.product.url}/api/query`, { site: `${VICTIM}${text}` }, headers)
      expect([401, 403, 404]).toContain(site.status)
    }
    expect(await victim.views()).toBe(victim.sent())
  })
})

describe('any origin was let in with credentials (Rybbit #1038)', () => {
  const origins = [EVIL, 'null', `https://${VICTIM}.evil.example`, 'http://localhost:3000']

  it('no address of the application names another origin, or credentials', async () => {
    const routes = [
      '/api/session',
      '/api/sites',
      '/api/query',
      `/api/sites/${VICTIM}/policy`,
      '/',
      '/metrics',
    ]
    for (const origin of origins) {
      for (const route of routes) {
        for (const method of ['GET', 'OPTIONS', 'POST', 'DELETE']) {
          const { headers } = await fetch(victim.product.url + route, {
            method,
            headers: { origin, cookie: victim.ownerCookie, 'access-control-request-method': 'DELETE' },
          })
          const allowed = [...headers.keys()].filter((name) => name.startsWith('access-control-'))
          expect(allowed, `${method} ${route} for ${origin}`).toEqual([])
        }
      }
    }
  })

  it('the addresses that every page may call take no credentials', async () => {
    for (const origin of origins) {
      for (const [method, route] of [
        ['OPTIONS', '/e'],
        ['POST', '/e'],
        ['OPTIONS', '/c'],
        ['GET', `/s/${VICTIM}.json`],
        ['GET', '/sluice.js'],
      ] as const) {
        const { headers } = await fetch(victim.product.url + route, { method, headers: { origin } })
        expect(headers.get('access-control-allow-origin'), `${method} ${route}`).toBe('*')
        expect(headers.get('access-control-allow-credentials')).toBeNull()
      }
    }
  })

  it('another site’s page changes nothing in the owner’s name', async () => {
    for (const one of WRITES) {
      const senders: Record<string, string>[] = [
        { origin: EVIL },
        { origin: 'null' },
        { origin: EVIL, 'sec-fetch-site': 'cross-site' },
        { 'sec-fetch-site': 'same-site' },
      ]
      for (const headers of senders) {
        const answer = await write(victim.product.url, one, {
          ...headers,
          cookie: victim.ownerCookie,
        })
        expect(answer.status, nameOf(one)).toBe(403)
      }
    }
    const session = await fetch(`${victim.product.url}/api/session`, {
      headers: { cookie: victim.ownerCookie },
    })
    expect(session.status).toBe(200)
  })
})

describe('a project was taken over by its public tracking id (Swetrix CVE-2026-110621, WP Statistics CVE-2025-55716)', () => {
  it('a site that is known here is nobody else’s to add', async () => {
    for (const name of [VICTIM, VICTIM.toUpperCase(), `${VICTIM}.`]) {
      await expect(victim.product.cli('site', 'add', name)).rejects.toMatchObject({ code: 1 })
    }
  })

  it('keys of another site read and change nothing of it', async () => {
    const before = await victim.views()
    for (const key of Object.values(victim.attackerKeys)) {
      const headers = { authorization: `Bearer ${key}` }
      const asked = await post(
        `${victim.product.url}/api/query`,
        { site: VICTIM, metrics: ['pageviews'] },
        headers,
      )
      expect([401, 403, 404]).toContain(asked.status)
      const csv = new URLSearchParams({ query: JSON.stringify({ site: VICTIM }) })
      const exported = await fetch(`${victim.product.url}/api/query.csv?${csv}`, { headers })
      expect([401, 403, 404]).toContain(exported.status)
      for (const one of WRITES) {
        expect([401, 403, 404], nameOf(one)).toContain((await write(victim.product.url, one, headers)).status)
      }
    }
    expect(await victim.views()).toBe(before)
  })

  it('who knows the id cannot count pages of elsewhere for it', async () => {
    const before = await victim.views()
    for (const origin of [EVIL, 'null', `https://${VICTIM}.evil.example`, `https://evil-${VICTIM}`]) {
      const answer = await send(victim.product.url, VICTIM, [pageview(VICTIM, '/forged')], {
        headers: { origin },
      })
      expect(answer.status, origin).toBe(403)
    }
    expect(await victim.views()).toBe(before)
  })
})

describe('the server was sent to fetch an address (Matomo CVE-2026-78850, PostHog CVE-2024-9710, Postiz CVE-2026-40168)', () => {
  it('nothing that a stranger, a key or a manifest names is ever asked for', async () => {
    let connections = 0
    const canary = net.createServer((socket) => {
      connections++
      socket.destroy()
    })
    canary.listen(0, '127.0.0.1')
    await once(canary, 'listening')
    const { port } = canary.address() as AddressInfo
    const addresses = [
      `http://127.0.0.1:${port}/x`,
      `http://localhost:${port}/x`,
      `http://0x7f000001:${port}/x`,
      `http://2130706433:${port}/x`,
      `http://[::ffff:127.0.0.1]:${port}/x`,
      `https://127.0.0.1:${port}/x`,
    ]
    for (const address of addresses) {
      await victim.sendViews([
        pageview(VICTIM, `/out?url=${encodeURIComponent(address)}`, { referrer: address }),
      ])
      await fetch(`${victim.product.url}/s/${encodeURIComponent(address)}.json`)
      await fetch(`${victim.product.url}/privacy/choices?site=${encodeURIComponent(address)}`)
      await fetch(victim.product.url, {
        headers: { 'x-forwarded-host': `127.0.0.1:${port}`, referer: address },
      })
      const filters = [{ dimension: 'referrer', is: [`x' OR url('${address}', CSV) OR '`] }]
      const headers = { authorization: `Bearer ${victim.key}` }
      await post(`${victim.product.url}/api/query`, { site: VICTIM, filters }, headers)
    }
    const policy = `${victim.product.url}/api/sites/${ATTACKER}/policy`
    const authorization = `Bearer ${victim.attackerKeys['admin']}`
    const { manifest } = (await (await fetch(policy, { headers: { authorization } })).json()) as {
      manifest: PolicyManifest
    }
    const changed = {
      ...manifest,
      controller: { ...manifest.controller, contact: `https://localhost:${port}/contact` },
      policyUrl: `https://localhost:${port}/policy`,
    }
    const published = await fetch(policy, {
      method: 'PUT',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify(changed),
    })
    expect(published.status).toBe(200)
    await victim.stored('page')
    expect(connections).toBe(0)
    // The trap works.
    await expect(fetch(addresses[0] as string)).rejects.toThrow('fetch failed')
    expect(connections).toBe(1)
    canary.close()
    await once(canary, 'close')
  })
})

describe('a header moved a visitor to another place (Plausible, planningalerts #2206)', () => {
  const LONDON = '81.2.69.142'
  const HEADERS = [
    'x-forwarded-for',
    'x-real-ip',
    'x-client-ip',
    'x-plausible-ip',
    'cf-connecting-ip',
    'true-client-ip',
    'fly-client-ip',
    'x-cluster-client-ip',
  ]

  it('R8.1 who is no trusted proxy is believed nothing, who is one only what it wrote', async () => {
    const strict = await startProduct({ SLUICE_TRUSTED_PROXIES: '192.0.2.10' })
    try {
      const strictKey = await addSite(strict, VICTIM)
      const made = Object.fromEntries(HEADERS.map((name) => [name, LONDON]))
      for (let count = 0; count < 10; count++) {
        const headers = {
          ...made,
          'x-forwarded-for': `81.2.69.${count}, ${LONDON}`,
          forwarded: `for=${LONDON}`,
        }
        expect((await send(strict.url, VICTIM, [pageview(VICTIM, '/')], { headers })).status).toBe(202)
      }
      const question = { site: VICTIM, period: 'today', metrics: ['pageviews', 'visitors'] } as const
      const { rows } = await eventually(
        () =>
          ask(strict.url, strictKey, { ...question, metrics: [...question.metrics], breakdown: 'country' }),
        (answer) => Number(answer.totals.pageviews) === 10,
      )
      expect(rows).toEqual([{ country: '', pageviews: 10, visitors: 1 }])
    } finally {
      await strict.dispose()
    }

    // Behind one trusted proxy: what stands left of its entry is the visitor's own invention.
    const before = (await victim.stored('country'))['GB'] ?? 0
    await victim.sendViews([pageview(VICTIM, '/spoofed')], {
      headers: { 'x-forwarded-for': `${LONDON}, 1.1.1.1` },
    })
    await victim.sendViews([pageview(VICTIM, '/spoofed')], {
      address: '1.1.1.1',
      headers: Object.fromEntries(HEADERS.slice(1).map((name) => [name, LONDON])),
    })
    await victim.sendViews([pageview(VICTIM, '/true')], { address: LONDON })
    expect((await victim.stored('country'))['GB']).toBe(before + 1)
  })
})
