import * as argon2 from '@node-rs/argon2'
import { TOTP } from 'otpauth'
import { expect, it, vi } from 'vitest'
import { UserError } from '../../../server/errors.ts'
import { PASSWORD, scene } from './rig.ts'

// Counts what costs time, and does it.
vi.mock('@node-rs/argon2', async (original) => {
  const real = await original<typeof argon2>()
  return { ...real, verify: vi.fn<typeof real.verify>(real.verify) }
})

it('R4.9 whoever signs in wrongly costs the same work, whether somebody has the address or not', async () => {
  const all = await scene()
  const owner = await all.owner()
  const invited = await all.accounts.add(
    { email: 'invited@example.org', role: 'analyst', sites: 'all' },
    { actor: 'terminal' },
  )
  const verify = vi.mocked(argon2.verify)
  const validate = vi.spyOn(TOTP.prototype, 'validate')

  /** Each hash that a password was held against, without its salt: algorithm and cost; and codes that were looked at. */
  async function workOf(given: { email: string; password: string; code: string }): Promise<unknown> {
    verify.mockClear()
    validate.mockClear()
    await expect(all.signIn.signIn(given, undefined)).rejects.toBeInstanceOf(UserError)
    const costs = verify.mock.calls.map(([hash]) => String(hash).split('$').slice(0, 4).join('$'))
    return { costs, codes: validate.mock.calls.length }
  }

  const work = { costs: ['$argon2id$v=19$m=19456,t=2,p=1'], codes: 1 }
  const wrong = { password: 'another gate over water', code: '000000' }
  expect(await workOf({ email: owner.email, ...wrong })).toEqual(work)
  expect(
    await workOf({ email: owner.email, password: PASSWORD, code: '000000' }),
    'a right password',
  ).toEqual(work)
  expect(await workOf({ email: 'nobody@example.org', ...wrong })).toEqual(work)
  expect(await workOf({ email: 'no address at all', ...wrong })).toEqual(work)
  expect(await workOf({ email: invited.email, ...wrong }), 'not set up yet').toEqual(work)
})
