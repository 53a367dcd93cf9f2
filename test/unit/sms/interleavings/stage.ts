import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { SmsPorts, SmsStore } from '../../../../sms/ports.ts'
import type { SmsTables } from '../../../../sms/store/tables.ts'
import { digest } from '../../../support/digest.ts'
import {
  createMemoryTables,
  kyselyOver,
  type Changes,
  type MemoryTables,
} from '../../../support/memory-tables.ts'
import type { Scene, SceneClock, Stage } from './scene.ts'
import { setScene } from './scene.ts'
import type { Scenario } from './scenarios.ts'
import { createScheduler, type Scheduler } from './scheduler.ts'

/** Ten in the morning in New York. */
const BEGIN = Date.UTC(2026, 10, 24, 15)

export function sceneClock(scheduler: Scheduler): SceneClock {
  const clock: SceneClock = {
    passed: 0,
    now: () => {
      scheduler.saw([clock.passed, 5])
      return BEGIN + clock.passed
    },
  }
  return clock
}

/** The module's tables, as its migrations make them, in memory. */
export function smsTables(projectRoot: string, scheduler: Pick<Scheduler, 'saw'>): MemoryTables {
  const folder = path.join(projectRoot, 'schema/store')
  const schema = readdirSync(folder)
    .toSorted()
    .map((file) => readFileSync(path.join(folder, file), 'utf8'))
    .filter((text) => /TABLE sms_/.test(text))
    .join('\n')
  return createMemoryTables(schema, scheduler.saw)
}

/** A scene whose store is in memory, with nothing sealed, hashed or signed: orders in a thousandth of the time. */
export async function sceneInMemory(projectRoot: string, scenario: Scenario): Promise<Scene> {
  const scheduler = createScheduler(scenario.crashes)
  const clock = sceneClock(scheduler)
  const tables = smsTables(projectRoot, scheduler)
  const db = kyselyOver<SmsTables>(tables)
  const store: SmsStore = { db, transaction: (run) => db.transaction().execute(run) }
  const ports: SmsPorts = {
    store,
    clock,
    ...PLAIN_PORTS,
    random: { hex: scheduler.newId, fraction: () => 0.5 },
  }
  const stage: Stage = {
    ports,
    clock,
    siteId: 1,
    scheduler,
    state: () => tables.state,
    mark: tables.mark,
    since: tables.since,
    again: (changes) => tables.again(changes as Changes),
  }
  const scene = await setScene(stage, scenario, 1)
  const ready = tables.mark()
  return {
    play: async (steer) => {
      tables.back(ready)
      return scene.play(steer)
    },
  }
}

/** What is sealed stands there as it is, bound to its place; what is hashed is told apart, and no more. */
const PLAIN_PORTS: Omit<SmsPorts, 'store' | 'clock' | 'random'> = {
  sealing: {
    envelope: plainEnvelope(),
    newKey: () => 'key',
    under: plainEnvelope,
    index: (purpose) => (text) => `${purpose} ${text}`,
  },
  chain: {
    canonicalJson: JSON.stringify,
    hash: (...parts) => digest(...parts).join('.'),
    keyId: 'key',
    sign: () => 'signed',
  },
  audit: { append: () => Promise.resolve() },
  alarm: { raise: () => undefined },
  log: { info: () => undefined, warn: () => undefined, error: () => undefined },
}

function plainEnvelope(): SmsPorts['sealing']['envelope'] {
  const placed = ({ table, row, column }: { table: string; row: string; column: string }): string =>
    `${table} ${row} ${column} `
  return {
    seal: (text, place) => placed(place) + text,
    open: (sealed, place) => {
      const start = placed(place)
      if (!sealed.startsWith(start)) throw new Error('it stood in another place')
      return sealed.slice(start.length)
    },
  }
}
