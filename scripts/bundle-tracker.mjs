import { build } from 'esbuild'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * Writes the tracker as one classic script, `<outDir>/sluice.js`, and gives esbuild's metafile, which names all that
 * went into it. es2020 is what Safari 14, Chrome 80 and Firefox 78 understand. Our tsconfig is kept away from esbuild,
 * which would put "use strict" at the front for it.
 */
export async function bundleTracker(outDir) {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['tracker/main.ts'],
    outfile: join(outDir, 'sluice.js'),
    bundle: true,
    format: 'iife',
    target: 'es2020',
    tsconfigRaw: '{}',
    minify: true,
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
  })
  return metafile
}
