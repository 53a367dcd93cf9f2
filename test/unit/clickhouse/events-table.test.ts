import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EVENT_COLUMNS, LOADER_COLUMNS } from '../../../schema/rows.ts'
import { startTestEngine, type TestEngine } from '../../support/engine.ts'

describe('the table events', () => {
  let engine: TestEngine
  beforeAll(async () => {
    engine = await startTestEngine()
  })
  afterAll(async () => {
    await engine.stop()
  })

  it('has the columns of the loader and then those of schema/rows.ts, with their types and meanings', async () => {
    const answer = await engine.clickhouse.read.query({
      query: `SELECT name, type, comment FROM system.columns
              WHERE database = currentDatabase() AND table = 'events' ORDER BY position`,
      format: 'JSONCompactEachRow',
    })
    const columns = await answer.json<[string, string, string]>()
    const loaders = columns.slice(0, LOADER_COLUMNS.length)
    expect(loaders).toEqual(LOADER_COLUMNS)
    expect(loaders.map(([, type]) => type)).toEqual(['UInt64', 'UInt32'])
    expect(columns.slice(LOADER_COLUMNS.length)).toEqual(EVENT_COLUMNS)
  })

  it('is kept on disk before an insert is answered, a partition a day, without deduplication of inserts', async () => {
    const answer = await engine.clickhouse.read.query({
      query: `SELECT engine, partition_key, sorting_key, create_table_query FROM system.tables
              WHERE database = currentDatabase() AND name = 'events'`,
      format: 'JSONEachRow',
    })
    const [table] = await answer.json<Record<string, string>>()
    expect(table).toMatchObject({
      engine: 'MergeTree',
      partition_key: 'day',
      sorting_key: 'site, day, visitor, time, batch_id, row',
    })
    for (const setting of [
      'fsync_after_insert = 1',
      'fsync_part_directory = 1',
      'min_rows_to_fsync_after_merge = 1',
      'min_compressed_bytes_to_fsync_after_merge = 1',
      'non_replicated_deduplication_window = 0',
      ' replicated_deduplication_window = 0',
    ]) {
      expect(table?.['create_table_query']).toContain(setting)
    }
  })
})
