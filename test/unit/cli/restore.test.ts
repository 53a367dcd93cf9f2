import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { silentLog } from '../../../server/log.ts'
import { loadMasterKey } from '../../../server/store/key-file.ts'
import { bytesOf, section } from '../backup/rig.ts'
import { dataFolder } from '../store/opened.ts'
import { terminal } from './typed.ts'

const NAME = 'sluice-2026-11-24T13-50-07Z.backup'

/** A data folder with nothing but a key, and a folder with one backup of it. */
async function scene(): Promise<{ data: string; backups: string; bytes: Buffer }> {
  const [data, backups] = [dataFolder(), dataFolder()]
  const bytes = await bytesOf([section('1\tone\n')], loadMasterKey({ dataDir: data, log: silentLog }))
  writeFileSync(path.join(backups, NAME), bytes)
  writeFileSync(path.join(backups, 'erasures'), '')
  return { data, backups, bytes }
}

describe('`sluice backup` and `sluice restore`', () => {
  it.each([
    ['backup', '`sluice backup` takes one <folder|s3://bucket/folder>'],
    ['backup somewhere --keep 0', '--keep needs a number from 1 on: write --keep 14.'],
    ['restore', '`sluice restore` takes one <folder|s3://bucket/folder>'],
    ['restore here there', '`sluice restore` takes one <folder|s3://bucket/folder>'],
  ])('answers `%s` as wrong usage', async (line, sentence) => {
    const { code, stdout, stderr } = await terminal()(line)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(sentence)
  })

  it('R4.6 restores nothing without the key, and makes none', async () => {
    const { backups } = await scene()
    const data = dataFolder()
    const { code, stderr } = await terminal({ SLUICE_DATA: data })(`restore ${backups}`)
    expect([code, stderr]).toEqual([
      1,
      `There is no key in ${data}: put the key file of the installation there, or set SLUICE_KEY.\n`,
    ])
    expect(readdirSync(data)).toEqual([])
  })

  it('R4.6 names the key that is needed where another is there, and writes nothing', async () => {
    const { backups } = await scene()
    const data = dataFolder()
    const other = loadMasterKey({ dataDir: data, log: silentLog })
    const { code, stderr } = await terminal({ SLUICE_DATA: data })(`restore ${backups}`)
    expect(code).toBe(1)
    expect(stderr).toMatch(
      new RegExp(`^${NAME} was sealed with the key [0-9a-f]{16} and this one is ${other.id}: [^\\n]*\\n$`),
    )
    expect(readdirSync(data)).toEqual(['key'])
  })

  it('R4.6 reads the whole backup before it writes anything', async () => {
    const { data, backups, bytes } = await scene()
    for (const broken of [
      bytes.subarray(0, -1),
      Buffer.concat([bytes.subarray(0, -1), Buffer.of((bytes.at(-1) ?? 0) ^ 1)]),
    ]) {
      writeFileSync(path.join(backups, NAME), broken)
      const { code, stderr } = await terminal({ SLUICE_DATA: data })(`restore ${backups}`)
      expect([code, stderr]).toEqual([1, `${NAME} is damaged or not whole: take another backup.\n`])
      expect(readdirSync(data)).toEqual(['key'])
    }
  })

  it('R4.6 restores nothing over what is there', async () => {
    const { data, backups } = await scene()
    mkdirSync(path.join(data, 'spool'))
    const { code, stderr } = await terminal({ SLUICE_DATA: data })(`restore ${backups}`)
    expect([code, stderr]).toEqual([
      1,
      `The data folder ${data} holds data (spool): restore into an empty one, set by SLUICE_DATA.\n`,
    ])
    expect(readdirSync(data).toSorted()).toEqual(['key', 'spool'])
  })

  it('says what there is when the named backup is not', async () => {
    const { data, backups } = await scene()
    const run = terminal({ SLUICE_DATA: data })
    expect((await run(`restore ${backups} --from other`)).stderr).toBe(
      `There is no backup other in ${backups}: the newest is ${NAME}.\n`,
    )
    const empty = dataFolder()
    expect((await run(`restore ${empty}`)).stderr).toContain(`There is no backup in ${empty}`)
  })

  it('R4.6 tells another version by its tables, before it writes', async () => {
    const { data, backups } = await scene()
    const { code, stderr } = await terminal({ SLUICE_DATA: data })(`restore ${backups} --erasures none`)
    expect(code).toBe(1)
    expect(stderr).toContain('restore it with that version, then start this one.')
    expect(readdirSync(data)).toEqual(['key'])
  })

  it('keeps no backup in the data folder, with which it would be lost', async () => {
    const { data } = await scene()
    const { code, stderr } = await terminal({
      SLUICE_DATA: data,
      SLUICE_BACKUP_DIR: path.join(data, 'backups'),
    })('site list')
    expect([code, stderr]).toEqual([
      1,
      'SLUICE_BACKUP_DIR must not lie in SLUICE_DATA, with which it would be lost.\n',
    ])
  })
})
