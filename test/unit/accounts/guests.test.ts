import { expect, it } from 'vitest'
import { cookieOf, scene } from './rig.ts'

const DAY_MS = 86_400_000

it('R4.4 whoever looks at the demo has its link, once, and looks for a day', async () => {
  const all = await scene({ demo: true, publicUrl: 'http://localhost:8000' })
  const { guests, sites, clock } = all
  if (!guests) throw new Error('there is a demo')
  const tokenIn = (link: string): string => link.split('#look=')[1] ?? ''
  const [before, token] = [tokenIn(guests.link()), tokenIn(guests.link())]
  for (const wrong of ['', before, `${token}x`]) expect(guests.redeem(wrong)).toBeUndefined()
  const cookie = cookieOf(guests.redeem(token) ?? '')
  expect(guests.redeem(token), 'twice').toBeUndefined()
  expect(guests.siteOf(cookie)).toBe(sites.get('localhost').id)
  expect([undefined, '', `${cookie}x`].map((one) => guests.siteOf(one))).toEqual([
    undefined,
    undefined,
    undefined,
  ])
  clock.pass(DAY_MS)
  expect(guests.siteOf(cookie)).toBeUndefined()
})
