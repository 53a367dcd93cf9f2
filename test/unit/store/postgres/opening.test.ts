import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { UserError } from '../../../../server/errors.ts'
import { openStore } from '../../../../server/store/open.ts'
import { startCluster, type Cluster } from '../../../support/postgres.ts'
import { freePort } from '../../../support/product.ts'
import { makeCertificate, readCertificate } from '../../../support/programs.ts'
import { dataFolder, listen } from '../opened.ts'
import { asSuperuser, makeDatabase } from './made.ts'

/** Listens by TCP, with a certificate for `localhost` that nobody has signed. */
let cluster: Cluster
let standby: Cluster
let folder: string
let authority: string
let port: number

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'sluice-unit-'))
  const made = await makeCertificate(folder, 'localhost')
  authority = made.cert
  const { cert, key } = readCertificate(made)
  port = await freePort()
  const files = { 'server.crt': cert, 'server.key': key }
  cluster = await startCluster({ port, files, settings: { ssl: 'on', max_connections: '20' } })
  standby = await startCluster({ files: { 'standby.signal': '' } })
})

afterAll(async () => {
  await cluster.dispose()
  await standby.dispose()
  rmSync(folder, { recursive: true, force: true })
})

/** With another host, and what stands behind the question mark. */
function at(
  host: string,
  parameters: Record<string, string> = {},
  change = (url: URL): void => void url,
): string {
  const url = new URL(cluster.url())
  url.hostname = host
  url.search = new URLSearchParams(parameters).toString()
  change(url)
  return url.href
}

async function opened(databaseUrl: string): Promise<string> {
  try {
    const store = await openStore({ dataDir: dataFolder(), databaseUrl, log: listen().log })
    await store.close()
    return 'open'
  } catch (error) {
    expect(error).toBeInstanceOf(UserError)
    const { message } = error as UserError
    expect(message).not.toMatch(/pass#|pass%23|partout/)
    expect(message.match(/[.] /g)).toBeNull()
    return message
  }
}

describe('opening the store in PostgreSQL', () => {
  it('says in one sentence why it cannot be reached, without the password', async () => {
    const closed = await freePort()
    const elsewhere = (url: URL): void => void (url.port = String(closed))
    expect(await opened(at('127.0.0.1', {}, elsewhere))).toBe(
      `PostgreSQL at 127.0.0.1:${closed} cannot be reached (ECONNREFUSED): start it, or correct DATABASE_URL.`,
    )
    expect(await opened(at('localhost', { host: folder }))).toBe(
      `PostgreSQL in ${folder} cannot be reached (ENOENT): start it, or correct DATABASE_URL.`,
    )
  })

  it('says what is wrong with user, password and database', async () => {
    const wrong = (url: URL): void => void (url.password = 'passe-partout')
    expect(await opened(at('127.0.0.1', {}, wrong))).toMatch(/does not take this user and password/)
    const nobody = (url: URL): void => void (url.username = 'nobody')
    expect(await opened(at('127.0.0.1', {}, nobody))).toMatch(/does not take this user and password/)
    const none = (url: URL): void => void (url.pathname = '/none')
    expect(await opened(at('127.0.0.1', {}, none))).toMatch(/has no database "none": make it with createdb/)
  })

  it('takes only a database that it may use, in UTF-8, on a server that writes', async () => {
    const latin = await makeDatabase("TEMPLATE template0 ENCODING LATIN1 LOCALE 'C' LOCALE_PROVIDER libc")
    const url = new URL(inject('cluster'))
    url.pathname = latin
    expect(await opened(url.href)).toMatch(/is in LATIN1: make one with the encoding UTF8/)
    const name = await makeDatabase()
    await asSuperuser(name, `CREATE ROLE guest_of_${name} LOGIN`)
    url.pathname = name
    url.username = `guest_of_${name}`
    expect(await opened(url.href)).toMatch(/may not make tables in .*: make it the owner/)
    expect(await opened(standby.url())).toMatch(/is a standby: name the primary/)
  })

  it('trusts a server by its certificate, as far as sslmode says', async () => {
    const known = { sslrootcert: authority }
    expect(await opened(at('localhost', { sslmode: 'verify-full' }))).toMatch(
      /certificate of PostgreSQL at localhost:\d+ cannot be trusted \(DEPTH_ZERO_SELF_SIGNED_CERT\): name its authority/,
    )
    expect(await opened(at('localhost', { sslmode: 'verify-full', ...known }))).toBe('open')
    expect(await opened(at('127.0.0.1', { sslmode: 'verify-full', ...known }))).toMatch(
      /cannot be trusted \(ERR_TLS_CERT_ALTNAME_INVALID\)/,
    )
    expect(await opened(at('127.0.0.1', { sslmode: 'verify-ca', ...known }))).toBe('open')
    expect(await opened(at('127.0.0.1', { sslmode: 'verify-ca' }))).toMatch(/cannot be trusted/)
    expect(await opened(at('127.0.0.1', { sslmode: 'require' }))).toBe('open')
    const other = path.join(folder, 'other')
    const { cert } = await makeCertificate(other, 'localhost')
    expect(await opened(at('127.0.0.1', { sslmode: 'require', sslrootcert: cert }))).toMatch(
      /cannot be trusted/,
    )
    expect(await opened(at('localhost', { sslmode: 'require', sslrootcert: `${folder}/none` }))).toMatch(
      /file of sslrootcert in DATABASE_URL cannot be read \(ENOENT\)/,
    )
  })

  it('is encrypted where it is to be, and refused where the server cannot', async () => {
    const store = await openStore({
      dataDir: dataFolder(),
      databaseUrl: at('localhost', { sslmode: 'require' }),
      log: listen().log,
    })
    const { sql } = await import('kysely')
    const { rows } = await sql`
      SELECT DISTINCT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'sluice'`.execute(
      store.db,
    )
    await store.close()
    expect(rows).toEqual([{ ssl: true }])
    const plain = new URL(standby.url())
    plain.searchParams.set('sslmode', 'require')
    expect(await opened(plain.href)).toMatch(/speaks no TLS: switch it on there/)
  })

  it('leaves the file of SQLite alone, and says so', async () => {
    const dataDir = dataFolder()
    writeFileSync(path.join(dataDir, 'store.db'), 'as it was')
    const { log, lines } = listen()
    await (await openStore({ dataDir, databaseUrl: at('127.0.0.1'), log })).close()
    expect(lines.join()).toContain('store.db in the data folder is left alone')
    expect(readFileSync(path.join(dataDir, 'store.db'), 'utf8')).toBe('as it was')
  })
})
