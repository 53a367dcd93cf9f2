import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync } from 'node:zlib'
import { bundleBanner } from './bundle-banner.mjs'
import { bundleDashboard, FIRST_LOAD_LIMIT, ON_DEMAND_LIMIT } from './bundle-dashboard.mjs'
import { bundleTracker } from './bundle-tracker.mjs'

/** Bytes as they cross the wire, brotli at its highest level. */
export const LIMITS = {
  /** What every page begins with: page views, routes of applications, engagement, the gate, sending and trying again. */
  'sluice.js': 1_500,
  /** With all that is measured under consent besides, but for the two parts below. */
  'sluice.js + sluice-events.js': 3_500,
  /** Web vitals, where they are measured. */
  'sluice-vitals.js': 900,
  /** Clicks on controls, where the site asks for them. */
  'sluice-clicks.js': 600,
  /** Preferences, campaigns and traits, where a page asks for them. */
  'sluice-memory.js': 1_300,
  /** What follows the choice and tells it, wakes, sweeps, and gives the page its API. */
  'sluice-choice.js': 4_300,
  /** In place of it and of events and vitals, on each page of a visitor who allowed them before. */
  'sluice-measured.js': 6_800,
  /** Web beacons, where a page calls for one under a consent. */
  'sluice-beacon.js': 400,
  /** Names of pages, in sites with `data-hash` or `data-exclude`. */
  'sluice-routes.js': 300,
  /** Banner, dialog and their style, with the longest notice of a site that never set a policy. */
  'consent UI': 16_200,
  /** What an analyst's browser loads before the first number. */
  'dashboard, first load': FIRST_LOAD_LIMIT,
  /** Every other view and page, in both languages. */
  'dashboard, on demand': ON_DEMAND_LIMIT,
}

/** Trackers of others, in bytes of brotli, as measured in 2026: as shipped, or as esbuild minifies their source. */
export const PEERS = {
  'Medama, default': 613,
  'Counterscale 3.4.1': 1_607,
  'GoatCounter, minified': 1_852,
  'Umami 3.1, with web vitals': 2_020,
  'Plausible 0.4.6': 2_355,
  OpenPanel: 2_912,
  'Rybbit 1.3.0, with web vitals': 4_170,
  'Matomo 5.2': 19_064,
}

/**
 * Measures what browsers load.
 * @param {string} notice the text of a `notice.json`
 * @returns {Promise<Record<keyof typeof LIMITS, number>>} bytes of brotli
 */
export async function measure(notice) {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-size-'))
  try {
    await bundleTracker(folder)
    await bundleBanner(folder)
    const dashboard = await bundleDashboard(folder)
    const size = (name) => brotliCompressSync(readFileSync(join(folder, name))).length
    return {
      'sluice.js': size('sluice.js'),
      'sluice.js + sluice-events.js': size('sluice.js') + size('sluice-events.js'),
      'sluice-vitals.js': size('sluice-vitals.js'),
      'sluice-clicks.js': size('sluice-clicks.js'),
      'sluice-memory.js': size('sluice-memory.js'),
      'sluice-choice.js': size('sluice-choice.js'),
      'sluice-measured.js': size('sluice-measured.js'),
      'sluice-beacon.js': size('sluice-beacon.js'),
      'sluice-routes.js': size('sluice-routes.js'),
      'consent UI': size('sluice-ui.js') + size('sluice-ui.css') + brotliCompressSync(notice).length,
      'dashboard, first load': dashboard.firstLoadBytes,
      'dashboard, on demand': dashboard.onDemandBytes,
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  // Of the built server, so that this needs a build before it.
  const { allNotices } = await import('../dist/server/consent/policy/notice.js')
  const { defaultManifest } = await import('../dist/server/consent/policy/default-manifest.js')
  const site = { domain: 'shop.example' }
  const version = { revision: 1, hash: '', publishedAt: 0, since: {}, manifest: defaultManifest(site) }
  const notices = allNotices(site, version).map((notice) => JSON.stringify(notice))
  const longest = notices.sort((one, other) => other.length - one.length)[0]
  for (const [name, bytes] of Object.entries(await measure(longest))) {
    console.log(`${name}: ${bytes} of at most ${LIMITS[name]} bytes of brotli`)
    if (bytes > LIMITS[name]) process.exitCode = 1
  }
  console.log(
    'Scripts of others, of which none has a gate or keeps what could not be sent but OpenPanel and Matomo:',
  )
  for (const [name, bytes] of Object.entries(PEERS)) console.log(`${name}: ${bytes}`)
}
