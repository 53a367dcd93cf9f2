// `npm run faults:access`: takes each check of who may do what out of the product, one by one, and runs the tests that
// come by it until one notices. Nothing is written to the checkout: the tests are served files in which every check can
// be taken out. Writes docs/access-checks.md. With paths, such as server/shares, only checks in these are tried and nothing
// is written. What was noticed before is kept in dist/ and not tried again while neither the file nor the test has changed,
// nor is one without which all is as before while its file is the same; --anew forgets it, and takes about twenty minutes.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { format, resolveConfig } from 'prettier'
import { startVitest } from 'vitest/node'
import { checksOf, rolesOf, withPut } from './access-checks.mjs'
import { EQUIVALENT, equivalenceOf } from './access-equivalent.mjs'

const root = new URL('../', import.meta.url)
const inRoot = (file) => fileURLToPath(new URL(file, root))
const ACCESS = 'server/accounts/access.ts'
/** Tests of the application as it is put together: questions, and what is of one site, are tried there as well. */
const TOGETHER = ['accounts/routes', 'accounts/belongings', 'application'].map(
  (name) => `test/unit/${name}.test.ts`,
)
const DOCUMENT = 'docs/access-checks.md'
/** What a check is like while it is out. */
const FORMS = {
  question: 'nobody is asked who they are and what they may do',
  permission: 'any other permission or scope will do',
  guard: 'not there',
  demand: 'not there',
  condition: 'passed by everybody',
  scope: 'not there',
  role: 'has it',
}
const only = process.argv.slice(2).filter((one) => one !== '--anew')

/** These come by everything and take longest: what others notice is not tried there. */
const LONG = ['sites/route', 'shares/route', 'accounts/belongings']
  .concat('accounts/access', 'accounts/routes', 'accounts/bursts')
  .map((name) => `test/unit/${name}.test.ts`)

class ShortFirst {
  shard(files) {
    return files
  }
  sort(files) {
    return files.toSorted((a, b) => placeOf(a) - placeOf(b) || a.moduleId.localeCompare(b.moduleId))
  }
}

function placeOf({ moduleId }) {
  return LONG.findIndex((file) => moduleId.endsWith(file))
}

/** Files whose checks everything comes by: what asks for everything as everybody notices these too. */
const TABLED = [
  ACCESS,
  ...['accounts/network-guard', 'http/security', 'sms/web'].map((file) => `server/${file}.ts`),
]

/** What was noticed, by check; without a test where nothing can be. */
const KEPT = inRoot('dist/access-checks.json')
const kept =
  existsSync(KEPT) && !process.argv.includes('--anew') ? JSON.parse(readFileSync(KEPT, 'utf8')) : {}

const failures = []
const folder = mkdtempSync(path.join(tmpdir(), 'sluice-access-'))
try {
  const checks = checksOfProduct()
  const told = await sweep(checks.filter((check) => !keptOf(check)))
  const results = checks.map((check) => Object.assign(check, resultOf(check, told)))
  for (const { key, file, is, by } of results) {
    if (by) kept[key] = { ...by, hash: hashOf(by.file) }
    else if (is === 'equivalent') kept[key] = { file, hash: hashOf(file) }
  }
  writeFileSync(KEPT, JSON.stringify(kept))
  for (const one of results) {
    if (one.is !== 'noticed')
      console.log(`${one.is}: ${one.file}, ${one.place}: ${one.check} (${one.form}) ${one.why}`)
  }
  const gaps = results.filter(({ is }) => is === 'SURVIVED' || is === 'BROKE')
  const unused =
    only.length > 0 ? [] : EQUIVALENT.filter((one) => !results.some(({ equivalent }) => equivalent === one))
  for (const { file, check } of unused) {
    failures.push(`No check is as access-equivalent.mjs says: ${file}, ${check}`)
  }
  for (const failure of failures) console.log(failure)
  console.log(`${results.length} checks, ${gaps.length} that no test notices`)
  if (gaps.length > 0 || failures.length > 0) process.exitCode = 1
  else if (only.length === 0) await write(results)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function tracked(...patterns) {
  const { stdout } = spawnSync('git', ['ls-files', ...patterns], { cwd: inRoot('.'), encoding: 'utf8' })
  return stdout.trim().split('\n')
}

function checksOfProduct() {
  const files = tracked('server/*.ts', 'sms/desk/*.ts')
  return [...files.flatMap((file) => checksOf(root, file)), ...rolesOf(root)]
    .filter(({ file }) => only.length === 0 || only.some((one) => file.startsWith(one)))
    .map((check, index) => {
      const { file, form, place, check: what, at } = check
      return Object.assign(check, {
        number: index + 1,
        key: [file, form, place, what, at, hashOf(file)].join(' '),
      })
    })
}

/** What is kept of a check, unless the test is another by now, or access-equivalent.mjs does not name it any more. */
function keptOf(check) {
  const known = kept[check.key]
  if (!known || (known.test === undefined && !equivalenceOf(check))) return undefined
  return existsSync(inRoot(known.file)) && known.hash === hashOf(known.file) ? known : undefined
}

function hashOf(file) {
  return createHash('sha256')
    .update(readFileSync(inRoot(file)))
    .digest('base64url')
}

/** Runs the tests once, each as often as it comes by checks that none before has noticed; answers what was told. */
async function sweep(checks) {
  const report = path.join(folder, 'told.ndjson')
  const routes = Object.fromEntries(checks.map(({ number, route }) => [number, route]))
  const untabled = checks.filter((check) => !isOfTable(check)).map(({ number }) => number)
  process.env.ACCESS_SWEEP = JSON.stringify({ routes, report, untabled })
  if (checks.length === 0) return []
  const vitest = await startVitest(
    'test',
    testsBy(checks),
    {
      root: inRoot('.'),
      config: false,
      watch: false,
      runner: inRoot('test/faults/access/runner.ts'),
      provide: { engine: 'sqlite' },
      testTimeout: 60_000,
      hookTimeout: 120_000,
      pool: 'forks',
      maxWorkers: 1,
      isolate: false,
      // A test without one of the checks may leave a request behind that fails later.
      dangerouslyIgnoreUnhandledErrors: true,
      sequence: { sequencer: ShortFirst },
    },
    { logLevel: 'error', plugins: [served(checks)] },
  )
  const failed = vitest.state.getCountOfFailedTests()
  await vitest.close()
  // What was noticed is kept all the same: it took long to find.
  if (failed > 0) failures.push(`With all checks in place ${failed} tests fail: mend these first.`)
  if (!existsSync(report)) return []
  return readFileSync(report, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}

/** Conditions of a look-up are tried where they are tested, and not by asking for everything as everybody. */
function isOfTable({ file, form, route }) {
  const isAsked = ['question', 'permission', 'guard', 'role'].includes(form) || route !== undefined
  return isAsked || TABLED.includes(file)
}

/** Unit tests of the folders and files that have checks, but for what takes a process of its own, PostgreSQL, or very long. */
function testsBy(checks) {
  const folders = new Set(checks.map(({ file }) => (file.startsWith('sms/') ? 'sms' : file.split('/')[1])))
  const isTogether = checks.some((check) => isOfTable(check) || check.form === 'scope')
  // To git a star is of any folders too.
  return tracked('test/unit/*.test.ts').filter(
    (file) =>
      (TOGETHER.includes(file) && isTogether) ||
      (folders.has(placeOfTests(file)) && !/same-work|interleavings|two-servers/.test(file)),
  )
}

/** Whose tests they are: a folder of the server, or a file beside the folders, as test/unit/ingest.test.ts are of ingest.ts. */
function placeOfTests(file) {
  return file.split('/')[2].replace('.test.ts', '.ts')
}

/** Files as the tests get them: with a way around each check. */
function served(checks) {
  const from = `from '${inRoot('test/faults/access/unchecked.ts')}'\n`
  return {
    name: 'checks-that-can-be-out',
    enforce: 'pre',
    load(id) {
      const file = path.relative(inRoot('.'), id)
      const puts = checks.filter((check) => check.file === file).flatMap(({ put, number }) => put(number))
      if (puts.length === 0 && file !== ACCESS) return undefined
      const text = withPut(readFileSync(id, 'utf8'), puts)
      const ways = `import { granted, loosened, narrowed as narrowedBy, out, unchecked } ${from}`
      if (file !== ACCESS) return `${ways}${text}`
      return `${ways}${text.replace('export function createAccess(', 'function createStrict(')}
export const createAccess: typeof createStrict = (parts) => loosened(createStrict(parts), parts)\n`
    },
  }
}

/** What became of a check. */
function resultOf(check, told) {
  const own = told.filter((one) => one.check === check.number)
  const unsure = new Set(own.filter(({ is }) => is === 'unsure').map(({ test }) => test))
  const by = keptOf(check) ?? own.find(({ is, test }) => is === 'noticed' && !unsure.has(test))
  if (by?.test !== undefined) return { is: 'noticed', by: { test: by.test, file: by.file } }
  const equivalent = equivalenceOf(check)
  if (equivalent) return { is: 'equivalent', equivalent, why: equivalent.why }
  const broke = own.find(({ is }) => is === 'broke')
  return broke ? { is: 'BROKE', why: `${broke.test}: ${broke.error}` } : { is: 'SURVIVED', why: '' }
}

async function write(results) {
  const count = (wanted) => results.filter(({ is }) => is === wanted).length
  const files = [...new Set(results.map(({ file }) => file))]
  const text = `# Checks of who may do what

Generated by \`npm run faults:access\`, which takes some twenty minutes; do not edit.

Each line is a check that decides who may do what. It was taken out of the product by itself, with all others in place, and
the tests that come by it were run until one noticed: by an assertion that was told another answer, not by an error or
a 500. Of ${results.length} checks ${count('noticed')} are noticed. Without the other ${count('equivalent')} all is as before, and the line says why.
What an earlier run found is kept as long as neither the file of the check nor the test that noticed has changed.

What is taken out:

- a question to Access, in a route or where it is handed to one: the route goes on with the site that was named and whoever
  asks, be they anybody; and the permission in it, in whose place one stands that almost everybody has;
- what stands before a route: \`sameOriginOnly\`, \`onlyJson\`, and \`guarded\`, which counts the tries of a network;
- each condition of looking up sessions, keys, links, tokens and second factors, and of whatever answers 401, 403 or 429;
- what makes a query find only what is of one site or account;
- that a role, a scope of keys, a guest and a share link do not have a permission: each gets each.

That something is there at all is no line (\`!site\`): without it there would be nothing to go on with. Nor is the type of a
body, but for questions (\`onlyJson\`): it is read as JSON only, whatever it is called.

${files
  .map((file) =>
    tableOf(
      file,
      results.filter((one) => one.file === file),
    ),
  )
  .join('\n\n')}

Run on ${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}.
`
  const file = inRoot(DOCUMENT)
  writeFileSync(file, await format(text, { ...(await resolveConfig(file)), filepath: file }))
}

function tableOf(file, rows) {
  const lines = new Set(
    rows.map(({ form, place, check, is, by, why }) => {
      const what = form === 'role' ? `no ${check}` : `\`${check}\``
      const end = is === 'noticed' ? `${by.test} (${by.file})` : `nothing: ${why}`
      return `| ${[place, what, FORMS[form], end].map(inCell).join(' | ')} |`
    }),
  )
  return [`## ${file}`, '', '| where | check | taken out | noticed by |', '|---|---|---|---|', ...lines].join(
    '\n',
  )
}

function inCell(text) {
  return text.replaceAll('|', String.raw`\|`)
}
