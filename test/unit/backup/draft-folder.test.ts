import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { beginRehearsal, beginRestore } from '../../../server/backup/draft-folder.ts'
import { refuseUnfinished } from '../../../server/backup/unfinished.ts'
import { terminal } from '../cli/typed.ts'
import { folder } from './rig.ts'

async function fill(data: string): Promise<NonNullable<Awaited<ReturnType<typeof beginRestore>>>> {
  const draft = await beginRestore(data)
  if (!draft) throw new Error('there was something to finish')
  mkdirSync(path.join(draft.folder, 'spool'))
  writeFileSync(path.join(draft.folder, 'spool', 'one'), 'spool')
  writeFileSync(path.join(draft.folder, 'store.db'), 'store')
  return draft
}

function isWhole(data: string): boolean {
  const names = readdirSync(data).toSorted().join(' ')
  return names === 'spool store.db' && readFileSync(path.join(data, 'spool', 'one'), 'utf8') === 'spool'
}

describe('a data folder in the making', () => {
  it('is in place when it is whole, and leaves nothing behind', async () => {
    const data = path.join(folder(), 'new')
    const draft = await fill(data)
    expect(() => refuseUnfinished(data)).toThrow(`A restore into ${data} was not finished`)
    await draft.publish()
    await draft.close()
    expect(isWhole(data)).toBe(true)
    refuseUnfinished(data)
  })

  it('R4.6 is begun anew after a crash before it was whole, and no command works on the half of it', async () => {
    const data = folder()
    const left = path.join(data, 'restoring')
    mkdirSync(path.join(left, 'clickhouse'), { recursive: true })
    writeFileSync(path.join(left, 'store.db'), 'half')
    const { code, stderr } = await terminal({ SLUICE_DATA: data })('site list')
    expect([code, stderr]).toEqual([
      1,
      `A restore into ${data} was not finished: run \`sluice restore\` again.\n`,
    ])
    expect(readdirSync(data)).toEqual(['restoring'])
    const draft = await fill(data)
    expect(existsSync(path.join(left, 'clickhouse'))).toBe(false)
    await draft.publish()
    await draft.close()
    expect(isWhole(data)).toBe(true)
  })

  it('R4.6 is finished after a crash while it was moved into place', async () => {
    const data = folder()
    const left = path.join(data, 'restoring')
    mkdirSync(left)
    writeFileSync(path.join(left, 'complete'), '')
    writeFileSync(path.join(left, 'store.db'), 'store')
    mkdirSync(path.join(data, 'spool'))
    writeFileSync(path.join(data, 'spool', 'one'), 'spool')
    expect(await beginRestore(data)).toBeUndefined()
    expect(isWhole(data)).toBe(true)
  })

  it('R4.6 keeps what is whole where it could not be moved into place, and moves it the next time', async () => {
    const data = folder()
    const draft = await fill(data)
    const inTheWay = path.join(data, 'spool', 'other')
    mkdirSync(inTheWay, { recursive: true })
    await expect(draft.publish()).rejects.toThrow('ENOTEMPTY')
    await draft.close()
    rmSync(inTheWay, { recursive: true })
    expect(await beginRestore(data)).toBeUndefined()
    expect(isWhole(data)).toBe(true)
  })

  it('R4.6 refuses a data folder that was used, but not one with its key', async () => {
    const data = folder()
    writeFileSync(path.join(data, 'key'), 'key')
    const draft = await beginRestore(data)
    await draft?.close()
    writeFileSync(path.join(data, 'store.db'), '')
    await expect(beginRestore(data)).rejects.toThrow(`The data folder ${data} holds data (store.db)`)
    expect(readdirSync(data).toSorted()).toEqual(['key', 'store.db'])
  })

  it('is for one restore at a time', async () => {
    const data = folder()
    const draft = await fill(data)
    await expect(beginRestore(data)).rejects.toThrow(`Another restore into ${data} is under way`)
    expect(existsSync(path.join(draft.folder, 'store.db'))).toBe(true)
    await draft.close()
  })

  it('is only tried within a data folder that is in use', async () => {
    const data = folder()
    writeFileSync(path.join(data, 'store.db'), 'in use')
    const rehearsal = await beginRehearsal(data)
    writeFileSync(path.join(rehearsal.folder, 'store.db'), 'tried')
    await rehearsal.close()
    expect(readdirSync(data)).toEqual(['store.db'])
    expect(readFileSync(path.join(data, 'store.db'), 'utf8')).toBe('in use')
  })
})
