import { readdirSync, rmSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../support/engine.ts'
import { folderWithKeyOf, sluice } from '../support/installation.ts'
import { makeSchema } from '../unit/store/postgres/made.ts'

describe('a backup of a store in either database', () => {
  const folders: string[] = []
  const kept = (folder: string): string => {
    folders.push(folder)
    return folder
  }
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  })

  /** What the installation says of itself; its audit log verifies. */
  async function seen(data: string, env: Record<string, string>): Promise<unknown[]> {
    const answers: unknown[] = []
    for (const words of [
      ['site', 'list'],
      ['key', 'list'],
      ['user', 'list'],
    ]) {
      const { code, stdout, stderr } = await sluice(data, [...words, '--json'], env)
      expect([code, stderr]).toEqual([0, ''])
      answers.push(JSON.parse(stdout))
    }
    const verified = await sluice(data, ['audit', 'verify', '--json'], env)
    expect(JSON.parse(verified.stdout)).toMatchObject({ ok: true, faults: [] })
    return answers
  }

  it('R4.6 is restored into the other one, and not where there is data', { timeout: 120_000 }, async () => {
    const [inSqlite, inPostgres] = [{}, { DATABASE_URL: await makeSchema() }]
    const [first, backups, again] = [
      kept(temporaryFolder()),
      kept(temporaryFolder()),
      kept(temporaryFolder()),
    ]
    for (const words of [
      ['site', 'add', 'bücher.example', '--timezone', 'Europe/Berlin'],
      ['site', 'add', 'other.example'],
      ['key', 'create', '--site', 'other.example', '--scope', 'query'],
      ['user', 'add', 'ana@example.org', '--role', 'analyst', '--site', 'other.example'],
      ['backup', backups],
    ]) {
      expect(await sluice(first, words, inSqlite)).toMatchObject({ code: 0 })
    }
    const expected = await seen(first, inSqlite)

    const second = kept(folderWithKeyOf(first))
    expect(await sluice(second, ['restore', backups], inPostgres)).toMatchObject({ code: 0, stderr: '' })
    expect(readdirSync(second)).not.toContain('store.db')
    expect(await seen(second, inPostgres)).toEqual(expected)

    const third = kept(folderWithKeyOf(first))
    expect(await sluice(third, ['restore', backups], inPostgres)).toMatchObject({
      code: 1,
      stderr: 'The store holds data already: restore into an empty one, set by DATABASE_URL.\n',
    })
    expect(readdirSync(third)).toEqual(['key'])

    expect(await sluice(second, ['backup', again, '--rehearse'], inPostgres)).toMatchObject({ code: 0 })
    expect(await sluice(third, ['restore', again], inSqlite)).toMatchObject({ code: 0, stderr: '' })
    expect(await seen(third, inSqlite)).toEqual(expected)
  })

  it('R4.1 from before the master key was replaced needs the old key, and what was erased since stays so', async () => {
    const [data, backups] = [kept(temporaryFolder()), kept(temporaryFolder())]
    const inPostgres = { DATABASE_URL: await makeSchema() }
    const run = async (...words: string[]): Promise<string> => {
      const ran = await sluice(data, words, inPostgres)
      expect(ran).toMatchObject({ code: 0 })
      return ran.stdout
    }
    await run('user', 'add', 'ana@example.org', '--role', 'analyst')
    await run('user', 'add', 'ben@example.org', '--role', 'analyst')
    const { backup } = JSON.parse(await run('backup', backups, '--json')) as { backup: string }
    const withOldKey = kept(folderWithKeyOf(data))
    const { key, former } = JSON.parse(await run('secret', 'rotate', '--json')) as {
      key: string
      former: string[]
    }
    await run('user', 'remove', 'ana@example.org')
    await run('backup', backups)

    const withNewKey = kept(folderWithKeyOf(data))
    const refused = await sluice(withNewKey, ['restore', backups, '--from', backup])
    expect(refused).toMatchObject({ code: 1 })
    expect(refused.stderr).toContain(`was sealed with the key ${former[0]} and this one is ${key}`)
    expect(await sluice(withOldKey, ['restore', backups, '--from', backup])).toMatchObject({ code: 0 })
    const { stdout } = await sluice(withOldKey, ['user', 'list', '--json'])
    expect([stdout.includes('ana@example.org'), stdout.includes('ben@example.org')]).toEqual([false, true])
    expect(await sluice(withOldKey, ['secret', 'rotate'])).toMatchObject({ code: 0, stderr: '' })
    expect(await sluice(withNewKey, ['restore', backups])).toMatchObject({ code: 0 })
  })
})
