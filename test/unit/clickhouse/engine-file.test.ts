import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  engineFilePath,
  readEngineFile,
  removeEngineFile,
  writeEngineFile,
} from '../../../server/clickhouse/engine/engine-file.ts'
import { temporaryFolder } from '../../support/engine.ts'

const content = {
  url: 'http://127.0.0.1:20000',
  pid: 42,
  reader: { username: 'reader', password: 'r' },
  writer: { username: 'writer', password: 'w' },
}
let dataDir: string
let folder: string
beforeEach(() => {
  dataDir = temporaryFolder()
  folder = path.join(dataDir, 'clickhouse')
})
afterEach(() => rmSync(dataDir, { recursive: true }))

describe('engine.json', () => {
  it('comes back as written, lies beside the folder, and nobody else may read it', () => {
    writeEngineFile(folder, { ...content, pid: 41 })
    writeEngineFile(folder, content)
    expect(readEngineFile(folder)).toEqual(content)
    expect(readdirSync(dataDir)).toEqual(['engine.json'])
    expect(statSync(engineFilePath(folder)).mode & 0o777).toBe(0o600)
  })
  it('is removed by the engine it tells of, and by no other', () => {
    writeEngineFile(folder, content)
    removeEngineFile(folder, 43)
    expect(readEngineFile(folder)).toEqual(content)
    removeEngineFile(folder, 42)
    removeEngineFile(folder, 42)
    expect(readEngineFile(folder)).toBeUndefined()
  })
  it.each(['', '{', 'null', '[]', '{"url":"x"}', JSON.stringify({ ...content, writer: 'w' })])(
    'holding %j tells of no engine',
    (text) => {
      writeFileSync(engineFilePath(folder), text)
      expect(readEngineFile(folder)).toBeUndefined()
    },
  )
})
