// Bundles what verifies a proof of consent to messages into one script that needs nothing but Node.js, to be handed out
// with the proof. Unminified: whoever is to trust it can read it.
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))

/** @param {string} outFile where the script goes */
export async function bundleVerifier(outFile) {
  await build({
    absWorkingDir: root,
    entryPoints: ['server/sms/proof/stand-alone.ts'],
    outfile: outFile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node18',
    logLevel: 'warning',
  })
}
