import { sql } from 'kysely'
import { describe, expect, it, onTestFinished } from 'vitest'
import { auditSigner, createAuditLog } from '../../../../server/audit/log.ts'
import { verifyAuditLog } from '../../../../server/audit/verify.ts'
import { createSites } from '../../../../server/sites/registry.ts'
import { WRITE_LOCK } from '../../../../server/store/dialect.ts'
import { openStore } from '../../../../server/store/open.ts'
import { connectOne } from '../../../../server/store/postgres/connection.ts'
import { parseDatabaseUrl } from '../../../../server/store/postgres/address.ts'
import { atOnce, dataFolder, environmentOf, listen, movedClock, openedStore } from '../opened.ts'
import { asSuperuser, makeSchema } from './made.ts'

const LASTING = { key: Buffer.alloc(32, 5), isLasting: true } as const

const RECORD = `
  import { openStore } from './server/store/open.ts'
  import { auditSigner, createAuditLog } from './server/audit/log.ts'
  import { systemClock } from './server/clock.ts'
  const log = { info() {}, warn() {} }
  const signer = auditSigner({ key: Buffer.alloc(32, 5), isLasting: true })
  openStore({ dataDir: process.env.FOLDER, databaseUrl: process.env.DATABASE_URL, log }).then(async (store) => {
    const audit = createAuditLog({ store, clock: systemClock, signer })
    meet()
    for (let count = 0; count < 10; count++) {
      await Promise.all([1, 2].map(() => audit.record({ actor: 'server', action: 'sign-in', site: process.env.NAME })))
    }
    await store.close()
  })
`

describe('transactions in PostgreSQL', () => {
  it.each(['read committed', 'repeatable read', 'serializable'])(
    'R2.6 never fork the audit log, where the database is set to %s',
    async (isolation) => {
      const dataDir = dataFolder()
      const environment = await environmentOf(dataDir)
      const { user, database } = parseDatabaseUrl(environment['DATABASE_URL'] ?? '')
      await asSuperuser(database, `ALTER ROLE ${user} SET default_transaction_isolation = '${isolation}'`)
      const ran = await atOnce(['a', 'b', 'c'], RECORD, environment)
      expect(ran.map(({ code }) => code)).toEqual([0, 0, 0])
      const store = await openedStore(dataDir)
      expect(await verifyAuditLog(store, auditSigner(LASTING).publicKey)).toMatchObject({
        rows: 60,
        faults: [],
      })
    },
  )

  it('see at once what the last holder of the lock has written, also without waiting', async () => {
    const dataDir = dataFolder()
    const [one, other] = [await openedStore(dataDir), await openedStore(dataDir)]
    const count = async (store: typeof one): Promise<void> => {
      for (let turn = 0; turn < 50; turn++) {
        await store.transaction(async (transaction) => {
          const row = {
            account_id: null,
            totp_secret: '',
            expires_at: store.readRows('set_up_link', '').length,
          }
          await transaction
            .insertInto('set_up_link')
            .values({ ...row, token_hash: `${row.expires_at}` })
            .execute()
        })
      }
    }
    await Promise.all([count(one), count(other)])
    await one.catchUp()
    expect(one.readRows('set_up_link', 'ORDER BY expires_at').map((row) => row.expires_at)).toEqual(
      Array.from({ length: 100 }, (_, index) => index),
    )
  })

  it('say who is in the way when another process holds the lock for too long', async () => {
    const dataDir = dataFolder()
    const store = await openedStore(dataDir)
    const { DATABASE_URL = '' } = await environmentOf(dataDir)
    const client = await connectOne(parseDatabaseUrl(DATABASE_URL))
    onTestFinished(() => client.end())
    await client.query(`SELECT pg_advisory_lock(${WRITE_LOCK})`)
    await expect(store.transaction(async () => 'done')).rejects.toMatchObject({
      message: expect.stringContaining('Another sluice is writing to the store') as string,
      status: 503,
    })
    await client.query(`SELECT pg_advisory_unlock(${WRITE_LOCK})`)
    expect(await store.transaction(async () => 'done')).toBe('done')
  })

  it('refuse in a sentence the second of two who make the same site at one moment', async () => {
    const dataDir = dataFolder()
    const stores = [await openedStore(dataDir), await openedStore(dataDir)]
    const clock = movedClock()
    for (let count = 0; count < 10; count++) {
      const domain = `site-${count}.example`
      const added = await Promise.allSettled(
        stores.map((store) => createSites({ store, clock }).add({ domain })),
      )
      expect(added.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
      expect(added.find((one) => one.status === 'rejected')?.reason).toMatchObject({
        status: 409,
        message: expect.stringContaining(`${domain} is registered already`) as string,
      })
    }
  })

  it('leave the connections to queries, however many wait for their turn', async () => {
    const dataDir = dataFolder()
    const store = await openedStore(dataDir)
    const { DATABASE_URL = '' } = await environmentOf(dataDir)
    const client = await connectOne(parseDatabaseUrl(DATABASE_URL))
    onTestFinished(() => client.end())
    await client.query(`SELECT pg_advisory_lock(${WRITE_LOCK})`)
    const turns = Array.from({ length: 20 }, () => store.transaction(async () => 'turn'))
    const asked = store.db.selectFrom('site').select('id').execute()
    const first = await Promise.race([asked, ...turns.map((turn) => turn.catch(() => 'too late'))])
    expect(first).toEqual([])
    await client.query(`SELECT pg_advisory_unlock(${WRITE_LOCK})`)
    expect(await Promise.all(turns)).toEqual(turns.map(() => 'turn'))
  })

  it('that only read are a snapshot, and wait for nobody', async () => {
    const dataDir = dataFolder()
    const [store, other] = [await openedStore(dataDir), await openedStore(dataDir)]
    const signer = auditSigner(LASTING)
    const audit = createAuditLog({ store: other, clock: movedClock(), signer })
    const counted = store.db
      .transaction()
      .setAccessMode('read only')
      .execute(async (transaction) => {
        const rows = transaction.selectFrom('audit_log').select('seq')
        const before = await rows.execute()
        await audit.record({ actor: 'server', action: 'sign-in' })
        return [before.length, (await rows.execute()).length]
      })
    expect(await counted).toEqual([0, 0])
    expect(await audit.list({ limit: 2 })).toHaveLength(1)
  })
})

describe('the schema in PostgreSQL', () => {
  it('is left as it was when a migration fails', async () => {
    const databaseUrl = await makeSchema()
    const { user, database } = parseDatabaseUrl(databaseUrl)
    // The last migration makes this table.
    await asSuperuser(database, `CREATE TABLE ${user}.audit_head (x text)`)
    const { log } = listen()
    await expect(openStore({ dataDir: dataFolder(), databaseUrl, log })).rejects.toThrow(
      /has tables of somebody else/,
    )
    const { rows } = await asSuperuser(
      database,
      `SELECT tablename FROM pg_tables WHERE schemaname = '${user}'`,
    )
    expect(rows).toEqual([{ tablename: 'audit_head' }])
  })

  it('is refused when an applied migration was another', async () => {
    const dataDir = dataFolder()
    const store = await openedStore(dataDir)
    await sql`UPDATE migration SET checksum = 'other' WHERE number = 2`.execute(store.db)
    await expect(openedStore(dataDir)).rejects.toThrow(/0002_consent_policy is not the file that was applied/)
  })

  it('tells of changes again where a trigger was lost', async () => {
    const dataDir = dataFolder()
    const store = await openedStore(dataDir)
    await sql`DROP TRIGGER tell_change ON site`.execute(store.db)
    await openedStore(dataDir)
    await sql`INSERT INTO site SELECT 1, 'a.example', 'UTC', NULL, NULL, 'none', 0, 30, 5, 'all', 1, NULL`.execute(
      store.db,
    )
    await store.catchUp()
    expect(store.readRows('site', '').map(({ domain }) => domain)).toEqual(['a.example'])
  })
})
