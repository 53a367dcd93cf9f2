import { readFileSync } from 'node:fs'
import pg from 'pg'
import type { PostgresPool, PostgresPoolClient } from 'kysely'
import { UserError } from '../../errors.ts'
import { bind } from '../bind.ts'
import { codeOf } from '../error-code.ts'
import type { DatabaseAddress } from './address.ts'
import { explain } from './faults.ts'

/** Connections for queries of one process; one more learns of changes. Transactions take one, since they take turns. */
const POOL_SIZE = 5
/** How long to wait for a connection. */
const CONNECT_MS = 5_000
/** The longest a statement may take at the server; a client that hears nothing for longer gives the connection up. */
const STATEMENT_MS = 30_000
const SILENCE_MS = STATEMENT_MS + 5_000
/** How long a transaction waits for its turn, as with SQLite. */
const LOCK_MS = 5_000
/** A process that went silent within a transaction must not keep all others from writing for longer. */
const IDLE_MS = 15_000

const SESSION = {
  statement_timeout: STATEMENT_MS,
  lock_timeout: LOCK_MS,
  idle_in_transaction_session_timeout: IDLE_MS,
}

/** `int8` and `numeric` come as text, since not all fit a number: ours do, or are refused. */
const WHOLE_NUMBERS: readonly number[] = [pg.types.builtins.INT8, pg.types.builtins.NUMERIC]

const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) =>
    WHOLE_NUMBERS.includes(oid) ? wholeNumber : (pg.types.getTypeParser(oid, format) as unknown),
}

/** Throws TypeError for a number that would be rounded: its column has to be TEXT. */
function wholeNumber(text: string): number {
  const number = Number(text)
  if (Number.isSafeInteger(number)) return number
  throw new TypeError('The store holds a number that is not whole or beyond 2^53.')
}

/** Settings of every connection. Throws UserError where the file of authorities cannot be read. */
export function settingsOf(address: DatabaseAddress): pg.ClientConfig {
  const { host, port, database, user, password } = address
  return {
    host,
    port,
    database,
    user,
    // A function, so that neither PGPASSWORD nor a file of passwords is asked where there is none.
    password: () => password ?? '',
    ssl: tlsOf(address),
    application_name: 'sluice',
    options: Object.entries(SESSION)
      .map(([name, ms]) => `-c ${name}=${ms}`)
      .join(' '),
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: SILENCE_MS,
    keepAlive: true,
    types,
  }
}

function tlsOf({ tls, rootCertificate }: DatabaseAddress): pg.ClientConfig['ssl'] {
  if (tls === 'off') return false
  const ca = rootCertificate === undefined ? undefined : readAuthorities(rootCertificate)
  return {
    ...(ca !== undefined && { ca }),
    // As libpq has it: who is named in sslrootcert has to have signed, also under `require`.
    rejectUnauthorized: tls !== 'encrypted' || ca !== undefined,
    ...(tls !== 'named' && { checkServerIdentity: () => undefined }),
  }
}

function readAuthorities(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new UserError(
      `The file of sslrootcert in DATABASE_URL cannot be read (${codeOf(error)}): name one in PEM format.`,
    )
  }
}

/** A connection of its own. Rejects with the driver's error. */
export async function connectOne(address: DatabaseAddress): Promise<pg.Client> {
  const client = new pg.Client(settingsOf(address))
  client.on('error', alreadyTold)
  try {
    await client.connect()
    return client
  } catch (error) {
    await client.end()
    throw error
  }
}

/**
 * For a lost connection: what it breaks off is told where that is waited for, and what comes next gets another one.
 * Without somebody who listens the process would end.
 */
function alreadyTold(): void {}

/** Connections for Kysely; every value given to one passes the guard, every fault comes out as people can be told. */
export function createPool(address: DatabaseAddress): PostgresPool {
  const pool = new pg.Pool({ ...settingsOf(address), max: POOL_SIZE })
  // Both: the pool tells of those that wait in it, a connection itself of its loss between two statements.
  pool.on('error', alreadyTold)
  pool.on('connect', (client) => client.on('error', alreadyTold))
  return {
    connect: async () => guard(await attempt(() => pool.connect())),
    end: () => pool.end(),
  }
}

function guard(client: pg.PoolClient): PostgresPoolClient {
  let isBroken = false
  const query = async (text: string, values: readonly unknown[]): Promise<unknown> => {
    const bound = values.map(bind)
    return attempt(
      () => client.query(text, bound),
      () => {
        isBroken = true
      },
    )
  }
  return {
    query: query as PostgresPoolClient['query'],
    // One that did not answer may still be at its last statement: it must not be given to anybody else.
    release: () => client.release(isBroken),
  }
}

async function attempt<T>(act: () => Promise<T>, onLoss?: () => void): Promise<T> {
  try {
    return await act()
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) onLoss?.()
    throw explain(error)
  }
}
