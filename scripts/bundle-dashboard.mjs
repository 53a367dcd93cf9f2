// Bundles the dashboard into <outDir>/dashboard: index.html, main-<hash>.js, main-<hash>.css, icon-<hash>.svg. The page
// names its files relative to itself, so that the folder works at / and behind any prefix.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync } from 'node:zlib'
import { build } from 'esbuild'

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const source = path.join(root, 'dashboard')

/** What the page may cost a reader's first visit, in bytes of brotli: page, script, style and icon together. */
export const FIRST_LOAD_LIMIT = 30_000

/** A browser bundle holds the dashboard, the shapes and preact; a validator alone would triple it. */
const MAY_CONTAIN = /^(dashboard|schema|node_modules\/preact)\//

/**
 * @param {string} outDir where the public files go; its folder dashboard/ is made anew
 * @returns {Promise<{firstLoadBytes: number, files: string[]}>} bytes of brotli, and the names under dashboard/
 */
export async function bundleDashboard(outDir) {
  const out = path.join(outDir, 'dashboard')
  const { metafile, outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: {
      main: path.join(source, 'main.tsx'),
      style: path.join(source, 'main.css'),
      icon: path.join(source, 'icon.svg'),
    },
    entryNames: '[name]-[hash]',
    loader: { '.svg': 'copy' },
    outdir: out,
    bundle: true,
    // A linked node_modules stays what it is called: the list of what may be contained goes by these names.
    preserveSymlinks: true,
    minify: true,
    format: 'esm',
    target: ['es2022', 'chrome111', 'firefox115', 'safari16.4'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    charset: 'utf8',
    legalComments: 'none',
    metafile: true,
    write: false,
  })
  const strangers = Object.keys(metafile.inputs).filter((input) => !MAY_CONTAIN.test(input))
  if (strangers.length > 0) throw new Error(`the dashboard must not contain ${strangers.join(', ')}`)

  const files = new Map(
    outputFiles.map((file) => [path.basename(file.path).replace(/^style-/, 'main-'), file.contents]),
  )
  const named = (ending) => [...files.keys()].find((name) => name.endsWith(ending)) ?? ''
  const page = readFileSync(path.join(source, 'index.html'), 'utf8')
    .replace('{{script}}', named('.js'))
    .replace('{{style}}', named('.css'))
    .replace('{{icon}}', named('.svg'))
    .replace(/^\s+/gm, '')
  files.set('index.html', Buffer.from(page))

  const firstLoadBytes = [...files.values()].reduce(
    (sum, content) => sum + brotliCompressSync(content).length,
    0,
  )
  if (firstLoadBytes > FIRST_LOAD_LIMIT) {
    throw new Error(
      `the dashboard's first load is ${firstLoadBytes} bytes of brotli, more than ${FIRST_LOAD_LIMIT}: take something out`,
    )
  }
  mkdirSync(out, { recursive: true })
  for (const [name, content] of files) writeFileSync(path.join(out, name), content)
  // Older ones go last: a server that runs meanwhile never misses a file.
  for (const name of readdirSync(out)) if (!files.has(name)) rmSync(path.join(out, name), { recursive: true })
  return { firstLoadBytes, files: [...files.keys()] }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { firstLoadBytes } = await bundleDashboard(path.join(root, 'dist', 'public'))
  process.stderr.write(`dashboard: first load ${firstLoadBytes} of ${FIRST_LOAD_LIMIT} bytes of brotli\n`)
}
