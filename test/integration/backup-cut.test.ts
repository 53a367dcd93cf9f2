import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { ClickHouseClient } from '@clickhouse/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readArchive, type Section } from '../../server/backup/archive.ts'
import { folderTarget } from '../../server/backup/folder.ts'
import { makeBackup } from '../../server/backup/make.ts'
import { startTestEngine, type TestEngine } from '../support/engine.ts'
import { storeEvents } from '../support/stored-events.ts'
import { LASTING, MASTER } from '../unit/store/keys.ts'
import { clock, eventOf, idsIn, live } from '../unit/backup/spool-rig.ts'
import { openedStore } from '../unit/store/opened.ts'

const EVENTS = 40

/** A backup while events move from the spool to the database, one after each question that the database answers. */
describe('the cut of a backup', () => {
  let engine: TestEngine
  const backups = mkdtempSync(path.join(tmpdir(), 'sluice-backups-'))
  beforeAll(async () => {
    engine = await startTestEngine()
  })
  afterAll(async () => {
    await engine.stop()
    rmSync(backups, { recursive: true, force: true })
  })

  it('R4.6b is no backup when it could not be restored, or did not fit', async () => {
    const store = await openedStore(engine.folder)
    const attempt = (rehearse: () => Promise<void>, folder = backups): Promise<unknown> =>
      makeBackup({
        target: folderTarget(folder),
        dataDir: engine.folder,
        master: MASTER,
        lasting: LASTING,
        store,
        clickhouse: engine.clickhouse,
        clock,
        rehearse,
        warn: () => undefined,
      })
    await expect(attempt(() => Promise.reject(new Error('a row is missing')))).rejects.toThrow(
      'a row is missing',
    )
    const full = Object.assign(new Error('no room'), { code: 'ENOSPC' })
    await expect(attempt(() => Promise.reject(full))).rejects.toThrow(
      'The disk was full before the backup was whole: make room in ',
    )
    expect(readdirSync(backups)).toEqual([])
    const within = path.join(engine.folder, 'backups')
    await expect(attempt(() => Promise.resolve(), within)).rejects.toThrow('lies in the data folder')
    expect(readdirSync(engine.folder)).not.toContain('backups')
  })

  it('R4.6 misses no event, whichever way it goes in the meantime', async () => {
    const spool = await live({}, path.join(engine.folder, 'spool'))
    await spool.append(0, EVENTS)
    let moved = 0
    const moveOne = async (): Promise<void> => {
      if (moved === EVENTS) return
      await storeEvents(engine.clickhouse.write, [eventOf(moved)])
      await spool.loaded(++moved)
    }
    await moveOne()
    const { read } = engine.clickhouse
    const after = async <T>(answer: Promise<T>): Promise<T> => {
      const answered = await answer
      await moveOne()
      return answered
    }
    const moving = {
      query: (...words: Parameters<ClickHouseClient['query']>) => after(read.query(...words)),
      exec: (...words: Parameters<ClickHouseClient['exec']>) => after(read.exec(...words)),
    } as unknown as ClickHouseClient

    const made = await makeBackup({
      target: folderTarget(backups),
      dataDir: engine.folder,
      master: MASTER,
      lasting: LASTING,
      store: await openedStore(engine.folder),
      clickhouse: { read: moving },
      clock,
      warn: (sentence) => expect(sentence).toBe('nothing'),
    })
    // It has to be in the middle of moving for this to show anything.
    expect(moved).toBeGreaterThan(3)
    expect(moved).toBeLessThan(EVENTS)
    await spool.close()

    const file = await open(path.join(backups, made.name), 'r')
    const found = { spool: [] as number[], database: [] as number[] }
    for await (const { head, body } of readArchive(file, MASTER, made.name) as AsyncIterable<Section>) {
      if (head.part === 'spool') found.spool.push(...idsIn(body))
      const column = head.columns?.indexOf('event_id') ?? -1
      if (head.part === 'database') {
        found.database.push(
          ...body
            .toString()
            .split('\n')
            .slice(0, -1)
            .map((line) => Number(line.split('\t')[column])),
        )
      }
    }
    await file.close()
    const all = new Set([...found.spool, ...found.database])
    expect([...all].toSorted((a, b) => a - b)).toEqual(Array.from({ length: EVENTS }, (_, id) => id))
    for (const part of [found.spool, found.database]) expect(new Set(part).size).toBe(part.length)
  })
})
