import { assert, constantFrom, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  insertTarget,
  isAside,
  isLong,
  isName,
  literal,
  readerFault,
  settingFault,
} from '../../../server/clickhouse/engine/statement.ts'

const OUTSIDE = new Set(['url'])

describe('readerFault', () => {
  it.each([
    'SELECT 1',
    ' select 1 ;  ',
    '(SELECT 1)',
    'WITH x AS (SELECT 1) SELECT * FROM x FORMAT JSONEachRow',
    '-- a remark; with a semicolon\n/* and ; another */ SELECT 1',
    "SELECT 'a;b', 'it''s', 'it\\'s', '\\\\'",
    "SELECT 'the word file in a text'",
    'SELECT `page`, "visitor" FROM events WHERE page = {page:String}',
    'SELECT profile, files, filename, url FROM t WHERE url IN (1)',
  ])('lets a reader send %j', (statement) => {
    expect(readerFault(statement, OUTSIDE)).toBeUndefined()
  })

  it.each([
    ['', 'SELECT or WITH'],
    ['INSERT INTO t VALUES (1)', 'SELECT or WITH'],
    ["DESCRIBE TABLE other('http://127.0.0.1/')", 'SELECT or WITH'],
    ['SYSTEM STOP MERGES', 'SELECT or WITH'],
    ['KILL QUERY WHERE 1 ASYNC', 'SELECT or WITH'],
    ['"SELECT" 1', 'SELECT or WITH'],
    ['/* SELECT */ DROP TABLE t', 'SELECT or WITH'],
    ['SELECT 1; SELECT 2', 'one statement'],
    ["SELECT 'a'; --\n DROP TABLE t", 'one statement'],
    ["SELECT file('/etc/hostname')", 'must not use file'],
    ["SELECT file/**/('/etc/hostname')", 'must not use file'],
    ["SELECT `file`('/etc/hostname')", 'must not use file'],
    ['SELECT "file"(page) FROM t', 'must not use file'],
    ['SELECT arrayMap(file, [page]) FROM t', 'must not use file'],
    ["SELECT 1 INTO OUTFILE 'x.csv'", 'must not use outfile'],
    ["SELECT 1 into/**/outfile 'x.csv'", 'must not use outfile'],
    ['SELECT * FROM (SELECT 1 SETTINGS readonly = 0)', 'must not use settings'],
    ["SELECT * FROM URL /* */ ('http://127.0.0.1/')", 'must not use url'],
    ["SELECT * FROM `url`('http://127.0.0.1/')", 'must not use url'],
    ['SELECT `fi\\x6ce`(page) FROM t', 'unreadable'],
    ['SELECT $$x$$', 'unreadable'],
    ['SELECT 1 \\G', 'unreadable'],
    ["SELECT 'unclosed", 'unreadable'],
    ['SELECT 1 /* unclosed', 'unreadable'],
    ['SELECT 1 # remark\n', 'unreadable'],
    ['SELECT “x”', 'unreadable'],
  ])('refuses %j', (statement, reason) => {
    expect(readerFault(statement, OUTSIDE)).toContain(reason)
  })

  it('reads any text to its end', () => {
    assert(
      property(string({ unit: 'binary-ascii', maxLength: 60 }), (text) => {
        const fault = readerFault(text, OUTSIDE)
        expect(fault === undefined || fault.endsWith('.')).toBe(true)
      }),
    )
  })
})

describe('settingFault', () => {
  it('lets a reader set how its query is run', () => {
    expect(
      settingFault(['max_threads', 'readonly', 'log_comment', 'output_format_json_quote_64bit_integers']),
    ).toBe(undefined)
  })
  it.each([
    'format_schema',
    'format_template_row',
    'allow_experimental_eval_table_function',
    'my_log_comment',
  ])('refuses %s', (name) => {
    expect(settingFault(['max_threads', name])).toContain(name)
  })
})

describe('insertTarget', () => {
  it('reads what the client sends', () => {
    expect(insertTarget('INSERT INTO events FORMAT TabSeparated')).toEqual({
      table: 'events',
      format: 'TabSeparated',
    })
    expect(insertTarget('insert into `sluice`.events ( `a`, b ) \nformat jsoneachrow')).toEqual({
      table: 'sluice.events',
      columns: ['a', 'b'],
      format: 'JSONEachRow',
    })
  })
  it.each([
    'INSERT INTO t VALUES (1)',
    'INSERT INTO t SELECT 1 FORMAT TabSeparated',
    'INSERT INTO FUNCTION null() FORMAT TabSeparated',
    'INSERT INTO t SETTINGS a = 1 FORMAT TabSeparated',
    'INSERT INTO t FORMAT Parquet',
    'INSERT INTO t (a EXCEPT b) FORMAT TabSeparated',
    'SELECT 1 FORMAT TabSeparated',
  ])('leaves %j to the engine', (statement) => {
    const target = insertTarget(statement)
    // A name that is none is refused by the engine itself; nothing else may look like a plain insert.
    expect(target === undefined || target.columns?.some((column) => !isName(column))).toBe(true)
  })
})

describe('isAside', () => {
  it('knows what need not wait for changes', () => {
    expect(
      ['SELECT 1', ' (select 1)', 'KILL QUERY WHERE 1', 'show tables'].every((one) => isAside(one)),
    ).toBe(true)
    expect(['INSERT INTO t SELECT 1', 'OPTIMIZE TABLE t', 'SELECTED'].some((one) => isAside(one))).toBe(false)
  })
})

describe('isLong', () => {
  it('knows what works on rows that are there, and what brings rows', () => {
    expect(
      [
        'INSERT INTO t SELECT 1',
        ' insert into t (a, b)\nselect a, b FROM u',
        "ALTER TABLE t DELETE IN PARTITION '2026-11-01' WHERE a = 1",
        'OPTIMIZE TABLE t FINAL',
      ].every((one) => isLong(one)),
    ).toBe(true)
    expect(
      [
        'INSERT INTO t (a) FORMAT Native',
        "INSERT INTO t VALUES (' SELECT 1')",
        "ALTER TABLE t DROP PARTITION '2026-11-01'",
        "ALTER TABLE t REPLACE PARTITION '2026-11-01' FROM u",
        'CREATE TABLE t AS u',
        'SELECT 1',
      ].some((one) => isLong(one)),
    ).toBe(false)
  })
})

describe('literal', () => {
  it('escapes what could end it', () => {
    expect(literal("it's \\ \0")).toBe("'it\\'s \\\\ \\0'")
  })
  it('leaves no way out, whatever it holds', () => {
    assert(
      property(string({ unit: constantFrom("'", '\\', '\0', 'a', ';', '-', '\n') }), (text) => {
        // Read back by the rules of a ClickHouse literal: it ends at its last character and not before.
        const inside = literal(text).slice(1, -1)
        expect(inside.replaceAll(/\\[\s\S]/g, '')).not.toMatch(/['\\]/)
      }),
    )
  })
})
