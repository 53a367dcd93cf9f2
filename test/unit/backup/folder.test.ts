import { existsSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { folderTarget } from '../../../server/backup/folder.ts'
import { backupName, findBackup } from '../../../server/backup/target.ts'
import { folder } from './rig.ts'

const NOW = Date.UTC(2026, 10, 24, 13, 50, 7)
const HOUR = 3_600_000

async function publish(into: string, time: number): Promise<string> {
  const draft = await folderTarget(into).begin(backupName(time))
  await draft.publish()
  await draft.close()
  return backupName(time)
}

describe('a folder of backups', () => {
  it('names them by their time, newest first, and takes nothing else for one', async () => {
    const place = folder()
    const [old, young] = [await publish(place, NOW - HOUR), await publish(place, NOW)]
    for (const name of ['erasures', `${young}.draft`, `x${young}`, 'sluice-2026-11-24.backup']) {
      writeFileSync(path.join(place, name), '')
    }
    expect(young).toBe('sluice-2026-11-24T13-50-07Z.backup')
    expect(await folderTarget(place).list()).toEqual([
      { name: young, time: NOW },
      { name: old, time: NOW - HOUR },
    ])
    expect((await findBackup(folderTarget(place), undefined)).name).toBe(young)
    expect((await findBackup(folderTarget(place), path.join(place, old))).name).toBe(old)
    await expect(findBackup(folderTarget(place), 'other')).rejects.toThrow(
      `There is no backup other in ${place}`,
    )
    expect(await folderTarget(path.join(place, 'nowhere')).list()).toEqual([])
    await expect(findBackup(folderTarget(path.join(place, 'nowhere')), undefined)).rejects.toThrow(
      'There is no backup in',
    )
  })

  it('says that a folder cannot be read or written, and what to do', async () => {
    const file = path.join(folder(), 'file')
    writeFileSync(file, '')
    await expect(folderTarget(file).list()).rejects.toThrow(
      `The backup folder ${file} cannot be read (ENOTDIR): make it readable for this user or name another.`,
    )
    await expect(folderTarget(file).begin(backupName(NOW))).rejects.toThrow(
      `The backup folder ${file} cannot be written (EEXIST)`,
    )
  })

  it('R4.6 leaves nothing behind of a backup that failed', async () => {
    const place = folder()
    const draft = await folderTarget(place).begin(backupName(NOW))
    await draft.file.writeFile('half')
    expect(await folderTarget(place).list()).toEqual([])
    await draft.close()
    expect(readdirSync(place)).toEqual([])
  })

  it('lets one begin in a second, and says so to the other', async () => {
    const place = folder()
    const draft = await folderTarget(place).begin(backupName(NOW))
    await expect(folderTarget(place).begin(backupName(NOW))).rejects.toThrow(
      'has just begun: wait for that one.',
    )
    await draft.publish()
    await draft.close()
    await expect(folderTarget(place).begin(backupName(NOW))).rejects.toThrow(
      'has just begun: wait for that one.',
    )
    expect(readdirSync(place)).toEqual([backupName(NOW)])
  })

  it('keeps the newest, and drafts only as long as somebody may be writing them', async () => {
    const place = folder()
    const names: string[] = []
    for (let hour = 0; hour < 4; hour++) names.unshift(await publish(place, NOW + hour * HOUR))
    const [abandoned, written] = [backupName(NOW - 9 * HOUR), backupName(NOW - 8 * HOUR)].map(
      (name) => `${name}.draft`,
    ) as [string, string]
    for (const [name, age] of [
      [abandoned, 2 * HOUR],
      [written, HOUR / 2],
    ] as const) {
      writeFileSync(path.join(place, name), '')
      utimesSync(path.join(place, name), new Date(NOW - age), new Date(NOW - age))
    }
    writeFileSync(path.join(place, 'erasures'), '')
    expect((await folderTarget(place).thin(2, NOW)).toSorted()).toEqual(
      [abandoned, ...names.slice(2)].toSorted(),
    )
    expect(readdirSync(place).toSorted()).toEqual(['erasures', written, ...names.slice(0, 2)].toSorted())
    expect(await folderTarget(place).thin(2, NOW)).toEqual([])
    expect(existsSync(path.join(place, written))).toBe(true)
  })
})
