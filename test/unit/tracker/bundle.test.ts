import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { afterAll, beforeAll, expect, it } from 'vitest'

interface Metafile {
  inputs: Record<string, { bytes: number }>
  outputs: Record<string, { imports: unknown[]; inputs: Record<string, { bytesInOutput: number }> }>
}

const folder = mkdtempSync(path.join(tmpdir(), 'sluice-bundle-'))
let metafile: Metafile
let script: string

beforeAll(async () => {
  const url = new URL('../../../scripts/bundle-tracker.mjs', import.meta.url).href
  const { bundleTracker } = (await import(url)) as { bundleTracker: (outDir: string) => Promise<Metafile> }
  metafile = await bundleTracker(folder)
  script = readFileSync(path.join(folder, 'sluice.js'), 'utf8')
  await bundleTracker(path.join(folder, 'again'))
})
afterAll(() => rmSync(folder, { recursive: true }))

it('is made of the tracker and of constants of the schema, and of nothing else', () => {
  const [output] = Object.values(metafile.outputs)
  expect(Object.keys(metafile.inputs).filter((file) => !/^(tracker|schema)\/[\w-]+\.ts$/.test(file))).toEqual(
    [],
  )
  expect(output?.imports).toEqual([])
  const written = Object.entries(output?.inputs ?? {}).filter(([, { bytesInOutput }]) => bytesInOutput > 0)
  expect(written.map(([file]) => file).filter((file) => !file.startsWith('tracker/'))).toEqual([])
})

it('is at most 1,200 bytes of brotli', () => {
  expect(brotliCompressSync(script).length).toBeLessThanOrEqual(1_200)
})

it('R6.1 holds no word with which a page writes to the device or makes code from text', () => {
  const refuted =
    /document\.cookie\s*=[^=]|localStorage|sessionStorage|indexedDB|caches\b|eval\(|Function\(|innerHTML|document\.write/
  expect(script).not.toMatch(refuted)
  expect(script).not.toContain('sourceMappingURL')
})

it('comes out the same each time', () => {
  expect(readFileSync(path.join(folder, 'again', 'sluice.js'), 'utf8')).toBe(script)
})
