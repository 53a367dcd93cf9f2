import { existsSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * The folder that holds package.json, found upwards from this file: it lies at different depths in the source tree
 * and in dist/.
 */
export const projectRoot: string = findRoot(path.dirname(fileURLToPath(import.meta.url)))

/** What runs as a process or thread of its own; `main` is the command line with all its commands. */
export type Program = 'main' | 'engine' | 'batch-thread'

/** Its file in this build, made by scripts/bundle-server.mjs. */
export function programFile(program: Program): string {
  return path.join(projectRoot, 'dist', 'sluice', `${program}.js`)
}

function findRoot(folder: string): string {
  if (existsSync(path.join(folder, 'package.json'))) return folder
  const above = path.dirname(folder)
  if (above === folder) throw new Error('package.json is missing: install sluice again')
  return findRoot(above)
}
