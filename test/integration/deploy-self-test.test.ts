import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually, freePort, startProduct } from '../support/product.ts'
import { RECIPES, type Recipe } from '../support/recipes.ts'

/** What a start says about its public address and the real proxy in front of it. */
describe('the start-up test behind nginx', () => {
  let sluicePort: number
  let nginx: Recipe
  /** Passes the path on as it is. */
  let whole: Recipe
  beforeAll(async () => {
    sluicePort = await freePort()
    nginx = await RECIPES.nginx({ sluicePort })
    whole = await RECIPES.nginx({
      sluicePort,
      changes: { 'proxy_pass http://sluice/;': 'proxy_pass http://sluice;' },
    })
  })
  afterAll(() => Promise.all([nginx, whole].map((recipe) => recipe.stop())))

  /** The one line that a start writes about it. */
  async function told(recipe: Recipe, env: Record<string, string> = {}): Promise<string> {
    const product = await startProduct({
      PORT: String(sluicePort),
      PUBLIC_URL: `https://localhost:${recipe.port}/_s`,
      NODE_EXTRA_CA_CERTS: path.join(recipe.folder, 'fullchain.pem'),
      ...env,
    })
    try {
      const lines = (): string[] =>
        product
          .output()
          .split('\n')
          .filter((line) => /PUBLIC_URL|SLUICE_TRUSTED_PROXIES|X-Forwarded-For/.test(line))
      const [line = ''] = await eventually(
        () => Promise.resolve(lines()),
        ({ length }) => length > 0,
      )
      await product.stop()
      expect(lines()).toEqual([line])
      return line
    } finally {
      await product.dispose()
    }
  }

  it('finds itself', async () => {
    expect(await told(nginx)).toContain('"msg":"PUBLIC_URL leads to this server"')
  })

  it('warns at once of a proxy that is not trusted', async () => {
    const line = await told(nginx, { SLUICE_TRUSTED_PROXIES: '192.0.2.10' })
    expect(line).toContain('"level":"warn"')
    expect(line).toContain('name it in SLUICE_TRUSTED_PROXIES')
  })

  it('warns when nginx does not take the path off', async () => {
    expect(await told(whole)).toContain('PUBLIC_URL is answered by something else')
  })
})
