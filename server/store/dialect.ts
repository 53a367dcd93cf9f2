import { createRequire } from 'node:module'
import type { Kysely } from 'kysely'
import type { Connection } from './connection.ts'
import type { Tables } from './tables.ts'

/**
 * Kysely on a guarded SQLite connection. Its modules are loaded at the first query that needs them, and as CommonJS:
 * that takes 0.13 s, as ES modules 0.3 s, and a command that only reads takes none of it.
 */
export function createKysely(connection: Connection): Kysely<Tables> {
  const require = createRequire(import.meta.url)
  const kysely = require('kysely') as typeof import('kysely')
  const sqlite = new kysely.SqliteDialect({ database: connection })
  return new kysely.Kysely<Tables>({
    dialect: {
      createAdapter: () => sqlite.createAdapter(),
      createQueryCompiler: () => sqlite.createQueryCompiler(),
      createIntrospector: (db) => sqlite.createIntrospector(db),
      createDriver: () => {
        const driver = new kysely.SqliteDriver({ database: connection })
        // A transaction that first reads and then writes fails at once, without waiting, when somebody wrote in
        // between. Taking the write lock first makes it wait its turn instead.
        driver.beginTransaction = async (one) => {
          await one.executeQuery(kysely.CompiledQuery.raw('begin immediate'))
        }
        return driver
      },
    },
  })
}
