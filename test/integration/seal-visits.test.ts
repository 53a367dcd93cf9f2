import { afterAll, beforeAll, expect, it } from 'vitest'
import { silentLog } from '../../server/log.ts'
import { rollupRows } from '../../server/query/rollup-rows.ts'
import { sealDays } from '../../server/seal/seal-days.ts'
import { startTestEngine, type TestEngine } from '../support/engine.ts'
import type { OracleEvent } from '../support/oracle.ts'
import { storedEvent, storeEvents } from '../support/stored-events.ts'

/** What is kept of the visits of a day. That questions are answered alike from them is in query-dashboard.test.ts. */

const DAY = '2026-08-01'
const [SITE, OTHER_SITE] = [30, 31]

let engine: TestEngine
beforeAll(async () => {
  engine = await startTestEngine()
})
afterAll(() => engine.stop())

it('R8.5 says of a row whether it is the only one of its visitor, and of its visit', async () => {
  let row = 0
  const view = (visitor: bigint, time: string, more: Partial<OracleEvent> = {}, site = SITE): OracleEvent =>
    storedEvent(site, 1n, row++, { day: DAY, timeMs: Date.parse(`${DAY}T${time}:00Z`), visitor, ...more })
  await storeEvents(engine.clickhouse.write, [
    // One visit of two pages, which the same key has made on another site, too.
    view(1n, '09:00', { page: '/a' }),
    view(1n, '09:05', { page: '/b' }),
    view(1n, '09:00', {}, OTHER_SITE),
    // Two visits.
    view(2n, '09:00'),
    view(2n, '11:00'),
    // One visit in two languages.
    view(3n, '09:00', { language: 'de-DE' }),
    view(3n, '09:05', { language: 'en-GB' }),
    // Nobody, alike and not.
    view(0n, '09:00'),
    view(0n, '09:05'),
  ])
  const { write } = engine.clickhouse
  await sealDays({ write, rows: rollupRows, timezoneOf: () => 'UTC', log: silentLog }, [DAY])
  const answer = await write.query({
    query: `SELECT site, visitor, is_alone, is_whole, row_views, length(pages) FROM visits WHERE site != 0 ORDER BY site, visitor, visit, language`,
    format: 'JSONCompactEachRow',
  })
  expect(await answer.json()).toEqual([
    [SITE, 0, false, true, 2, 1],
    [SITE, 1, true, true, 2, 2],
    [SITE, 2, false, true, 1, 1],
    [SITE, 2, false, true, 1, 1],
    [SITE, 3, false, false, 1, 1],
    [SITE, 3, false, false, 1, 1],
    [OTHER_SITE, 1, true, true, 1, 1],
  ])
})
