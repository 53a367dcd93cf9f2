import { describe, expect, it } from 'vitest'
import { createAccounts } from '../../../server/accounts/accounts.ts'
import { createSealed } from '../../../server/accounts/sealed.ts'
import { auditSigner, createAuditLog } from '../../../server/audit/log.ts'
import { verifyAuditLog } from '../../../server/audit/verify.ts'
import { UserError } from '../../../server/errors.ts'
import { migrationFolder, readMigrations } from '../../../server/migrations.ts'
import { keysIn, openDataKeys, type DataKeys } from '../../../server/store/data-keys.ts'
import { createEnvelope, onlyKey } from '../../../server/store/envelope.ts'
import type { MasterKey } from '../../../server/store/key-file.ts'
import type { Store } from '../../../server/store/open.ts'
import {
  beginReplacement,
  finishReplacement,
  mastersOf,
  resealAll,
  SEALED_COLUMNS,
} from '../../../server/store/replace-master.ts'
import { createReplacementWatch } from '../../../server/store/replacement-watch.ts'
import { MASTER, masterKey } from './keys.ts'
import { dataFolder, listen, movedClock, openedStore, rowsOf } from './opened.ts'

const clock = movedClock()
const NEXT = masterKey('two')
const nothing = (): Promise<void> => Promise.resolve()

async function opened(
  master: MasterKey,
  dataDir = dataFolder(),
): Promise<{ store: Store; keys: DataKeys; dataDir: string }> {
  const store = await openedStore(dataDir)
  return { store, keys: await openDataKeys({ store, master, clock }), dataDir }
}

function accountsOf(store: Store, keys: DataKeys): ReturnType<typeof createAccounts> {
  const audit = createAuditLog({ store, clock, signer: auditSigner(keys.lasting) })
  return createAccounts({ store, clock, sealed: createSealed(keys), audit })
}

async function add(store: Store, keys: DataKeys, email: string): Promise<void> {
  await accountsOf(store, keys).add({ email, role: 'analyst', sites: 'all' }, { actor: 'terminal' })
}

describe('R4.1 the data keys of a store', () => {
  it('are made once, are random, and open with their master key only', async () => {
    const { store, keys, dataDir } = await opened(MASTER)
    const again = await opened(MASTER, dataDir)
    expect([again.keys.lasting, again.keys.current()]).toEqual([keys.lasting, keys.current()])
    const inside = await store.transaction((transaction) => keysIn(transaction, MASTER))
    expect([inside.lasting, inside.current()]).toEqual([keys.lasting, keys.current()])
    expect(inside.find(keys.current().id)).toEqual(keys.current())
    const other = await opened(MASTER)
    expect(other.keys.lasting.key).not.toEqual(keys.lasting.key)
    expect(other.keys.current().id).not.toBe(keys.current().id)
    await expect(opened(NEXT, dataDir)).rejects.toThrow(
      `The store was sealed with another key: this one is ${NEXT.id}, and it needs ${MASTER.id}`,
    )
    await expect(opened(NEXT, dataDir)).rejects.toThrow(UserError)
  })

  it('of a store from before there were any are its master key', async () => {
    const dataDir = dataFolder()
    const old = { ...onlyKey(MASTER), lasting: { key: MASTER.key, isLasting: true } } as const
    const store = await openedStore(dataDir)
    await add(store, old, 'ana@example.org')
    await expect(opened(NEXT, dataDir)).rejects.toThrow(/another key/)
    const { keys } = await opened(MASTER, dataDir)
    expect(accountsOf(store, keys).byEmail('ana@example.org').email).toBe('ana@example.org')
    await add(store, keys, 'ben@example.org')
    expect(await verifyAuditLog(store, auditSigner(keys.lasting).publicKey)).toMatchObject({ faults: [] })
  })
})

describe('R4.1 replacing the master key', () => {
  it('loses nothing while another process goes on, and then the old key opens nothing', async () => {
    const here = await opened(MASTER)
    const server = await opened(MASTER, here.dataDir)
    const late = await opened(MASTER, here.dataDir)
    await add(here.store, here.keys, 'ana@example.org')
    const former = here.keys.current()
    await beginReplacement(here.store, { old: MASTER, next: NEXT }, clock)
    expect(await mastersOf(here.store)).toEqual([MASTER.id, NEXT.id].toSorted())

    const after = await opened(NEXT, here.dataDir)
    const fresh = after.keys.current()
    expect(fresh.id).not.toBe(former.id)
    // What still names the former sealing key keeps it from being given up.
    expect(await finishReplacement(after.store, after.keys, NEXT, nothing)).toBe(1)
    expect(await mastersOf(here.store)).toHaveLength(2)

    const watch = createReplacementWatch({ store: server.store, dataKeys: server.keys, log: listen().log })
    await server.store.catchUp()
    await watch.look()
    await watch.close()
    await add(server.store, server.keys, 'ben@example.org')
    expect(await resealAll(after.store, after.keys)).toBe(1)
    expect(await resealAll(after.store, after.keys)).toBe(0)
    expect(await finishReplacement(after.store, after.keys, NEXT, nothing)).toBe(0)

    const rows = await rowsOf(here.store, 'account')
    expect(rows.map(({ email }) => email.split('.')[1])).toEqual([fresh.id, fresh.id])
    expect((await rowsOf(here.store, 'data_key')).map((row) => [row.purpose, row.master_id])).toEqual(
      expect.arrayContaining([
        ['lasting', NEXT.id],
        ['sealing', NEXT.id],
      ]),
    )
    expect(await rowsOf(here.store, 'data_key')).toHaveLength(2)
    // A server that has taken the new key goes on; whoever has not is told, and seals nothing that nobody can open.
    await add(server.store, server.keys, 'cem@example.org')
    await late.store.catchUp()
    await expect(add(late.store, late.keys, 'dan@example.org')).rejects.toThrow('The master key was replaced')
    await after.store.catchUp()
    expect(
      accountsOf(after.store, after.keys)
        .list()
        .map(({ email }) => email)
        .toSorted(),
    ).toEqual(['ana@example.org', 'ben@example.org', 'cem@example.org'])
    await expect(opened(MASTER, here.dataDir)).rejects.toThrow(`it needs ${NEXT.id}`)
    const leaked = createEnvelope(onlyKey(MASTER))
    for (const { id, email } of rows) {
      expect(() => leaked.open(email, { table: 'account', row: id, column: 'email' })).toThrow(/another key/)
    }
    expect(await verifyAuditLog(after.store, auditSigner(after.keys.lasting).publicKey)).toMatchObject({
      faults: [],
    })
  })

  it('goes on from every step, also towards another key than was begun with', async () => {
    const { store, keys, dataDir } = await opened(MASTER)
    await add(store, keys, 'ana@example.org')
    await beginReplacement(store, { old: MASTER, next: masterKey('lost') }, clock)
    await resealAll(store, await openDataKeys({ store, master: MASTER, clock }))
    for (let round = 0; round < 2; round++) await beginReplacement(store, { old: MASTER, next: NEXT }, clock)
    const after = await opened(NEXT, dataDir)
    await resealAll(after.store, after.keys)
    expect(await finishReplacement(after.store, after.keys, NEXT, nothing)).toBe(0)
    expect(await mastersOf(store)).toEqual([NEXT.id])
    await after.store.catchUp()
    expect(accountsOf(after.store, after.keys).list()).toMatchObject([{ email: 'ana@example.org' }])
  })

  it('knows every column that the schema calls sealed', () => {
    const sql = readMigrations(migrationFolder('store'))
      .map((migration) => migration.sql)
      .join('\n')
    const sealed = [...sql.matchAll(/CREATE TABLE (\w+) \((.*?)\n\);/gs)].flatMap(([, table, body = '']) =>
      [...body.matchAll(/-- Sealed[.;][^\n]*\n\s*(\w+)/g)].map(([, column]) => `${table}.${column}`),
    )
    expect(sealed.length).toBeGreaterThan(0)
    expect(SEALED_COLUMNS.map(({ table, column }) => `${table}.${column}`)).toEqual(sealed)
  })
})
