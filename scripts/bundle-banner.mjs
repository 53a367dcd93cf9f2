import { build } from 'esbuild'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * What the library writes as markup becomes text: [what it says, what it says instead, how often]. Then no text of a
 * policy can be anything else, and the banner works where a page requires trusted types, without a policy that would
 * let markup through. Its icons, which are markup, go; ours are in the style.
 */
const PLAIN = [
  ['.innerHTML=', '.textContent=', 21],
  [".insertAdjacentHTML('beforeend',", '.append(', 1],
  ['`<svg viewBox="0 0 24 24" stroke-width="${t}"><path d="${Q[e]}"/></svg>`', '""', 1],
]

const plainLibrary = {
  name: 'plain-library',
  setup({ onLoad }) {
    onLoad({ filter: /vanilla-cookieconsent\/dist\/cookieconsent\.esm\.js$/ }, async ({ path }) => {
      let contents = await readFile(path, 'utf8')
      for (const [markup, plain, times] of PLAIN) {
        const parts = contents.split(markup)
        if (parts.length - 1 !== times) {
          throw new Error(
            `vanilla-cookieconsent has "${markup}" ${parts.length - 1} times and not ${times}: it is another release, look through it again`,
          )
        }
        contents = parts.join(plain)
      }
      return { contents, loader: 'js' }
    })
  },
}

/**
 * Writes the consent UI, `<outDir>/sluice-ui.js` (a module) and `<outDir>/sluice-ui.css`, and gives esbuild's metafile.
 * The library's licence stays with its code.
 */
export async function bundleBanner(outDir) {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [
      { in: 'banner/main.ts', out: 'sluice-ui' },
      { in: 'banner/banner.css', out: 'sluice-ui' },
    ],
    outdir: outDir,
    bundle: true,
    format: 'esm',
    target: 'es2020',
    tsconfigRaw: '{}',
    minify: true,
    charset: 'utf8',
    legalComments: 'eof',
    plugins: [plainLibrary],
    metafile: true,
    logLevel: 'warning',
  })
  return metafile
}
