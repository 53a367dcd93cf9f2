import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import path from 'node:path'
import { alertOf, serverNameOf } from '../alerts/alerts.ts'
import { channelsOf } from '../alerts/channels.ts'
import { verifyAuditLog } from '../audit/verify.ts'
import { openTarget } from '../backup/open-target.ts'
import { isOverdue, lastBackup } from '../backup/schedule.ts'
import { placeOfSpool, readRecords } from '../backup/spool-dump.ts'
import { openClickHouse } from '../clickhouse/open.ts'
import { systemClock } from '../clock.ts'
import type { Config } from '../config.ts'
import { UserError } from '../errors.ts'
import { createLog } from '../log.ts'
import { auditDay } from '../seal/audit.ts'
import { dueAt, lastDueDay } from '../seal/due.ts'
import { isUnsealed, readMarks } from '../seal/marks.ts'
import { loadMasterKey } from '../store/key-file.ts'
import { readSpoolKey } from '../store/spool-key.ts'
import { answer, type CliContext, type Command, type Input } from './context.ts'
import { withSealing } from './seal.ts'
import { withAudit, withStore } from './with-store.ts'

/** What one look found. */
interface Finding {
  readonly ok: boolean
  /** A sentence without its full stop. */
  readonly says: string
}

/** Sealing is due at noon and takes a few seconds a day. */
const LONGEST_UNSEALED_MS = 24 * 3_600_000

/** @param input flags that change what is looked at */
type Check = (context: CliContext, input: Input) => Promise<Finding>

/** Less is not enough for a day of a busy site, and what shares the disk must go on working. */
const LEAST_FREE_BYTES = 1024 ** 3
/** A batch waits for a second. One that waits so long is stuck, or nothing runs. */
const LONGEST_WAIT_MS = 10 * 60_000

const CHECKS: Readonly<Record<string, Check>> = {
  key: async ({ config }) => {
    if (!hasKey(config))
      throw new UserError(`There is no key in ${config.dataDir}: \`sluice start\` makes one.`)
    const { id } = masterOf(config)
    return found(true, `the key ${id} is there; keep a copy elsewhere, since no backup holds it`)
  },
  store: (context) =>
    withStore(context, async (store) => {
      const { sites } = await store.db
        .selectFrom('site')
        .select((select) => select.fn.countAll<number>().as('sites'))
        .where('removed_at', 'is', null)
        .executeTakeFirstOrThrow()
      return found(true, `it answers; ${sites} sites`)
    }),
  'audit log': (context) =>
    withAudit(context, async (store, audit) => {
      const { rows, faults } = await verifyAuditLog(store, audit.publicKey)
      return faults.length === 0
        ? found(true, `${rows} rows, all as they were written`)
        : found(false, `it was changed: \`sluice audit verify\` says how`)
    }),
  database: async ({ config }) => {
    const clickhouse = await openClickHouse({ ...config, log: createLog('silent'), mode: 'command' })
    try {
      const answered = await clickhouse.read.ping({ select: true })
      return answered.success ? found(true, 'it answers') : found(false, 'it does not answer')
    } finally {
      await clickhouse.close()
    }
  },
  spool: async ({ config }) => {
    const folder = path.join(config.dataDir, 'spool')
    const place = await placeOfSpool(folder)
    if (!place) return found(true, 'nothing was ever collected')
    let [waiting, missed] = [0, 0]
    let oldest = Infinity
    const key = readSpoolKey(folder, masterOf(config))
    for await (const part of readRecords(folder, key, place.loaded)) {
      waiting += part.rows
      missed += part.missed
      oldest = Math.min(oldest, part.time * 1000)
    }
    if (missed > 0) return found(false, `${missed} blocks cannot be read: the disk may be failing`)
    if (waiting === 0) return found(true, 'everything accepted is in the database')
    const isStuck = systemClock.now() - oldest > LONGEST_WAIT_MS
    const since = new Date(oldest).toISOString()
    return found(!isStuck, `${waiting} events wait for the database, the oldest since ${since}`)
  },
  disk: async ({ config }) => {
    const { bavail, bsize } = await statfs(config.dataDir)
    const free = bavail * bsize
    return found(free >= LEAST_FREE_BYTES, `${(free / 1024 ** 3).toFixed(1)} GiB are free, 1 GiB is needed`)
  },
  rollups: (context) =>
    withSealing(context, async (parts) => {
      const now = systemClock.now()
      const marks = await readMarks(parts.write, lastDueDay(now))
      // A server takes a while to seal many days, after an import or when it was off.
      const late = marks.filter((mark) => isUnsealed(mark) && now - dueAt(mark.day) > LONGEST_UNSEALED_MS)
      const [first] = late
      if (first)
        return found(false, `${late.length} days wait to be sealed, since ${first.day}: \`sluice seal\``)
      const duplicates = marks.reduce((sum, mark) => sum + mark.duplicates, 0)
      const twice =
        duplicates === 0 ? '' : `; ${duplicates} rows in them were of an event that was there already`
      const sealed = marks.filter((mark) => mark.sealed > 0)
      const whole = sealed.filter(({ latest, isKept }) => latest > 0 && isKept)
      const day = whole[Math.floor(Math.random() * whole.length)]?.day
      const differences = day === undefined ? undefined : await auditDay(parts, day)
      if (day !== undefined && differences !== undefined && differences > 0) {
        return found(
          false,
          `${differences} rows of ${day} are not what its events give: \`sluice seal --day ${day}\``,
        )
      }
      const checked = differences === undefined ? '' : `; ${day} is what its events give`
      return found(true, `${sealed.length} days are sealed${checked}${twice}`)
    }),
  backup: async ({ config }) => {
    const { backups } = config
    if (!backups) return found(true, 'none is made by itself: set SLUICE_BACKUP_DIR')
    const last = await lastBackup(openTarget(backups.target, config))
    const when = last === undefined ? 'there is none' : `the last one is of ${new Date(last).toISOString()}`
    const isLate = isOverdue(last, backups.everyMs, systemClock.now())
    return found(!isLate, isLate ? `${when}: one is overdue` : when)
  },
  alerts: async ({ config }, input) => {
    const channels = channelsOf(config.alerts)
    if (channels.length === 0) {
      return found(true, 'none are sent: set SLUICE_ALERT_WEBHOOK, or SLUICE_SMTP_URL and SLUICE_ALERT_EMAIL')
    }
    const names = channels.map(({ name }) => name).join(' and ')
    if (input.claim('alert') !== true) return found(true, `they are sent by ${names}`)
    const now = systemClock.now()
    const server = serverNameOf(config.publicUrl)
    const test = alertOf('test', { count: 1, what: [], since: now, now, server })
    const faults: string[] = []
    for (const channel of channels) {
      const reason = await channel.send(test)
      if (reason !== undefined) faults.push(`${channel.name} took no test alert (${reason})`)
    }
    return faults.length === 0
      ? found(true, `${names} took a test alert: see whether it came`)
      : found(false, faults.join('; '))
  },
}

/** `sluice doctor`: one line for each thing that must be well; exit code 1 where one is not. */
export const doctor: Command = async (context, input) => {
  const checks: (Finding & { name: string })[] = []
  for (const [name, check] of Object.entries(CHECKS)) {
    // Without a key nothing can be verified, and looking for what depends on it would make one.
    const isPointless = name !== 'key' && !hasKey(context.config)
    const finding = isPointless
      ? found(false, 'not looked at without the key')
      : await look(() => check(context, input))
    checks.push({ name, ...finding })
  }
  const isWell = checks.every(({ ok }) => ok)
  answer(
    context,
    { ok: isWell, checks },
    checks.map(({ name, ok, says }) => `${ok ? 'ok   ' : 'FAILS'}  ${name.padEnd(9)}  ${says}`),
  )
  return isWell ? 0 : 1
}

/** What is told to people is a finding; anything else broke. */
async function look(check: () => Promise<Finding>): Promise<Finding> {
  try {
    return await check()
  } catch (error) {
    if (error instanceof UserError) return found(false, error.message.replace(/\.$/, ''))
    throw error
  }
}

function found(ok: boolean, says: string): Finding {
  return { ok, says }
}

function hasKey({ dataDir, envKey }: Config): boolean {
  return envKey !== undefined || existsSync(path.join(dataDir, 'key'))
}

function masterOf({ dataDir, envKey }: Config): ReturnType<typeof loadMasterKey> {
  return loadMasterKey({ dataDir, envKey, log: createLog('warn') })
}
