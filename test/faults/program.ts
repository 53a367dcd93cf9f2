import { rmSync } from 'node:fs'
import path from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll } from 'vitest'
import { projectRoot } from '../../server/project-root.ts'

/**
 * Bundles a program of this folder for a process of its own, before the tests of a file; it is gone after them. Answers
 * where it is.
 */
export function programOf(name: string): string {
  const outfile = path.join(projectRoot, 'dist/test-sms', `${name}-${process.pid}.mjs`)
  beforeAll(async () => {
    await build({
      entryPoints: [path.join(projectRoot, 'test/faults', `${name}.ts`)],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      packages: 'external',
      define: { 'import.meta.url': JSON.stringify(`file://${projectRoot}/server/child.ts`) },
      logLevel: 'error',
    })
  })
  afterAll(() => rmSync(outfile, { force: true }))
  return outfile
}
