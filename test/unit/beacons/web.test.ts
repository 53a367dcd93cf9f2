import { describe, expect, it } from 'vitest'
import { CATEGORY_BIT } from '../../../schema/consent.ts'
import { mailScene, SITE, type MailScene } from './rig.ts'

const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36'
const { performance: PERFORMANCE, functionality: FUNCTIONALITY, targeting: TARGETING } = CATEGORY_BIT

interface Asking {
  path?: string
  query?: Record<string, string>
  headers?: Record<string, string>
  method?: string
}

function tokenOf(
  scene: MailScene,
  granted: number,
  changes: { domain?: string; revision?: number } = {},
): string {
  return scene.consents.issue({
    domain: SITE,
    revision: 1,
    granted,
    gpc: false,
    until: '2027-05-24',
    ...changes,
  })
}

async function fetched(
  scene: MailScene,
  { path = `/b/${SITE}/hero.gif`, query = {}, headers = {}, method = 'GET' }: Asking,
): Promise<{ status: number; headers: string; bytes: number }> {
  const search = new URLSearchParams(query).toString()
  const answer = await fetch(`${scene.url}${path}?${search}`, {
    method,
    headers: { 'user-agent': CHROME, ...headers },
  })
  const { byteLength } = await answer.arrayBuffer()
  const said = [...answer.headers].filter(([name]) => !['connection', 'keep-alive'].includes(name))
  return { status: answer.status, headers: JSON.stringify(said), bytes: byteLength }
}

describe('R7.2 R6.4 a web beacon', () => {
  it('counts under a consent to its category, with the page that it was on', async () => {
    const scene = await mailScene()
    const consent = tokenOf(scene, PERFORMANCE | TARGETING)
    await fetched(scene, {
      query: { category: 'performance', consent, url: `https://${SITE}/pricing?mail=a@b.example` },
    })
    await fetched(scene, {
      query: { category: 'targeting', consent },
      headers: { referer: `https://${SITE}/` },
    })
    await fetched(scene, { query: { category: 'targeting', consent: tokenOf(scene, TARGETING) } })
    expect(scene.dropped).toEqual([])
    expect(scene.kept.map(({ type, basis, campaign }) => [type, basis, campaign])).toEqual([
      ['beacon', 'performance@1', 'hero'],
      ['beacon', 'targeting@1', 'hero'],
      ['beacon', 'targeting@1', 'hero'],
    ])
    const cells = scene.kept.map(({ line }) => line.split('\t'))
    expect(cells.map(([, , , , , , , , host, page]) => [host, page])).toEqual([
      [SITE, '/pricing'],
      [SITE, '/'],
      [SITE, ''],
    ])
    // Whom another category than measurement counts is nobody, not even for a day.
    expect(cells.map(([, visitor]) => /^0+$/.test(visitor ?? ''))).toEqual([false, false, true])
    expect(scene.kept.map(({ line }) => line).join()).not.toContain('a@b.example')
  })

  it('takes the token of the site’s own cookie, where it comes along', async () => {
    const scene = await mailScene()
    const record = { categories: ['essential', 'performance'], token: tokenOf(scene, PERFORMANCE) }
    const cookie = `a=b; cc_cookie=${encodeURIComponent(JSON.stringify(record))}`
    await fetched(scene, { query: { category: 'performance' }, headers: { cookie } })
    await fetched(scene, { query: { category: 'targeting' }, headers: { cookie } })
    await fetched(scene, { query: { category: 'performance' }, headers: { cookie: 'cc_cookie=%7Bx' } })
    expect([scene.kept.length, scene.dropped]).toEqual([1, ['consent_category', 'no_consent']])
  })

  it('is the same picture whatever becomes of it, and what is not kept is counted by its reason', async () => {
    const scene = await mailScene()
    const consent = tokenOf(scene, PERFORMANCE)
    const query = { category: 'performance', consent }
    const cases: [reason: string, asking: Asking][] = [
      ['no_consent', { query: { category: 'performance' } }],
      ['consent_category', { query: { category: 'functionality', consent } }],
      ['consent_category', { query: { category: 'targeting', consent: tokenOf(scene, FUNCTIONALITY) } }],
      ['consent_invalid', { query: { ...query, consent: `${consent.slice(0, -1)}_` } }],
      [
        'consent_invalid',
        { query: { ...query, consent: tokenOf(scene, PERFORMANCE, { domain: 'other.example' }) } },
      ],
      ['consent_invalid', { query: { ...query, consent: '' } }],
      ['consent_revision', { query: { ...query, consent: tokenOf(scene, PERFORMANCE, { revision: 2 }) } }],
      ['invalid_event', { query: { consent } }],
      ['invalid_event', { query: { category: 'essential', consent } }],
      ['invalid_event', { path: `/b/${SITE}/%E0%A4%A.gif`, query }],
      ['invalid_event', { path: `/b/${SITE}/%20.gif`, query }],
      ['hostname', { query: { ...query, url: 'https://evil.example/' } }],
      ['hostname', { query, headers: { referer: 'https://evil.example/' } }],
      ['unknown_site', { path: '/b/other.example/hero.gif', query }],
      ['unknown_site', { path: '/b/nothing', query }],
      ['bot', { query, headers: { 'user-agent': 'curl/8.10.1' } }],
      ['prefetch', { query, headers: { 'sec-purpose': 'prefetch;prerender' } }],
    ]
    const good = await fetched(scene, { query })
    expect(good.bytes).toBe(43)
    for (const [reason, asking] of cases) {
      const before = scene.dropped.length
      expect([reason, asking, await fetched(scene, asking)]).toEqual([reason, asking, good])
      expect([asking, scene.dropped.slice(before)]).toEqual([asking, [reason]])
    }
    const head = await fetched(scene, { query, method: 'HEAD' })
    expect([head.status, head.headers, head.bytes, scene.dropped.at(-1)]).toEqual([
      200,
      good.headers,
      0,
      'head',
    ])
    expect((await fetched(scene, { query, method: 'POST' })).status).toBe(405)
    scene.clock.pass(25 * 3_600_000)
    await fetched(scene, { query })
    expect(scene.dropped.at(-1)).toBe('consent_expired')
    expect(scene.kept).toHaveLength(1)
    expect(good.headers).not.toMatch(/etag|set-cookie|last-modified/i)
  })
})
