import { beforeAll, expect, it } from 'vitest'
import { allNotices } from '../../../server/consent/policy/notice.ts'
import { defaultManifest } from '../../../server/consent/policy/default-manifest.ts'

/** scripts/size.mjs with types. */
interface Size {
  LIMITS: Record<string, number>
  measure: (notice: string) => Promise<Record<string, number>>
}

let limits: Size['LIMITS']
let sizes: Record<string, number>

beforeAll(async () => {
  const { LIMITS, measure } = (await import(
    new URL('../../../scripts/size.mjs', import.meta.url).href
  )) as Size
  const site = { domain: 'shop.example' }
  const version = { revision: 1, hash: '', publishedAt: 0, since: {}, manifest: defaultManifest(site) }
  const notices = allNotices(site, version).map((notice) => JSON.stringify(notice))
  limits = LIMITS
  sizes = await measure(notices.sort((one, other) => other.length - one.length)[0] ?? '')
})

it('the promised limits are these', () => {
  expect(limits).toEqual({
    'sluice.js': 1_500,
    'sluice.js + sluice-events.js': 3_500,
    'sluice-vitals.js': 900,
    'sluice-clicks.js': 600,
    'sluice-memory.js': 1_300,
    'sluice-choice.js': 4_300,
    'sluice-measured.js': 6_800,
    'sluice-beacon.js': 400,
    'sluice-routes.js': 300,
    'consent UI': 16_200,
    'dashboard, first load': 40_000,
    'dashboard, on demand': 100_000,
  })
})

it.each([
  'sluice.js',
  'sluice.js + sluice-events.js',
  'sluice-vitals.js',
  'sluice-clicks.js',
  'sluice-memory.js',
  'sluice-choice.js',
  'sluice-measured.js',
  'sluice-beacon.js',
  'sluice-routes.js',
  'consent UI',
  'dashboard, first load',
  'dashboard, on demand',
])('%s keeps its limit', (name) => {
  expect(sizes[name]).toBeGreaterThan(0)
  expect(sizes[name]).toBeLessThanOrEqual(limits[name] ?? 0)
})
