import { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ClickHouseClient } from '@clickhouse/client'
import { migrate } from '../../server/clickhouse/migrate.ts'
import { UserError } from '../../server/errors.ts'
import { migrationFolder } from '../../server/migrations.ts'
import { startTestEngine, type TestEngine } from '../support/engine.ts'

// Engines are started and killed here; on a busy machine each start takes seconds.
vi.setConfig({ testTimeout: 120_000 })

let test: TestEngine
let write: ClickHouseClient
let folder: string
/** The released files, and one of ours after them. */
let files: string[]
beforeAll(async () => {
  test = await startTestEngine({ migrated: false })
  write = test.clickhouse.write
})
afterAll(async () => {
  await test.stop()
})
beforeEach(async () => {
  await dropTables()
  folder = path.join(test.folder, 'migrations')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  const released = readdirSync(migrationFolder('clickhouse')).toSorted()
  const next = `${String(released.length + 1).padStart(4, '0')}_ours.sql`
  files = [...released, next]
})

async function dropTables(): Promise<void> {
  const answer = await write.query({
    query: 'SELECT name FROM system.tables WHERE database = currentDatabase()',
    format: 'JSONEachRow',
  })
  for (const { name } of await answer.json<{ name: string }>()) {
    await write.command({ query: `DROP TABLE ${name} SYNC` })
  }
}

function lay(names: readonly string[]): void {
  for (const name of names) {
    const file = path.join(folder, name)
    if (name === files.at(-1)) writeFileSync(file, OURS)
    else copyFileSync(path.join(migrationFolder('clickhouse'), name), file)
  }
}

const OURS = `-- A change; with a semicolon.
ALTER TABLE events {cluster} ADD COLUMN IF NOT EXISTS note String DEFAULT 'a;b' COMMENT 'ours' AFTER page;
CREATE TABLE IF NOT EXISTS other {cluster} (id UInt64) ENGINE = {engine:ReplacingMergeTree} ORDER BY id;`

/** Everything that makes up the schema. */
async function schema(): Promise<unknown> {
  const answer = await write.query({
    query: `SELECT table, name, type, default_expression, comment, compression_codec, is_in_sorting_key
            FROM system.columns WHERE database = currentDatabase() ORDER BY table, position`,
    format: 'JSONEachRow',
  })
  const tables = await write.query({
    query: `SELECT name, engine_full FROM system.tables WHERE database = currentDatabase() ORDER BY name`,
    format: 'JSONEachRow',
  })
  return [await answer.json(), await tables.json()]
}

describe('migrate', () => {
  it('applies each file once and remembers it', async () => {
    lay(files)
    expect(await migrate(write, { folder })).toEqual(files.map((name) => path.basename(name, '.sql')))
    expect(await migrate(write, { folder })).toEqual([])
    const answer = await write.query({
      query: 'SELECT name FROM migrations ORDER BY number',
      format: 'JSONEachRow',
    })
    expect(await answer.json()).toEqual(files.map((name) => ({ name: path.basename(name, '.sql') })))
  })

  it('makes the same schema step by step as at once', async () => {
    for (let count = 1; count <= files.length; count++) {
      lay(files.slice(0, count))
      await migrate(write, { folder })
    }
    const stepwise = await schema()
    await dropTables()
    await migrate(write, { folder })
    expect(await schema()).toEqual(stepwise)
    expect(JSON.stringify(stepwise)).toContain('"note"')
  })

  it('runs a file again that was cut short, without harm', async () => {
    lay(files)
    await migrate(write, { folder })
    const whole = await schema()
    // As after a crash between the last statement and the note that it was applied.
    await write.command({
      query: `ALTER TABLE migrations DELETE WHERE number = ${files.length} SETTINGS mutations_sync = 2`,
    })
    expect(await migrate(write, { folder })).toEqual([path.basename(files.at(-1) ?? '', '.sql')])
    expect(await schema()).toEqual(whole)
  })

  it('refuses an applied file that was edited, and one of a newer version, each in a sentence', async () => {
    lay(files)
    await migrate(write, { folder })
    const last = path.join(folder, files.at(-1) ?? '')
    writeFileSync(last, `${OURS}\nSELECT 1;`)
    const edited = migrate(write, { folder })
    await expect(edited).rejects.toBeInstanceOf(UserError)
    await expect(edited).rejects.toThrow(/ours is not the file that was applied/)
    rmSync(last)
    await expect(migrate(write, { folder })).rejects.toThrow(/written by a newer sluice/)
  })

  it('two that run at the same time do no harm', async () => {
    lay(files)
    await Promise.all([migrate(write, { folder }), migrate(write, { folder })])
    expect(await migrate(write, { folder })).toEqual([])
  })

  it('asks a cluster for replicated tables', async () => {
    lay(files)
    // There is no cluster here, so the statement is refused by its name; that is what tells that it was asked for.
    await expect(migrate(write, { folder, cluster: 'stats' })).rejects.toThrow(/stats/)
  })
})
