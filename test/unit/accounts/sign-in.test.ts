import { describe, expect, it } from 'vitest'
import type { UserError } from '../../../server/errors.ts'
import { cookieOf, PASSWORD, scene, type Person, type Scene } from './rig.ts'

const MINUTE_MS = 60_000

const signIn = ({ signIn: door }: Scene, person: Person, more: object = {}): Promise<string> =>
  door.signIn({ email: person.email, password: PASSWORD, code: person.code(), ...more }, undefined)

async function refusal(act: Promise<unknown>): Promise<{ status: number; message: string }> {
  const error = await act.then(
    () => undefined,
    (thrown: unknown) => thrown as UserError,
  )
  if (!error) throw new Error('it was not refused')
  return { status: error.status, message: error.message }
}

describe('R2.1 signing in', () => {
  it('takes address, password and code together, and begins a session', async () => {
    const all = await scene()
    const owner = await all.owner()
    const cookie = cookieOf(await signIn(all, owner))
    expect(all.sessions.verify(cookie)?.accountId).toBe(owner.id)
    expect(cookie).not.toBe(owner.cookie)
  })

  it('takes the address however it is written', async () => {
    const all = await scene()
    const owner = await all.owner('Owner@Example.org')
    expect(await signIn(all, owner, { email: ' OWNER@example.ORG ' })).toContain('sluice_session=')
  })

  it('R4.3 never does without a second factor', async () => {
    const all = await scene()
    const owner = await all.owner()
    for (const code of [
      '',
      '000000',
      '123456',
      owner.code().slice(1),
      `${owner.code()}0`,
      'x'.repeat(10_000),
    ]) {
      all.clock.pass(20 * MINUTE_MS)
      expect((await refusal(signIn(all, owner, { code }))).status).toBe(401)
    }
  })

  it('says the same of a wrong address, a wrong password and a wrong code', async () => {
    const all = await scene()
    const owner = await all.owner()
    const told = [
      await refusal(signIn(all, owner, { email: 'nobody@example.org' })),
      await refusal(signIn(all, owner, { email: 'no address at all' })),
      await refusal(signIn(all, owner, { password: 'another gate over water' })),
      await refusal(signIn(all, owner, { code: owner.code(5) })),
    ]
    expect(new Set(told.map(({ status, message }) => `${status} ${message}`)).size).toBe(1)
    expect(told[0]?.status).toBe(401)
  })

  it('R4.3 takes a code once, also of two requests at the same moment', async () => {
    const all = await scene()
    const owner = await all.owner()
    const tries = await Promise.allSettled([signIn(all, owner), signIn(all, owner), signIn(all, owner)])
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    await refusal(signIn(all, owner))
    all.clock.pass(30_000)
    await signIn(all, owner)
  })

  it('takes no code of a step before one that was taken', async () => {
    const all = await scene()
    const owner = await all.owner()
    await signIn(all, owner, { code: owner.code(1) })
    expect((await refusal(signIn(all, owner, { code: owner.code(0) }))).status).toBe(401)
    expect((await refusal(signIn(all, owner, { code: owner.code(-1) }))).status).toBe(401)
  })

  it('takes codes one step around the present, none further away', async () => {
    const all = await scene()
    const owner = await all.owner()
    all.clock.pass(10 * MINUTE_MS)
    expect((await refusal(signIn(all, owner, { code: owner.code(-2) }))).status).toBe(401)
    expect((await refusal(signIn(all, owner, { code: owner.code(2) }))).status).toBe(401)
    await signIn(all, owner, { code: owner.code(-1) })
    await signIn(all, owner, { code: owner.code(1) })
  })

  it('takes each recovery code once, however it is typed', async () => {
    const all = await scene()
    const owner = await all.owner()
    const [first = '', second = ''] = owner.recoveryCodes
    await signIn(all, owner, { code: first.toLowerCase().replaceAll('-', ' ') })
    expect((await refusal(signIn(all, owner, { code: first }))).status).toBe(401)
    const both = await Promise.allSettled([
      signIn(all, owner, { code: second }),
      signIn(all, owner, { code: second }),
    ])
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  it('takes no recovery code of somebody else', async () => {
    const all = await scene()
    const owner = await all.owner()
    const other = await all.person('other@example.org', 'analyst')
    expect((await refusal(signIn(all, owner, { code: other.recoveryCodes[0] }))).status).toBe(401)
  })

  it('replaces the session that the browser had', async () => {
    const all = await scene()
    const owner = await all.owner()
    await all.signIn.signIn({ email: owner.email, password: PASSWORD, code: owner.code() }, owner.cookie)
    expect(all.sessions.verify(owner.cookie)).toBeUndefined()
  })
})

describe('R4.9 guessing', () => {
  it('of ten thousand tries at once lets a handful through', async () => {
    const all = await scene()
    const owner = await all.owner()
    let looked = 0
    for (let count = 0; count < 10_000; count++) {
      const { status } = await refusal(signIn(all, owner, { password: `guess number ${count}` }))
      if (status !== 429) looked++
    }
    expect(looked).toBeLessThanOrEqual(10)
    // Whoever knows everything waits as well: else the answer would be worth guessing for.
    expect((await refusal(signIn(all, owner))).status).toBe(429)
    all.clock.pass(15 * MINUTE_MS)
    await signIn(all, owner)
  })

  it('is slowed down for a name that nobody has just as for one that somebody has', async () => {
    const all = await scene()
    const owner = await all.owner()
    const course = async (email: string): Promise<number[]> => {
      const told: number[] = []
      for (let count = 0; count < 8; count++) {
        told.push((await refusal(signIn(all, owner, { email, password: 'wrong' }))).status)
      }
      return told
    }
    expect(await course('nobody@example.org')).toEqual(await course(owner.email))
  })

  it('is in the audit log by the minute, by account, without what was typed', async () => {
    const all = await scene()
    const owner = await all.owner()
    for (let count = 0; count < 8; count++) await refusal(signIn(all, owner, { password: 'hunter2 hunter2' }))
    for (let count = 0; count < 3; count++) await refusal(signIn(all, owner, { email: 'nobody@example.org' }))
    await all.close()
    const rows = (await all.audit.list({ limit: 100 })).filter(({ action }) => action.startsWith('sign-in.'))
    expect(
      rows.map(({ actor, action, subject, detail }) => [actor, action, subject, detail].join(' ')).toSorted(),
    ).toEqual(
      [
        `nobody sign-in.blocked ${owner.id} {"count":3}`,
        'nobody sign-in.failed  {"count":3}',
        `nobody sign-in.failed ${owner.id} {"count":5}`,
      ].toSorted(),
    )
    const whole = JSON.stringify(await all.audit.list({ limit: 100 })) + all.warnings.join()
    for (const secret of ['hunter2', owner.email, 'nobody@example.org', PASSWORD])
      expect(whole).not.toContain(secret)
  })
})

describe('showing the second factor again', () => {
  it('goes on with a new session, which does not live longer for it', async () => {
    const all = await scene()
    const owner = await all.owner()
    const before = all.sessions.verify(owner.cookie)
    if (!before) throw new Error('not signed in')
    all.clock.pass(30 * MINUTE_MS)
    const cookie = cookieOf(await all.signIn.confirm(before, owner.code(), owner.cookie))
    expect(all.sessions.verify(owner.cookie)).toBeUndefined()
    const after = all.sessions.verify(cookie)
    expect(after?.createdAt).toBe(before.createdAt)
    expect(after?.secondFactorAt).toBe(all.clock.now())
  })

  it('is refused with a wrong or used code, and slowed down', async () => {
    const all = await scene()
    const owner = await all.owner()
    const session = all.sessions.verify(owner.cookie)
    if (!session) throw new Error('not signed in')
    const told: number[] = []
    for (let count = 0; count < 8; count++) {
      told.push((await refusal(all.signIn.confirm(session, owner.code(-4), owner.cookie))).status)
    }
    expect(told).toEqual([401, 401, 401, 401, 401, 429, 429, 429])
    expect(all.sessions.verify(owner.cookie)).toBeDefined()
  })
})
