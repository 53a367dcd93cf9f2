import { realpathSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureProgram, isExecutable } from './ensure-program.mjs'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

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

/** Path of a Chromium for the browser tests. */
export function ensureBrowser() {
  return ensureProgram({
    find: findBrowser,
    name: 'Chromium',
    users: 'the browser tests',
    debianPackage: 'chromium',
    instead: 'set CHROME_PATH to a Chrome or Chromium',
  })
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    console.log(ensureBrowser())
  } catch (error) {
    console.error(error.message)
    process.exit(1)
  }
}
