import { openClickHouse } from '../clickhouse/open.ts'
import { migrate } from '../clickhouse/migrate.ts'
import { systemClock } from '../clock.ts'
import { UserError } from '../errors.ts'
import { createLog } from '../log.ts'
import { isCalendarDay } from '../query/calendar.ts'
import { rollupRows } from '../query/rollup-rows.ts'
import type { DraftParts } from '../seal/draft.ts'
import { dueAt, lastDueDay } from '../seal/due.ts'
import { isWaiting, readMarks } from '../seal/marks.ts'
import { sealDays } from '../seal/seal-days.ts'
import { sealedSites } from '../sites/sealed-sites.ts'
import { answer, typed, UsageError, type CliContext, type Command } from './context.ts'
import { withStore } from './with-store.ts'

/** `sluice seal [--day 2026-11-23]`: seals what is over and not sealed, or one day again. */
export const seal: Command = async (context, input) => {
  const day = typed(() => checkDay(input.text('day')))
  const log = createLog('silent')
  const sealed = await withSealing(context, async (parts) => {
    const marks = await readMarks(parts.write, lastDueDay(systemClock.now()))
    const days = marks
      .filter((mark) => (day === undefined ? isWaiting(mark) : mark.day === day && mark.latest > 0))
      .map((mark) => mark.day)
    if (day !== undefined && days.length === 0) throw new UserError(`There are no events of ${day} to seal.`)
    return sealDays({ ...parts, log }, days)
  })
  const { days, duplicates } = sealed
  const counted =
    duplicates === 0 ? [] : [`${duplicates} rows were of an event that was there already; they do not count.`]
  answer(context, sealed, [
    days.length === 0 ? 'Every day that is over is sealed.' : `Sealed ${days.join(', ')}.`,
    ...counted,
  ])
}

/** What sealing works with, for one command. */
export async function withSealing<T>(
  context: CliContext,
  act: (parts: DraftParts) => Promise<T>,
): Promise<T> {
  const zones = await withStore(context, (store) => sealedSites(store, systemClock.now()))
  const timezones = new Map(zones.map(({ site, timezone }) => [site, timezone]))
  const clickhouse = await openClickHouse({ ...context.config, log: createLog('silent'), mode: 'command' })
  try {
    const { success } = await clickhouse.write.ping({ select: true })
    if (!success)
      throw new UserError('The database does not answer: `sluice doctor` tells what else is wrong.')
    await migrate(clickhouse.write, clickhouse)
    return await act({
      write: clickhouse.long,
      rows: rollupRows,
      timezoneOf: (site) => timezones.get(site) ?? 'UTC',
    })
  } finally {
    await clickhouse.close()
  }
}

function checkDay(day: string | undefined): string | undefined {
  if (day === undefined) return undefined
  if (!isCalendarDay(day)) {
    throw new UsageError(`${JSON.stringify(day.slice(0, 40))} is no day: write 2026-11-23.`)
  }
  if (dueAt(day) > systemClock.now()) {
    throw new UsageError(
      `${day} is not over everywhere: it can be sealed after ${new Date(dueAt(day)).toISOString().slice(0, 16)}Z.`,
    )
  }
  return day
}
