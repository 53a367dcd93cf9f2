import { expect, it } from 'vitest'
import { OWN } from '../accounts/route-table.ts'
import { stage } from '../accounts/stage.ts'

it('R4.4 a change that protects visitors less takes an account, a reason and a fresh second factor', async () => {
  const { all, url, headers } = await stage()
  const change = async (who: string, body: object): Promise<number> => {
    const response = await fetch(`${url}/api/sites/${OWN}/settings`, {
      method: 'PATCH',
      headers: { ...headers[who], 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    await response.arrayBuffer()
    return response.status
  }
  const reason = 'fewer visitors are told apart'
  expect(await change('key:admin', { minimumGroup: 30 })).toBe(200)
  // A key can be stolen, and shows no second factor.
  expect(await change('key:admin', { minimumGroup: 3, reason })).toBe(401)
  expect(await change('owner', { minimumGroup: 3 })).toBe(400)
  expect(all.sites.get(OWN).minimumGroup).toBe(30)
  expect(await change('owner', { minimumGroup: 20, reason })).toBe(200)
  all.clock.pass(10 * 60_000)
  expect(await change('owner', { minimumGroup: 3, reason })).toBe(403)
  expect(all.sites.get(OWN).minimumGroup).toBe(20)
})
