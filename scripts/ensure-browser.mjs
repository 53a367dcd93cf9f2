import { realpathSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureProgram, isDebianRoot, isExecutable } from './ensure-program.mjs'

const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const SHELLS = ['chromium-headless-shell', 'chrome-headless-shell']

/** The browser named by CHROME_PATH, else the first of the names on PATH; undefined where there is none. */
function findBrowser(names) {
  const named = process.env['CHROME_PATH']
  if (named) {
    if (isExecutable(named)) return named
    throw new Error(`CHROME_PATH names ${named}, which is no program: correct it or unset it.`)
  }
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin', '/snap/bin']
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable)
}

/** Path of a Chromium for the browser tests. */
export function ensureBrowser() {
  return ensureProgram({
    find: () => findBrowser(BROWSERS),
    name: 'Chromium',
    users: 'the browser tests',
    debianPackage: 'chromium',
    instead: 'set CHROME_PATH to a Chrome or Chromium',
  })
}

/**
 * Path of the same Chromium without its windows, which opens a page with less than half the work and has no
 * back/forward cache. Elsewhere than on Debian the whole browser does as well.
 */
export function ensureHeadlessShell() {
  return (
    findBrowser(SHELLS) ??
    (isDebianRoot()
      ? ensureProgram({
          find: () => findBrowser(SHELLS),
          name: 'Chromium without windows',
          users: 'the browser tests',
          debianPackage: 'chromium-headless-shell',
          instead: 'set CHROME_PATH to a Chrome or Chromium',
        })
      : ensureBrowser())
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
