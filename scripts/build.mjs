// Builds everything into dist/: each folder one to one with tsc, the server and what browsers load with esbuild, the
// network table.
// Messages go to standard error: standard output belongs to the command that caused the build.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmdirSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const dist = path.join(root, 'dist')
const stampFile = path.join(dist, 'built')
const lock = path.join(root, 'node_modules', '.sluice-building')

/** Folders whose files go into the product. */
const SOURCES = ['schema', 'tracker', 'banner', 'dashboard', 'sms', 'server', 'scripts']

function stamp() {
  const hash = createHash('sha256')
  const walk = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) =>
      a.name < b.name ? -1 : 1,
    )) {
      const file = path.join(folder, entry.name)
      if (entry.isDirectory()) walk(file)
      else {
        const { size, mtimeMs } = statSync(file)
        hash.update(`${path.relative(root, file)} ${size} ${mtimeMs}\n`)
      }
    }
  }
  for (const folder of SOURCES) walk(path.join(root, folder))
  hash.update(readFileSync(path.join(root, 'package-lock.json')))
  return hash.digest('hex')
}

export function isBuilt() {
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp()
}

/** Builds unless dist/ fits the source. Two commands that come at once build once. */
export async function ensureBuilt() {
  while (!isBuilt()) {
    if (takeLock()) {
      try {
        process.stderr.write('sluice: building, once after each change …\n')
        await build()
      } finally {
        rmdirSync(lock)
      }
    } else await wait(200)
  }
}

function takeLock() {
  try {
    mkdirSync(lock)
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
    // A build that was killed leaves its lock; no build takes ten minutes.
    const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
    if (age > 600_000) rmdirSync(lock)
    return false
  }
}

/** Builds everything now. */
export async function build() {
  const before = stamp()
  execFileSync(
    process.execPath,
    [
      path.join(root, 'node_modules/typescript/bin/tsc'),
      '-b',
      'schema',
      'tracker',
      'banner',
      'dashboard',
      'sms',
      'server',
    ],
    {
      cwd: root,
      stdio: ['ignore', 2, 2],
    },
  )
  const bundles = path.join(dist, 'public')
  mkdirSync(bundles, { recursive: true })
  const { bundleServer } = await import('./bundle-server.mjs')
  const { bundleVerifier } = await import('./bundle-verifier.mjs')
  const { bundleTracker } = await import('./bundle-tracker.mjs')
  const { bundleBanner } = await import('./bundle-banner.mjs')
  const { bundleDashboard } = await import('./bundle-dashboard.mjs')
  const { writeNetworks } = await import('./networks.mjs')
  await bundleServer(path.join(dist, 'sluice'))
  await bundleVerifier(path.join(dist, 'verify-sms-proof.mjs'))
  await bundleTracker(bundles)
  await bundleBanner(bundles)
  compressFiles(bundles)
  await bundleDashboard(bundles)
  await writeNetworks(path.join(dist, 'data'))
  writeFileSync(stampFile, before)
}

/** Puts beside each file of a folder what is sent to browsers in its place: `<name>.br`, `<name>.gz`. */
function compressFiles(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isFile() || /\.(br|gz)$/.test(entry.name)) continue
    const file = path.join(folder, entry.name)
    const content = readFileSync(file)
    writeFileSync(`${file}.br`, brotliCompressSync(content))
    writeFileSync(`${file}.gz`, gzipSync(content))
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build()
