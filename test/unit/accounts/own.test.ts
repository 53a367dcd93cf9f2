import { describe, expect, it } from 'vitest'
import { createSealed } from '../../../server/accounts/sealed.ts'
import { createSecondFactor, type Factor } from '../../../server/accounts/second-factor.ts'
import type { Session } from '../../../server/accounts/sessions.ts'
import type { UserError } from '../../../server/errors.ts'
import { cookieOf, PASSWORD, scene, TERMINAL, tokenOf, type Person, type Scene } from './rig.ts'

const NEW = 'calm water over a gate'

function sessionOf(all: Scene, cookie: string): Session {
  const session = all.sessions.verify(cookie)
  if (!session) throw new Error('not signed in')
  return session
}

/** Another session of the same person; the clock moves on, so that the next code is another. */
async function signInAgain(all: Scene, person: Person, password = PASSWORD): Promise<string> {
  const given = { email: person.email, password, code: person.code() }
  const cookie = cookieOf(await all.signIn.signIn(given, undefined))
  all.clock.pass(30_000)
  return cookie
}

const change = (all: Scene, person: Person, given: object = {}): Promise<string> =>
  all.own.changePassword(
    sessionOf(all, person.cookie),
    { current: PASSWORD, password: NEW, code: person.code(), ...given },
    person.cookie,
  )

async function statusOf(act: Promise<unknown>): Promise<number> {
  return act.then(
    () => 200,
    (error: unknown) => (error as UserError).status,
  )
}

async function actions(all: Scene): Promise<string[]> {
  return (await all.audit.list({ limit: 100 })).map(({ actor, action }) => `${actor} ${action}`).toReversed()
}

describe('R2.1 changing one’s password', () => {
  it('takes the present one and a code, ends all other sessions and open links, and goes on', async () => {
    const all = await scene()
    const owner = await all.owner()
    const other = await all.person('other@example.org', 'analyst')
    const elsewhere = await signInAgain(all, owner)
    const link = tokenOf(await all.setUp.makeLink(owner.id, TERMINAL))
    const othersLink = tokenOf(await all.setUp.makeLink(other.id, TERMINAL))
    all.clock.pass(60_000)
    const began = sessionOf(all, owner.cookie).createdAt

    const cookie = cookieOf(await change(all, owner))
    all.clock.pass(30_000)
    expect(sessionOf(all, cookie).createdAt, 'its day does not begin anew').toBe(began)
    expect([owner.cookie, elsewhere].map((one) => all.sessions.verify(one))).toEqual([undefined, undefined])
    expect(all.sessions.verify(other.cookie), 'of somebody else').toBeDefined()
    expect(() => all.setUp.look(link)).toThrow(/This link was used/)
    expect(all.setUp.look(othersLink).email).toBe(other.email)

    await expect(signInAgain(all, owner)).rejects.toThrow(/wrong/)
    expect(await signInAgain(all, owner, NEW)).toContain('sluice_session=')
    expect(await actions(all)).toContain(`account:${owner.id} password.changed`)
    const said = JSON.stringify(await all.audit.list({ limit: 100 }))
    for (const secret of [PASSWORD, NEW]) expect(said).not.toContain(secret)
  })

  it.each([
    ['a wrong present password', { current: 'another gate over water' }, 401],
    ['no code', { code: '' }, 401],
    ['a wrong code', { code: '000000' }, 401],
    ['a new password that is too short', { password: 'short' }, 400],
    ['a new password that is common', { password: 'password1' }, 400],
    ['the same password', { password: PASSWORD }, 400],
  ])('is refused with %s, and changes nothing', async (_what, given, status) => {
    const all = await scene()
    const owner = await all.owner()
    const code = owner.code()
    expect(await statusOf(change(all, owner, given))).toBe(status)
    expect(all.sessions.verify(owner.cookie)).toBeDefined()
    expect(await statusOf(change(all, owner, { code })), 'the code was not spent').toBe(200)
  })

  it('R4.9 is slowed down when somebody guesses, with whatever is right', async () => {
    const all = await scene()
    const owner = await all.owner()
    const told: number[] = []
    for (let count = 0; count < 7; count++) {
      told.push(await statusOf(change(all, owner, { current: `guess ${count}` })))
    }
    expect(told).toEqual([401, 401, 401, 401, 401, 429, 429])
    expect(await statusOf(change(all, owner))).toBe(429)
  })

  it('R4.3 takes a code once, and none that signing in has taken', async () => {
    const all = await scene()
    const owner = await all.owner()
    const code = owner.code()
    await all.signIn.signIn({ email: owner.email, password: PASSWORD, code }, undefined)
    expect(await statusOf(change(all, owner, { code }))).toBe(401)
    all.clock.pass(30_000)

    const both = [change(all, owner), change(all, owner, { password: `${NEW}, later` })]
    expect(new Set(await Promise.all(both.map(statusOf))), 'of two at the same moment').toEqual(
      new Set([200, 401]),
    )
    const given = { email: owner.email, code: owner.code() }
    for (const password of [NEW, `${NEW}, later`]) {
      expect(await statusOf(all.signIn.signIn({ ...given, password }, undefined)), 'to sign in').toBe(401)
    }
  })
})

describe('R4.3 a second factor that is shown', () => {
  it('R4.3 within a session goes on with it once, also of two requests at the same moment', async () => {
    const all = await scene()
    const owner = await all.owner()
    const [session, code] = [sessionOf(all, owner.cookie), owner.code()]
    const both = [1, 2].map(() => all.signIn.confirm(session, code, owner.cookie))
    expect(new Set(await Promise.all(both.map(statusOf)))).toEqual(new Set([200, 401]))
  })

  it('R4.3 is not taken once the password has changed meanwhile', async () => {
    const all = await scene()
    const owner = await all.owner()
    const parts = { ...all, sealed: createSealed(all.dataKeys) }
    const secondFactor = createSecondFactor(parts)
    const row = all.store.readRows('account', '')[0]
    if (!row) throw new Error('there is an account')
    const shown = [owner.code(), owner.recoveryCodes[0] ?? '']
    const found = await Promise.all(shown.map((one) => secondFactor.find(row, one)))
    const take = (factor: Factor | undefined, of = row): Promise<boolean> =>
      all.store.transaction(async (transaction) =>
        factor ? secondFactor.take(transaction, of, factor) : false,
      )
    const before = { ...row, password_hash: 'of another password' }
    expect([await take(found[0], before), await take(found[1], before)]).toEqual([false, false])
    expect([await take(found[0]), await take(found[1])]).toEqual([true, true])
  })
})

describe('new recovery codes', () => {
  it('take a code, are shown once, and end those before', async () => {
    const all = await scene()
    const owner = await all.owner()
    const other = await all.person('other@example.org', 'analyst')
    const session = sessionOf(all, owner.cookie)
    expect(await statusOf(all.own.renewRecoveryCodes(session, '000000'))).toBe(401)
    const [old = '', second = ''] = owner.recoveryCodes
    // One of the codes themselves will do: whoever has lost the authenticator needs new ones most.
    const made = await all.own.renewRecoveryCodes(session, second)
    expect(new Set([...made, ...owner.recoveryCodes]).size).toBe(20)
    expect([all.own.recoveryCodesLeft(owner.id), all.own.recoveryCodesLeft(other.id)]).toEqual([10, 10])

    const signIn = (code: string): Promise<string> =>
      all.signIn.signIn({ email: owner.email, password: PASSWORD, code }, undefined)
    expect(await statusOf(signIn(old))).toBe(401)
    expect(await statusOf(signIn(made[0] ?? ''))).toBe(200)
    expect(all.own.recoveryCodesLeft(owner.id)).toBe(9)
    expect(await actions(all)).toEqual(
      expect.arrayContaining([
        `account:${owner.id} recovery-code.used`,
        `account:${owner.id} recovery-codes.made`,
      ]),
    )
  })
})

describe('R4.9 new recovery codes', () => {
  it('R4.3 R4.9 take a code once, and guessing one is slowed down', async () => {
    const all = await scene()
    const owner = await all.owner()
    const session = sessionOf(all, owner.cookie)
    const code = owner.code()
    const both = [all.own.renewRecoveryCodes(session, code), all.own.renewRecoveryCodes(session, code)]
    const told = await Promise.all(both.map(statusOf))
    expect(new Set(told), 'of two at the same moment').toEqual(new Set([200, 401]))
    for (let count = 0; count < 7; count++) {
      told.push(await statusOf(all.own.renewRecoveryCodes(session, '000000')))
    }
    expect(told.slice(2)).toEqual([401, 401, 401, 401, 401, 429, 429])
  })
})

describe('ending one’s sessions', () => {
  it('ends all but this one, and nobody else’s', async () => {
    const all = await scene()
    const owner = await all.owner()
    const other = await all.person('other@example.org', 'analyst')
    const more = [await signInAgain(all, owner), await signInAgain(all, owner)]
    expect(await all.own.endOtherSessions(sessionOf(all, owner.cookie))).toBe(2)
    expect(more.map((cookie) => all.sessions.verify(cookie))).toEqual([undefined, undefined])
    for (const { cookie } of [owner, other]) expect(all.sessions.verify(cookie)).toBeDefined()
    expect((await actions(all)).filter((one) => one.endsWith('session.revoked'))).toHaveLength(2)
    expect(await all.own.endOtherSessions(sessionOf(all, owner.cookie))).toBe(0)
  })

  it('by name ends one’s own only', async () => {
    const all = await scene()
    const owner = await all.owner()
    const other = await all.person('other@example.org', 'analyst')
    const { name } = sessionOf(all, other.cookie)
    expect(await all.own.endSession(owner.id, name)).toBe(false)
    expect(all.sessions.verify(other.cookie)).toBeDefined()
    expect(await all.own.endSession(other.id, name)).toBe(true)
    expect(all.sessions.verify(other.cookie)).toBeUndefined()
  })
})
