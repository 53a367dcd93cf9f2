import { describe, expect, it } from 'vitest'
import { createAuthenticator, type Authenticator, type Oddities } from '../../support/authenticator.ts'
import { actions, enrol, enrolled, HERE, refusal, sessionOf, signIn } from './passkey-rig.ts'
import { codeOf, cookieOf, PASSWORD, scene, TERMINAL, tokenOf, type Person, type Scene } from './rig.ts'

describe('R4.3 one’s passkeys', () => {
  it.each<[string, Oddities]>([
    ['of the page of another origin', { origin: 'https://evil.example' }],
    ['for another relying party', { rpId: 'evil.example' }],
    ['over another challenge', { challenge: 'A'.repeat(43) }],
    ['without verifying who holds it', { isVerified: false }],
  ])('are not added when made %s', async (_what, odd) => {
    const all = await scene({ publicUrl: HERE })
    const owner = await all.owner()
    const refused = await refusal(enrol(all, owner, createAuthenticator(HERE), odd))
    expect([refused.status, refused.message]).toEqual([
      400,
      expect.stringMatching(/^The passkey was not made/),
    ])
    expect(all.passkeys.list(owner.id)).toEqual([])
  })

  it('are added once each, with a name, and twenty at most', async () => {
    const { all, owner, authenticator } = await enrolled()
    expect((await refusal(enrol(all, owner, authenticator))).status).toBe(409)
    const { name: session } = sessionOf(all, owner.cookie)
    const ask = (): Promise<object> =>
      all.passkeys.askToMake(session, { handle: owner.id, name: owner.email }, owner.id)
    expect(await ask()).toMatchObject({
      rp: { id: 'stats.example.org' },
      user: { name: owner.email },
      excludeCredentials: [{ id: authenticator.credentialId }],
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    })
    for (const name of ['', ' ', 'x'.repeat(61), 'two\nlines', '\u202e']) {
      const made = await all.passkeys.made(session, createAuthenticator(HERE).make(await ask()))
      const add = all.store.transaction((transaction) => all.passkeys.add(transaction, owner.id, name, made))
      expect([name, (await refusal(add)).status]).toEqual([name, 400])
    }
    for (let count = 1; count < 20; count++) await enrol(all, owner, createAuthenticator(HERE))
    expect((await refusal(ask())).status).toBe(409)
  })

  it('are removed, and let nobody in then', async () => {
    const { all, owner, authenticator } = await enrolled()
    const other = await all.person('ana@example.org', 'analyst')
    expect(all.passkeys.list(other.id)).toEqual([])
    const [passkey] = all.passkeys.list(owner.id)
    const id = passkey?.id ?? ''
    expect((await refusal(all.passkeys.remove(other.id, id))).status, 'of somebody else').toBe(404)
    await all.passkeys.remove(owner.id, id)
    expect(all.passkeys.list(owner.id)).toEqual([])
    expect((await refusal(signIn(all, authenticator))).status).toBe(401)
    expect((await refusal(all.passkeys.remove(owner.id, id))).status).toBe(404)
    expect(await actions(all)).toEqual(
      expect.arrayContaining([`account:${owner.id} passkey.added`, `account:${owner.id} passkey.removed`]),
    )
  })

  it('go when the account is set up anew, and with the account', async () => {
    const { all, owner, authenticator } = await enrolled()
    const token = tokenOf(await all.setUp.makeLink(owner.id, TERMINAL))
    const code = codeOf(all.setUp.look(token).secret, all.clock.now())
    await all.setUp.finish({ token, email: '', password: PASSWORD, code }, undefined)
    expect((await refusal(signIn(all, authenticator))).status).toBe(401)

    const other = await all.person('ana@example.org', 'analyst')
    await enrol(all, other, authenticator)
    await all.accounts.remove(other.id, TERMINAL)
    expect(all.store.readRows('passkey', '')).toEqual([])
  })

  it('stand in the store without credential id and name', async () => {
    const { all, authenticator } = await enrolled()
    const rows = JSON.stringify(all.store.readRows('passkey', ''))
    for (const secret of [authenticator.credentialId, 'Phone']) expect(rows).not.toContain(secret)
    const other = await all.elsewhere()
    expect(await signIn({ ...all, ...other }, authenticator), 'in another process').toContain(
      'sluice_session=',
    )
  })

  it.each([
    'http://127.0.0.1:8000',
    'https://192.0.2.7',
    'https://[2001:db8::1]',
    'http://stats.example.org',
  ])('cannot be made at %s, where browsers make none', async (publicUrl) => {
    const all = await scene({ publicUrl })
    const refused = await refusal(all.passkeySignIn.ask())
    expect([refused.status, refused.message]).toEqual([409, expect.stringMatching(/set PUBLIC_URL/)])
  })

  it('belong to the host of the public address, without port and path', async () => {
    const all = await scene({ publicUrl: 'https://shop.example:8443/stats' })
    const owner = await all.owner()
    const authenticator = createAuthenticator('https://shop.example:8443')
    await enrol(all, owner, authenticator)
    const { options, setCookie } = await all.passkeySignIn.ask()
    expect(options).toMatchObject({ rpId: 'shop.example' })
    expect(setCookie).toMatch(/^__Secure-sluice_passkey=.*; Path=\/stats;/)
    expect(await signIn(all, authenticator)).toContain('sluice_session=')
  })
})

describe('R4.3 an account that is set up with a passkey', () => {
  async function setUp(): Promise<{ all: Scene; person: Person; authenticator: Authenticator }> {
    const all = await scene({ publicUrl: HERE })
    const token = tokenOf((await all.setUp.firstLink()) ?? '')
    const email = 'owner@example.org'
    const authenticator = createAuthenticator(HERE)
    const options = await all.setUp.askForPasskey({ token, email })
    const passkey = { response: authenticator.make(options), name: 'Phone' }
    const done = await all.setUp.finish({ token, email, password: PASSWORD, code: '', passkey }, undefined)
    const cookie = cookieOf(done.setCookie)
    const id = sessionOf(all, cookie).accountId
    return {
      all,
      authenticator,
      person: { id, email, cookie, recoveryCodes: done.recoveryCodes, code: () => '' },
    }
  }

  it('has no authenticator: the passkey or a recovery code signs in, no six digits', async () => {
    const { all, person, authenticator } = await setUp()
    expect(await signIn(all, authenticator)).toContain('sluice_session=')
    const given = { email: person.email, password: PASSWORD }
    for (const code of ['', '000000', '123456']) {
      expect((await refusal(all.signIn.signIn({ ...given, code }, undefined))).status).toBe(401)
    }
    const [code = ''] = person.recoveryCodes
    expect(await all.signIn.signIn({ ...given, code }, undefined)).toContain('sluice_session=')
    expect(await actions(all)).toContain(`account:${person.id} passkey.added`)
  })

  it('keeps its last passkey', async () => {
    const { all, person, authenticator } = await setUp()
    // Of another account: it is nobody else's way in.
    await enrol(all, await all.person('ben@example.org', 'analyst'), createAuthenticator(HERE))
    const [first] = all.passkeys.list(person.id)
    const refused = await refusal(all.passkeys.remove(person.id, first?.id ?? ''))
    expect([refused.status, refused.message]).toEqual([409, expect.stringMatching(/only second factor/)])
    expect(await signIn(all, authenticator)).toContain('sluice_session=')
    await enrol(all, person, createAuthenticator(HERE))
    const both = all.passkeys.list(person.id).map(({ id }) => all.passkeys.remove(person.id, id))
    expect((await Promise.allSettled(both)).map(({ status }) => status).toSorted()).toEqual([
      'fulfilled',
      'rejected',
    ])
    expect(all.passkeys.list(person.id)).toHaveLength(1)
  })

  it('stays to be set up when the passkey or its name cannot be taken', async () => {
    const all = await scene({ publicUrl: HERE })
    const token = tokenOf((await all.setUp.firstLink()) ?? '')
    const email = 'owner@example.org'
    expect((await refusal(all.setUp.askForPasskey({ token: 'wrong', email }))).status).toBe(404)
    expect((await refusal(all.setUp.askForPasskey({ token, email: 'none' }))).status).toBe(400)
    const authenticator = createAuthenticator(HERE)
    for (const [name, odd] of [
      ['', {}],
      ['Phone', { origin: 'https://evil.example' }],
    ] as const) {
      const response = authenticator.make(await all.setUp.askForPasskey({ token, email }), odd)
      const answers = { token, email, password: PASSWORD, code: '', passkey: { response, name } }
      expect((await refusal(all.setUp.finish(answers, undefined))).status).toBe(400)
    }
    expect(all.accounts.list()).toEqual([])
    expect(all.setUp.look(token).email).toBeNull()
  })
})
