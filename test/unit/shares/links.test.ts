import { describe, expect, it } from 'vitest'
import type { Site } from '../../../schema/site.ts'
import type { ShareLinks } from '../../../server/shares/links.ts'
import type { WantedShare } from '../../../server/shares/wanted.ts'
import { rowsOf } from '../store/opened.ts'
import { scene, TERMINAL, type Scene } from '../accounts/rig.ts'

const SITE = 'shop.example'
const HOUR_MS = 3_600_000

async function stage(): Promise<Scene & { site: Site }> {
  const all = await scene()
  return { ...all, site: await all.sites.add({ domain: SITE }) }
}

function tokenIn(link: string): string {
  return link.split('#')[1] ?? ''
}

/** Header that an opened link sends. */
async function opened(
  shares: ShareLinks,
  made: { id: string; link: string },
  password = '',
): Promise<string> {
  const opening = await shares.open({ id: made.id, token: tokenIn(made.link), password })
  if (opening.kind !== 'open') throw new Error(`the link was not opened: ${opening.kind}`)
  return `Bearer ${opening.access}`
}

describe('R2.1 a share link', () => {
  it('shows its site to whoever holds it, and is kept as a hash', async () => {
    const { shares, site, store } = await stage()
    const made = await shares.create(site, { name: 'for the board' })
    expect(made.link).toBe(`http://127.0.0.1:8000/?share=${made.id}#${tokenIn(made.link)}`)
    expect(tokenIn(made.link)).toMatch(/^[\w-]{43}$/)
    const access = await opened(shares, made)
    expect(shares.verify(access)).toEqual({ linkId: made.id, siteId: site.id, filters: [] })
    expect(JSON.stringify(store.readRows('share_link', ''))).not.toContain(tokenIn(made.link))
    expect(JSON.stringify(store.readRows('share_link', ''))).not.toContain(access)
  })

  it('opens by nothing but its own token', async () => {
    const { shares, site } = await stage()
    const [one, two] = [
      await shares.create(site, { name: 'one' }),
      await shares.create(site, { name: 'two' }),
    ]
    for (const [id, token] of [
      [one.id, tokenIn(two.link)],
      [one.id, ''],
      [one.id, 'A'.repeat(43)],
      ['', tokenIn(one.link)],
      [`${one.id}'`, tokenIn(one.link)],
      ['__proto__', tokenIn(one.link)],
    ] as const) {
      expect(await shares.open({ id, token, password: '' })).toEqual({ kind: 'gone' })
    }
  })

  it('refuses access tokens that were changed, in any part', async () => {
    const { shares, site } = await stage()
    const [one, two] = [
      await shares.create(site, { name: 'one' }),
      await shares.create(site, { name: 'two' }),
    ]
    const access = await opened(shares, one)
    const [, id = '', until = '', mac = ''] = /sls_(.+?)_(.+?)_(.+)$/.exec(access) ?? []
    const later = (parseInt(until, 36) + 1).toString(36)
    expect(shares.verify(`Bearer sls_${id}_${until}_${mac}`)).toBeDefined()
    for (const changed of [
      `Bearer sls_${two.id}_${until}_${mac}`,
      `Bearer sls_${id}_${later}_${mac}`,
      `Bearer sls_${id}_${until}_${mac.slice(0, -1)}`,
      `Bearer sls_${id}_${until}_${mac.startsWith('A') ? 'B' : 'A'}${mac.slice(1)}`,
      `Bearer sls_${id}_${until}_${'A'.repeat(43)}`,
      `sls_${id}_${until}_${mac}`,
      'Bearer ',
      '',
    ]) {
      expect([changed, shares.verify(changed)]).toEqual([changed, undefined])
    }
    expect(shares.verify(undefined)).toBeUndefined()
  })

  it('ends when it was to end, and its access after twelve hours', async () => {
    const { shares, site, clock } = await stage()
    const [short, lasting] = [
      await shares.create(site, { name: 'short', expiresAt: clock.now() + HOUR_MS }),
      await shares.create(site, { name: 'lasting' }),
    ]
    const [first, second] = [await opened(shares, short), await opened(shares, lasting)]
    clock.pass(HOUR_MS - 1)
    expect(shares.verify(first)).toBeDefined()
    clock.pass(1)
    expect(shares.verify(first)).toBeUndefined()
    expect(await shares.open({ id: short.id, token: tokenIn(short.link), password: '' })).toEqual({
      kind: 'gone',
    })
    clock.pass(11 * HOUR_MS - 1)
    expect(shares.verify(second)).toBeDefined()
    clock.pass(1)
    expect(shares.verify(second)).toBeUndefined()
    expect(shares.verify(await opened(shares, lasting))).toBeDefined()
  })

  it('is gone at once when it is revoked, here and by another process, and when its site is removed', async () => {
    const { shares, site, sites, elsewhere } = await stage()
    const made = [await shares.create(site, { name: 'one' }), await shares.create(site, { name: 'two' })]
    const [one, two] = made
    if (!one || !two) throw new Error('two links were made')
    const [first, second] = [await opened(shares, one), await opened(shares, two)]
    await shares.revoke(site.id, one.id)
    expect(shares.verify(first)).toBeUndefined()
    expect(await shares.open({ id: one.id, token: tokenIn(one.link), password: '' })).toEqual({
      kind: 'gone',
    })
    await expect(shares.revoke(site.id + 1, two.id)).rejects.toMatchObject({ status: 404 })
    expect(shares.verify(second)).toBeDefined()
    const other = await elsewhere()
    expect(other.shares.verify(second)).toEqual({ linkId: two.id, siteId: site.id, filters: [] })
    await sites.remove(SITE)
    expect(shares.list(site.id).every(({ revokedAt }) => revokedAt !== undefined)).toBe(true)
  })

  it('asks for its password, and an access under the one before is none', async () => {
    const { shares, site, store, clock } = await stage()
    const made = await shares.create(site, { name: 'board', password: 'calm water, 1870' })
    const given = { id: made.id, token: tokenIn(made.link) }
    expect(await shares.open({ ...given, password: '' })).toEqual({ kind: 'wants-password' })
    expect(await shares.open({ ...given, password: 'calm water, 1871' })).toEqual({ kind: 'wrong-password' })
    expect(await shares.open({ ...given, token: 'A'.repeat(43), password: 'calm water, 1870' })).toEqual({
      kind: 'gone',
    })
    const access = await opened(shares, made, 'calm water, 1870')
    expect(shares.verify(access)).toBeDefined()
    expect(JSON.stringify(store.readRows('share_link', ''))).not.toContain('calm water')
    await store.db.updateTable('share_link').set({ password_hash: 'another' }).execute()
    await store.catchUp()
    clock.pass(50)
    expect(shares.verify(access)).toBeUndefined()
  })

  it('R4.5 is in the audit log when it is made and when it is revoked, without what opens it', async () => {
    const { shares, site, store } = await stage()
    const by = { ...TERMINAL, reason: 'the board asked' }
    const made = await shares.create(site, { name: 'board', password: 'calm water, 1870' }, by)
    await shares.revoke(site.id, made.id, by)
    const rows = await rowsOf(store, 'audit_log')
    const told = rows.filter(({ subject }) => subject === made.id)
    expect(told.map(({ action, reason }) => [action, reason])).toEqual([
      ['share.created', 'the board asked'],
      ['share.revoked', 'the board asked'],
    ])
    expect(JSON.stringify(rows)).not.toContain(tokenIn(made.link))
  })

  it('notes the day on which it was last opened, and no more', async () => {
    const { shares, site } = await stage()
    const made = await shares.create(site, { name: 'board' })
    expect(shares.list(site.id)[0]?.lastOpenedDay).toBeUndefined()
    await opened(shares, made)
    await shares.settled()
    expect(shares.list(site.id)[0]?.lastOpenedDay).toMatch(/^\d{4}-\d\d-\d\d$/)
  })

  it.each<[string, Partial<WantedShare>]>([
    ['name', { name: ' ' }],
    ['name', { name: 'for ann@example.org' }],
    ['name', { name: 'call +49 30 901820' }],
    ['short', { password: 'short' }],
    ['common', { password: 'password1' }],
    ['fixed', { filters: [{ dimension: 'goal', is: ['Bought'] }] }],
    ['fixed', { filters: [{ dimension: 'prop:plan', is: ['pro'] }] }],
    ['dimension', { filters: [{ dimension: 'shoe', is: ['42'] }] }],
    ['filter', { filters: [{ dimension: 'country' }] }],
    ['at most', { filters: Array.from({ length: 6 }, () => ({ dimension: 'country', is: ['DE'] })) }],
    ['host', { embed: ['*'] }],
    ['host', { embed: ['https://*.example.com'] }],
    ['host', { embed: ["https://example.com; script-src 'unsafe-inline'"] }],
    ['host', { embed: ['http://example.com'] }],
    ['host', { embed: ['https://example.com/path'] }],
    ['host', { embed: ['javascript:alert(1)'] }],
    ['host', { embed: ["'self'"] }],
  ])('is refused with a sentence (%s) for %j', async (word, wrong) => {
    const { shares, site } = await stage()
    await expect(shares.create(site, { name: 'board', ...wrong })).rejects.toThrow(new RegExp(word, 'i'))
    expect(shares.list()).toEqual([])
  })

  it('keeps the origins that may frame it as browsers compare them', async () => {
    const { shares, site } = await stage()
    const { id } = await shares.create(site, {
      name: 'board',
      embed: [
        'Board.Example',
        'https://board.example/',
        'https://wiki.example:8443',
        'http://127.0.0.1:4000',
      ],
    })
    const hosts = ['https://board.example', 'https://wiki.example:8443', 'http://127.0.0.1:4000']
    expect(shares.embedOf(id)).toEqual(hosts)
    await shares.revoke(site.id, id)
    expect(shares.embedOf(id)).toEqual([])
  })
})
