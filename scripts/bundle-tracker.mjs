import { build } from 'esbuild'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * How the tracker is bundled. es2020 is what Safari 14, Chrome 80 and Firefox 78 understand. Our tsconfig is kept away
 * from esbuild, which would put "use strict" at the front for it.
 */
export const TRACKER = {
  absWorkingDir: fileURLToPath(new URL('..', import.meta.url)),
  entryPoints: ['tracker/main.ts'],
  bundle: true,
  format: 'iife',
  target: 'es2020',
  tsconfigRaw: '{}',
  minify: true,
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
}

/**
 * Writes the tracker: `<outDir>/sluice.js`, a classic script that every page has, and `<outDir>/sluice-choice.js`, a
 * module that it imports where there is something to ask, to grant or to clear. Gives esbuild's metafiles, which name
 * all that went into them.
 */
export async function bundleTracker(outDir) {
  const script = await build({ ...TRACKER, outfile: join(outDir, 'sluice.js') })
  const choice = await build({
    ...TRACKER,
    entryPoints: ['tracker/choice.ts'],
    format: 'esm',
    outfile: join(outDir, 'sluice-choice.js'),
  })
  return { script: script.metafile, choice: choice.metafile }
}
