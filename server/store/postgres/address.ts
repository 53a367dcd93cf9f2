import { UserError } from '../../errors.ts'

/** Where PostgreSQL is and how to get in: DATABASE_URL, read. */
export interface DatabaseAddress {
  /** Name or address, or the folder of a Unix socket, which begins with a slash. */
  readonly host: string
  /** Default 5432. */
  readonly port: number
  readonly database: string
  readonly user: string
  readonly password?: string
  /**
   * `off`: no TLS. `encrypted`: whose certificate it is is not looked at. `trusted`: an authority that is trusted has
   * signed it. `named`: and for this host.
   */
  readonly tls: 'off' | 'encrypted' | 'trusted' | 'named'
  /** File of the authorities to trust, PEM. Absent: those that Node brings. */
  readonly rootCertificate?: string
}

const FORM = 'DATABASE_URL must be like postgres://user:password@host:5432/database'

/** The values of `sslmode` that libpq has too, with their meaning there. */
const TLS_MODES = new Map<string, DatabaseAddress['tls']>([
  ['disable', 'off'],
  ['require', 'encrypted'],
  ['verify-ca', 'trusted'],
  ['verify-full', 'named'],
])
const PARAMETERS = ['host', 'user', 'sslmode', 'sslrootcert']

/**
 * Reads a DATABASE_URL. `host` and `user` may stand behind the question mark, as libpq has it. Without `sslmode`
 * nothing is encrypted on this machine, and everything verified elsewhere. Throws UserError, which never repeats the
 * text: it holds a password.
 */
export function parseDatabaseUrl(text: string): DatabaseAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^postgres(ql)?:$/.test(url.protocol) || url.hash !== '') {
    throw new UserError(`${FORM}, with special characters of the password as %23 and the like`)
  }
  const unknown = [...url.searchParams.keys()].find((name) => !PARAMETERS.includes(name))
  if (unknown !== undefined) {
    throw new UserError(
      `DATABASE_URL has a parameter that sluice does not know: it knows ${PARAMETERS.join(', ')}`,
    )
  }
  const host = url.searchParams.get('host') ?? plain(url.hostname).replace(/^\[(.*)\]$/, '$1')
  const database = plain(url.pathname.slice(1))
  const user = url.searchParams.get('user') ?? plain(url.username)
  if (host === '' || database === '' || database.includes('/') || user === '') {
    throw new UserError(`${FORM}: it has to name host, user and database`)
  }
  const rootCertificate = url.searchParams.get('sslrootcert')
  return {
    host,
    port: url.port === '' ? 5432 : Number(url.port),
    database,
    user,
    ...(url.password !== '' && { password: plain(url.password) }),
    tls: tlsOf(host, url.searchParams.get('sslmode')),
    ...(rootCertificate !== null && { rootCertificate }),
  }
}

/** Where it is, for people: nothing of the password. */
export function placeOf({ host, port }: DatabaseAddress): string {
  if (host.startsWith('/')) return `PostgreSQL in ${host}`
  return `PostgreSQL at ${host.includes(':') ? `[${host}]` : host}:${port}`
}

function tlsOf(host: string, mode: string | null): DatabaseAddress['tls'] {
  const isLocal = /^(\/.*|localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host)
  if (mode === null) return isLocal ? 'off' : 'named'
  const tls = TLS_MODES.get(mode)
  if (tls === undefined) {
    throw new UserError(`sslmode of DATABASE_URL must be one of ${[...TLS_MODES.keys()].join(', ')}`)
  }
  if (tls === 'off' && !isLocal) {
    throw new UserError(
      'DATABASE_URL must not have sslmode=disable unless PostgreSQL runs on this machine: take verify-full',
    )
  }
  return tls
}

function plain(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch (error) {
    if (!(error instanceof URIError)) throw error
    throw new UserError(`${FORM}, with a percent sign in the password as %25`)
  }
}
