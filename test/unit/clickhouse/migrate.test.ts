import { describe, expect, it } from 'vitest'
import { expand, splitStatements } from '../../../server/clickhouse/migrate.ts'
import { migrationFolder, readMigrations } from '../../../server/migrations.ts'

describe('splitStatements', () => {
  it('cuts at semicolons outside texts and comments', () => {
    const sql = `-- first; still a comment
      CREATE TABLE a (b String DEFAULT 'x;\\';y'); -- trailing; comment
      SELECT 1 - 2;
      ;`
    expect(splitStatements(sql)).toEqual([`CREATE TABLE a (b String DEFAULT 'x;\\';y')`, 'SELECT 1 - 2'])
  })
  it('takes a last statement without a semicolon', () => {
    expect(splitStatements('SELECT 1;\nSELECT 2')).toEqual(['SELECT 1', 'SELECT 2'])
  })
})

describe('expand', () => {
  const statement = 'CREATE TABLE t {cluster} (a UInt8) ENGINE = {engine:ReplacingMergeTree}(a) ORDER BY a'
  it('makes a plain table on one server', () => {
    expect(expand(statement, undefined)).toBe(
      'CREATE TABLE t  (a UInt8) ENGINE = ReplacingMergeTree(a) ORDER BY a',
    )
  })
  it('makes a replicated table on a cluster', () => {
    expect(expand(statement, 'main')).toBe(
      "CREATE TABLE t ON CLUSTER 'main' (a UInt8) ENGINE = ReplicatedReplacingMergeTree(a) ORDER BY a",
    )
  })
  it('refuses a name that would leave its quotes', () => {
    expect(() => expand(statement, "x' (a")).toThrow('CLICKHOUSE_CLUSTER')
  })
})

describe('schema/clickhouse', () => {
  it('names no macro that is not filled in', () => {
    for (const { sql } of readMigrations(migrationFolder('clickhouse'))) {
      for (const statement of splitStatements(sql)) expect(expand(statement, 'main')).not.toMatch(/[{}]/)
    }
  })
})
