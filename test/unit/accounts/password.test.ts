import { describe, expect, it } from 'vitest'
import { createPasswords } from '../../../server/accounts/password.ts'

describe('passwords', () => {
  it('are kept as Argon2id with the cost that OWASP names, each with a salt of its own', async () => {
    const passwords = createPasswords()
    const [one, two] = [await passwords.hash('a gate over water'), await passwords.hash('a gate over water')]
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(one).not.toBe(two)
    expect(await passwords.verify(one, 'a gate over water')).toBe(true)
    expect(await passwords.verify(one, 'a gate over wate')).toBe(false)
    expect(await passwords.verify(one, '')).toBe(false)
  })

  it('are the same however the keyboard composes their letters', async () => {
    const passwords = createPasswords()
    const kept = await passwords.hash('Schl\u00fcssel am Tor')
    expect(await passwords.verify(kept, 'Schlu\u0308ssel am Tor')).toBe(true)
  })

  it.each([
    ['seven77', /too short/],
    ['😀😀😀😀😀😀😀', /too short/],
    ['x'.repeat(257), /too long/],
    ['password1', /most common/],
    ['Trustno1', /most common/],
    ['QWERTYUIOP', /most common/],
  ])('are not %.20s', async (password, why) => {
    const passwords = createPasswords()
    await expect(passwords.hash(password)).rejects.toThrow(why)
  })

  it('of eight and of 256 characters are taken whole', async () => {
    const passwords = createPasswords()
    for (const password of ['zq8!kd0w', '😀'.repeat(256)]) {
      const kept = await passwords.hash(password)
      expect(await passwords.verify(kept, password)).toBe(true)
      expect(await passwords.verify(kept, `${password}x`)).toBe(false)
    }
  })

  it('of nobody are never right', async () => {
    const passwords = createPasswords()
    expect(await passwords.verify(undefined, 'nobody signs in with this one')).toBe(false)
  })

  it('in a rush are refused at once, not waited for', async () => {
    const passwords = createPasswords()
    const kept = await passwords.hash('a gate over water')
    const tries = await Promise.allSettled(
      Array.from({ length: 60 }, () => passwords.verify(kept, 'a gate over water')),
    )
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(42)
    const refused = tries.filter((one) => one.status === 'rejected').map((one) => String(one.reason))
    expect(new Set(refused)).toEqual(
      new Set(['UserError: Too many people are signing in: try again in a few seconds.']),
    )
    expect(await passwords.verify(kept, 'a gate over water')).toBe(true)
  })
})
