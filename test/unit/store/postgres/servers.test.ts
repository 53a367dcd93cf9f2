import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { silentLog } from '../../../../server/log.ts'
import { takeLease } from '../../../../server/spool/lease.ts'
import { openDataKeys } from '../../../../server/store/data-keys.ts'
import { loadMasterKey, type MasterKey } from '../../../../server/store/key-file.ts'
import { parseDatabaseUrl } from '../../../../server/store/postgres/address.ts'
import { mastersOf } from '../../../../server/store/replace-master.ts'
import { createReplacementWatch } from '../../../../server/store/replacement-watch.ts'
import { openSpoolKey, readSpoolKey, spoolMasters } from '../../../../server/store/spool-key.ts'
import { objectOf, terminal, type Ran } from '../../cli/typed.ts'
import { masterKey } from '../keys.ts'
import { dataFolder, environmentOf, listen, movedClock, newFolder, openedStore } from '../opened.ts'
import { asSuperuser, makeSchema } from './made.ts'

const [ONE, TWO] = [masterKey('one'), masterKey('two')]
const textOf = ({ key }: MasterKey): string => Buffer.from(key).toString('base64')
const KEYS = { SLUICE_KEY: textOf(TWO), SLUICE_OLD_KEY: textOf(ONE) }

interface Scene {
  readonly data: string
  readonly spool: string
  readonly databaseUrl: string
  run(line: string, env?: Record<string, string>, folder?: string): Promise<Ran>
}

/** An installation on PostgreSQL with something sealed, under the key ONE. */
async function scene(): Promise<Scene> {
  const data = dataFolder()
  const databaseUrl = (await environmentOf(data))['DATABASE_URL'] ?? ''
  const run: Scene['run'] = (line, env = { SLUICE_KEY: textOf(ONE) }, folder = data) =>
    terminal({ SLUICE_DATA: folder, DATABASE_URL: databaseUrl, ...env })(line)
  expect(await run('user add ana@example.org --role analyst')).toMatchObject({ code: 0 })
  const spool = path.join(data, 'spool')
  openSpoolKey(spool, ONE)
  return { data, spool, databaseUrl, run }
}

describe('servers on one PostgreSQL', () => {
  it('are counted by store for as long as they live, also after their connection was lost', async () => {
    const data = newFolder()
    const databaseUrl = (await environmentOf(data))['DATABASE_URL'] ?? ''
    const [one, two, command] = [await openedStore(data), await openedStore(data), await openedStore(data)]
    expect(await command.servers()).toBe(0)
    await Promise.all([one.serve(), two.serve()])
    await one.serve()
    expect(await command.servers()).toBe(2)
    // A store in the next schema of the same database is another one.
    const others = await makeSchema()
    expect(parseDatabaseUrl(others).database).toBe(parseDatabaseUrl(databaseUrl).database)
    const { user, database } = parseDatabaseUrl(databaseUrl)
    await asSuperuser(
      database,
      // Returns when they have ended, and with them what they held.
      `SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE usename = '${user}'`,
    )
    await expect.poll(() => command.servers()).toBe(2)
    await two.close()
    await expect.poll(() => command.servers()).toBe(1)
  })

  it('R4.1 keep the master key from being replaced where one of them would not learn of it', async () => {
    const { data, spool, run } = await scene()
    const [here, elsewhere] = [await openedStore(data), await openedStore(data)]
    await elsewhere.serve()
    const refusal = { code: 1, stderr: expect.stringContaining('with another data folder uses this store') }
    // Nobody uses this data folder: whoever runs is elsewhere.
    expect(await run('secret rotate', KEYS)).toMatchObject(refusal)
    const endLease = await takeLease(spool)
    await here.serve()
    expect(await run('secret rotate', KEYS)).toMatchObject(refusal)
    expect([await mastersOf(here), spoolMasters(spool)]).toEqual([[ONE.id], [ONE.id]])
    expect((await run('user list')).stdout).toContain('ana@example.org')

    // With the one alone that runs here it is replaced, and that one takes it.
    await elsewhere.close()
    const clock = movedClock(0)
    const dataKeys = await openDataKeys({ store: here, master: ONE, clock })
    const watch = createReplacementWatch({ store: here, dataKeys, log: listen().log })
    expect(objectOf(await run('secret rotate --json', KEYS))).toMatchObject({ rotated: true, key: TWO.id })
    await watch.close()
    await endLease()
    expect(await mastersOf(here)).toEqual([TWO.id])
  })

  it('R4.1 are told where they were passed over, and get their spool back', async () => {
    const { data, run } = await scene()
    const passedOver = dataFolder()
    const spool = path.join(passedOver, 'spool')
    const spoolKey = openSpoolKey(spool, ONE)
    const store = await openedStore(data)
    const dataKeys = await openDataKeys({ store, master: ONE, clock: movedClock(0) })
    const { log, lines } = listen()
    const watch = createReplacementWatch({ store, dataKeys, log })
    await watch.look()
    expect(lines).toEqual([])
    await watch.close()
    // It was out of reach all the while: what it is told of is over.
    expect(objectOf(await run('secret rotate --json', KEYS))).toMatchObject({ rotated: true })
    await store.catchUp()
    const later = createReplacementWatch({ store, dataKeys, log })
    for (let time = 0; time < 3; time++) await later.look()
    await later.close()
    expect(lines).toEqual([expect.stringContaining('the master key was replaced without this server')])
    expect(() => dataKeys.current()).toThrow('The master key was replaced')

    const { SLUICE_KEY } = KEYS
    const refused = await run('secret rotate', { SLUICE_KEY }, passedOver)
    expect(refused.stderr).toContain(`was sealed with the key ${ONE.id}: give that one as SLUICE_OLD_KEY`)
    expect(objectOf(await run('secret rotate --json', KEYS, passedOver))).toEqual({
      rotated: false,
      key: TWO.id,
      spool: true,
    })
    expect(readSpoolKey(spool, TWO)).toEqual(spoolKey)
    expect(spoolMasters(spool)).toEqual([TWO.id])
    expect(loadMasterKey({ dataDir: passedOver, envKey: SLUICE_KEY, log: silentLog }).id).toBe(TWO.id)
  })
})
