import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { backupName } from '../../../server/backup/target.ts'
import { openCursor } from '../../../server/load/cursor.ts'
import { silentLog } from '../../../server/log.ts'
import { nodeFs } from '../../../server/spool/fs.ts'
import { openSpool } from '../../../server/spool/spool.ts'
import { deriveKey, loadMasterKey } from '../../../server/store/key-file.ts'
import { httpSink } from '../../support/http-sink.ts'
import { smtpSink } from '../../support/smtp-sink.ts'
import { dataFolder, movedClock, tamperer } from '../store/opened.ts'
import { objectOf, terminal } from './typed.ts'

/** Nothing listens there: the database is out of reach, and no test has to wait for an engine. */
const NO_DATABASE = 'http://127.0.0.1:1'
const HOUR = 3_600_000

interface Seen {
  readonly code: number
  readonly ok: unknown
  /** What it says of each thing; with `!` before it where that is not well. */
  readonly says: Record<string, string>
}

async function look(data: string, env: Record<string, string> = {}, flags = ''): Promise<Seen> {
  const type = terminal({ SLUICE_DATA: data, CLICKHOUSE_URL: NO_DATABASE, ...env })
  const ran = await type(`doctor --json ${flags}`.trim())
  const { ok, checks } = objectOf(ran) as {
    ok: unknown
    checks: { name: string; ok: boolean; says: string }[]
  }
  return {
    code: ran.code,
    ok,
    says: Object.fromEntries(checks.map((check) => [check.name, `${check.ok ? '' : '!'}${check.says}`])),
  }
}

/** Appends an event as it was committed some time ago, and does not load it. */
async function waitSince(data: string, ms: number): Promise<void> {
  const folder = path.join(data, 'spool')
  const key = deriveKey(loadMasterKey({ dataDir: data, log: silentLog }), 'spool', 32)
  const cursor = await openCursor({ folder, fs: nodeFs })
  const clock = movedClock(Date.now() - ms)
  const spool = await openSpool({ folder, key, clock, log: silentLog })
  await spool.append(`${'2026-11-24\t'.padEnd(50, '0')}\n`, 1)
  await spool.close()
  await cursor.close()
}

describe('`sluice doctor`', () => {
  it('finds what is well, and fails for the one thing that is not', async () => {
    const data = dataFolder()
    await terminal({ SLUICE_DATA: data })('site add example.com')
    const { code, ok, says } = await look(data)
    expect([code, ok]).toEqual([1, false])
    expect(says).toMatchObject({
      store: 'it answers; 1 sites',
      'audit log': '1 rows, all as they were written',
      database: '!it does not answer',
      spool: 'nothing was ever collected',
      backup: 'none is made by itself: set SLUICE_BACKUP_DIR',
      alerts: 'none are sent: set SLUICE_ALERT_WEBHOOK, or SLUICE_SMTP_URL and SLUICE_ALERT_EMAIL',
    })
    expect(says['key']).toMatch(/^the key [0-9a-f]{16} is there;/)
    expect(says['disk']).toMatch(/^\d+\.\d GiB are free/)
  })

  it('makes no key where there is none', async () => {
    const data = dataFolder()
    const { code, says } = await look(data)
    expect(code).toBe(1)
    expect(says['key']).toMatch(/^!There is no key in /)
    expect(says['store']).toBe('!not looked at without the key')
    expect((await look(data)).says['key']).toMatch(/^!There is no key in /)
  })

  it('R4.5 fails where the audit log was changed', async () => {
    const data = dataFolder()
    await terminal({ SLUICE_DATA: data })('site add example.com')
    const tamper = await tamperer(data)
    expect(await tamper("UPDATE audit_log SET site = 'other.example'")).toBe(1)
    const { says } = await look(data)
    expect(says['audit log']).toBe('!it was changed: `sluice audit verify` says how')
  })

  it('fails where events wait for longer than a batch can take', async () => {
    const data = dataFolder()
    await waitSince(data, 60_000)
    expect((await look(data)).says['spool']).toMatch(
      /^1 events wait for the database, the oldest since \d{4}-/,
    )
    const stuck = dataFolder()
    await waitSince(stuck, HOUR)
    expect((await look(stuck)).says['spool']).toMatch(/^!1 events wait for the database/)
  })

  it('R4.9 sends a test alert where it is asked to, and fails where it is not taken', async () => {
    const data = dataFolder()
    loadMasterKey({ dataDir: data, log: silentLog })
    const [hook, mail] = [await httpSink(), await smtpSink()]
    onTestFinished(async () => {
      await Promise.all([hook.close(), mail.close()])
    })
    const env = {
      SLUICE_ALERT_WEBHOOK: hook.url,
      SLUICE_ALERT_SECRET: 'a secret of the receiver',
      SLUICE_SMTP_URL: `smtp://127.0.0.1:${mail.port}`,
      SLUICE_ALERT_EMAIL: 'ops@example.org',
    }
    expect((await look(data, env)).says['alerts']).toBe('they are sent by webhook and e-mail')
    expect([hook.received, mail.mails]).toEqual([[], []])
    expect((await look(data, env, '--alert')).says['alerts']).toBe(
      'webhook and e-mail took a test alert: see whether it came',
    )
    expect(JSON.parse(hook.received[0]?.body ?? '')).toMatchObject({ kind: 'test', count: 1 })
    expect(mail.mails[0]?.text).toContain('This is a test of alerts')
    hook.answers(403)
    expect((await look(data, env, '--alert')).says['alerts']).toBe(
      '!webhook took no test alert (it answered 403)',
    )
    mail.refuse('550 no')
    expect((await look(data, env, '--alert')).says['alerts']).toBe(
      '!webhook took no test alert (it answered 403); e-mail took no test alert (EENVELOPE, reply 550)',
    )
  })

  it('R4.6b fails where a backup is overdue', async () => {
    const [data, backups] = [dataFolder(), dataFolder()]
    loadMasterKey({ dataDir: data, log: silentLog })
    const env = { SLUICE_BACKUP_DIR: backups, SLUICE_BACKUP_EVERY: '6h' }
    expect((await look(data, env)).says['backup']).toBe('!there is none: one is overdue')
    const publish = (ageMs: number): void =>
      writeFileSync(path.join(backups, backupName(Date.now() - ageMs)), '')
    publish(10 * HOUR)
    expect((await look(data, env)).says['backup']).toMatch(/^!the last one is of .*: one is overdue$/)
    publish(8 * HOUR)
    expect((await look(data, env)).says['backup']).toMatch(/^the last one is of [^:]*:\d\d:\d\d\.000Z$/)
  })
})
