import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { folderTarget } from '../../../server/backup/folder.ts'
import { backupName } from '../../../server/backup/target.ts'
import { isOverdue, openSchedule, type Schedule } from '../../../server/backup/schedule.ts'
import { movedClock, type MovedClock } from '../store/opened.ts'
import { folder } from './rig.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

interface Scene {
  readonly schedule: Schedule
  readonly clock: MovedClock
  readonly place: string
  /** Signals of the runs so far. */
  readonly runs: AbortSignal[]
  /** What was told so far. */
  readonly told: string[]
  /** Ends the run that is under way. */
  settle(error?: Error): Promise<void>
  reading(name: string): number | undefined
}

async function scene(place = folder(), everyMs = DAY): Promise<Scene> {
  const clock = movedClock(Date.UTC(2026, 10, 24, 10))
  const runs: AbortSignal[] = []
  const told: string[] = []
  let end: ((error?: Error) => void) | undefined
  const schedule = await openSchedule({
    settings: { target: place, everyMs, keep: 3 },
    target: folderTarget(place),
    clock,
    log: { info: () => undefined, error: () => undefined },
    onFailed: () => void told.push('backup.failed'),
    onLook: (isLate) => {
      if (isLate && told.at(-1) !== 'overdue') told.push('overdue')
      if (!isLate && told.at(-1) === 'overdue') told.push('over')
    },
    run: (signal) =>
      new Promise((resolve, reject) => {
        runs.push(signal)
        end = (error) => {
          if (error) reject(error)
          else {
            writeFileSync(path.join(place, backupName(clock.now())), '')
            resolve()
          }
        }
        signal.addEventListener('abort', () => reject(new Error('ended')))
      }),
  })
  return {
    schedule,
    clock,
    place,
    runs,
    told,
    settle: async (error) => {
      const idle = schedule.look()
      end?.(error)
      await idle
    },
    reading: (name) =>
      schedule
        .readings()
        .find((one) => one.name === name)
        ?.read(),
  }
}

describe('scheduled backups', () => {
  it('R4.6b makes one at once where there is none, and then one each time that is due', async () => {
    const { schedule, clock, runs, settle, reading } = await scene()
    expect(reading('sluice_backup_last_success_timestamp_seconds')).toBe(0)
    void schedule.look()
    void schedule.look()
    expect(runs.length).toBe(1)
    await settle()
    expect(reading('sluice_backup_last_success_timestamp_seconds')).toBe(clock.now() / 1000)
    clock.pass(DAY - 1)
    void schedule.look()
    expect(runs.length).toBe(1)
    clock.pass(1)
    void schedule.look()
    expect(runs.length).toBe(2)
    await settle()
    await schedule.close()
  })

  it('R4.6b goes on after a restart from what is in the folder', async () => {
    const first = await scene()
    void first.schedule.look()
    await first.settle()
    await first.schedule.close()
    const { schedule, clock, runs } = await scene(first.place)
    void schedule.look()
    expect(runs.length).toBe(0)
    clock.pass(DAY)
    void schedule.look()
    expect(runs.length).toBe(1)
    await schedule.close()
  })

  it('R4.6b counts a failure, tries again within the hour, and takes none of it for a success', async () => {
    const { schedule, clock, runs, told, settle, reading } = await scene()
    void schedule.look()
    await settle(new Error('the disk is full'))
    expect(told, 'R4.9').toEqual(['backup.failed'])
    expect(reading('sluice_backup_failures_total')).toBe(1)
    expect(reading('sluice_backup_last_success_timestamp_seconds')).toBe(0)
    void schedule.look()
    expect(runs.length).toBe(1)
    clock.pass(HOUR)
    void schedule.look()
    expect(runs.length).toBe(2)
    await settle()
    await schedule.close()
  })

  it('R4.6b lets the server start where the folder cannot be read, and tries again', async () => {
    const place = path.join(folder(), 'file')
    writeFileSync(place, '')
    const { schedule, clock, runs, reading } = await scene(place)
    expect(reading('sluice_backup_failures_total')).toBe(1)
    void schedule.look()
    expect(runs.length).toBe(0)
    clock.pass(HOUR)
    void schedule.look()
    expect(runs.length).toBe(1)
    await schedule.close()
  })

  it('ends the one that is under way with the server, which is no failure', async () => {
    const { schedule, runs, reading } = await scene()
    void schedule.look()
    await schedule.close()
    expect(runs[0]?.aborted).toBe(true)
    expect(reading('sluice_backup_failures_total')).toBe(0)
    void schedule.look()
    expect(runs.length).toBe(1)
  })

  it('R4.9 tells with each look whether a backup is overdue', async () => {
    const { schedule, clock, runs, told, settle } = await scene()
    void schedule.look()
    // It hangs.
    clock.pass(1.5 * DAY)
    void schedule.look()
    expect(told).toEqual([])
    clock.pass(1)
    for (let time = 0; time < 3; time++) void schedule.look()
    expect(told).toEqual(['overdue'])
    await settle()
    void schedule.look()
    expect(runs.length).toBe(1)
    clock.pass(1.5 * DAY + 1)
    void schedule.look()
    expect(told).toEqual(['overdue', 'over', 'overdue'])
    await schedule.close()
  })

  it('R4.6b is overdue half as late again as it should be, and without any backup', () => {
    expect(isOverdue(undefined, DAY, DAY)).toBe(true)
    expect(isOverdue(0, DAY, 1.5 * DAY)).toBe(false)
    expect(isOverdue(0, DAY, 1.5 * DAY + 1)).toBe(true)
    expect(isOverdue(0, HOUR, 2 * HOUR)).toBe(false)
    expect(isOverdue(0, HOUR, 2 * HOUR + 1)).toBe(true)
  })
})
