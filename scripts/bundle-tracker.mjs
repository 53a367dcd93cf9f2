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

/** Modules that `sluice.js` imports when a page needs them, by the name of their file: `sluice-<name>.js`. */
export const PARTS = ['choice', 'measured', 'routes', 'events', 'vitals', 'clicks', 'memory', 'beacon']

/**
 * Writes the tracker: `<outDir>/sluice.js`, a classic script that every page has, and beside it the modules that it
 * imports: `sluice-choice.js`, which follows the choice and is the page's API, or `sluice-measured.js`, the same with all
 * that is measured; and `sluice-routes.js`, which names pages in sites that have rules for it. Gives esbuild's metafiles by name, which tell all that went into them.
 */
export async function bundleTracker(outDir) {
  const script = await build({ ...TRACKER, outfile: join(outDir, 'sluice.js') })
  const metafiles = { script: script.metafile }
  for (const name of PARTS) {
    const { metafile } = await build({
      ...TRACKER,
      entryPoints: [`tracker/${name}.ts`],
      format: 'esm',
      outfile: join(outDir, `sluice-${name}.js`),
    })
    metafiles[name] = metafile
  }
  return metafiles
}
