import { expect } from 'vitest'
import { pageview, send, type Product } from './product.ts'
import { setUpAccount, setUpLinkIn } from './sign-in.ts'

/**
 * Replaces the master key of a running product while events come in and somebody who is signed in looks at their
 * account; afterwards somebody is invited by a command and sets up, though the server was started with the old key.
 * Resolves to what the command answered.
 */
export async function rotateUnderLoad(
  product: Product,
  site: string,
  signedIn: { cookie: string; email: string },
): Promise<unknown> {
  const account = async (): Promise<unknown> => {
    const response = await fetch(`${product.url}/api/account`, { headers: { cookie: signedIn.cookie } })
    return [response.status, ((await response.json()) as { email: unknown }).email]
  }
  const rotation = { isDone: false }
  const rotating = product.cli('secret', 'rotate', '--json').finally(() => {
    rotation.isDone = true
  })
  let asked = 0
  for (; !rotation.isDone; asked++) {
    expect((await send(product.url, site, [pageview(site, '/rotating')])).status).toBe(202)
    expect(await account()).toEqual([200, signedIn.email])
  }
  expect(asked).toBeGreaterThan(1)
  const rotated: unknown = JSON.parse(await rotating)
  expect(product.output()).toContain('the master key is being replaced: this server has the new sealing key')
  expect(await account()).toEqual([200, signedIn.email])
  const invited = await product.cli('user', 'add', 'after@example.org', '--role', 'analyst')
  const after = await setUpAccount(setUpLinkIn(invited), 'after@example.org')
  expect(after.recoveryCodes).toHaveLength(10)
  expect(JSON.parse(await product.cli('audit', 'verify', '--json'))).toMatchObject({ ok: true, faults: [] })
  return rotated
}
