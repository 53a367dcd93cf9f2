import { describe, expect, it } from 'vitest'
import { objectOf, terminal, type Ran } from './typed.ts'

type Terminal = (line: string) => Promise<Ran>

async function installation(): Promise<Terminal> {
  const run = terminal({ PUBLIC_URL: 'https://stats.example.org' })
  for (const domain of ['one.example', 'two.example']) await run(`site add ${domain}`)
  return run
}

describe('sluice user', () => {
  it('add prints a one-time link and nothing else, and says how to send it', async () => {
    const run = await installation()
    const { code, stdout, stderr } = await run('user add ana@example.org --role analyst --site one.example')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^https:\/\/stats\.example\.org\/#set-up=[\w-]{43}\n$/)
    expect(stderr).toContain('once, within a day')
    expect(objectOf(await run('user list --json'))['users']).toMatchObject([
      { email: 'ana@example.org', role: 'analyst', sites: ['one.example'], setUp: false },
    ])
  })

  it('list is a table of who may see what', async () => {
    const run = await installation()
    expect((await run('user list')).stdout).toContain('sluice start')
    await run('user add ana@example.org --role analyst --site two.example,one.example')
    await run('user add bo@example.org --role auditor')
    const { stdout } = await run('user list')
    expect(stdout).toMatch(/^e-mail +role +sites +set up +created\n/)
    expect(stdout).toMatch(/^ana@example\.org +analyst +one\.example,two\.example +not yet /m)
    expect(stdout).toMatch(/^bo@example\.org +auditor +all +not yet /m)
  })

  it('set changes role and sites, or prints a new link', async () => {
    const run = await installation()
    const first = (await run('user add ana@example.org --role analyst')).stdout
    expect((await run('user set ana@example.org --role consent_officer --site one.example')).stdout).toBe(
      'Now consent_officer of one.example.\n',
    )
    expect((await run('user set ana@example.org --site all')).stdout).toBe(
      'Now consent_officer of all sites.\n',
    )
    const second = (await run('user set ana@example.org --link')).stdout
    expect(second).toContain('/#set-up=')
    expect(second).not.toBe(first)
  })

  it('remove deletes the account', async () => {
    const run = await installation()
    await run('user add ana@example.org --role analyst')
    expect((await run('user remove ANA@example.org')).code).toBe(0)
    expect(objectOf(await run('user list --json'))['users']).toEqual([])
    expect((await run('user remove ana@example.org')).stderr).toContain(
      'Nobody has an account by this address',
    )
  })

  it.each([
    ['user add ana@example.org', 2, '--role is missing'],
    ['user add ana@example.org --role boss', 2, '"boss" is not a role'],
    ['user add ana --role analyst', 2, 'no e-mail address'],
    ['user add ana@example.org --role analyst --site three.example', 1, 'is not registered'],
    ['user set ana@example.org', 2, 'Nothing to set'],
    ['user set ana@example.org --link', 1, 'Nobody has an account by this address'],
  ])('%s is answered with %i', async (line, code, why) => {
    const ran = await (await installation())(line)
    expect([ran.code, ran.stdout]).toEqual([code, ''])
    expect(ran.stderr).toContain(why)
  })
})

describe('sluice audit verify', () => {
  it('says that nothing was changed, with the head to keep elsewhere', async () => {
    const run = await installation()
    await run('user add ana@example.org --role analyst')
    const { stdout, code } = await run('audit verify')
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^4 rows, all as they were written/)])
    expect(objectOf(await run('audit verify --json'))).toMatchObject({ ok: true, rows: 4, head: { seq: 4 } })
  })

  it('fails with what is wrong', async () => {
    const { connect } = await import('../../../server/store/connection.ts')
    const { dataFolder } = await import('../store/opened.ts')
    const { writeFileSync } = await import('node:fs')
    const folder = dataFolder()
    const run = terminal({ SLUICE_DATA: folder })
    await run('site add one.example')
    await run('site add two.example')
    const head = objectOf(await run('audit verify --json'))['head']
    writeFileSync(`${folder}/head.json`, JSON.stringify(head))
    const file = connect(`${folder}/store.db`, { readOnly: false })
    file.exec("UPDATE audit_log SET site = 'three.example' WHERE seq = 1")
    const edited = await run('audit verify')
    expect([edited.code, edited.stdout]).toEqual([1, expect.stringContaining('Row 1 was changed.')])
    file.exec('DELETE FROM audit_log; DELETE FROM audit_head')
    expect((await run('audit verify')).code).toBe(0)
    const kept = await run(`audit verify --head ${folder}/head.json`)
    expect([kept.code, kept.stdout]).toEqual([1, expect.stringContaining('rows are cut off')])
    expect((await run(`audit verify --head ${folder}/key`)).stderr).toContain('cannot be read')
    file.close()
  })
})
