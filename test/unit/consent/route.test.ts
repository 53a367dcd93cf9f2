import { describe, expect, it } from 'vitest'
import { serve } from './asked.ts'
import { decisionOf, REFUSAL, rig, versionOf, WITHDRAWAL, type Rig } from './rig.ts'
import { consentSigner } from '../../../server/consent/open.ts'
import { LASTING } from '../store/keys.ts'
import { rowsOf } from '../store/opened.ts'
import { isHeadSigned, type SignedHead } from '../../../server/consent/head.ts'

type Scene = Rig & { ask: Awaited<ReturnType<typeof serve>> }

async function scene(): Promise<Scene> {
  const made = await rig()
  return Object.assign(made, { ask: await serve(made.consent.route) })
}

describe('POST /c', () => {
  it.each([
    ['not JSON', 'x', 400, /is not JSON/],
    ['no object', '[]', 400, /"version"|not an object/],
    ['another version', { ...decisionOf(), version: 2 }, 400, /"version" is none/],
    ['no site', { ...decisionOf(), site: undefined }, 400, /"site" is missing/],
    ['another action', { ...decisionOf(), action: 'maybe' }, 400, /"action" is none.*accept_all/],
    ['R6.5 unknown category', { ...decisionOf(), granted: ['analytics'] }, 400, /"granted" names a category/],
    ['R6.5 essential, which is no choice', { ...decisionOf(), granted: ['essential'] }, 400, /"granted"/],
    [
      'too many categories',
      { ...decisionOf(), granted: Array(9).fill('targeting') },
      400,
      /"granted" is too long/,
    ],
    ['a refusal that grants', { ...decisionOf(), action: 'withdraw' }, 400, /"granted" must be empty/],
    ['revision 0', decisionOf({ revision: 0 }), 400, /"revision" is too low/],
    ['revision 1.5', decisionOf({ revision: 1.5 }), 400, /"revision"/],
    ['another source', { ...decisionOf(), source: 'mail' }, 400, /"source" is none/],
    ['no gpc', { ...decisionOf(), gpc: 1 }, 400, /"gpc" is missing/],
    ['an unregistered site', decisionOf({ site: 'other.example' }), 403, /not registered/],
    [
      'nothing to renew',
      { version: 1, site: 'example.com', renew: 7 },
      400,
      /"renew" is not a consent token/,
    ],
  ])('refuses %s with one sentence and keeps nothing', async (_name, body, status, sentence) => {
    const { ask, store, faults } = await scene()
    const answered = await ask({ body })
    expect([answered.status, answered.json['error']]).toEqual([status, expect.stringMatching(sentence)])
    expect(String(answered.json['error'])).toMatch(/^[^.\n]+(\.\s?[a-z][^.\n]*)*\.$/)
    expect(faults).toEqual([status])
    expect(await rowsOf(store, 'consent_ledger')).toEqual([])
    expect(await rowsOf(store, 'consent_count')).toEqual([])
  })

  it('refuses the page of another site, and one without an origin', async () => {
    const { ask, store } = await scene()
    for (const origin of ['https://evil.example', 'null', '']) {
      expect((await ask({ body: decisionOf(), headers: { origin } })).status).toBe(403)
    }
    expect(await rowsOf(store, 'consent_ledger')).toEqual([])
  })

  it('takes a body of 8 KiB and no more, none that is compressed, and other methods by name', async () => {
    const { ask } = await scene()
    const body = JSON.stringify({ ...decisionOf(), more: '' })
    const padded = body.replace('"more":""', `"more":"${'x'.repeat(8_192 - body.length)}"`)
    expect((await ask({ body: padded })).status).toBe(200)
    const large = await ask({ body: `${padded} ` })
    expect([large.status, large.headers['connection']]).toEqual([413, 'close'])
    expect((await ask({ body, headers: { 'content-encoding': 'gzip' } })).status).toBe(415)
    const got = await ask({ method: 'GET' })
    expect([got.status, got.headers.allow]).toEqual([405, 'POST, OPTIONS'])
    const options = await ask({ method: 'OPTIONS' })
    expect([options.status, options.headers['access-control-allow-methods']]).toEqual([
      204,
      'GET, POST, DELETE',
    ])
    expect(options.headers['access-control-allow-origin']).toBe('*')
    expect((await ask({ path: '/c?x=1', body })).status).toBe(200)
    expect((await ask({ path: '/cookie', body })).status).toBe(404)
  })

  it('R6.2 renews a token without a row and without a count', async () => {
    const { ask, store, clock, versions } = await scene()
    const { json } = await ask({
      body: decisionOf({ action: 'custom', granted: ['performance', 'targeting'] }),
    })
    const [ledger, counts] = [await rowsOf(store, 'consent_ledger'), await rowsOf(store, 'consent_count')]
    clock.pass(40 * 86_400_000)
    versions.push(versionOf(2, { performance: 1, targeting: 2 }))
    const renew = { version: 1, site: 'example.com', renew: json['token'] }
    const renewed = await ask({ body: renew })
    expect(renewed.status).toBe(200)
    expect(renewed.json).toMatchObject({
      revision: 2,
      granted: ['performance'],
      until: json['until'],
      token: expect.stringMatching(/^1~example\.com~1~1~0~2027-01-03T13~/) as string,
      // Forty days later.
      calendar: [20_821, 29_983_620],
      sweep: [{ category: 'functionality' }, { category: 'targeting' }],
      keep: [{ category: 'performance' }],
    })
    expect(renewed.json['receipt']).toBeUndefined()
    const forged = await ask({ body: { ...renew, renew: `${String(json['token']).slice(0, -1)}!` } })
    expect(forged.status).toBe(403)
    versions.push(versionOf(3, { performance: 3, targeting: 3 }))
    const outdated = await ask({ body: renew })
    expect([outdated.status, outdated.json['revision']]).toEqual([409, 3])
    expect(await rowsOf(store, 'consent_ledger')).toEqual(ledger)
    expect(await rowsOf(store, 'consent_count')).toEqual(counts)
  })

  it('R6.5 answers 503 with Retry-After while nothing can be kept, and the log says why without the visitor', async () => {
    const { ask, consent, store, warnings, faults } = await scene()
    await consent.close()
    await store.close()
    const { status, headers, json } = await ask({ body: decisionOf({ action: 'object', granted: [] }) })
    expect([status, headers['retry-after']]).toEqual([503, '5'])
    expect(String(json['error'])).not.toMatch(/store|closed/)
    expect(warnings.join()).toContain('the store is closed')
    expect(warnings.join()).not.toContain('192.0.2')
    expect(faults).toEqual([503])
  })

  it('answers 429 with Retry-After to a network that floods, and takes others', async () => {
    const { ask, facts, clock, store } = await scene()
    for (let count = 0; count < 30; count++)
      expect((await ask({ body: decisionOf(REFUSAL) })).status).toBe(200)
    clock.pass(20_000)
    Object.assign(facts, { ip: '192.0.2.250' })
    const flood = await ask({ body: decisionOf(REFUSAL) })
    expect([flood.status, flood.headers['retry-after']]).toEqual([429, '40'])
    expect((await ask({ method: 'DELETE', path: `/c/${'A'.repeat(22)}` })).status).toBe(429)
    Object.assign(facts, { ip: '192.0.3.7' })
    expect((await ask({ body: decisionOf(REFUSAL) })).status).toBe(200)
    clock.pass(40_000)
    Object.assign(facts, { ip: '192.0.2.250' })
    expect((await ask({ body: decisionOf(REFUSAL) })).status).toBe(200)
    expect(await rowsOf(store, 'consent_ledger')).toHaveLength(32)
  })
})

describe('HttpOnly cookies', () => {
  const brought = { cookie: '_targeting_id=1; session=2; _performance=3', host: 'example.com' }

  it('R6.5 are expired with a refusal where the site itself serves the address', async () => {
    const { ask } = await scene()
    for (const choice of [REFUSAL, WITHDRAWAL]) {
      const { headers } = await ask({ body: decisionOf(choice), headers: brought })
      expect(headers['set-cookie']).toEqual(
        ['_targeting_id', '_performance'].flatMap((name) => [
          `${name}=; Max-Age=0; Path=/; Secure`,
          `${name}=; Max-Age=0; Path=/; Secure; Partitioned`,
          `${name}=; Max-Age=0; Path=/; Domain=example.com; Secure`,
          `${name}=; Max-Age=0; Path=/; Domain=example.com; Secure; Partitioned`,
        ]),
      )
    }
  })

  it('R6.5 are left alone with a grant, on another host, and where the page brought none', async () => {
    const { ask } = await scene()
    for (const [choice, headers] of [
      [{}, brought],
      [REFUSAL, { ...brought, host: 'stats.example.net' }],
      [REFUSAL, { host: 'example.com', cookie: 'session=2' }],
      [REFUSAL, { host: 'example.com' }],
    ] as const) {
      expect((await ask({ body: decisionOf(choice), headers })).headers['set-cookie']).toBeUndefined()
    }
  })
})

describe('the well-known addresses', () => {
  it('R6.5 say that Global Privacy Control is honoured', async () => {
    const { ask } = await scene()
    const { status, headers, json } = await ask({ method: 'GET', path: '/.well-known/gpc.json' })
    expect([status, headers['content-type']]).toEqual([200, 'application/json'])
    expect(json).toEqual({ gpc: true, lastUpdate: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) as string })
    expect((await ask({ path: '/.well-known/gpc.json' })).status).toBe(405)
  })

  it('R2.6 publish the key and how far the ledger of one site reaches', async () => {
    const { ask, consent, store } = await scene()
    const read = (query = '', host = 'stats.example.net'): ReturnType<Scene['ask']> =>
      ask({ method: 'GET', path: `/.well-known/sluice-consent.json${query}`, headers: { host } })
    const { publicKey } = consentSigner(LASTING)
    expect((await read()).json).toEqual({ keys: [publicKey], heads: [] })
    expect((await read('?site=example.com')).json).toEqual({ keys: [publicKey], heads: [] })
    await ask({ body: decisionOf() })
    await consent.close()
    const { json } = await read('?site=Example.com')
    const [head] = json['heads'] as SignedHead[]
    expect(head).toMatchObject({ site: 'example.com', seq: 1, time: '2026-11-24T13:50:07Z' })
    expect(head?.hash).toBe((await rowsOf(store, 'consent_ledger'))[0]?.row_hash)
    expect(isHeadSigned(publicKey, head as SignedHead)).toBe(true)
    expect((await read('', 'example.com:8000')).json).toEqual(json)
    // Which sites there are is told to nobody.
    expect((await read()).json).toEqual({ keys: [publicKey], heads: [] })
    expect((await read('?site=other.example')).status).toBe(404)
  })
})
