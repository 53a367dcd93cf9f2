import { chmodSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { UserError } from '../../../server/errors.ts'
import { decodeKey, deriveKey, loadMasterKey } from '../../../server/store/key-file.ts'
import { atOnce, dataFolder, listen } from './opened.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

describe('the key file', () => {
  it('is made at the first start, whole, for this user alone, and read at the next', () => {
    const dataDir = path.join(dataFolder(), 'data')
    const { log, lines } = listen()
    const first = loadMasterKey({ dataDir, log })
    expect(first.key).toHaveLength(32)
    expect(statSync(path.join(dataDir, 'key')).mode & 0o777).toBe(0o600)
    expect(readdirSync(dataDir)).toEqual(['key'])
    const second = loadMasterKey({ dataDir, log })
    expect([hex(second.key), second.id]).toEqual([hex(first.key), first.id])
    expect(hex(loadMasterKey({ dataDir: dataFolder(), log }).key)).not.toBe(hex(first.key))
    expect(lines).toEqual([])
  })

  it('is the same for processes that start at the same moment', async () => {
    const dataDir = dataFolder()
    const children = await atOnce(
      ['a', 'b', 'c'],
      `
        import { loadMasterKey } from './server/store/key-file.ts'
        const ids = []
        for (let round = 0; round < 10; round++) {
          meet()
          ids.push(loadMasterKey({ dataDir: process.env.FOLDER + '/' + round, log: { warn: () => {} } }).id)
        }
        process.stdout.write(ids.join())
      `,
      { FOLDER: dataDir },
    )
    const ids = children.map(({ stdout }) => stdout)
    expect(ids[0]).toMatch(/^([0-9a-f]{16},?){10}$/)
    expect(new Set(ids).size).toBe(1)
    for (const round of readdirSync(dataDir)) expect(readdirSync(path.join(dataDir, round))).toEqual(['key'])
  })

  it('is closed to others with a warning that does not show it', () => {
    const dataDir = dataFolder()
    const { log, lines } = listen()
    loadMasterKey({ dataDir, log })
    chmodSync(path.join(dataDir, 'key'), 0o644)
    loadMasterKey({ dataDir, log })
    expect(statSync(path.join(dataDir, 'key')).mode & 0o777).toBe(0o600)
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain('644')
    expect(lines[0]).not.toContain(readFileSync(path.join(dataDir, 'key'), 'utf8').trim())
  })

  it('refuses a damaged file instead of making another key', () => {
    const dataDir = dataFolder()
    writeFileSync(path.join(dataDir, 'key'), 'half a k', { mode: 0o600 })
    expect(() => loadMasterKey({ dataDir, log: listen().log })).toThrow(/key file .* must hold 32 bytes/)
    expect(readFileSync(path.join(dataDir, 'key'), 'utf8')).toBe('half a k')
  })

  it('yields to SLUICE_KEY, and is then not made', () => {
    const dataDir = dataFolder()
    const envKey = Buffer.alloc(32, 7).toString('base64')
    expect(hex(loadMasterKey({ dataDir, envKey, log: listen().log }).key)).toBe('07'.repeat(32))
    expect(readdirSync(dataDir)).toEqual([])
  })
})

describe('the text of a key', () => {
  const bytes = Buffer.from(Array.from({ length: 32 }, (_, index) => index * 8 + 3))

  it('is read as hex, base64 and base64url', () => {
    for (const text of [
      bytes.toString('hex'),
      bytes.toString('hex').toUpperCase(),
      bytes.toString('base64'),
      bytes.toString('base64url'),
    ]) {
      expect(hex(decodeKey(text, 'SLUICE_KEY'))).toBe(bytes.toString('hex'))
    }
  })

  it.each([
    '',
    'secret',
    'ab'.repeat(31),
    Buffer.alloc(31).toString('base64'),
    Buffer.alloc(33).toString('base64'),
  ])('is refused without being shown (%#)', (text) => {
    expect(() => decodeKey(text, 'SLUICE_KEY')).toThrow(UserError)
    expect(() => decodeKey(text, 'SLUICE_KEY')).toThrow(
      /^SLUICE_KEY must hold 32 bytes in base64 or hex: [^a]*openssl/,
    )
  })
})

describe('keys for a purpose', () => {
  const master = loadMasterKey({ dataDir: '', envKey: '00'.repeat(32), log: listen().log })

  it('differ by purpose and stay the same from start to start', () => {
    const spool = deriveKey(master, 'spool', 32)
    expect(spool).toHaveLength(32)
    // Pinned: another value would make everything unreadable that was written with it.
    expect(hex(spool)).toBe('67e2810327c7bdbee5892d1447c182bc87a4a068cf853b09d873727e995c00f7')
    expect(hex(deriveKey(master, 'cookie', 32))).not.toBe(hex(spool))
    expect(hex(deriveKey(master, 'spool', 16))).toBe(hex(spool).slice(0, 32))
  })
})
