import {
  chmodSync,
  existsSync,
  linkSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createDayKeys, type DayKeyOptions, type DayKeys } from '../../../server/enrich/day-keys.ts'
import { silentLog, type Log } from '../../../server/log.ts'
import { siteDay } from '../../../server/sites/site-day.ts'

const DAY_MS = 86_400_000
const ZONE = 'Europe/Berlin'
let now = Date.UTC(2026, 10, 24, 11)
const clock = { now: () => now, monotonic: () => now }
let shmDir: string
let opened: DayKeys[] = []
const warnings: string[] = []
const log = { ...silentLog, warn: (_: unknown, text?: string) => void warnings.push(text ?? '') } as Log

function open(changes: Partial<DayKeyOptions> = {}): DayKeys {
  const keys = createDayKeys({ dataDir: '/srv/data', clock, log, shmDir, isMemory: () => true, ...changes })
  opened.push(keys)
  return keys
}
const today = (): ReturnType<typeof siteDay> => siteDay(ZONE, now)
const hex = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('hex')
const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))

beforeEach(() => {
  now = Date.UTC(2026, 10, 24, 11)
  shmDir = mkdtempSync(path.join(tmpdir(), 'day-keys-'))
  warnings.length = 0
})
afterEach(() => {
  for (const keys of opened) keys.close()
  opened = []
  rmSync(shmDir, { recursive: true })
})

describe('R8.1 day keys', () => {
  it('are 256 random bits for each site and day, the same all day', () => {
    const keys = open()
    const first = hex(keys.key(1, today()))
    expect(first).toMatch(/^[\da-f]{64}$/)
    expect(first).not.toMatch(/^0+$/)
    expect(hex(keys.key(2, today()))).not.toBe(first)
    now += 11 * 3_600_000
    expect(hex(keys.key(1, today()))).toBe(first)
  })

  it('are used one after the other over 1,000 midnights, without overlap and with nothing left', () => {
    const keys = open()
    const seen = new Set<string>()
    for (let i = 0; i < 1_000; i++) {
      const day = today()
      now = day.endMs - 1
      const key = keys.key(1, day)
      expect(key).toBeDefined()
      expect(hex(keys.key(1, today()))).toBe(hex(key))
      const bytes = hex(key)
      expect(seen.has(bytes)).toBe(false)
      seen.add(bytes)
      now = day.endMs
      // The day is over: no key, though nothing was swept yet.
      expect(keys.key(1, day)).toBeUndefined()
      if (i % 2 === 0) keys.sweep(now)
      const next = keys.key(1, today())
      expect(hex(next)).not.toBe(bytes)
      // Whether swept or replaced: the bytes that were handed out are wiped.
      expect(hex(key)).toBe('0'.repeat(64))
      now += 1_000
    }
    expect(filesIn(shmDir)).toHaveLength(1)
  })

  it('leave no bytes in memory, file or folder when the day ends', () => {
    const keys = open()
    const key = keys.key(7, today())
    const bytes = Buffer.from(key ?? [])
    const [file] = filesIn(shmDir)
    expect(file).toBeDefined()
    expect(readFileSync(file as string).equals(bytes)).toBe(true)
    now = today().endMs
    keys.sweep(now)
    expect(hex(key)).toBe('0'.repeat(64))
    expect(existsSync(file as string)).toBe(false)
    for (const left of filesIn(shmDir)) expect(readFileSync(left).includes(bytes)).toBe(false)
  })

  it('are wiped in the file before it is removed', () => {
    const keys = open()
    keys.key(7, today())
    const [file] = filesIn(shmDir) as [string]
    // A second name for the same bytes, as a backup in the act of copying would have it.
    const copy = path.join(shmDir, 'copy')
    linkSync(file, copy)
    now = today().endMs
    keys.sweep(now)
    expect(readFileSync(copy).every((byte) => byte === 0)).toBe(true)
  })

  it('end at each site’s own midnight', () => {
    const keys = open()
    const [berlin, auckland] = [siteDay(ZONE, now), siteDay('Pacific/Auckland', now)]
    const [first, second] = [keys.key(1, berlin), keys.key(2, auckland)]
    now = Math.min(berlin.endMs, auckland.endMs)
    keys.sweep(now)
    const wiped = [first, second].map((key) => /^0+$/.test(hex(key)))
    expect(wiped).toEqual([berlin.endMs === now, auckland.endMs === now])
    expect(wiped).toContain(false)
  })

  it('do not come back when the clock is set back over midnight', () => {
    const keys = open()
    const day = today()
    now = day.endMs
    const next = hex(keys.key(1, today()))
    now = day.endMs - 1
    expect(keys.key(1, day)).toBeUndefined()
    now = day.endMs + 5
    expect(hex(keys.key(1, today()))).toBe(next)
  })
})

describe('day keys on a memory file system', () => {
  it('survive a restart within the day, in files that only their owner may read', () => {
    const first = hex(open().key(1, today()))
    // Nothing was closed: the process was killed.
    expect(hex(open().key(1, today()))).toBe(first)
    const [file] = filesIn(shmDir) as [string]
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(statSync(path.dirname(file)).mode & 0o777).toBe(0o700)
  })

  it('survive a close, which wipes the memory', () => {
    const keys = open()
    const key = keys.key(1, today())
    const bytes = hex(key)
    keys.close()
    expect(hex(key)).toBe('0'.repeat(64))
    expect(hex(open().key(1, today()))).toBe(bytes)
  })

  it('of a day that ended while nothing ran are gone at the next start', () => {
    open().key(1, today())
    now += DAY_MS
    writeFileSync(
      path.join(path.dirname(filesIn(shmDir)[0] as string), `1.2026-11-24.${now - 1}.key.77`),
      'draft',
    )
    open()
    expect(filesIn(shmDir)).toEqual([])
  })

  it('are the same for two processes on the same data, whoever begins the day', () => {
    const [one, two] = [open(), open()]
    expect(hex(one.key(1, today()))).toBe(hex(two.key(1, today())))
    expect(hex(two.key(2, today()))).toBe(hex(one.key(2, today())))
    expect(filesIn(shmDir)).toHaveLength(2)
  })

  it('are others for other data, and the folder does not tell which', () => {
    const one = open({ dataDir: '/srv/one' })
    const two = open({ dataDir: '/srv/two' })
    expect(hex(one.key(1, today()))).not.toBe(hex(two.key(1, today())))
    expect(readdirSync(shmDir).join(' ')).not.toMatch(/srv|one|two/)
  })

  it('are not kept in a file where no memory file system is', () => {
    const keys = open({ isMemory: () => false })
    const key = hex(keys.key(1, today()))
    expect(filesIn(shmDir)).toEqual([])
    expect(hex(open({ isMemory: () => false }).key(1, today()))).not.toBe(key)
  })

  it('are not put into a folder that others made or may read', () => {
    open().close()
    const folder = path.join(shmDir, readdirSync(shmDir)[0] as string)
    chmodSync(folder, 0o755)
    expect(hex(open().key(1, today()))).toMatch(/^[\da-f]{64}$/)
    expect(filesIn(shmDir)).toEqual([])
    rmSync(folder, { recursive: true })
    const elsewhere = mkdtempSync(path.join(shmDir, 'elsewhere-'))
    symlinkSync(elsewhere, folder)
    expect(open().key(1, today())).toBeDefined()
    expect(filesIn(shmDir)).toEqual([])
    expect(warnings).toHaveLength(2)
    expect(warnings[0]).toMatch(/memory only/)
  })

  it('live on in memory when the file system fails', () => {
    const keys = open()
    const folder = path.join(shmDir, readdirSync(shmDir)[0] as string)
    rmSync(folder, { recursive: true })
    const key = hex(keys.key(1, today()))
    expect(key).toMatch(/^[\da-f]{64}$/)
    expect(hex(keys.key(1, today()))).toBe(key)
    expect(warnings).toHaveLength(1)
    now = today().endMs
    keys.sweep(now)
    expect(hex(keys.key(1, today()))).not.toBe(key)
  })

  it('that are damaged cost the restart its key, and nothing else', () => {
    open().key(1, today())
    const [file] = filesIn(shmDir) as [string]
    writeFileSync(file, 'short')
    expect(hex(open().key(1, today()))).toMatch(/^[\da-f]{64}$/)
  })
})
