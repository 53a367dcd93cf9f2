import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

interface Metafile {
  inputs: Record<string, { bytes: number }>
  outputs: Record<string, { imports: unknown[]; inputs: Record<string, { bytesInOutput: number }> }>
}

const folder = mkdtempSync(path.join(tmpdir(), 'sluice-bundle-'))
let metafiles: Record<
  'script' | 'choice' | 'measured' | 'routes' | 'events' | 'vitals' | 'clicks' | 'memory' | 'beacon',
  Metafile
>

beforeAll(async () => {
  const url = new URL('../../../scripts/bundle-tracker.mjs', import.meta.url).href
  const { bundleTracker } = (await import(url)) as {
    bundleTracker: (outDir: string) => Promise<typeof metafiles>
  }
  metafiles = await bundleTracker(folder)
  await bundleTracker(path.join(folder, 'again'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const read = (name: string): string => readFileSync(path.join(folder, name), 'utf8')
/** Ways to make code or markup from text. */
const FROM_TEXT = /\beval\(|Function\(|innerHTML|insertAdjacentHTML|document\.write/

describe.each([
  ['sluice.js', 'script'],
  ['sluice-choice.js', 'choice'],
  ['sluice-measured.js', 'measured'],
  ['sluice-routes.js', 'routes'],
  ['sluice-events.js', 'events'],
  ['sluice-vitals.js', 'vitals'],
  ['sluice-clicks.js', 'clicks'],
  ['sluice-memory.js', 'memory'],
  ['sluice-beacon.js', 'beacon'],
] as const)('%s', (name, key) => {
  it('is made of the tracker and of constants of the schema, and of nothing else', () => {
    const [output] = Object.values(metafiles[key].outputs)
    const inputs = Object.keys(metafiles[key].inputs)
    expect(inputs.filter((file) => !/^(tracker|schema)\/[\w-]+\.ts$/.test(file))).toEqual([])
    expect(output?.imports).toEqual([])
  })

  it('makes no code and no markup from text, and names no map of its source', () => {
    expect(read(name)).not.toMatch(FROM_TEXT)
    expect(read(name)).not.toContain('sourceMappingURL')
  })

  it('comes out the same each time', () => {
    expect(read(path.join('again', name))).toBe(read(name))
  })
})

it('R6.1 sluice.js holds no word with which a page writes to the device', () => {
  const writing =
    /document\.cookie\s*=[^=]|Storage(\.setItem|\.\w+\s*=[^=]|\[[^\]]*\]\s*=[^=])|sessionStorage|indexedDB|caches\b|cookieStore/
  expect('localStorage.setItem("a","b")').toMatch(writing)
  expect('localStorage.a="b"').toMatch(writing)
  expect('document.cookie=`a`').toMatch(writing)
  expect(read('sluice.js')).not.toMatch(writing)
})
