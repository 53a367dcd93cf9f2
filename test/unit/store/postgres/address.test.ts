import { describe, expect, it } from 'vitest'
import { UserError } from '../../../../server/errors.ts'
import { parseDatabaseUrl, placeOf } from '../../../../server/store/postgres/address.ts'

function faultOf(text: string): string {
  try {
    parseDatabaseUrl(text)
  } catch (error) {
    expect(error).toBeInstanceOf(UserError)
    return error instanceof UserError ? error.message : ''
  }
  return 'taken'
}

describe('DATABASE_URL', () => {
  it('names host, port, database, user and password', () => {
    expect(parseDatabaseUrl('postgres://ana:secret@db.example:6432/sluice')).toEqual({
      host: 'db.example',
      port: 6432,
      database: 'sluice',
      user: 'ana',
      password: 'secret',
      tls: 'named',
    })
  })

  it('escapes what an address cannot hold', () => {
    const address = parseDatabaseUrl('postgresql://a%40b:p%23%2F%25%3F@localhost/my%20data')
    expect(address).toMatchObject({ user: 'a@b', password: 'p#/%?', database: 'my data' })
  })

  it('may name the folder of a socket, an address of six, and the user behind the question mark', () => {
    expect(parseDatabaseUrl('postgres:///sluice?host=/run/postgresql&user=ana')).toEqual({
      host: '/run/postgresql',
      port: 5432,
      database: 'sluice',
      user: 'ana',
      tls: 'off',
    })
    expect(parseDatabaseUrl('postgres://ana@%2Frun%2Fpostgresql/sluice').host).toBe('/run/postgresql')
    const six = parseDatabaseUrl('postgres://ana@[::1]/sluice')
    expect([six.host, placeOf(six)]).toEqual(['::1', 'PostgreSQL at [::1]:5432'])
  })

  it.each([
    ['localhost', undefined, 'off'],
    ['127.0.0.1', undefined, 'off'],
    ['[::1]', undefined, 'off'],
    ['localhost', 'disable', 'off'],
    ['localhost', 'require', 'encrypted'],
    ['localhost', 'verify-full', 'named'],
    ['db.example', undefined, 'named'],
    ['127.0.0.1.example', undefined, 'named'],
    ['10.0.0.7', undefined, 'named'],
    ['db.example', 'require', 'encrypted'],
    ['db.example', 'verify-ca', 'trusted'],
    ['db.example', 'verify-full', 'named'],
  ])('of %s with sslmode %s has TLS: %s', (host, mode, tls) => {
    const behind = mode === undefined ? '' : `?sslmode=${mode}`
    expect(parseDatabaseUrl(`postgres://ana:secretword@${host}/sluice${behind}`).tls).toBe(tls)
  })

  it.each([
    ['db.example/sluice', /^DATABASE_URL must be like postgres:/],
    ['https://ana:secretword@db.example/sluice', /^DATABASE_URL must be like postgres:/],
    ['postgres://ana:secret#secretword@db.example/sluice', /special characters of the password as %23/],
    ['postgres://ana:secretword%@db.example/sluice', /a percent sign in the password as %25/],
    ['postgres://ana:secretword@db.example', /has to name host, user and database/],
    ['postgres://db.example/sluice', /has to name host, user and database/],
    ['postgres://ana:secretword@db.example/sluice/more', /has to name host, user and database/],
    ['postgres:///sluice?user=secretword', /has to name host, user and database/],
    ['postgres://ana:secretword@db.example/sluice?sslmode=disable', /must not have sslmode=disable unless/],
    ['postgres://ana:secretword@db.example/sluice?sslmode=prefer', /must be one of disable, require/],
    ['postgres://ana:secretword@db.example/sluice?secretword=1', /it knows host, user, sslmode, sslrootcert/],
  ])('like %s is refused without repeating it', (text, sentence) => {
    expect(faultOf(text)).toMatch(sentence)
    expect(faultOf(text)).not.toContain('secretword')
  })
})
