import { describe, expect, it } from 'vitest'
import { UserError } from '../../../server/errors.ts'
import { migrationFolder, readMigrations } from '../../../server/migrations.ts'
import { bind } from '../../../server/store/bind.ts'
import { inChild } from './opened.ts'

/** Values that end the process, are rounded, cut or misread when libsql gets them as they are. */
const TRAPS = `[
  true, false, 5, -0, 2 ** 53, 2 ** 60, -(2 ** 60), 5n, 2n ** 53n, 2n ** 64n, -(2n ** 70n), 'text', '', '\\ud800', null,
  Buffer.from('abc'), new Uint8Array([1, 2, 3, 4]).subarray(1, 3), new Uint8Array(0),
]`

const FRACTIONS = /\b(?:REAL|DOUBLE|FLOAT\d?|NUMERIC|DECIMAL)\b/gi

describe('the guard of values', () => {
  it('is needed: libsql alone aborts the process at a boolean', async () => {
    const { signal, stdout } = await inChild(`
      import Database from 'libsql'
      process.stdout.write('before ')
      new Database(':memory:').prepare('SELECT ?').all([true])
      process.stdout.write('after')
    `)
    expect([signal, stdout]).toEqual(['SIGABRT', 'before '])
  })

  it('brings every trap value through all, run, iterate and prepareRow, exact and alive', async () => {
    const { code, stdout } = await inChild(`
      import { connect } from './server/store/connection.ts'
      const connection = connect(':memory:', { readOnly: false })
      connection.exec('CREATE TABLE trap (value, as_text TEXT)')
      const question = 'SELECT typeof(?1) AS kind, CAST(?1 AS TEXT) AS text, hex(?1) AS hex'
      const row = connection.prepareRow(question)
      const all = connection.prepare(question)
      const insert = connection.prepare('INSERT INTO trap VALUES (?1, ?1)')
      const answers = []
      for (const trap of ${TRAPS}) {
        insert.run([trap])
        const [first] = all.all([trap])
        const [same] = [...all.iterate([trap])]
        if (JSON.stringify(first) !== JSON.stringify(row(trap)) || JSON.stringify(same) !== JSON.stringify(first)) throw new Error('they differ')
        answers.push([first.kind, first.kind === 'blob' ? first.hex : first.text])
      }
      const stored = connection.prepare('SELECT count(*) AS count FROM trap').all([])
      const five = connection.prepare("SELECT as_text FROM trap WHERE as_text = '5'").all([])
      connection.close()
      process.stdout.write(JSON.stringify({ answers, stored, five }))
    `)
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toEqual({
      answers: [
        ['integer', '1'],
        ['integer', '0'],
        ['integer', '5'],
        ['integer', '0'],
        ['text', '9007199254740992'],
        ['text', '1152921504606846976'],
        ['text', '-1152921504606846976'],
        ['integer', '5'],
        ['text', '9007199254740992'],
        ['text', '18446744073709551616'],
        ['text', '-1180591620717411303424'],
        ['text', 'text'],
        ['text', ''],
        ['text', '\ufffd'],
        ['null', null],
        ['blob', '616263'],
        ['blob', '0203'],
        ['blob', ''],
      ],
      stored: [{ count: 18 }],
      // A number in a TEXT column stays 5 and does not become 5.0.
      five: [{ as_text: '5' }, { as_text: '5' }],
    })
  })

  it('refuses NUL as a fault of the sender: libsql would cut the text there', () => {
    expect(() => bind('before\0after')).toThrow(UserError)
    expect(() => bind('before\0after')).toThrow(/NUL/)
  })

  it.each([1.5, -0.1, 1_764_000_000_000.25, Number.MIN_VALUE])(
    'refuses %d, which SQLite would keep in a BIGINT and PostgreSQL refuse',
    (fraction) => {
      expect(() => bind(fraction)).toThrow(
        new TypeError(`The store keeps whole numbers: round ${fraction} before it is bound.`),
      )
    },
  )

  it('is enough for all there is: no column of the store is for fractions', () => {
    const types = readMigrations(migrationFolder('store')).flatMap(({ sql }) => sql.match(FRACTIONS) ?? [])
    expect(types).toEqual([])
  })

  it.each([undefined, Number.NaN, Infinity, new Date(), {}, [1], Symbol('a'), () => 1, new ArrayBuffer(1)])(
    'refuses what no caller should pass (%#)',
    (value) => {
      expect(() => bind(value)).toThrow(TypeError)
    },
  )
})
