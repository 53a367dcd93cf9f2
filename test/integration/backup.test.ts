import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { ConsentAnswer } from '../../schema/consent.ts'
import type { Question } from '../../schema/query.ts'
import { eventIdHash, folderWithKeyOf, sluice, storedEvents } from '../support/installation.ts'
import {
  addSite,
  ask,
  choose,
  eventually,
  pageview,
  send,
  startProduct,
  type Product,
} from '../support/product.ts'

/** Backups of the running product, restored elsewhere. */
const site = 'backup.example'
const SENDERS = 6
const EVENTS = 20

describe('backup and restore of the running product', () => {
  let product: Product
  let key: string
  let hash: (id: string) => string
  /** Where it makes backups by itself. */
  const scheduled = mkdtempSync(path.join(tmpdir(), 'sluice-scheduled-'))
  const folders = [scheduled]
  /** Ids of events that were answered 202. */
  const answered: string[] = []

  beforeAll(async () => {
    product = await startProduct({ SLUICE_BACKUP_DIR: scheduled, SLUICE_BACKUP_EVERY: '1h' })
    key = await addSite(product, site)
    hash = await eventIdHash(product.data, site)
  })
  afterAll(async () => {
    await product.dispose()
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  })

  async function sendOne(page: string): Promise<void> {
    const events = Array.from({ length: EVENTS }, () => pageview(site, page))
    const { status } = await send(product.url, site, events, { address: `81.2.69.${answered.length % 200}` })
    if (status !== 202) throw new Error(`answered ${status}`)
    answered.push(...events.map(({ id }) => String(id)))
  }

  /** Sends from several sides until it is stopped. */
  function startLoad(): () => Promise<void> {
    const load = { isRunning: true }
    const sender = async (): Promise<void> => {
      for (let count = 0; load.isRunning; count++) await sendOne(`/page/${count % 30}`)
    }
    const senders = Array.from({ length: SENDERS }, sender)
    return async () => {
      load.isRunning = false
      await Promise.all(senders)
    }
  }

  const reading = async (of: Product, name: string): Promise<number> => {
    const text = await (await fetch(`${of.url}/metrics`)).text()
    return Number(new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1])
  }
  const loaded = (of: Product): Promise<number> =>
    eventually(
      () => reading(of, 'sluice_loader_backlog_rows'),
      (rows) => rows === 0,
    )

  function newFolder(): string {
    const folder = mkdtempSync(path.join(tmpdir(), 'sluice-backups-'))
    folders.push(folder)
    return folder
  }

  async function backup(folder: string): Promise<{ backup: string; events: number; waiting: number }> {
    const answer = await product.cli('backup', folder, '--json')
    return JSON.parse(answer) as { backup: string; events: number; waiting: number }
  }

  /** Restores elsewhere, into the folder that it answers; all it has is the key and the backups. */
  async function restoredFolder(...words: string[]): Promise<string> {
    const data = folderWithKeyOf(product.data)
    folders.push(data)
    const { code, stderr } = await sluice(data, ['restore', ...words], { LOG_LEVEL: 'debug' })
    expect([code, stderr]).toEqual([0, ''])
    return data
  }

  /** And starts that. */
  async function restore(...words: string[]): Promise<Product> {
    const restored = await startProduct({ SLUICE_DATA: await restoredFolder(...words) })
    // Its engine would slow down every test that follows.
    onTestFinished(() => restored.dispose())
    await loaded(restored)
    return restored
  }

  /** Ids that are not in a product exactly once. */
  async function notOnce(of: Product, ids: readonly string[]): Promise<string[]> {
    const stored = await storedEvents(of.data)
    return ids.filter((id) => stored.get(hash(id)) !== 1)
  }
  async function twice(of: Product): Promise<string[]> {
    return [...(await storedEvents(of.data))].filter(([, times]) => times > 1).map(([id]) => id)
  }

  it('R4.6 holds every event that was answered before it began, each once, though more come all the while', async () => {
    const stop = startLoad()
    await eventually(
      () => Promise.resolve(answered.length),
      (count) => count > 3_000,
    )
    await eventually(
      () => reading(product, 'sluice_loader_rows_total'),
      (rows) => rows > 0,
    )
    const before = [...answered]
    const folder = newFolder()
    const { events, waiting } = await backup(folder)
    const during = answered.length
    await stop()
    expect(during).toBeGreaterThan(before.length)
    // Both ways were needed: some were in the database, some only on their way.
    expect([events > 0, waiting > 0]).toEqual([true, true])

    const restored = await restore(folder)
    expect(await notOnce(restored, before)).toEqual([])
    expect(await twice(restored)).toEqual([])
    // And nothing that was never answered: what came while it was made is there or not.
    const known = new Set(answered.map(hash))
    expect([...(await storedEvents(restored.data)).keys()].filter((id) => !known.has(id))).toEqual([])
  })

  it('R4.6 R4.8 answers the same questions with the same numbers after a restore elsewhere, and what was erased after that backup stays erased, also after a restart', async () => {
    const strict = 'strict.example'
    await product.cli('site', 'add', strict, '--pre-consent', 'none')
    const accept = async (): Promise<string> => {
      const answer = await choose(product.url, strict)
      return ((await answer.json()) as ConsentAnswer).receipt ?? ''
    }
    const [kept, byVisitor, byTerminal] = [await accept(), await accept(), await accept()]
    await loaded(product)
    // By name into the folder that the server knows, where an erasure is noted at once.
    const { backup: name } = await backup(scheduled)
    expect((await fetch(`${product.url}/c/${byVisitor}`, { method: 'DELETE' })).status).toBe(200)
    await product.cli('erase', '--receipt', byTerminal)

    const restored = await restore(scheduled, '--from', name)
    const questions: Question[] = [
      { site, period: 'today', metrics: ['visitors', 'visits', 'pageviews', 'bounceRate', 'visitDuration'] },
      ...(['page', 'browser', 'country', 'network', 'entryPage'] as const).map((breakdown): Question => ({
        site,
        period: '7d',
        breakdown,
        metrics: ['visitors', 'pageviews'],
      })),
      { site, period: '7d', interval: 'day', metrics: ['visitors', 'pageviews'] },
    ]
    for (const question of questions) {
      const [here, there] = [await ask(product.url, key, question), await ask(restored.url, key, question)]
      expect(here.rows.length).toBeGreaterThan(0)
      expect({ ...there, meta: null }).toEqual({ ...here, meta: null })
    }
    expect(await restored.cli('site', 'show', site)).toBe(
      (await product.cli('site', 'show', site)).replace(product.url, restored.url),
    )
    expect(JSON.parse(await restored.cli('audit', 'verify', '--json'))).toMatchObject({
      ok: true,
      faults: [],
    })

    const statusOf = async (id: string): Promise<number> => (await fetch(`${restored.url}/c/${id}`)).status
    const statuses = async (): Promise<number[]> => Promise.all([kept, byVisitor, byTerminal].map(statusOf))
    expect(await statuses()).toEqual([200, 404, 404])
    await restored.stop()
    await restored.restart()
    expect(await statuses()).toEqual([200, 404, 404])
    // The ledger says so, and is whole.
    expect(JSON.parse(await restored.cli('consent', 'verify', '--json'))).toMatchObject({ ok: true })

    // Without the file it is not restored unseen; that it is wanted can be said, and then they are back.
    const alone = newFolder()
    writeFileSync(path.join(alone, name), readFileSync(path.join(scheduled, name)))
    const elsewhere = folderWithKeyOf(product.data)
    folders.push(elsewhere)
    const refused = await sluice(elsewhere, ['restore', alone])
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('which tells what was erased since the backup')
    // What is there can be erased, and nothing else.
    const erase = async (data: string, receipt: string): Promise<string> =>
      (await sluice(data, ['erase', '--receipt', receipt])).stderr
    const unseen = await restoredFolder(alone, '--erasures', 'none')
    expect(await erase(unseen, byVisitor)).toBe('')
    const told = await restoredFolder(alone, '--erasures', path.join(scheduled, 'erasures'))
    expect(await erase(told, kept)).toBe('')
    expect(await erase(told, byVisitor)).toContain('There is no receipt with this id')
  })

  it('R4.6b makes backups by itself, verified by a restore, and tells when', async () => {
    const last = await eventually(
      () => reading(product, 'sluice_backup_last_success_timestamp_seconds'),
      (time) => time > 0,
      60,
    )
    const doctor = await sluice(product.data, ['doctor', '--json'], {
      SLUICE_BACKUP_DIR: scheduled,
      SLUICE_BACKUP_EVERY: '1h',
    })
    const { ok, checks } = JSON.parse(doctor.stdout) as {
      ok: boolean
      checks: { name: string; says: string }[]
    }
    expect([doctor.code, ok]).toEqual([0, true])
    expect(checks.find(({ name }) => name === 'backup')?.says).toMatch(/^the last one is of \d{4}-/)
    expect(last).toBeLessThanOrEqual(Date.now() / 1000)
    expect(readdirSync(product.data)).not.toContain('rehearsal')
    // The server made it, and says so.
    const restored = await restoredFolder(scheduled)
    const { stdout } = await sluice(restored, ['audit', 'verify'])
    expect(stdout).toContain('all as they were written')
  })

  it('R4.6b counts as failed what it could not restore, and leaves it nowhere', async () => {
    const [data, folder] = [mkdtempSync(path.join(tmpdir(), 'sluice-test-')), newFolder()]
    // Where the restore is tried there is a file: it has to fail.
    writeFileSync(path.join(data, 'rehearsal'), '')
    const failing = await startProduct({ SLUICE_DATA: data, SLUICE_BACKUP_DIR: folder })
    onTestFinished(() => failing.dispose())
    await eventually(
      () => reading(failing, 'sluice_backup_failures_total'),
      (count) => count === 1,
      60,
    )
    expect(readdirSync(folder)).toEqual([])
    const doctor = await sluice(data, ['doctor'], { SLUICE_BACKUP_DIR: folder })
    expect([doctor.code, doctor.stdout]).toEqual([1, expect.stringMatching(/^FAILS +backup +there is none/m)])
  })

  it('R4.6 takes over what came after the backup from a spool that was saved, each event once', async () => {
    const folder = newFolder()
    await backup(folder)
    for (let count = 0; count < 20; count++) await sendOne('/late')
    await loaded(product)
    for (let count = 0; count < 20; count++) await sendOne('/later')
    await product.kill()
    const restored = await restore(folder, '--spool', path.join(product.data, 'spool'))
    expect(await notOnce(restored, answered)).toEqual([])
    expect(await twice(restored)).toEqual([])
  })
})
