import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { silentLog } from '../../../server/log.ts'
import { loadMasterKey, type MasterKey } from '../../../server/store/key-file.ts'
import { openSpoolKey, readSpoolKey, spoolMasters } from '../../../server/store/spool-key.ts'
import { masterKey } from '../store/keys.ts'
import { dataFolder, environmentOf, keptIn, openedStore } from '../store/opened.ts'
import { objectOf, terminal, type Ran } from './typed.ts'

interface Scene {
  readonly data: string
  readonly spool: string
  run(line: string, env?: Record<string, string>): Promise<Ran>
  /** What the key file holds. */
  key(): MasterKey
}

/** An installation with two accounts, and a spool with a key. */
async function scene(env: Record<string, string> = {}): Promise<Scene> {
  const data = dataFolder()
  const { FOLDER: _folder, ...database } = await environmentOf(data)
  const run: Scene['run'] = (line, more = env) => terminal({ SLUICE_DATA: data, ...database, ...more })(line)
  for (const email of ['ana@example.org', 'ben@example.org']) {
    expect(await run(`user add ${email} --role analyst`)).toMatchObject({ code: 0 })
  }
  const spool = path.join(data, 'spool')
  const key = (): MasterKey => loadMasterKey({ dataDir: data, envKey: env['SLUICE_KEY'], log: silentLog })
  openSpoolKey(spool, key())
  return { data, spool, run, key }
}

function textOf({ key }: MasterKey): string {
  return Buffer.from(key).toString('base64')
}

describe('R4.1 sluice secret rotate', () => {
  it('makes a new key file, keeps the former, and leaves nothing that names it', async () => {
    const { data, spool, run, key } = await scene()
    const old = key()
    const spoolKey = readSpoolKey(spool, old)
    const ran = await run('secret rotate --json')
    const next = key()
    expect(next.id).not.toBe(old.id)
    // Two addresses and the secrets of two set-up links.
    expect(objectOf(ran)).toEqual({
      rotated: true,
      key: next.id,
      former: [old.id],
      resealed: 4,
      remaining: 0,
    })
    expect(readdirSync(data).filter((name) => name.startsWith('key'))).toEqual(['key', `key.${old.id}`])
    expect(statSync(path.join(data, 'key')).mode & 0o777).toBe(0o600)
    expect(readSpoolKey(spool, next)).toEqual(spoolKey)
    expect(() => readSpoolKey(spool, old)).toThrow(`it needs ${next.id}`)

    const { stdout } = await run('user list --json')
    expect(stdout).toContain('ana@example.org')
    expect(await run('audit verify')).toMatchObject({ code: 0 })
    expect(await run('user list', { SLUICE_KEY: textOf(old) })).toMatchObject({
      code: 1,
      stderr: `The store was sealed with another key: this one is ${old.id}, and it needs ${next.id}; start with that key file or SLUICE_KEY.\n`,
    })
    // In no byte of any file, and in no column: former states of what was sealed anew are gone too.
    const store = await openedStore(data)
    const kept = await keptIn(data, { db: store.db })
    expect([...kept.keys()]).toContain(path.join('spool', 'key'))
    const naming = [...kept].filter(([, bytes]) => bytes.includes(`v1.${old.id}.`)).map(([name]) => name)
    expect(naming).toEqual([])
    expect([...kept].some(([, bytes]) => bytes.includes(`v1.${next.id}.`))).toBe(true)
  })

  it('takes the new key from SLUICE_KEY and the old beside it, and keeps what was a file', async () => {
    const { data, run } = await scene({ SLUICE_KEY: textOf(masterKey('one')) })
    const [one, two] = [masterKey('one'), masterKey('two')]
    const given = { SLUICE_KEY: textOf(two) }
    expect(await run('secret rotate', given)).toMatchObject({
      code: 1,
      stderr: 'The key in use is missing: give it as SLUICE_OLD_KEY beside the new SLUICE_KEY.\n',
    })
    for (const wrong of [masterKey('three'), two]) {
      const ran = await run('secret rotate', { ...given, SLUICE_OLD_KEY: textOf(wrong) })
      expect(ran).toMatchObject({ code: 1 })
      expect(ran.stderr).toContain(
        wrong === two ? 'is the one in use' : `is sealed with ${one.id}: give that`,
      )
    }
    expect((await run('user list')).stdout).toContain('ana@example.org')

    const ran = await run('secret rotate', { ...given, SLUICE_OLD_KEY_COMMAND: `echo ${textOf(one)}` })
    expect(ran.stderr).toBe('')
    expect(ran.stdout).toContain(`nothing names ${one.id} any more`)
    expect(ran.stdout).toContain('Set SLUICE_KEY to the new key for the server and restart it soon')
    expect((await run('user list', given)).stdout).toContain('ben@example.org')
    expect(objectOf(await run('secret rotate --json', given))).toEqual({ rotated: false, key: two.id })

    // From there into a file, and out of it again.
    const back = await run('secret rotate --json', { SLUICE_OLD_KEY: textOf(two) })
    expect(back.stderr).toBe('')
    const inFile = loadMasterKey({ dataDir: data, log: silentLog })
    expect(objectOf(back)).toMatchObject({ key: inFile.id, former: [two.id] })
    const out = await run('secret rotate --json', { SLUICE_KEY: textOf(masterKey('three')) })
    expect(objectOf(out)).toMatchObject({ key: masterKey('three').id, former: [inFile.id] })
    expect(readdirSync(data).filter((name) => name.startsWith('key'))).toEqual([`key.${inFile.id}`])
  })

  it('goes on with a new key that waits, and with one that is in place already', async () => {
    const { data, spool, run, key } = await scene()
    const old = key()
    writeFileSync(path.join(data, 'key.next'), textOf(masterKey('two')), { mode: 0o600 })
    expect(objectOf(await run('secret rotate --json'))).toMatchObject({ key: masterKey('two').id })
    expect(existsSync(path.join(data, 'key.next'))).toBe(false)
    expect(spoolMasters(spool)).toEqual([masterKey('two').id])
    expect(key().id).toBe(masterKey('two').id)
    expect(old.id).not.toBe(key().id)
  })

  it('does nothing where nothing was ever sealed', async () => {
    const ran = await terminal()('secret rotate')
    expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining('start sluice once') as string })
  })
})
