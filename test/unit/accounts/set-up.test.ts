import { describe, expect, it } from 'vitest'
import { createSealed } from '../../../server/accounts/sealed.ts'
import { createSetUp } from '../../../server/accounts/set-up.ts'
import { codeOf, PASSWORD, scene, TERMINAL, tokenOf, type Scene } from './rig.ts'

const HOUR_MS = 60 * 60_000

const answersTo = (all: Scene, link: string, more: object = {}) => {
  const token = tokenOf(link)
  const code = codeOf(all.setUp.look(token).secret, all.clock.now())
  return { token, email: 'owner@example.org', password: PASSWORD, code, ...more }
}

describe('R2.1 the one-time set-up link', () => {
  it('points to the public address, its token where no server is sent it', async () => {
    const all = await scene({ publicUrl: 'https://example.com/_s' })
    expect(await all.setUp.firstLink()).toMatch(/^https:\/\/example\.com\/_s\/#set-up=[\w-]{43}$/)
  })

  it('makes the first account once, an owner of all sites', async () => {
    const all = await scene()
    const answers = answersTo(all, (await all.setUp.firstLink()) ?? '')
    const both = await Promise.allSettled([
      all.setUp.finish(answers, undefined),
      all.setUp.finish(answers, undefined),
    ])
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(all.accounts.list()).toMatchObject([
      { email: 'owner@example.org', role: 'owner', sites: 'all', isSetUp: true },
    ])
    expect(await all.setUp.firstLink()).toBeUndefined()
  })

  it('ends when a newer one is made, a day after it was, and when there is an owner', async () => {
    const all = await scene()
    const first = tokenOf((await all.setUp.firstLink()) ?? '')
    const second = tokenOf((await all.setUp.firstLink()) ?? '')
    expect(() => all.setUp.look(first)).toThrow(/was used, has ended/)
    expect(all.setUp.look(second).email).toBeNull()
    all.clock.pass(24 * HOUR_MS)
    expect(() => all.setUp.look(second)).toThrow(/was used, has ended/)
  })

  it('R4.4 is one of one account: others stay as they are, made, used or made anew', async () => {
    const all = await scene()
    await all.owner()
    const invite = async (email: string): Promise<string> =>
      (await all.accounts.add({ email, role: 'analyst', sites: 'all' }, TERMINAL)).id
    const [ana, ben] = [await invite('ana@example.org'), await invite('ben@example.org')]
    const [ofAna, ofBen] = [await all.setUp.makeLink(ana, TERMINAL), await all.setUp.makeLink(ben, TERMINAL)]
    expect(all.setUp.look(tokenOf(ofAna)).email).toBe('ana@example.org')
    await all.setUp.finish(answersTo(all, ofBen), undefined)
    expect([ana, ben].map((id) => all.accounts.get(id).isSetUp)).toEqual([false, true])
    await all.setUp.finish(answersTo(all, ofAna), undefined)
    expect(all.accounts.get(ana).isSetUp).toBe(true)
  })

  it('R4.4 of a first account is none once somebody invited is the owner, also for who was about to use it', async () => {
    const all = await scene()
    const first = (await all.setUp.firstLink()) ?? ''
    // Finds its link good, and has the password hashed until the other is done.
    let goOn = (): void => undefined
    const waiting = new Promise<void>((resolve) => (goOn = resolve))
    const hash = () => waiting.then(() => 'a hash')
    const sealed = createSealed(all.dataKeys)
    const slow = createSetUp({ ...all, sealed, passwords: { hash }, publicUrl: 'http://127.0.0.1:8000' })
    const late = slow.finish(answersTo(all, first), undefined)
    const invited = await all.accounts.add(
      { email: 'ana@example.org', role: 'owner', sites: 'all' },
      TERMINAL,
    )
    await all.setUp.finish(answersTo(all, await all.setUp.makeLink(invited.id, TERMINAL)), undefined)
    expect(() => all.setUp.look(tokenOf(first))).toThrow(/was used, has ended/)
    goOn()
    await expect(late).rejects.toThrow(/was used, has ended/)
    expect(all.accounts.list()).toHaveLength(1)
  })

  it('cannot be guessed, and odd tokens do no harm', async () => {
    const all = await scene()
    const token = tokenOf((await all.setUp.firstLink()) ?? '')
    for (const wrong of ['', 'a', token.slice(1), `${token}x`, '\ud800', 'x'.repeat(100_000)]) {
      expect(() => all.setUp.look(wrong)).toThrow(/was used, has ended/)
    }
  })

  it('stays good when an answer cannot be taken', async () => {
    const all = await scene()
    const link = (await all.setUp.firstLink()) ?? ''
    for (const [more, why] of [
      [{ email: 'no address' }, /no e-mail address/],
      [{ password: 'short' }, /too short/],
      [{ password: 'password1' }, /most common/],
      [{ code: '000000' }, /not the one that the authenticator shows/],
      [{ code: '' }, /not the one that the authenticator shows/],
    ] as const) {
      await expect(all.setUp.finish(answersTo(all, link, more), undefined)).rejects.toThrow(why)
    }
    expect(all.accounts.list()).toEqual([])
    await all.setUp.finish(answersTo(all, link), undefined)
  })

  it('of somebody invited sets their account, whatever address they type', async () => {
    const all = await scene()
    await all.owner()
    const { id } = await all.accounts.add(
      { email: 'ana@example.org', role: 'analyst', sites: 'all' },
      TERMINAL,
    )
    const link = await all.setUp.makeLink(id, TERMINAL)
    expect(all.setUp.look(tokenOf(link)).email).toBe('ana@example.org')
    await all.setUp.finish(answersTo(all, link, { email: 'owner@example.org' }), undefined)
    expect(all.accounts.get(id)).toMatchObject({ email: 'ana@example.org', role: 'analyst', isSetUp: true })
  })

  it('replaces password, authenticator and recovery codes of somebody who has lost one', async () => {
    const all = await scene()
    const before = await all.owner()
    const link = await all.setUp.makeLink(before.id, TERMINAL)
    await all.setUp.finish(answersTo(all, link, { password: 'another gate over water' }), undefined)
    all.clock.pass(30_000)
    const given = { email: before.email, password: 'another gate over water' }
    for (const code of [before.code(), before.recoveryCodes[0] ?? '']) {
      await expect(all.signIn.signIn({ ...given, code }, undefined)).rejects.toThrow(/is wrong/)
    }
  })

  it('takes no code twice: the one that enrolled does not sign in', async () => {
    const all = await scene()
    const answers = answersTo(all, (await all.setUp.firstLink()) ?? '')
    await all.setUp.finish(answers, undefined)
    await expect(all.signIn.signIn(answers, undefined)).rejects.toThrow(/was used before/)
  })
})

describe('R4.4 accounts', () => {
  it('are one an address, however it is written', async () => {
    const all = await scene()
    await all.owner()
    const add = (email: string): Promise<unknown> =>
      all.accounts.add({ email, role: 'analyst', sites: 'all' }, TERMINAL)
    await add('ana@example.org')
    await expect(add(' ANA@Example.org')).rejects.toThrow(/already/)
    await expect(add('no address')).rejects.toThrow(/no e-mail address/)
  })

  it('R4.4 see their own sites, and changing one leaves the sites and sessions of others', async () => {
    const all = await scene()
    await all.owner()
    for (const domain of ['one.example', 'two.example']) await all.sites.add({ domain })
    const [one, two] = [all.sites.get('one.example'), all.sites.get('two.example')]
    const ana = await all.person('ana@example.org', 'analyst', ['one.example'])
    const ben = await all.person('ben@example.org', 'analyst', ['two.example'])
    expect(all.accounts.find(ana.id)?.sites).toEqual(new Set([one.id]))
    expect(all.accounts.find(ben.id)?.sites).toEqual(new Set([two.id]))
    await all.accounts.set(ana.id, { sites: new Set([two.id]) }, TERMINAL)
    all.clock.pass(50)
    await all.store.catchUp()
    expect(all.accounts.find(ben.id)?.sites).toEqual(new Set([two.id]))
    expect(all.sessions.verify(ben.cookie)?.accountId).toBe(ben.id)
  })

  it('always leave an owner of all sites', async () => {
    const all = await scene()
    const owner = await all.owner()
    await all.sites.add({ domain: 'example.com' })
    const only = new Set([all.sites.get('example.com').id])
    // Invited, but never set up: nobody who could take over.
    await all.accounts.add({ email: 'two@example.org', role: 'owner', sites: 'all' }, TERMINAL)
    for (const act of [
      () => all.accounts.remove(owner.id, TERMINAL),
      () => all.accounts.set(owner.id, { role: 'analyst' }, TERMINAL),
      () => all.accounts.set(owner.id, { sites: only }, TERMINAL),
    ]) {
      await expect(act()).rejects.toThrow(/last owner/)
    }
    expect(all.sessions.verify(owner.cookie)).toBeDefined()
    await all.person('three@example.org', 'owner')
    await all.accounts.remove(owner.id, TERMINAL)
  })

  it('that are removed leave nothing but their id in the audit log', async () => {
    const all = await scene()
    await all.owner()
    const gone = await all.person('gone@example.org', 'analyst')
    await all.accounts.remove(gone.id, TERMINAL)
    for (const table of ['account', 'account_site', 'recovery_code', 'session', 'set_up_link'] as const) {
      expect(JSON.stringify(all.store.readRows(table, '')), table).not.toContain(gone.id)
    }
    expect(await all.audit.list({ limit: 1 })).toMatchObject([
      { action: 'account.removed', subject: gone.id },
    ])
  })
})
