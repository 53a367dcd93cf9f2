import { readFileSync, rmSync } from 'node:fs'
import { expect, it } from 'vitest'
import { startTestEngine, temporaryFolder } from '../support/engine.ts'

const DAYS = 760
/** A single insert may touch at most a hundred partitions. */
const DAYS_AN_INSERT = 95

/** Seconds of processor time a process has used, in user and system mode; Linux counts hundredths. */
function processorSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / 100
}

it('an engine with 25 months of days starts without much work, and knows them all', async () => {
  const folder = temporaryFolder()
  const first = await startTestEngine({ folder })
  // Waiting for the disk 760 times tests the disk.
  await first.clickhouse.write.command({
    query: 'ALTER TABLE events MODIFY SETTING fsync_after_insert = 0, fsync_part_directory = 0',
  })
  for (let day = 0; day < DAYS; day += DAYS_AN_INSERT) {
    await first.clickhouse.write.command({
      query: `INSERT INTO events (batch_id, row, day, time, site, page)
              SELECT 1, number, toDate('2024-11-01') + {day:UInt16} + number AS d, toDateTime(d, 'UTC'), 7, '/'
              FROM numbers({days:UInt16})`,
      query_params: { day, days: DAYS_AN_INSERT },
    })
  }
  await first.stop()

  const second = await startTestEngine({ folder, migrated: false })
  // Wall time would measure the machine's other work. Some 1.4 s are usual; twenty tables of this kind took 5 s.
  expect(processorSeconds(second.engine.pid ?? 0)).toBeLessThan(4)
  const answer = await second.clickhouse.read.query({
    query: 'SELECT count() AS rows, uniqExact(day) AS days FROM events',
    format: 'JSONEachRow',
  })
  expect(await answer.json()).toEqual([{ rows: DAYS, days: DAYS }])
  await second.stop()
  rmSync(folder, { recursive: true })
}, 240_000)
