import { createRequire } from 'node:module'
import { Session } from 'chdb'

/** Long lists of bound values are longer than the 256 KiB that a statement may have by default. */
const ARGUMENTS = ['--max_query_size=67108864']

/**
 * Opens a connection to the engine of a folder. The first one in a process starts the engine, with `configuration`
 * as command line overrides of its server settings.
 */
export function connect(folder: string, configuration: readonly string[] = []): Session {
  const overrides = configuration.length > 0 ? ['--', ...configuration] : []
  return new Session(folder, { connectionArgs: [...ARGUMENTS, ...overrides] })
}

/**
 * Closes a connection on which nothing runs.
 *
 * `Session.close()` puts the closing off until no query of the whole process is running: behind one slow query each
 * further connection stays open with all it holds (3,000 of them: 1.1 GiB more, and each six times slower). Closing
 * one that is idle needs no such wait, so it is handed to the addon itself. That function is not part of chdb's
 * documented surface; where it is missing the slow way remains.
 */
export function disconnect(session: Session): void {
  const { connection } = session
  if (closeConnection && connection) {
    session.connection = null
    session.close()
    closeConnection(connection)
  } else session.close()
}

const closeConnection = findCloseConnection()

function findCloseConnection(): ((connection: unknown) => void) | undefined {
  const require = createRequire(import.meta.url)
  const loader = createRequire(require.resolve('chdb'))('./dist/loader.js') as {
    loadNative?: () => { CloseConnection?: (connection: unknown) => void }
  }
  return loader.loadNative?.().CloseConnection
}
