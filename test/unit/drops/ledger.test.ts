import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { DROP_REASONS, type DropReason } from '../../../schema/outcome.ts'
import type { Site } from '../../../schema/site.ts'
import { openDropLedger, type DropLedger, type DropLedgerParts } from '../../../server/drops/ledger.ts'
import { silentLog } from '../../../server/log.ts'
import { createMetrics } from '../../../server/metrics.ts'
import { createSites } from '../../../server/sites/registry.ts'
import type { Store } from '../../../server/store/open.ts'
import { createFaultDisk, type FaultDisk } from '../../support/fault-fs.ts'
import { randomOf } from '../spool/rig.ts'
import { dataFolder, keptIn, movedClock, openedStore, rowsOf, type MovedClock } from '../store/opened.ts'

const REASONS = Object.keys(DROP_REASONS) as DropReason[]
const KINDS = ['email', 'phone', 'token']
const SEEDS = 80
const STEPS = 120

/** Counts by cell, as text. */
type Model = Map<string, number>

function add(model: Model, key: string, by: number): void {
  model.set(key, (model.get(key) ?? 0) + by)
}

interface World {
  readonly random: () => number
  readonly store: Store
  readonly clock: MovedClock
  readonly sites: readonly (Site | undefined)[]
  disk: FaultDisk
  ledger: DropLedger
  /** What was answered, and what was sent: an answer may have been lost. */
  readonly answered: Model
  readonly sent: Model
}

async function registered(
  store: Store,
  clock: MovedClock,
): Promise<{ berlin: Site; nepal: Site; sites: ReturnType<typeof createSites> }> {
  const sites = createSites({ store, clock })
  const berlin = await sites.add({ domain: 'berlin.example', timezone: 'Europe/Berlin' })
  const nepal = await sites.add({ domain: 'nepal.example', timezone: 'Asia/Kathmandu' })
  return { berlin, nepal, sites }
}

/** A store that a process which is gone cannot write to, and that fails now and then: before it commits, or after. */
function failing(world: Pick<World, 'store' | 'random'>, disk: FaultDisk): DropLedgerParts['store'] {
  return {
    db: world.store.db,
    async transaction(act) {
      if (disk.isCrashed()) return new Promise<never>(() => undefined)
      if (world.random() < 0.1) throw new Error('the store is away')
      const result = await world.store.transaction(act)
      if (world.random() < 0.1) throw new Error('the connection is lost')
      return result
    },
  }
}

function start(world: Pick<World, 'store' | 'random' | 'clock' | 'disk'>): Promise<DropLedger> {
  return openDropLedger({
    dataDir: '/data',
    fs: world.disk.fs,
    store: failing(world, world.disk),
    metrics: createMetrics(),
    clock: world.clock,
    log: silentLog,
  })
}

/** As a start is tried again by whoever runs the server. */
async function startAtLast(world: Pick<World, 'store' | 'random' | 'clock' | 'disk'>): Promise<DropLedger> {
  for (;;) {
    try {
      return await start(world)
    } catch (error) {
      if (!/away|lost|EIO/.test(String(error))) throw error
    }
  }
}

/** One request: what it counts, and whether it was answered. */
function request(world: World): void {
  const { random, clock, sites } = world
  const site = sites[Math.floor(random() * sites.length)]
  const tally = world.ledger.tally(site)
  const local = new Intl.DateTimeFormat('sv-SE', {
    timeZone: site?.timezone ?? 'UTC',
    dateStyle: 'short',
    timeStyle: 'medium',
  }).format(clock.now())
  const head = `${site?.id ?? 0} ${local.slice(0, 10)} ${Number(local.slice(11, 13))}`
  const own: [string, number][] = []
  for (let left = Math.floor(random() * 4); left > 0; left--) {
    const which = random()
    if (which < 0.6) {
      const reason = REASONS[Math.floor(random() * REASONS.length)] ?? 'bot'
      const many = 1 + Math.floor(random() * 3)
      tally.dropped(reason, many)
      own.push([`${head} dropped ${reason}`, many])
    } else if (which < 0.8) {
      tally.late()
      own.push([`${head} late `, 1])
    } else {
      const kind = KINDS[Math.floor(random() * KINDS.length)] ?? ''
      tally.scrubbed(kind)
      own.push([`${head} scrubbed ${kind}`, 1])
    }
  }
  for (const [key, by] of own) add(world.sent, key, by)
  const answer = (): void => {
    for (const [key, by] of own) add(world.answered, key, by)
  }
  const kept = tally.keep()
  expect(kept === undefined).toBe(own.length === 0)
  // What the disk refuses is answered 503.
  kept?.then(answer, () => undefined)
}

async function turns(count = 12): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise(setImmediate)
}

async function step(world: World, withFaults: boolean): Promise<void> {
  const which = world.random()
  if (which < 0.6) request(world)
  else if (which < 0.75) await turns(1 + Math.floor(world.random() * 4))
  else if (which < 0.85) world.clock.pass(Math.floor(world.random() * 3_000_000))
  else if (which < 0.92 || !withFaults) await world.ledger.flush().catch(() => undefined)
  else if (which < 0.95) {
    world.disk.failAt(world.disk.operations() + 1 + Math.floor(world.random() * 8), 'EIO')
    await turns()
  } else {
    world.disk.crashAt(world.disk.operations() + 1 + Math.floor(world.random() * 8))
    for (let more = 0; more < 4; more++) request(world)
    void world.ledger.flush().catch(() => undefined)
    await turns()
    world.disk = world.random() < 0.5 ? world.disk.kill() : world.disk.reboot()
    world.ledger = await startAtLast(world)
  }
}

async function stored(store: Store): Promise<Model> {
  const model: Model = new Map()
  for (const row of await rowsOf(store, 'drop_count')) {
    add(model, `${row.site_id} ${row.day} ${row.hour} ${row.kind} ${row.reason}`, row.count)
  }
  return model
}

async function run(seed: number, withFaults: boolean): Promise<World> {
  const random = randomOf(seed)
  const clock = movedClock(Date.UTC(2026, 9, 24, 20))
  const store = await openedStore()
  const { berlin, nepal } = await registered(store, clock)
  const parts = { random: withFaults ? random : () => 0.5, store, clock, disk: createFaultDisk(random) }
  const ledger = await startAtLast(parts)
  const world: World = {
    ...parts,
    random,
    sites: [berlin, nepal, undefined],
    ledger,
    answered: new Map(),
    sent: new Map(),
  }
  for (let at = 0; at < STEPS; at++) await step(world, withFaults)
  await turns()
  for (;;) {
    try {
      await world.ledger.close()
      return world
    } catch (error) {
      if (!/away|lost|EIO/.test(String(error))) throw error
    }
  }
}

describe('the drop ledger', () => {
  it('R2.6 R9.1 counts what is dropped, late or scrubbed by site, hour of the site and reason, to the last one', async () => {
    for (let seed = 0; seed < 10; seed++) {
      const { store, answered, sent } = await run(seed, false)
      expect(answered).toEqual(sent)
      expect(await stored(store)).toEqual(answered)
    }
  })

  it('R2.6 loses nothing that was answered, and counts nothing twice, whatever disk, store and power do', async () => {
    for (let seed = 1_000; seed < 1_000 + SEEDS; seed++) {
      const { store, answered, sent } = await run(seed, true)
      const kept = await stored(store)
      for (const [key, most] of sent) {
        const least = answered.get(key) ?? 0
        const here = kept.get(key) ?? 0
        expect([seed, key, here >= least, here <= most]).toEqual([seed, key, true, true])
      }
      expect([...kept.keys()].filter((key) => !sent.has(key))).toEqual([])
    }
  }, 120_000)

  it('R2.6 waits for the disk and not for the store, and takes the journal over at the next start', async () => {
    const clock = movedClock()
    const [store, dataDir] = [await openedStore(), dataFolder()]
    const { berlin } = await registered(store, clock)
    const away: DropLedgerParts['store'] = {
      db: store.db,
      transaction: () => Promise.reject(new Error('the store is away')),
    }
    let isAway = false
    const parts = {
      dataDir,
      store: { db: store.db, transaction: (act) => (isAway ? away : store).transaction(act) },
      metrics: createMetrics(),
      clock,
      log: silentLog,
    } satisfies DropLedgerParts
    const first = await openDropLedger(parts)
    isAway = true
    const tally = first.tally(berlin)
    tally.dropped('bot', 3)
    await tally.keep()
    await expect(first.close()).rejects.toThrow('the store is away')
    expect(await stored(store)).toEqual(new Map())
    isAway = false
    const next = await openDropLedger(parts)
    expect([...(await stored(store)).values()]).toEqual([3])
    await next.close()
  })

  it('R2.6 R4.8 forgets a site with it, and what is older than 25 months', async () => {
    const clock = movedClock()
    const [store, dataDir] = [await openedStore(), dataFolder()]
    const { berlin, nepal, sites } = await registered(store, clock)
    const parts = { dataDir, store, metrics: createMetrics(), clock, log: silentLog }
    const ledger = await openDropLedger(parts)
    for (const site of [berlin, nepal]) {
      const tally = ledger.tally(site)
      tally.dropped('duplicate')
      await tally.keep()
    }
    await ledger.flush()
    await sites.remove('berlin.example')
    const late = ledger.tally(berlin)
    late.dropped('bot')
    await late.keep()
    await ledger.close()
    expect((await rowsOf(store, 'drop_count')).map(({ site_id }) => site_id)).toEqual([nepal.id])
    clock.pass(764 * 86_400_000)
    await (await openDropLedger(parts)).close()
    expect(await rowsOf(store, 'drop_count')).toEqual([])
  })

  it('R2.6 holds reasons and numbers, and nothing of whom they are about', async () => {
    const clock = movedClock()
    const dataDir = dataFolder()
    const store = await openedStore(dataDir)
    const { berlin } = await registered(store, clock)
    const ledger = await openDropLedger({ dataDir, store, metrics: createMetrics(), clock, log: silentLog })
    for (const reason of REASONS) {
      const tally = ledger.tally(berlin)
      tally.dropped(reason)
      await tally.keep()
    }
    const kept = await keptIn(dataDir, store)
    const journal = [...kept].filter(([name]) => name.startsWith(`drops${path.sep}`))
    expect(journal).toHaveLength(1)
    const line = new RegExp(
      `^\\d+\\t\\d{4}-\\d\\d-\\d\\d\\t\\d{1,2}\\tdropped\\t(${REASONS.join('|')})\\t\\d+\\t[\\da-f]{1,8}$`,
    )
    const lines = journal[0]?.[1].toString('latin1').trimEnd().split('\n') ?? []
    expect(lines).toHaveLength(REASONS.length)
    for (const one of lines) expect(one).toMatch(line)
    await ledger.close()
    for (const row of await rowsOf(store, 'drop_count')) {
      expect(Object.keys(row)).toEqual(['site_id', 'day', 'hour', 'kind', 'reason', 'count'])
      expect(REASONS).toContain(row.reason)
    }
  })
})
