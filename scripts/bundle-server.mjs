// Bundles the server into <outDir>: main.js, which is `sluice`, and what it runs in a process or thread of its own,
// engine.js and batch-thread.js. Loading three hundred small files takes a third of a start; commands and what else is
// imported on demand stay files of their own. Unminified, and with source maps: a stack names what people wrote.
import { readdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))

/** Their names are those of `Program` in server/project-root.ts. */
const PROGRAMS = {
  main: 'server/main.ts',
  engine: 'server/clickhouse/engine/process.ts',
  'batch-thread': 'server/load/batch-thread.ts',
}

/** Native code. prom-client is loaded at the first look at /metrics, when another build may have replaced the rest. */
const EXTERNAL = ['chdb', 'libsql', '@node-rs/argon2', 'prom-client']

/** Packages in CommonJS ask for Node's own modules, which a file of ES modules has no `require` for. */
const REQUIRE = `import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);`

/** @param {string} outDir where the programs go; nothing else may be in it */
export async function bundleServer(outDir) {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: PROGRAMS,
    outdir: outDir,
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external: EXTERNAL,
    banner: { js: REQUIRE },
    sourcemap: true,
    metafile: true,
    logLevel: 'warning',
  })
  const made = new Set(Object.keys(metafile.outputs).map((file) => path.basename(file)))
  for (const name of readdirSync(outDir)) if (!made.has(name)) rmSync(path.join(outDir, name))
}
