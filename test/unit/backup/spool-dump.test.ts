import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { dumpSpool, placeOfSpool, readRecords } from '../../../server/backup/spool-dump.ts'
import { fillSpool } from '../../../server/backup/fill-spool.ts'
import type { Section } from '../../../server/backup/archive.ts'
import { silentLog } from '../../../server/log.ts'
import { nodeFs } from '../../../server/spool/fs.ts'
import { spoolKey } from '../../../server/spool/segment.ts'
import { readSetAside } from '../../../server/spool/set-aside.ts'
import { readSpoolKey } from '../../../server/store/spool-key.ts'
import { folder, MASTER } from './rig.ts'
import { clock, idsIn, KEY, live, record } from './spool-rig.ts'

async function read(place: string, from?: number): Promise<number[]> {
  const { loaded } = (await placeOfSpool(place)) ?? { loaded: 0 }
  const ids: number[] = []
  for await (const { lines } of readRecords(place, readSpoolKey(place, MASTER), from ?? loaded))
    ids.push(...idsIn(lines))
  return ids
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, at) => from + at)

describe('a spool in a backup', () => {
  it('R4.6 is read while it is written: what was answered and is not loaded, each once, in its order', async () => {
    const { place, append, loaded, close } = await live()
    expect(await read(place)).toEqual([])
    await append(0, 10)
    await loaded(4)
    expect(await read(place)).toEqual(range(4, 10))
    await append(10, 20)
    expect(await read(place)).toEqual(range(4, 20))
    await close()
    expect(await read(place)).toEqual(range(4, 20))
  })

  it('R4.6 is read over several segments, some of which are gone', async () => {
    const { place, spool, append, loaded, close } = await live({
      segmentBytes: 65_536,
      firstSegmentBytes: 65_536,
    })
    await append(0, 40)
    await loaded(30)
    await append(40, 60)
    expect(spool.stats().segments).toBeGreaterThan(1)
    expect(await read(place)).toEqual(range(30, 60))
    await close()
  })

  it('is none where nothing was ever kept', async () => {
    expect(await placeOfSpool(path.join(folder(), 'spool'))).toBeUndefined()
  })

  it('says how many blocks it cannot read', async () => {
    const { place, append, close } = await live()
    await append(0, 3)
    await close()
    const segment = (await nodeFs.list(place)).find(({ name }) => name.startsWith('seg-'))
    const file = await nodeFs.open(path.join(place, segment?.name ?? ''))
    // The second block: two copies of the header before the first.
    file.write(Buffer.alloc(64, 0xff), 64, 3 * 4096)
    await file.close()
    const missed: number[] = []
    const ids: number[] = []
    const from = { id: 0, loaded: 0 }
    for await (const { body } of dumpSpool(place, KEY, from, (blocks) => missed.push(blocks)))
      ids.push(...idsIn(body))
    expect([ids, missed]).toEqual([[0, 2], [1]])
  })

  it('needs the key it was sealed with', async () => {
    const { place, append, close } = await live()
    await append(0, 1)
    await close()
    const other = readRecords(place, new Uint8Array(32), 0)
    await expect(other.next()).rejects.toThrow('was sealed with another key')
  })
})

async function* sections(...ids: number[]): AsyncGenerator<Section> {
  yield { head: { part: 'spool', rows: ids.length }, body: Buffer.from(ids.map(record).join('')) }
}

describe('a spool that is restored', () => {
  const databaseWith = (...ids: number[]): { known: () => Promise<Set<string>> } => ({
    known: () => Promise.resolve(new Set(ids.map(String))),
  })
  const base = { master: MASTER, clock, log: silentLog }

  it('R4.6 holds what the database does not', async () => {
    const place = path.join(folder(), 'spool')
    const waiting = await fillSpool({
      ...base,
      folder: place,
      sections: sections(1, 2, 3),
      database: databaseWith(2),
    })
    expect([waiting, await read(place)]).toEqual([2, [1, 3]])
  })

  it('R4.6 takes of an old spool what came after the backup, loaded or not, each event once', async () => {
    const { place: old, append, loaded, close } = await live()
    await append(0, 5)
    await loaded(5)
    const backedUp = await placeOfSpool(old)
    await append(5, 12)
    await loaded(9)
    await close()
    const place = path.join(folder(), 'spool')
    const waiting = await fillSpool({
      ...base,
      folder: place,
      sections: sections(5, 6),
      old: { folder: old, backedUp },
      database: databaseWith(7),
    })
    expect(await read(place)).toEqual([5, 6, 8, 9, 10, 11])
    expect(waiting).toBe(6)
  })

  it('R4.6 brings back the rows that the database had refused, for people to look at', async () => {
    const { place: old, spool, close } = await live()
    await spool.setAside('7-2026-11-24-0', '{"row":0}\n{"row":3}')
    await close()
    const dumped: Section[] = []
    for await (const one of dumpSpool(old, KEY, { id: 0, loaded: 0 }, () => undefined)) dumped.push(one)
    expect(dumped.map(({ head }) => head)).toEqual([{ part: 'aside', table: '7-2026-11-24-0', rows: 2 }])
    const place = path.join(folder(), 'spool')
    const given = async function* (): AsyncGenerator<Section> {
      yield* dumped
    }
    await fillSpool({ ...base, folder: place, sections: given(), database: databaseWith() })
    expect(await readSetAside(nodeFs, place, [spoolKey(readSpoolKey(place, MASTER))], '7-2026-11-24-0')).toBe(
      '{"row":0}\n{"row":3}',
    )
  })

  it('R4.6 takes of a foreign spool what waits in it', async () => {
    const { place: old, append, loaded, close } = await live()
    await append(0, 12)
    await loaded(9)
    await close()
    const place = path.join(folder(), 'spool')
    const backedUp = { id: -1, loaded: 2 }
    await fillSpool({
      ...base,
      folder: place,
      sections: sections(),
      old: { folder: old, backedUp },
      database: databaseWith(),
    })
    expect(await read(place)).toEqual([9, 10, 11])
  })

  it('names what is missing when there is no old spool', async () => {
    const old = folder()
    writeFileSync(path.join(old, 'other'), '')
    await expect(
      fillSpool({
        ...base,
        folder: path.join(folder(), 'spool'),
        sections: sections(),
        old: { folder: old, backedUp: undefined },
        database: databaseWith(),
      }),
    ).rejects.toThrow(`There is no spool in ${old}`)
  })
})
