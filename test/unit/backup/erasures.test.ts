import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { erasuresFile, noteErasures, readErasures } from '../../../server/backup/erasures-file.ts'
import { createErasureNote, createMark } from '../../../server/backup/erasures.ts'
import { folderTarget } from '../../../server/backup/folder.ts'
import { LASTING, lastingKey } from '../store/keys.ts'
import { folder } from './rig.ts'

const mark = createMark(LASTING)

describe('the file of erasures beside the backups', () => {
  it('R4.8 holds a keyed digest of what was erased, and nothing of its name', async () => {
    const place = folder()
    await noteErasures(place, [mark('receipt', 'AAAAAAAAAAAAAAAAAAAAAA'), mark('account', 'ab12')])
    const text = readFileSync(erasuresFile(place), 'utf8')
    expect(text).not.toMatch(/AAAA|ab12|receipt|account/)
    expect(await readErasures(erasuresFile(place))).toEqual(
      new Set([mark('receipt', 'AAAAAAAAAAAAAAAAAAAAAA'), mark('account', 'ab12')]),
    )
    // Under another key it says something else, and an account is no receipt.
    expect(createMark(lastingKey('two'))('account', 'ab12')).not.toBe(mark('account', 'ab12'))
    expect(mark('receipt', 'ab12')).not.toBe(mark('account', 'ab12'))
  })

  it('R4.8 takes each once, from several writers, and loses none behind a torn line', async () => {
    const place = folder()
    const file = erasuresFile(place)
    const marks = Array.from({ length: 20 }, (_, index) => mark('receipt', String(index)))
    await Promise.all(marks.map((one) => noteErasures(place, [one])))
    appendFileSync(file, mark('receipt', 'torn').slice(0, 20))
    await noteErasures(place, [mark('receipt', 'later')])
    const before = readFileSync(file, 'utf8')
    await noteErasures(place, marks)
    expect(readFileSync(file, 'utf8')).toBe(before)
    const known = await readErasures(file)
    expect([...marks, mark('receipt', 'later')].filter((one) => !known?.has(one))).toEqual([])
    expect(known?.has(mark('receipt', 'torn'))).toBe(false)
  })

  it('tells a file without a line from none', async () => {
    const place = folder()
    expect(await readErasures(erasuresFile(place))).toBeUndefined()
    await noteErasures(place, [])
    expect(await readErasures(erasuresFile(place))).toEqual(new Set())
  })

  it('says that it could not be told, and stands in the way of nothing', async () => {
    const place = path.join(folder(), 'file')
    writeFileSync(place, '')
    const said: string[] = []
    const note = createErasureNote({
      target: folderTarget(place),
      lasting: LASTING,
      warn: (line) => said.push(line),
    })
    await note?.('commitment')
    expect(said).toEqual([
      `The file of erasures in ${place} cannot be written (EEXIST): make it writable for this user. The next backup makes up for it.`,
    ])
    expect(createErasureNote({ target: undefined, lasting: LASTING, warn: () => undefined })).toBeUndefined()
  })
})
