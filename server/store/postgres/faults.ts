import pg from 'pg'
import { UserError } from '../../errors.ts'
import { codeOf } from '../error-code.ts'
import { placeOf, type DatabaseAddress } from './address.ts'

/** What PostgreSQL's codes say, https://www.postgresql.org/docs/15/errcodes-appendix.html. */
const LOCK_NOT_AVAILABLE = '55P03'
const DEADLOCK = '40P01'
const CANCELED = '57014'
const TOO_MANY_CONNECTIONS = '53300'
const IDLE_IN_TRANSACTION = '25P03'
const READ_ONLY = '25006'
/** The connection itself, and a server that stops, starts or fails over. */
const AWAY = /^(08...|57P..)$/

/** An error of a query, as its caller is told; what is neither a fault of the network nor of the load, as it is. */
export function explain(error: unknown): unknown {
  // A value that was refused, or a bug: not the database's.
  if (error instanceof UserError || error instanceof TypeError) return error
  if (!(error instanceof pg.DatabaseError)) return unreachable(error)
  const { code = '' } = error
  if (code === LOCK_NOT_AVAILABLE || code === DEADLOCK) {
    return new UserError('Another sluice is writing to the store: try again in a moment.', 503)
  }
  if (code === CANCELED) {
    return new UserError('The store took too long to answer: try again when it has less to do.', 503)
  }
  if ([TOO_MANY_CONNECTIONS, IDLE_IN_TRANSACTION, READ_ONLY].includes(code) || AWAY.test(code)) {
    return unreachable(error)
  }
  return error
}

/** Told to whoever asked while the database was out of reach. */
export function unreachable(cause?: unknown): UserError {
  const error = new UserError(
    'The database of the store cannot be reached just now: try again in a moment, and look first whether the change was made.',
    503,
  )
  error.cause = cause
  return error
}

/** An error of the first connection, as whoever starts sluice is told: one sentence, without the password. */
export function explainOpening(error: unknown, address: DatabaseAddress): unknown {
  if (error instanceof UserError || error instanceof TypeError) return error
  const place = placeOf(address)
  if (!(error instanceof pg.DatabaseError)) return new UserError(notReached(error, place), 500)
  const { code = '' } = error
  const sentence = SENTENCES[code]?.(place, address)
  return sentence === undefined ? explain(error) : new UserError(sentence, 500)
}

const SENTENCES: Readonly<Record<string, (place: string, address: DatabaseAddress) => string>> = {
  '28P01': (place) => `${place} does not take this user and password: correct DATABASE_URL.`,
  '28000': (place) =>
    `${place} does not let this user in from here: correct DATABASE_URL, or pg_hba.conf of the server.`,
  '3D000': (place, { database }) =>
    `${place} has no database ${JSON.stringify(database)}: make it with createdb, or correct DATABASE_URL.`,
  '42501': (_place, { database }) =>
    `The user of DATABASE_URL may not make tables in ${JSON.stringify(database)}: make it the owner of that database.`,
  '42P07': notOurs,
  '42703': notOurs,
  '57P03': (place) => `${place} is starting or stopping: try again in a moment.`,
  [TOO_MANY_CONNECTIONS]: (place) => `${place} has no connection left: raise max_connections there.`,
}

function notOurs(_place: string, { database }: DatabaseAddress): string {
  return `The database ${JSON.stringify(database)} has tables of somebody else: give sluice one of its own.`
}

/** What Node's TLS says of a certificate it does not trust. */
const CERTIFICATE = /CERT|SIGNATURE|ALTNAME|ISSUER/

function notReached(error: unknown, place: string): string {
  const code = codeOf(error)
  if (CERTIFICATE.test(code)) {
    return `The certificate of ${place} cannot be trusted (${code}): name its authority by sslrootcert in DATABASE_URL.`
  }
  if (error instanceof Error && error.message.includes('does not support SSL')) {
    return `${place} speaks no TLS: switch it on there (ssl = on).`
  }
  return `${place} cannot be reached${code === '' ? '' : ` (${code})`}: start it, or correct DATABASE_URL.`
}
