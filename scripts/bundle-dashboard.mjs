// Bundles the dashboard into <outDir>/dashboard: index.html, main-<hash>.js, main-<hash>.css, icon-<hash>.svg, and
// scripts of pages that are loaded on demand. All are named relative to the page, so that the folder works at / and behind
// any prefix.
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync } from 'node:zlib'
import { build } from 'esbuild'

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const source = path.join(root, 'dashboard')

/** What the page may cost a reader's first visit, in bytes of brotli: page, script, style and icon together. */
export const FIRST_LOAD_LIMIT = 40_000
/** What all views, in both languages, and the pages about the installation may cost together; one view is a few kB of it. */
export const ON_DEMAND_LIMIT = 100_000

/** A browser bundle holds the dashboard, the shapes, preact and QR codes; a validator alone would triple it. */
const MAY_CONTAIN = /^(dashboard|schema|node_modules\/(preact|uqr))\//

/**
 * @param {string} outDir where the public files go; its folder dashboard/ is made anew
 * @returns {Promise<{firstLoadBytes: number, onDemandBytes: number, files: string[]}>} bytes of brotli, and the names
 * under dashboard/
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
    chunkNames: '[name]-[hash]',
    splitting: true,
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

  const { script, scripts } = await joined(metafile.outputs, outputFiles)
  const files = new Map(scripts)
  for (const file of outputFiles.filter((one) => !one.path.endsWith('.js'))) {
    files.set(path.basename(file.path).replace(/^style-/, 'main-'), file.contents)
  }
  const named = (ending) => [...files.keys()].find((name) => name.endsWith(ending)) ?? ''
  const [style, icon] = [named('.css'), named('.svg')]
  const page = readFileSync(path.join(source, 'index.html'), 'utf8')
    .replace('{{script}}', script)
    .replace('{{style}}', style)
    .replace('{{icon}}', icon)
    .replace(/^\s+/gm, '')
  files.set('index.html', Buffer.from(page))

  const atOnce = ['index.html', script, style, icon]
  const bytesOf = (names) =>
    names.reduce((sum, name) => sum + brotliCompressSync(files.get(name) ?? '').length, 0)
  const firstLoadBytes = bytesOf(atOnce)
  const onDemandBytes = bytesOf([...files.keys()].filter((name) => !atOnce.includes(name)))
  if (firstLoadBytes > FIRST_LOAD_LIMIT) {
    throw new Error(
      `the dashboard's first load is ${firstLoadBytes} bytes of brotli, more than ${FIRST_LOAD_LIMIT}: take something out`,
    )
  }
  if (onDemandBytes > ON_DEMAND_LIMIT) {
    throw new Error(
      `what the dashboard loads on demand is ${onDemandBytes} bytes of brotli, more than ${ON_DEMAND_LIMIT}: take something out`,
    )
  }
  mkdirSync(out, { recursive: true })
  for (const [name, content] of files) writeFileSync(path.join(out, name), content)
  // Older ones go last: a server that runs meanwhile never misses a file.
  for (const name of readdirSync(out)) if (!files.has(name)) rmSync(path.join(out, name), { recursive: true })
  return { firstLoadBytes, onDemandBytes, files: [...files.keys()] }
}

/** A static import as esbuild writes it: the names, none where only the script counts, and the script. */
const IMPORTS = /import(?:\{([^}]*)\}from)?"\.\/([^"]+)";/g

/**
 * The scripts of the page, with all that main imports before it runs in one file. esbuild makes a file of each set of
 * modules that a page on demand shares with main; two dozen requests took a slow processor longer than all that is in
 * them. Pages on demand import from main in their place.
 * @returns the name of main, and all scripts by name
 */
async function joined(outputs, outputFiles) {
  const texts = new Map(
    outputFiles
      .filter((file) => file.path.endsWith('.js'))
      .map((file) => [path.basename(file.path), file.text]),
  )
  const atOnce = scriptsAtOnce(outputs)
  const [script] = atOnce
  // Whoever has an older page in the cache must not mix its scripts with those of a newer main.
  const newNameOf = (name) =>
    name.replace(
      /-\w+\.js$/,
      `-${createHash('sha256').update(`${name} ${script}`).digest('hex').slice(0, 8)}.js`,
    )
  const renamed = (text) => text.replace(/"\.\/([^"]+\.js)"/g, (_, name) => `"./${finalNameOf(name)}"`)
  const finalNameOf = (name) => (atOnce.includes(name) ? script : newNameOf(name))

  /** What pages on demand take out of main, as `export` statements of it. */
  const given = new Set()
  const exported = (name, from) => `${name}$${atOnce.indexOf(from)}`
  const scripts = [...texts]
    .filter(([name]) => !atOnce.includes(name))
    .map(([name, text]) => {
      const own = text.replace(IMPORTS, (statement, names, from) => {
        if (!atOnce.includes(from)) return statement
        if (names === undefined) return ''
        const taken = names.split(',').map((one) => one.split(' as '))
        for (const [of] of taken) given.add(`export{${of} as ${exported(of, from)}}from"./${from}"`)
        const list = taken.map(([of, as = of]) => `${exported(of, from)} as ${as}`)
        return `import{${list.join(',')}}from"./${script}";`
      })
      return [newNameOf(name), Buffer.from(renamed(own))]
    })
  const { outputFiles: main } = await build({
    stdin: { contents: [`import"./${script}"`, ...given].join('\n') },
    bundle: true,
    minify: true,
    format: 'esm',
    charset: 'utf8',
    legalComments: 'none',
    write: false,
    plugins: [
      {
        name: 'scripts-at-once',
        setup(own) {
          own.onResolve({ filter: /^\.\// }, ({ path: from, kind }) => {
            const name = from.slice(2)
            if (!atOnce.includes(name)) return { path: from, external: true, namespace: 'on-demand' }
            if (kind !== 'dynamic-import') return { path: name, namespace: 'at-once' }
            throw new Error(`${name} is part of the first load: import it where it is used`)
          })
          own.onLoad({ filter: /./, namespace: 'at-once' }, ({ path: name }) => ({
            contents: texts.get(name),
          }))
        },
      },
    ],
  })
  scripts.push([script, Buffer.from(renamed(main[0]?.text ?? ''))])
  return { script, scripts }
}

/** The main script, and all that it imports before it runs: an `import()` is none of these. */
function scriptsAtOnce(outputs) {
  const main = Object.keys(outputs).find((name) => outputs[name].entryPoint?.endsWith('/main.tsx')) ?? ''
  const found = [main]
  for (const name of found) {
    for (const { path: imported, kind } of outputs[name]?.imports ?? []) {
      if (kind === 'import-statement' && !found.includes(imported)) found.push(imported)
    }
  }
  return found.map((name) => path.basename(name))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { firstLoadBytes, onDemandBytes } = await bundleDashboard(path.join(root, 'dist', 'public'))
  process.stderr.write(
    `dashboard: first load ${firstLoadBytes} of ${FIRST_LOAD_LIMIT}, on demand ${onDemandBytes} of ${ON_DEMAND_LIMIT} bytes of brotli\n`,
  )
}
