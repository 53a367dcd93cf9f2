import type { IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import { BLOCK_MS, PER_MINUTE } from '../../../server/accounts/rates.ts'
import { TooManyTries, UserError } from '../../../server/errors.ts'
import type { Permission } from '../../../server/accounts/roles.ts'
import { PASSWORD, scene, type Scene } from './rig.ts'

const SITE = 'own.example'

/** A request as far as access.ts reads it. */
const from = (headers: IncomingMessage['headers']): IncomingMessage => ({ headers }) as IncomingMessage

/** What is thrown; undefined where nothing is. */
function thrownBy(act: () => unknown): UserError | undefined {
  try {
    act()
    return undefined
  } catch (error) {
    if (error instanceof UserError) return error
    throw error
  }
}

/** The rows about bursts, oldest first, once everything is written. */
async function burstsIn(all: Scene): Promise<string[]> {
  await all.alarm.settled()
  const rows = await all.audit.list({ limit: 1_000 })
  return rows
    .filter(({ action }) => action === 'burst.blocked')
    .map(({ actor, subject, detail }) => [actor, subject ?? '-', detail].join(' '))
    .toReversed()
}

/** Tries to sign in, which must not work. */
async function guess(all: Scene, email: string, password: string): Promise<void> {
  await expect(all.signIn.signIn({ email, password, code: '000000' }, undefined)).rejects.toBeInstanceOf(
    UserError,
  )
}

const readings = (all: Scene): number[] => all.alarm.readings().map(({ read }) => read())

describe('R4.9 a burst of requests that are allowed', () => {
  it.each([
    ['query', 'read'],
    ['query.export', 'export'],
    ['keys.read', 'reveal'],
    ['keys.write', 'change'],
  ] as const)(
    '(%s, a %s) is blocked after its number a minute, for five minutes, and told once',
    async (permission, kind) => {
      const all = await scene()
      await all.sites.add({ domain: SITE })
      const owner = await all.owner()
      const ask = (): UserError | undefined =>
        thrownBy(() => all.access.site(from({ cookie: owner.cookie }), permission, SITE))
      for (let count = 0; count < PER_MINUTE[kind]; count++) expect(ask()).toBeUndefined()
      for (let count = 0; count < 50; count++) {
        const refused = ask()
        expect(refused).toBeInstanceOf(TooManyTries)
        expect(refused?.status).toBe(429)
        expect((refused as TooManyTries).retryAfterSeconds).toBe(BLOCK_MS / 1_000)
      }
      expect(await burstsIn(all)).toEqual([`account:${owner.id} - {"kind":"${kind}"}`])
      expect(readings(all)).toEqual([1, 50])
      expect(all.bursts).toEqual([kind])
      expect(all.warnings.filter((line) => line.includes('a burst of requests is blocked'))).toHaveLength(1)

      all.clock.pass(BLOCK_MS - 1_000)
      expect((ask() as TooManyTries).retryAfterSeconds).toBe(1)
      all.clock.pass(1_000)
      expect(ask()).toBeUndefined()
    },
  )

  it('concerns whoever asks and nothing else: not other accounts and keys, not other kinds of requests', async () => {
    const all = await scene()
    const { id: siteId } = await all.sites.add({ domain: SITE })
    const [owner, other] = [await all.owner(), await all.person('other@example.org', 'owner')]
    const { id, key } = await all.keys.create({ siteId, scope: 'query' })
    const ask = (headers: IncomingMessage['headers'], permission: Permission): UserError | undefined =>
      thrownBy(() => all.access.site(from(headers), permission, SITE))
    const byKey = { authorization: `Bearer ${key}` }
    for (let count = 0; count <= PER_MINUTE.export; count++) ask({ cookie: owner.cookie }, 'query.export')
    expect(ask({ cookie: owner.cookie }, 'query.export')?.status).toBe(429)
    expect(ask({ cookie: owner.cookie }, 'query')).toBeUndefined()
    expect(ask({ cookie: other.cookie }, 'query.export')).toBeUndefined()
    for (let count = 0; count < PER_MINUTE.export; count++) {
      expect(ask(byKey, 'query.export')).toBeUndefined()
    }
    expect(ask(byKey, 'query.export')?.status).toBe(429)
    expect(await burstsIn(all)).toEqual([
      `account:${owner.id} - {"kind":"export"}`,
      `key:${id} - {"kind":"export"}`,
    ])
  })

  it('does not begin anew with a new session', async () => {
    const all = await scene()
    const owner = await all.owner()
    const ask = (cookie: string): UserError | undefined =>
      thrownBy(() => all.access.installation(from({ cookie }), 'audit.read'))
    for (let count = 0; count <= PER_MINUTE.reveal; count++) ask(owner.cookie)
    const given = { email: owner.email, password: PASSWORD, code: owner.code() }
    const again = (await all.signIn.signIn(given, undefined)).split(';')[0] ?? ''
    expect(ask(again)?.status).toBe(429)
  })

  it('is none where the same requests come minute by minute', async () => {
    const all = await scene()
    const owner = await all.owner()
    for (let minute = 0; minute < 5; minute++) {
      for (let count = 0; count < PER_MINUTE.reveal; count++) {
        all.access.installation(from({ cookie: owner.cookie }), 'audit.read')
      }
      all.clock.pass(60_000)
    }
    expect(readings(all)).toEqual([0, 0])
  })
})

describe('R4.9 a burst of guesses', () => {
  it('of ten thousand passwords is one row and one warning, without what was typed', async () => {
    const all = await scene()
    const owner = await all.owner()
    for (let count = 0; count < 10_000; count++) {
      await guess(all, owner.email, `guess ${count}`)
    }
    expect(await burstsIn(all)).toEqual([`nobody ${owner.id} {"kind":"sign-in"}`])
    const said = all.warnings.filter((line) => line.includes('a burst of requests is blocked'))
    expect(said).toHaveLength(1)
    expect(said.join()).not.toContain(owner.email)
  })

  it('that goes on as fast as it is let is the same burst, and another one after a quarter of an hour of rest', async () => {
    const all = await scene()
    const owner = await all.owner()
    for (let count = 0; count < 200; count++) {
      await guess(all, owner.email, 'a wrong guess')
      all.clock.pass(60_000)
    }
    expect(await burstsIn(all)).toHaveLength(1)
    all.clock.pass(16 * 60_000)
    for (let count = 0; count < 3; count++) await guess(all, owner.email, 'a wrong guess')
    expect(await burstsIn(all)).toHaveLength(2)
  })

  it('of keys is refused by network, while a good key of the same network is let in', async () => {
    let sent = 0
    const all = await scene({ keyWait: () => (++sent > 30 ? 7 : 0) })
    const { id: siteId } = await all.sites.add({ domain: SITE })
    const { key } = await all.keys.create({ siteId, scope: 'query' })
    const ask = (text: string): UserError | undefined =>
      thrownBy(() => all.access.site(from({ authorization: `Bearer ${text}` }), 'query', SITE))
    const made = `slk_query_${'A'.repeat(43)}`
    const told = Array.from({ length: 40 }, () => ask(made)?.status)
    expect(told).toEqual([...Array<number>(30).fill(401), ...Array<number>(10).fill(429)])
    expect((ask(made) as TooManyTries).retryAfterSeconds).toBe(7)
    expect(ask(key)).toBeUndefined()
    expect(await burstsIn(all)).toEqual(['nobody - {"kind":"key"}'])
    expect(JSON.stringify(await all.audit.list({ limit: 100 })) + all.warnings.join()).not.toContain('slk_')
  })
})
