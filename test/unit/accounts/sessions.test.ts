import { describe, expect, it } from 'vitest'
import { keptIn } from '../store/opened.ts'
import { PASSWORD, scene } from './rig.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

describe('R2.1 a session', () => {
  it('is known by its cookie among others, here and in another process', async () => {
    const all = await scene()
    const owner = await all.owner()
    const other = await all.elsewhere()
    expect(all.sessions.verify(owner.cookie)?.accountId).toBe(owner.id)
    expect(other.sessions.verify(`theme=dark; ${owner.cookie}; x=1`)?.accountId).toBe(owner.id)
  })

  it('is not made up', async () => {
    const all = await scene()
    const { cookie } = await all.owner()
    for (const wrong of [
      undefined,
      '',
      ';;;',
      '=',
      'sluice_session',
      'sluice_session=',
      `${cookie}x`,
      cookie.slice(0, -1),
      `x${cookie}`,
      'sluice_session=\0',
      'x'.repeat(100_000),
    ]) {
      expect(all.sessions.verify(wrong)).toBeUndefined()
    }
  })

  it('ends an hour after the last request, and a day after it began', async () => {
    const all = await scene()
    const { cookie } = await all.owner()
    const begun = all.sessions.verify(cookie)?.createdAt ?? 0
    while (all.clock.now() + 50 * MINUTE_MS < begun + 24 * HOUR_MS) {
      all.clock.pass(50 * MINUTE_MS)
      await all.store.catchUp()
      expect(all.sessions.verify(cookie)).toBeDefined()
      await all.sessions.settled()
    }
    all.clock.pass(begun + 24 * HOUR_MS - all.clock.now())
    expect(all.sessions.verify(cookie)).toBeUndefined()

    const { id, cookie: idle } = await all.person('other@example.org', 'analyst')
    all.sessions.verify(idle)
    expect(all.sessions.list(id)).toHaveLength(1)
    all.clock.pass(HOUR_MS)
    expect(all.sessions.verify(idle)).toBeUndefined()
    expect(all.sessions.list(id)).toEqual([])
  })

  it('is listed to its owner, and revoked by name: here at once, in another process within 50 ms', async () => {
    const all = await scene()
    const owner = await all.owner()
    const other = await all.person('other@example.org', 'analyst')
    const elsewhere = await all.elsewhere()
    const name = all.sessions.list(owner.id)[0]?.name ?? ''
    expect(all.sessions.list(owner.id)).toHaveLength(1)
    expect(elsewhere.sessions.verify(owner.cookie)?.name).toBe(name)
    const revoke = (accountId: string): Promise<boolean> =>
      all.store.transaction((transaction) => all.sessions.revoke(transaction, accountId, name))
    expect(await revoke(other.id), 'by somebody else').toBe(false)
    expect(await revoke(owner.id)).toBe(true)
    expect(await revoke(owner.id)).toBe(false)
    all.sessions.forget()
    expect(all.sessions.verify(owner.cookie)).toBeUndefined()
    all.clock.pass(50)
    await elsewhere.store.catchUp()
    expect(elsewhere.sessions.verify(owner.cookie)).toBeUndefined()
    expect(elsewhere.sessions.verify(other.cookie)).toBeDefined()
  })

  it('ends when role or sites change, when the account goes, and when it is set up anew', async () => {
    const all = await scene()
    await all.owner()
    const by = { actor: 'terminal' } as const
    const changed = await all.person('one@example.org', 'analyst')
    await all.accounts.set(changed.id, { role: 'auditor' }, by)
    const removed = await all.person('two@example.org', 'analyst')
    await all.accounts.remove(removed.id, by)
    const renewed = await all.person('three@example.org', 'analyst')
    const token = (await all.setUp.makeLink(renewed.id, by)).split('=')[1] ?? ''
    expect(all.sessions.verify(renewed.cookie), 'the link alone changes nothing').toBeDefined()
    const { codeOf } = await import('./rig.ts')
    const code = codeOf(all.setUp.look(token).secret, all.clock.now())
    await all.setUp.finish({ token, email: '', password: PASSWORD, code }, undefined)
    all.clock.pass(50)
    for (const { cookie } of [changed, removed, renewed]) expect(all.sessions.verify(cookie)).toBeUndefined()
  })

  it('leaves its cookie, codes and addresses nowhere in the store and in no line of the log', async () => {
    const all = await scene()
    const owner = await all.owner()
    const secrets = [owner.cookie.split('=')[1] ?? '', owner.email, PASSWORD, ...owner.recoveryCodes]
    for (const [name, bytes] of await keptIn(all.dataDir, all.store)) {
      expect([name, secrets.filter((secret) => bytes.includes(secret))]).toEqual([name, []])
    }
    expect(all.warnings).toEqual([])
  })
})
