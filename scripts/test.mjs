// `npm test`: everything that must hold, in one command. Builds, checks types, lint and format, finds or installs the
// browser and PostgreSQL, runs every test and writes docs/compliance.md. The last line counts: `N passed, N failed`.
// With arguments (`npm test -- test/unit/query`) only those tests run and no document is written.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ensureBuilt } from './build.mjs'
import { writeCompliance } from './compliance.mjs'
import { ensureBrowser, ensureHeadlessShell } from './ensure-browser.mjs'
import { ensurePostgres } from './ensure-postgres.mjs'

const root = new URL('../', import.meta.url)
const only = process.argv.slice(2)
const report = fileURLToPath(new URL('dist/test-report.json', root))

const bin = (name) => fileURLToPath(new URL(`node_modules/.bin/${name}`, root))
const cwd = fileURLToPath(root)

/** The names of checks that fail. They run at once: that of the format keeps one processor busy for as long as all others. */
async function failing(checks) {
  const codes = await Promise.all(
    checks.map(
      async ([, command, args]) => (await once(spawn(command, args, { cwd, stdio: 'inherit' }), 'exit'))[0],
    ),
  )
  return checks.map(([name]) => name).filter((_, index) => codes[index] !== 0)
}

/** What a program is found or installed by; without it nothing is run. */
function found(ensure) {
  try {
    return ensure()
  } catch (error) {
    console.error(error.message)
    return process.exit(1)
  }
}

await ensureBuilt()
const checks =
  only.length > 0
    ? []
    : [
        ['types', bin('tsc'), ['-b']],
        ['lint', bin('oxlint'), ['--type-aware', '--deny-warnings']],
        ['format', bin('prettier'), ['--check', '--log-level', 'warn', '.']],
        ['tracker size', process.execPath, ['scripts/size.mjs']],
      ]
// Types come first: the linter reads what that leaves.
const failedChecks = [...(await failing(checks.slice(0, 1))), ...(await failing(checks.slice(1)))]
for (const name of failedChecks) console.error('✗', name)

mkdirSync(new URL('dist/', root), { recursive: true })
rmSync(report, { force: true })
// Now, where it is said in the open, and not within the first test that needs one.
found(ensureBrowser)
found(ensureHeadlessShell)
const env = { POSTGRES_BIN: found(ensurePostgres) }
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
const { status } = spawnSync(bin('vitest'), ['run', ...reporters, ...only], {
  cwd,
  stdio: 'inherit',
  env: { ...process.env, ...env },
})

const results = JSON.parse(readFileSync(report, 'utf8'))
if (only.length === 0) {
  const { proven, rows } = writeCompliance(results, root)
  console.log(`docs/compliance.md: ${proven} of ${rows} requirements have a passing test`)
}
// A file that cannot be loaded holds no counted test, and a skipped test proves nothing: both are failures.
const brokenFiles = results.testResults.filter(
  (file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed'),
).length
const failed = results.numFailedTests + results.numPendingTests + brokenFiles + failedChecks.length
const passed = results.numPassedTests + checks.length - failedChecks.length
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed > 0 || status !== 0 ? 1 : 0)
