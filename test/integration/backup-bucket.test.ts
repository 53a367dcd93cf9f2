import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { ConsentAnswer } from '../../schema/consent.ts'
import type { Question } from '../../schema/query.ts'
import { openTarget } from '../../server/backup/open-target.ts'
import { runBackupProcess } from '../../server/backup/run-process.ts'
import { QUICK } from '../../server/backup/s3/client.ts'
import { openSchedule, type Schedule } from '../../server/backup/schedule.ts'
import { readConfig } from '../../server/config.ts'
import type { Described } from '../../server/log.ts'
import { eventIdHash, folderWithKeyOf, sluice, storedEvents } from '../support/installation.ts'
import {
  addSite,
  ask,
  choose,
  eventually,
  freePort,
  pageview,
  send,
  startProduct,
  type Product,
} from '../support/product.ts'
import { ACCESS_KEY_ID, BUCKET, REGION, s3Storage, SECRET, type S3Storage } from '../support/s3-storage.ts'
import { addressForms, forms, MAIL, searchBytes, V4, V6, type Needle } from '../support/sentinels.ts'
import { setUpAccount, setUpLinkIn } from '../support/sign-in.ts'

const site = 'bucket.example'
/** Is written to while the backup is made, so that the numbers of the other one stand still. */
const busy = 'busy.example'
const PLACE = `s3://${BUCKET}/stats`
const PHONE = '+12025550173'
const OWNER = 'owner.sentinel@private.example'
const HOUR = 3_600_000

/** What docs/backup.md says to set for storage at a port of this machine. */
function bucketAt(port: number | string): Record<string, string> {
  return {
    SLUICE_BACKUP_DIR: PLACE,
    SLUICE_BACKUP_EVERY: '1h',
    SLUICE_S3_ENDPOINT: `http://127.0.0.1:${port}`,
    SLUICE_S3_REGION: REGION,
    SLUICE_S3_ACCESS_KEY_ID: ACCESS_KEY_ID,
    SLUICE_S3_SECRET_ACCESS_KEY: SECRET,
  }
}

/** Of objects, without the folder. */
function namesIn({ objects }: S3Storage): string[] {
  return [...objects.keys()].map((one) => one.replace('stats/', ''))
}

function backupsIn(storage: S3Storage): string[] {
  return namesIn(storage).filter((one) => one.endsWith('.backup'))
}

/** A refusal of a command: one sentence on one line. */
function sentenceOf(stderr: string): string {
  expect(stderr).toMatch(/^\S[^\n]+\.\n$/)
  return stderr.trim()
}

/** The whole product with its backups in a bucket, and what is restored from there. */
describe('backups of the running product in a bucket', () => {
  const answered: { id: string; at: number }[] = []
  const folders: string[] = []
  let product: Product
  let storage: S3Storage
  let key: string
  let receipt: string
  /** As it was when nothing was erased yet. */
  let name: string
  let env: Record<string, string>
  let away: Awaited<ReturnType<typeof bucketsAway>>

  beforeAll(async () => {
    const port = await freePort()
    env = bucketAt(port)
    // Nobody listens there yet: the server has to come up all the same.
    product = await startProduct(env)
    key = await addSite(product, site)
    await addSite(product, busy)
    await setUpAccount(setUpLinkIn(product.output()), OWNER)
    for (let visitor = 0; visitor < 6; visitor++) {
      const pages = Array.from({ length: visitor + 1 }, (_, page) => pageview(site, `/page/${page % 4}`))
      expect((await send(product.url, site, pages, { address: `81.2.69.${visitor}` })).status).toBe(202)
    }
    for (const address of [V4, V6]) {
      const events = [
        pageview(site, `/of/${MAIL}/${PHONE}?email=${MAIL}&utm_campaign=${PHONE}`, {
          referrer: `https://x.example/${MAIL}`,
          title: `Call ${PHONE}`,
        }),
      ]
      expect((await send(product.url, site, events, { address })).status).toBe(202)
    }
    const choice = (await (await choose(product.url, site)).json()) as ConsentAnswer
    receipt = choice.receipt ?? ''
    // Trying again takes them half a minute, in which the other tests are done.
    away = await bucketsAway(product.data)
    const last = away.scenes.at(-1)
    await eventually(
      () => Promise.resolve(last?.storage().asked.some(({ line }) => line.includes('partNumber=')) ?? false),
      (hasRead) => hasRead,
    )
  }, 90_000)
  afterAll(async () => {
    await product.dispose()
    await storage.close()
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  })

  const reading = async (of: Product, metric: string): Promise<number> => {
    const text = await (await fetch(`${of.url}/metrics`)).text()
    return Number(new RegExp(`^${metric} (\\S+)`, 'm').exec(text)?.[1])
  }

  function keyFolder(): string {
    const data = folderWithKeyOf(product.data)
    folders.push(data)
    return data
  }

  it('R4.6b the server starts where the bucket is away, and says so in one sentence', async () => {
    expect(await reading(product, 'sluice_backup_failures_total')).toBe(1)
    const told = product
      .output()
      .split('\n')
      .filter((line) => line.includes('the backup failed'))
      .map((line) => (JSON.parse(line) as { err: { message: string } }).err.message)
    expect(told).toEqual([
      `The storage of s3://${BUCKET} cannot be reached (ECONNREFUSED): see whether it is up, and SLUICE_S3_ENDPOINT.`,
    ])
  })

  it('R4.6b a backup that is scheduled is in the bucket, with all that was answered before it began', async () => {
    storage = await s3Storage({ port: Number(new URL(env['SLUICE_S3_ENDPOINT'] ?? '').port) })
    await product.stop()
    await product.restart()
    const load = { isRunning: true }
    const sender = async (): Promise<void> => {
      while (load.isRunning) {
        const events = Array.from({ length: 5 }, () => pageview(busy, '/meanwhile'))
        const { status } = await send(product.url, busy, events, { address: '81.2.70.1' })
        if (status !== 202) throw new Error(`answered ${status}`)
        answered.push(...events.map(({ id }) => ({ id: String(id), at: Date.now() })))
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
    }
    const sending = sender()
    await eventually(
      () => reading(product, 'sluice_backup_last_success_timestamp_seconds'),
      (time) => time > 0,
      100,
    )
    load.isRunning = false
    await sending
    expect(backupsIn(storage).length).toBe(1)
    name = backupsIn(storage)[0] ?? ''
    expect(storage.uploads()).toEqual([])
    const { code, stdout } = await sluice(product.data, ['doctor'], env)
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^ok +backup +the last one is of \d{4}-/m)])
  }, 120_000)

  it('R4.1 R4.6 the objects hold nothing that was sent in, and no request told a secret', async () => {
    const erasure = await fetch(`${product.url}/c/${receipt}`, { method: 'DELETE' })
    expect(erasure.status).toBe(200)
    // It is noted beside the backup at once.
    expect(namesIn(storage).filter((one) => one.startsWith('erasures/')).length).toBe(2)
    const needles: Needle[] = [
      ...addressForms(V4, V6),
      ...[
        PHONE,
        PHONE.slice(2),
        MAIL,
        'jane.sentinel',
        OWNER,
        'owner.sentinel',
        receipt,
        site,
        SECRET,
      ].flatMap(forms),
    ]
    const found = [...storage.objects].flatMap(([one, bytes]) => searchBytes(one, bytes, needles))
    expect(found).toEqual([])
    expect(searchBytes('asked', Buffer.from(JSON.stringify(storage.asked)), needles)).toEqual([])
    expect(product.output()).not.toContain(SECRET)
  })

  it('R4.6 R4.8 is restored elsewhere: the same answers, all that was answered before, and what was erased since stays erased', async () => {
    const questions: Question[] = [
      { site, period: 'today', metrics: ['visitors', 'visits', 'pageviews', 'bounceRate'] },
      ...(['page', 'country', 'entryPage'] as const).map((breakdown): Question => ({
        site,
        period: '7d',
        breakdown,
        metrics: ['visitors', 'pageviews'],
      })),
    ]
    const here: unknown[] = []
    for (const question of questions) here.push({ ...(await ask(product.url, key, question)), meta: null })
    const data = keyFolder()
    let isCut = false
    storage.interfere = (line) => {
      if (isCut || !line.startsWith('GET') || !line.includes('.backup')) return undefined
      isCut = true
      return 'cut answer'
    }
    const { code, stderr } = await sluice(data, ['restore', PLACE, '--from', name], env)
    storage.interfere = () => undefined
    expect([code, stderr, isCut]).toEqual([0, '', true])
    const restored = await startProduct({ SLUICE_DATA: data })
    onTestFinished(() => restored.dispose())
    await eventually(
      () => reading(restored, 'sluice_loader_backlog_rows'),
      (rows) => rows === 0,
    )
    const there: unknown[] = []
    for (const question of questions) there.push({ ...(await ask(restored.url, key, question)), meta: null })
    expect(there).toEqual(here)
    expect(here[0]).toMatchObject({ totals: { pageviews: 23 } })

    const [stored, hash] = [await storedEvents(data), await eventIdHash(data, busy)]
    const [, day = '', time = ''] = /^sluice-(.{10})T(.{8})Z\.backup$/.exec(name) ?? []
    const began = Date.parse(`${day}T${time.replaceAll('-', ':')}Z`)
    const before = answered.filter(({ at }) => at < began)
    expect([before.length > 0, before.length < answered.length]).toEqual([true, true])
    expect(before.filter(({ id }) => stored.get(hash(id)) !== 1)).toEqual([])
    expect([...stored.values()].filter((times) => times !== 1)).toEqual([])
    expect((await fetch(`${restored.url}/c/${receipt}`)).status).toBe(404)
    expect(JSON.parse(await restored.cli('consent', 'verify', '--json'))).toMatchObject({ ok: true })
  })

  it('R4.6 a byte that changed in the bucket, another key and a storage that refuses are one sentence each, and nothing is restored', async () => {
    const refused = async (data = keyFolder()): Promise<string> => {
      const { code, stdout, stderr } = await sluice(data, ['restore', PLACE], env)
      expect([code, stdout]).toEqual([1, ''])
      expect(readdirSync(data)).toEqual(['key'])
      return sentenceOf(stderr)
    }
    const object = storage.objects.get(`stats/${name}`) ?? Buffer.alloc(0)
    const at = Math.floor(object.length / 2)
    object[at] = (object[at] ?? 0) ^ 1
    expect(await refused()).toContain(`${name} `)
    object[at] ^= 1

    const stranger = mkdtempSync(path.join(tmpdir(), 'sluice-stranger-'))
    folders.push(stranger)
    writeFileSync(path.join(stranger, 'key'), `${Buffer.alloc(32, 7).toString('base64')}\n`, { mode: 0o600 })
    expect(await refused(stranger)).toMatch(/key/)

    storage.interfere = () => ({ status: 403, code: 'AccessDenied' })
    expect(await refused()).toContain(`The storage of s3://${BUCKET} refuses (AccessDenied)`)
    storage.interfere = () => undefined
  })

  it('R4.6b a bucket that is away is one sentence, leaves no half of a backup, and has the next one', async () => {
    const { scenes, failed, nextTime } = away
    await failed
    for (const one of scenes) {
      expect(one.said).toEqual([expect.stringContaining(one.told)])
      expect(one.said[0]).toMatch(/^The storage of s3:\/\/backups [^\n]+[^.\n]\.$/)
      expect([backupsIn(one.storage()), one.storage().uploads()]).toEqual([[], []])
    }
    for (const { mend } of scenes) await mend()
    // Not at once, but at the next time.
    await Promise.all(scenes.map(({ schedule }) => schedule.look()))
    expect(scenes.flatMap((one) => backupsIn(one.storage()))).toEqual([])
    nextTime()
    // Those that came least and furthest: each restores what it made.
    for (const one of [scenes[0], scenes.at(-1)].filter((found) => found !== undefined)) {
      await one.schedule.look()
      expect([one.said.length, backupsIn(one.storage()).length, one.storage().uploads()]).toEqual([1, 1, []])
    }
    expect(readdirSync(product.data).filter((one) => /^\.backup|rehears/.test(one))).toEqual([])
    for (const { close } of scenes) await close()
  }, 120_000)
})

/** Ways in which a bucket is away, from the least that is reached of it to the most, and what is told of each. */
const AWAY: [told: string, interfere: S3Storage['interfere'] | 'nobody listens'][] = [
  ['cannot be reached (ECONNREFUSED)', 'nobody listens'],
  ['refuses (AccessDenied)', () => ({ status: 403, code: 'AccessDenied' })],
  ['answered 503 (SlowDown)', () => ({ status: 503, code: 'SlowDown' })],
  ['cannot be reached (', (line) => (line.includes('partNumber=') ? 'cut request' : undefined)],
]

/**
 * Schedules as the server has them, with its process for backups and a clock that is moved, each with a bucket that goes
 * away when they have begun. All at the same time: what may pass is tried again for half a minute.
 */
async function bucketsAway(
  data: string,
): Promise<{ scenes: Scene[]; failed: Promise<unknown>; nextTime(): void }> {
  let now = Date.now()
  const scenes: Scene[] = []
  for (const [told, way] of AWAY) scenes.push(await scene(data, told, way, () => now))
  return {
    scenes,
    failed: Promise.all(scenes.map(({ schedule }) => schedule.look())),
    nextTime: () => (now += HOUR),
  }
}

interface Scene {
  readonly told: string
  readonly schedule: Schedule
  /** Of each failure what was logged. */
  readonly said: string[]
  storage(): S3Storage
  mend(): Promise<void>
  close(): Promise<void>
}

async function scene(
  data: string,
  told: string,
  way: (typeof AWAY)[number][1],
  now: () => number,
): Promise<Scene> {
  const port = await freePort()
  let storage = await s3Storage({ port })
  const config = readConfig({ ...bucketAt(port), SLUICE_DATA: data })
  const settings = config.backups
  if (!settings) throw new Error('no backups are set')
  const said: string[] = []
  const error = ({ err }: { err: Described }): void => void said.push(err.message)
  const schedule = await openSchedule({
    settings,
    target: openTarget(settings.target, config, QUICK),
    clock: { now },
    log: { info: () => undefined, error },
    run: (signal) => runBackupProcess(config, settings, signal),
    onFailed: () => undefined,
    onLook: () => undefined,
  })
  if (way === 'nobody listens') await storage.close()
  else storage.interfere = way
  return {
    told,
    schedule,
    said,
    storage: () => storage,
    async mend() {
      if (way === 'nobody listens') storage = await s3Storage({ port })
      else storage.interfere = () => undefined
    },
    async close() {
      await schedule.close()
      await storage.close()
    },
  }
}
