import { build } from 'esbuild'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync } from 'node:zlib'
import { bundleBanner } from './bundle-banner.mjs'
import { bundleTracker, TRACKER } from './bundle-tracker.mjs'

/** Bytes as they cross the wire, brotli at its highest level. */
export const LIMITS = {
  /** What every page loads. */
  'sluice.js': 2_000,
  /** Of it what the visitor's choice takes: reading it, following it, the way to change it. */
  'of it the choice': 800,
  /** What the undecided and those who granted something load besides: making a choice, telling it, waking, sweeping. */
  'sluice-choice.js': 3_200,
  /** Banner, dialog and their style, with the longest notice of a site that never set a policy. */
  'consent UI': 16_000,
}

/** The tracker as it would be if there were no choice to follow. */
const withoutChoice = {
  name: 'without-choice',
  setup({ onLoad }) {
    onLoad({ filter: /tracker\/consent\.ts$/ }, () => ({
      contents: 'export const createConsent = () => ({ api: {}, renew() {}, follow() {} })',
    }))
  },
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
    await build({ ...TRACKER, plugins: [withoutChoice], outfile: join(folder, 'without.js') })
    const size = (name) => brotliCompressSync(readFileSync(join(folder, name))).length
    return {
      'sluice.js': size('sluice.js'),
      'of it the choice': size('sluice.js') - size('without.js'),
      'sluice-choice.js': size('sluice-choice.js'),
      'consent UI': size('sluice-ui.js') + size('sluice-ui.css') + brotliCompressSync(notice).length,
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
}
