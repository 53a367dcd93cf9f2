import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { UserError } from '../../../server/errors.ts'
import { checkApplied, migrationFolder, readMigrations } from '../../../server/migrations.ts'
import { connect, type Connection } from '../../../server/store/connection.ts'
import { migrateStore } from '../../../server/store/migrate.ts'
import { dataFolder, movedClock } from './opened.ts'

function folderOf(files: Record<string, string>): string {
  const folder = dataFolder()
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text)
  return folder
}

function checksum(text: string): string | undefined {
  return readMigrations(folderOf({ '0001_a.sql': text }))[0]?.checksum
}

function emptyStore(): Connection {
  const connection = connect(path.join(dataFolder(), 'store.db'), { readOnly: false })
  onTestFinished(() => {
    connection.close()
  })
  return connection
}

describe('reading migrations', () => {
  it('reads a folder by number and leaves other files alone', () => {
    const folder = folderOf({ '0002_b.sql': 'two', '0001_a.sql': 'one', 'README.md': '' })
    expect(readMigrations(folder).map(({ number, name, sql }) => [number, name, sql])).toEqual([
      [1, '0001_a', 'one'],
      [2, '0002_b', 'two'],
    ])
  })

  it('has the same checksum whatever the line ends, and another for another text', () => {
    expect(checksum('a\r\nb\r\n')).toBe(checksum('a\nb\n'))
    expect(checksum('a\nb\n')).not.toBe(checksum('a\nc\n'))
  })

  it.each([
    ['a gap', { '0001_a.sql': '', '0003_c.sql': '' }, /0003_c must have the number 2/],
    ['a number used twice', { '0001_a.sql': '', '0001_b.sql': '' }, /0001_b must have the number 2/],
    ['a start other than 1', { '0002_a.sql': '' }, /must have the number 1/],
    ['another form of name', { '1-a.sql': '' }, /1-a.sql must be named like/],
    ['no file at all', {}, /holds no migrations/],
  ])('refuses %s', (_, files, sentence) => {
    expect(() => readMigrations(folderOf(files))).toThrow(sentence)
  })

  it('finds the migrations of this version', () => {
    expect(readMigrations(migrationFolder('store'))[0]?.name).toBe('0001_control_plane')
  })
})

describe('what a database may go on with', () => {
  const files = ['a', 'b', 'c'].map((name, index) => ({
    number: index + 1,
    name: `000${index + 1}_${name}`,
    sql: name,
    checksum: `sum of ${name}`,
  }))
  const [first, second, third] = files.map((file) => ({ number: file.number, checksum: file.checksum }))
  if (!first || !second || !third) throw new Error('three files')

  it('answers what is missing', () => {
    expect(checkApplied(files, [])).toEqual(files)
    expect(checkApplied(files, [second, first])).toEqual(files.slice(2))
    expect(checkApplied(files, [first, second, third])).toEqual([])
  })

  it.each([
    [
      'of a newer version',
      [first, second, third, { number: 4, checksum: 'x' }],
      /newer sluice \(migration 4, this one knows 3\)/,
    ],
    ['with an edited file', [first, { ...second, checksum: 'x' }], /0002_b is not the file that was applied/],
    ['with a hole', [first, third], /0002_b was never applied/],
  ])('refuses data %s', (_, applied, sentence) => {
    expect(() => checkApplied(files, applied)).toThrow(sentence)
    expect(() => checkApplied(files, applied)).toThrow(UserError)
  })
})

describe('migrating the store', () => {
  it('runs what is missing, each once, and remembers when', () => {
    const connection = emptyStore()
    const clock = movedClock(1_000)
    const one = readMigrations(folderOf({ '0001_a.sql': 'CREATE TABLE a (x); CREATE TABLE b (x);' }))
    const two = [...one, { number: 2, name: '0002_c', sql: 'CREATE TABLE c (x)', checksum: 'c' }]
    expect(migrateStore(connection, one, clock)).toEqual(one)
    clock.pass(500)
    expect(migrateStore(connection, two, clock)).toEqual(two.slice(1))
    expect(migrateStore(connection, two, clock)).toEqual([])
    expect(
      connection.prepare('SELECT number, name, applied_at FROM migration ORDER BY number').all([]),
    ).toEqual([
      { number: 1, name: '0001_a', applied_at: 1_000 },
      { number: 2, name: '0002_c', applied_at: 1_500 },
    ])
  })

  it('leaves nothing behind when one of several fails', () => {
    const connection = emptyStore()
    const files = readMigrations(
      folderOf({ '0001_a.sql': 'CREATE TABLE a (x)', '0002_b.sql': 'CREATE TABLE b (' }),
    )
    expect(() => migrateStore(connection, files, movedClock())).toThrow(/incomplete input/)
    expect(connection.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all([])).toEqual([])
    expect(migrateStore(connection, files.slice(0, 1), movedClock())).toHaveLength(1)
  })
})
