import { describe, expect, it } from 'vitest'
import { objectOf, terminal } from './typed.ts'

describe('sluice key', () => {
  it('create prints the key alone on one stream and the warning on the other', async () => {
    const run = terminal()
    await run('site add example.com')
    const { code, stdout, stderr } = await run('key create --site example.com --scope query')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^slk_query_[A-Za-z0-9_-]{43}\n$/)
    expect(stderr).toMatch(
      /^Keep it now: it is not stored and will not be shown again\. `sluice key revoke [0-9a-f]{16}` ends it\.\n$/,
    )
  })

  it('create --json answers key and id', async () => {
    const run = terminal()
    await run('site add example.com')
    const ran = await run('key create --site https://Example.com --scope ingest --json')
    expect(ran.stderr).toBe('')
    expect(objectOf(ran)).toEqual({
      key: expect.stringMatching(/^slk_ingest_[A-Za-z0-9_-]{43}$/) as string,
      id: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
    })
  })

  it('create makes a key that ends by itself', async () => {
    const run = terminal()
    await run('site add example.com')
    const line = 'key create --site example.com --scope query --expires'
    expect((await run(`${line} 90d`)).code).toBe(0)
    const [key] = objectOf(await run('key list --json'))['keys'] as { created: string; expires: string }[]
    expect(Date.parse(key?.expires ?? '') - Date.parse(key?.created ?? '')).toBeCloseTo(90 * 86_400_000, -4)
    for (const wrong of ['0d', '90', 'never', '99999d']) {
      const { code, stderr } = await run(`${line} ${wrong}`)
      expect([code, stderr]).toEqual([2, expect.stringContaining('write it like 90d')])
    }
  })

  it('list shows keys by site, revoked ones too, and never a key', async () => {
    const run = terminal()
    expect((await run('key list')).stdout).toContain('sluice key create')
    for (const domain of ['a.example', 'b.example']) await run(`site add ${domain}`)
    const one = objectOf(await run('key create --site a.example --scope query --json'))
    const two = objectOf(await run('key create --site b.example --scope admin --json'))
    expect(objectOf(await run(`key revoke ${String(one['id'])} --json`))).toEqual({ revoked: one['id'] })
    const listed = objectOf(await run('key list --json'))['keys'] as Record<string, unknown>[]
    const created = expect.stringMatching(/^\d{4}-/) as string
    expect(listed.toSorted((a, b) => (String(a['site']) < String(b['site']) ? -1 : 1))).toEqual([
      {
        id: one['id'],
        site: 'a.example',
        scope: 'query',
        created,
        lastUsed: null,
        expires: null,
        revoked: created,
      },
      {
        id: two['id'],
        site: 'b.example',
        scope: 'admin',
        created,
        lastUsed: null,
        expires: null,
        revoked: null,
      },
    ])
    expect(objectOf(await run('key list --site b.example --json'))['keys']).toHaveLength(1)
    const { stdout } = await run('key list')
    expect(stdout).toMatch(/^id +site +scope +created +last used +expires +revoked\n/)
    expect(stdout).toMatch(
      new RegExp(`^${String(two['id'])}  b\\.example  admin +\\d{4}-\\d\\d-\\d\\d  never      never$`, 'm'),
    )
    expect(stdout).not.toContain('slk_')
    await run('site remove b.example')
    expect((await run('key list')).stdout).toMatch(
      new RegExp(`^${String(two['id'])}  \\(removed\\) +admin`, 'm'),
    )
  })

  it.each([
    [
      'key create --site example.com --scope write',
      2,
      '"write" is not a scope: choose query, ingest, admin, sms.',
    ],
    ['key create --scope query', 2, '--site is missing: write --site <domain>.'],
    ['key create --site other.example --scope query', 1, '"other.example" is not registered'],
    ['key list --site other.example', 1, '"other.example" is not registered'],
    ['key revoke 0123', 1, 'no key with the id "0123": `sluice key list` shows them.'],
  ])('%s ends with %i and one sentence', async (line, code, sentence) => {
    const run = terminal()
    await run('site add example.com')
    const ran = await run(line)
    expect([ran.code, ran.stdout]).toEqual([code, ''])
    expect(ran.stderr).toContain(sentence)
    expect(ran.stderr).toMatch(/^[^\n]+\n$/)
  })
})
