import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { bundleTracker } from './bundle-tracker.mjs'

/** Bytes of the tracker as it crosses the wire, brotli at its highest level. */
const LIMIT = 1_200

const folder = mkdtempSync(join(tmpdir(), 'sluice-size-'))
try {
  await bundleTracker(folder)
  const script = readFileSync(join(folder, 'sluice.js'))
  const gzip = gzipSync(script, { level: 9 }).length
  const brotli = brotliCompressSync(script).length
  console.log(`sluice.js: ${script.length} bytes, gzip ${gzip}, brotli ${brotli} of at most ${LIMIT}`)
  if (brotli > LIMIT) {
    console.error(`The tracker is ${brotli - LIMIT} bytes over its limit: take something out.`)
    process.exitCode = 1
  }
} finally {
  rmSync(folder, { recursive: true })
}
