import { existsSync } from 'node:fs'
import path from 'node:path'
import type pg from 'pg'
import type { Kysely, Transaction } from 'kysely'
import { systemClock, type Clock } from '../../clock.ts'
import { UserError } from '../../errors.ts'
import { migrationFolder, readMigrations, type Migration } from '../../migrations.ts'
import { createPostgresKysely } from '../dialect.ts'
import type { Store, StoreOptions } from '../open.ts'
import { PERSONAL_TABLES, type PersonalTable } from '../personal.ts'
import type { Tables } from '../tables.ts'
import { parseDatabaseUrl, placeOf, type DatabaseAddress } from './address.ts'
import { connectOne, createPool } from './connection.ts'
import { createCopy, type Copy } from './copy.ts'
import { explain, explainOpening } from './faults.ts'
import { migratePostgres } from './migrate.ts'
import { purgeTables } from './purge.ts'
import { openWatch, type Watch } from './watch.ts'

/** Opens the store in PostgreSQL. Throws UserError, in one sentence without the password, when it cannot. */
export async function openPostgres(options: StoreOptions & { databaseUrl: string }): Promise<Store> {
  const { log, clock = systemClock } = options
  const address = parseDatabaseUrl(options.databaseUrl)
  if (existsSync(path.join(options.dataDir, 'store.db'))) {
    log.info({}, 'DATABASE_URL is set: store.db in the data folder is left alone, and nothing of it is used')
  }
  const copy = createCopy(clock)
  try {
    const first = await connectOne(address)
    for (const { name } of await prepare(first, address, clock))
      log.info({ migration: name }, 'store migrated')
    const watch = await openWatch({ first, connect: () => connectOne(address), copy, clock, log })
    return createStore(address, copy, watch)
  } catch (error) {
    copy.close()
    throw explainOpening(error, address)
  }
}

async function prepare(
  client: pg.Client,
  address: DatabaseAddress,
  clock: Clock,
): Promise<readonly Migration[]> {
  try {
    await checkServer(client, address)
    return await migratePostgres(client, readMigrations(migrationFolder('store')), clock)
  } catch (error) {
    await client.end()
    throw error
  }
}

async function checkServer(client: pg.Client, address: DatabaseAddress): Promise<void> {
  const { rows } = await client.query<{ encoding: string; standby: boolean }>(
    "SELECT current_setting('server_encoding') AS encoding, pg_is_in_recovery() AS standby",
  )
  const { encoding, standby } = rows[0] ?? { encoding: '', standby: false }
  if (encoding !== 'UTF8') {
    throw new UserError(
      `The database ${JSON.stringify(address.database)} is in ${encoding}: make one with the encoding UTF8.`,
    )
  }
  if (standby) throw new UserError(`${placeOf(address)} is a standby: name the primary in DATABASE_URL.`)
}

function createStore(address: DatabaseAddress, copy: Copy, watch: Watch): Store {
  const pool = createPool(address)
  let kysely: Kysely<Tables> | undefined
  let last: Promise<unknown> = Promise.resolve()
  let isOpen = true
  const db = (): Kysely<Tables> => {
    if (!isOpen) throw new Error('the store is closed')
    return (kysely ??= createPostgresKysely(pool))
  }

  const transact: Store['transaction'] = async (run) => {
    // Told within two seconds that it is out of reach, rather than after the wait for a connection.
    if (!watch.isReachable()) await watch.catchUp()
    const result = await db()
      .transaction()
      .execute(async (transaction) => {
        // With the lock in hand nobody else changes anything: what is read at once is what the transaction sees.
        await watch.catchUp()
        return run(transaction)
      })
    await watch.catchUp()
    return result
  }

  /** What has been deleted from and not been written anew since. */
  const toPurge = new Set<PersonalTable>()
  let lastPurge: Promise<void> = Promise.resolve()

  async function purgeAll(): Promise<void> {
    const tables = [...toPurge]
    if (tables.length === 0) return
    toPurge.clear()
    let left: readonly PersonalTable[] = tables
    try {
      const client = await connectOne(address)
      try {
        left = await purgeTables(client, tables)
      } finally {
        await client.end()
      }
    } catch (error) {
      throw explain(error)
    } finally {
      for (const table of left) toPurge.add(table)
    }
  }

  return {
    get db() {
      return db()
    },
    // One at a time: those that wait for their turn must not take up the connections that queries need.
    transaction: <T>(run: (transaction: Transaction<Tables>) => Promise<T>) => {
      const mine = (): Promise<T> => transact(run)
      const done = last.then(mine, mine)
      last = done
      return done
    },
    prepareRow: copy.prepareRow,
    readRows: copy.readRows,
    dataVersion: copy.dataVersion,
    catchUp: watch.catchUp,
    pending: watch.pending,
    isReachable: watch.isReachable,
    serve: watch.serve,
    servers: watch.servers,
    purge: async (tables = PERSONAL_TABLES) => {
      for (const table of tables) toPurge.add(table)
      // One at a time: of two that write the same table anew one would wait for the other.
      const purging = lastPurge.then(purgeAll, purgeAll)
      lastPurge = purging
      await purging
    },
    close: async () => {
      if (!isOpen) return
      isOpen = false
      await watch.close()
      await pool.end()
      copy.close()
    },
  }
}
