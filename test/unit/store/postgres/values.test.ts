import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { UserError } from '../../../../server/errors.ts'
import { migrationFolder, readMigrations } from '../../../../server/migrations.ts'
import { forPostgres } from '../../../../server/store/postgres/schema.ts'
import { openedStore } from '../opened.ts'

async function one<T>(text: string, value: unknown): Promise<T | undefined> {
  const { db } = await openedStore()
  const [before = '', after = ''] = text.split('?')
  const { rows } = await sql<{ value: T }>`${sql.raw(before)}${value}${sql.raw(after)}`.execute(db)
  return rows[0]?.value
}

describe('values in PostgreSQL', () => {
  it.each([0, 1, -1, 2 ** 31, 2 ** 52 - 1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER])(
    'keep %i exact as a number',
    async (number) => {
      expect(await one('SELECT ?::bigint AS value', number)).toBe(number)
      expect(await one('SELECT ?::bigint AS value', BigInt(number))).toBe(number)
      expect(await one('SELECT sum(one) AS value FROM (VALUES (?::bigint)) AS list (one)', number)).toBe(
        number,
      )
    },
  )

  it('are never rounded: a number beyond 2^53 is refused as it is read', async () => {
    for (const text of ['9007199254740993', '-9007199254740993']) {
      await expect(one('SELECT ?::bigint AS value', text)).rejects.toThrow(/beyond 2\^53/)
    }
    await expect(one('SELECT ?::numeric / 4 AS value', 1)).rejects.toThrow(/not whole/)
  })

  it('are claims as 0 and 1, bytes as they are, and texts in any script', async () => {
    expect(await one('SELECT ?::bigint AS value', true)).toBe(1)
    expect(await one('SELECT ?::bigint AS value', false)).toBe(0)
    const bytes = Buffer.from([0, 1, 127, 128, 255])
    expect(await one('SELECT ?::bytea AS value', bytes)).toEqual(bytes)
    for (const text of ['', 'ä€😀', '\u0001', '5.0', '"\\$1?', '{"a":"ü"}']) {
      expect(await one('SELECT ?::text AS value', text)).toBe(text)
    }
  })

  it('with NUL, or of a kind that nobody should pass, are refused before they are sent', async () => {
    await expect(one('SELECT ?::text AS value', 'a\0b')).rejects.toThrow(UserError)
    for (const odd of [Number.NaN, Infinity, 0.5, undefined, Symbol('x'), new Date(0)]) {
      await expect(one('SELECT ?::text AS value', odd)).rejects.toThrow(TypeError)
    }
  })

  it('are ordered by their bytes, whatever the order of the database', async () => {
    const { db, transaction } = await openedStore()
    const { rows } = await sql<{ other: boolean }>`SELECT 'a' < 'B' AS other`.execute(db)
    expect(rows).toEqual([{ other: true }])
    const hashes = ['a', 'B', '_', 'ä', '1', '~', 'A', '2026-11-24', '2026-11-24T10:00:00Z']
    await transaction((within) =>
      within
        .insertInto('consent_document')
        .values(hashes.map((hash) => ({ hash, kind: 'notice' as const, document: '' })))
        .execute(),
    )
    const found = await db.selectFrom('consent_document').select('hash').orderBy('hash').execute()
    expect(found.map(({ hash }) => hash)).toEqual(
      hashes.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
    )
  })

  it('have no text column that is ordered otherwise', async () => {
    const { db } = await openedStore()
    const { rows } = await sql<{ odd: string }>`
      SELECT table_name || '.' || column_name AS odd FROM information_schema.columns
      WHERE table_schema = current_schema() AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C'`.execute(
      db,
    )
    expect(rows).toEqual([])
  })
})

describe('schema files for PostgreSQL', () => {
  it('differ in the order of texts and in a reserved word, and not in comments', () => {
    expect(
      forPostgres('CREATE TABLE a (\n  -- A TEXT, only one.\n  b TEXT NOT NULL, -- TEXT\n  only BIGINT);'),
    ).toBe(
      'CREATE TABLE a (\n  -- A TEXT, only one.\n  b TEXT COLLATE "C" NOT NULL, -- TEXT\n  "only" BIGINT);',
    )
  })

  it('hold nothing in quotes that would be taken for either', () => {
    for (const { name, sql: text } of readMigrations(migrationFolder('store'))) {
      const quoted = text.replace(/--.*$/gm, '').match(/'[^']*'/g) ?? []
      expect([name, quoted.filter((literal) => /\bTEXT\b|\bonly\b|--/.test(literal))]).toEqual([name, []])
    }
  })
})
