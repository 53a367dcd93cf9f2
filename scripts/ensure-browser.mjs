import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, realpathSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** The browser named by CHROME_PATH, else the first of the usual names on PATH; undefined where there is none. */
function findBrowser() {
  const named = process.env['CHROME_PATH']
  if (named) {
    if (isExecutable(named)) return named
    throw new Error(`CHROME_PATH names ${named}, which is no program: correct it or unset it.`)
  }
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin', '/snap/bin']
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable)
}

function apt(...args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  return spawnSync('apt-get', ['-q', ...args], { env, stdio: ['ignore', 'ignore', 'inherit'] }).status === 0
}

/**
 * Path of a Chromium for the browser tests. Where there is none, root on a Debian system gets it installed; anybody
 * else is told in one sentence. The tests are never passed over for want of a browser.
 */
export function ensureBrowser() {
  const found = findBrowser()
  if (found) return found
  if (process.getuid?.() === 0 && existsSync('/etc/debian_version')) {
    console.error('Installing Chromium for the browser tests …')
    if (apt('update') && apt('install', '-y', '--no-install-recommends', 'chromium')) {
      const installed = findBrowser()
      if (installed) return installed
    }
    throw new Error(
      'The browser tests need Chromium and apt-get could not install it: install it or set CHROME_PATH.',
    )
  }
  throw new Error(
    'The browser tests need Chromium: install the package "chromium", or set CHROME_PATH to a Chrome or Chromium.',
  )
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    console.log(ensureBrowser())
  } catch (error) {
    console.error(error.message)
    process.exit(1)
  }
}
