import { describe, expect, it } from 'vitest'
import { createAuthenticator, type Oddities, type PasskeyAnswer } from '../../support/authenticator.ts'
import { actions, enrol, enrolled, HERE, refusal, sessionOf, signIn } from './passkey-rig.ts'
import { cookieOf, PASSWORD, scene } from './rig.ts'

describe('R4.3 signing in by a passkey', () => {
  it('takes nothing else, begins a session with a fresh second factor, and is in the audit log', async () => {
    const { all, owner, authenticator } = await enrolled()
    all.clock.pass(60 * 60_000)
    const cookie = cookieOf(await signIn(all, authenticator))
    expect(sessionOf(all, cookie)).toMatchObject({
      accountId: owner.id,
      secondFactorAt: all.clock.now(),
      createdAt: all.clock.now(),
    })
    const [last] = await all.audit.list({ limit: 1 })
    const [passkey] = all.passkeys.list(owner.id)
    expect(last).toMatchObject({ actor: `account:${owner.id}`, action: 'sign-in', subject: owner.id })
    expect(JSON.parse(last?.detail ?? '')).toEqual({ passkey: passkey?.id })
    expect(passkey).toMatchObject({ name: 'Phone', lastUsedAt: all.clock.now() })
  })

  it('asks for no address and names nobody before it is done', async () => {
    const { all } = await enrolled()
    const { options, setCookie } = await all.passkeySignIn.ask()
    expect(options).toMatchObject({ rpId: 'stats.example.org', userVerification: 'required' })
    expect((options as { allowCredentials?: unknown[] }).allowCredentials ?? []).toEqual([])
    expect(setCookie).toMatch(
      /^__Host-sluice_passkey=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Secure; Max-Age=300$/,
    )
  })

  it.each<[string, Oddities]>([
    ['of the page of another origin', { origin: 'https://stats.example.org.evil.example' }],
    ['of the same host at another port', { origin: `${HERE}:8443` }],
    ['for another relying party', { rpId: 'evil.example' }],
    ['for the whole domain', { rpId: 'example.org' }],
    ['over another challenge', { challenge: 'A'.repeat(43) }],
    ['by somebody it has not verified', { isVerified: false }],
  ])('is refused with what was signed %s', async (_what, odd) => {
    const { all, authenticator } = await enrolled()
    const refused = await refusal(signIn(all, authenticator, odd))
    expect([refused.status, refused.message]).toEqual([
      401,
      expect.stringMatching(/^This passkey is not known/),
    ])
    expect(await signIn(all, authenticator), 'without that').toContain('sluice_session=')
  })

  it('is refused with a passkey of nobody, and with a signature by another key', async () => {
    const { all, authenticator } = await enrolled()
    const other = createAuthenticator(HERE)
    expect((await refusal(signIn(all, other))).status).toBe(401)
    const { options, setCookie } = await all.passkeySignIn.ask()
    const { id, rawId } = authenticator.show(options)
    const forged: PasskeyAnswer = { ...other.show(options), id, rawId }
    expect((await refusal(all.passkeySignIn.signIn(forged, cookieOf(setCookie)))).status).toBe(401)
  })

  it('takes an answer once, also of two requests at the same moment', async () => {
    const { all, authenticator } = await enrolled({ counter: 0 })
    const { options, setCookie } = await all.passkeySignIn.ask()
    // No counter could tell them apart.
    const answer = authenticator.show(options, { counter: 0 })
    const both = [1, 2].map(() => all.passkeySignIn.signIn(answer, cookieOf(setCookie)))
    expect((await Promise.allSettled(both)).map(({ status }) => status).toSorted()).toEqual([
      'fulfilled',
      'rejected',
    ])
    expect((await refusal(all.passkeySignIn.signIn(answer, cookieOf(setCookie)))).status).toBe(401)
  })

  it('takes an answer within five minutes, and from the browser that was asked only', async () => {
    const { all, authenticator } = await enrolled()
    const first = await all.passkeySignIn.ask()
    const other = await all.passkeySignIn.ask()
    const answer = authenticator.show(first.options)
    for (const cookie of [undefined, '', cookieOf(other.setCookie), '__Host-sluice_passkey=made-up']) {
      expect((await refusal(all.passkeySignIn.signIn(answer, cookie))).status).toBe(401)
    }
    all.clock.pass(5 * 60_000 - 1)
    expect(await all.passkeySignIn.signIn(answer, cookieOf(first.setCookie))).toContain('sluice_session=')

    const late = await all.passkeySignIn.ask()
    all.clock.pass(5 * 60_000)
    const tooLate = all.passkeySignIn.signIn(authenticator.show(late.options), cookieOf(late.setCookie))
    expect((await refusal(tooLate)).status).toBe(401)
  })

  it('refuses a counter that has not moved on, and tells the audit log of the copy', async () => {
    const { all, owner, authenticator } = await enrolled()
    await signIn(all, authenticator, { counter: 7 })
    for (const counter of [7, 6, 0]) {
      expect((await refusal(signIn(all, authenticator, { counter }))).status).toBe(401)
    }
    expect(await signIn(all, authenticator, { counter: 8 })).toContain('sluice_session=')
    const told = (await actions(all)).filter((action) => action === 'nobody passkey.refused')
    expect(told).toHaveLength(3)
    expect(
      (await all.audit.list({ limit: 100 })).find(({ action }) => action === 'passkey.refused'),
    ).toMatchObject({
      subject: owner.id,
    })
    const forged = await refusal(signIn(all, authenticator, { counter: 1, origin: 'https://evil.example' }))
    expect(forged.status).toBe(401)
    expect((await actions(all)).filter((action) => action.endsWith('passkey.refused'))).toHaveLength(3)
  })

  it('takes passkeys that count nothing, as synced ones do', async () => {
    const all = await scene({ publicUrl: HERE })
    const authenticator = createAuthenticator(HERE)
    await enrol(all, await all.owner(), authenticator, { counter: 0 })
    for (let time = 0; time < 2; time++) {
      expect(await signIn(all, authenticator, { counter: 0 })).toContain('sluice_session=')
    }
  })

  it.each([
    ['nothing', undefined],
    ['a text', 'passkey'],
    ['an empty object', {}],
    ['odd texts', { id: '\0', rawId: '\0', type: 'public-key', response: {} }],
    [
      'no base64',
      {
        id: 'a',
        rawId: 'a',
        type: 'public-key',
        response: { clientDataJSON: '§', authenticatorData: 'a', signature: 'a' },
      },
    ],
    [
      'no JSON',
      {
        id: 'a',
        rawId: 'a',
        type: 'public-key',
        response: { clientDataJSON: 'a', authenticatorData: 'a', signature: 'a' },
      },
    ],
  ])('is refused with %s as the answer', async (_what, response) => {
    const { all, authenticator } = await enrolled()
    const { setCookie } = await all.passkeySignIn.ask()
    expect((await refusal(all.passkeySignIn.signIn(response, cookieOf(setCookie)))).status).toBe(401)
    const known = {
      ...(response as object | undefined),
      id: authenticator.credentialId,
      rawId: authenticator.credentialId,
    }
    const { setCookie: again } = await all.passkeySignIn.ask()
    expect((await refusal(all.passkeySignIn.signIn(known, cookieOf(again)))).status).toBe(401)
  })
})

describe('R4.3 a passkey as the second factor', () => {
  it('is shown again within a session, which goes on under another name', async () => {
    const { all, owner, authenticator } = await enrolled()
    all.clock.pass(11 * 60_000)
    const before = sessionOf(all, owner.cookie)
    const options = await all.passkeys.askToShow(before.name, owner.id)
    expect(options).toMatchObject({ allowCredentials: [{ id: authenticator.credentialId }] })
    const shown = { passkey: authenticator.show(options) }
    const after = sessionOf(all, cookieOf(await all.signIn.confirm(before, shown, owner.cookie)))
    expect(after).toMatchObject({ createdAt: before.createdAt, secondFactorAt: all.clock.now() })
    expect(all.sessions.verify(owner.cookie)).toBeUndefined()
    expect((await refusal(all.signIn.confirm(after, shown, undefined))).message).toMatch(
      /^This passkey is not one/,
    )
  })

  it('is good within the session that asked, and of its own account only', async () => {
    const { all, owner, authenticator } = await enrolled()
    const other = await all.person('ana@example.org', 'analyst')
    const mine = sessionOf(all, owner.cookie)
    const theirs = sessionOf(all, other.cookie)
    const asked = await all.passkeys.askToShow(mine.name, owner.id)
    const shown = { passkey: authenticator.show(asked) }
    expect((await refusal(all.signIn.confirm(theirs, shown, undefined))).status).toBe(401)
    const inTheirs = await all.passkeys.askToShow(theirs.name, other.id)
    const wrong = { passkey: authenticator.show(inTheirs) }
    expect((await refusal(all.signIn.confirm(theirs, wrong, undefined))).status, 'of another account').toBe(
      401,
    )
    expect(await all.signIn.confirm(mine, shown, undefined)).toContain('sluice_session=')
    const { options, setCookie } = await all.passkeySignIn.ask()
    const forSignIn = { passkey: authenticator.show(options) }
    expect((await refusal(all.signIn.confirm(theirs, forSignIn, cookieOf(setCookie)))).status).toBe(401)
  })

  it('stands for a code where password and recovery codes are changed', async () => {
    const { all, owner, authenticator } = await enrolled()
    const session = sessionOf(all, owner.cookie)
    const show = async (): Promise<{ passkey: PasskeyAnswer }> => ({
      passkey: authenticator.show(await all.passkeys.askToShow(session.name, owner.id)),
    })
    expect(await all.own.renewRecoveryCodes(session, await show())).toHaveLength(10)
    const given = { current: PASSWORD, password: 'calm water over a gate', code: await show() }
    expect(await all.own.changePassword(session, given, owner.cookie)).toContain('sluice_session=')
  })
})
