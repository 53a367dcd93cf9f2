import { execFileSync, spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { projectRoot } from '../../server/project-root.ts'
import { freePort } from '../support/product.ts'
import { cookieOf, lookLinkIn, post, setUpAccount, setUpLinkIn } from '../support/sign-in.ts'

/**
 * The first five minutes: the commands of the README, run in a copy of the tracked files where nothing is built.
 * `npm ci` itself is what continuous integration begins with.
 */
const folder = mkdtempSync(path.join(tmpdir(), 'sluice-newcomer-'))
const copy = path.join(folder, 'sluice')

function copyTracked(): void {
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: projectRoot,
    encoding: 'utf8',
  })
  for (const file of files.split('\0').filter((name) => name !== '')) {
    cpSync(path.join(projectRoot, file), path.join(copy, file), { preserveTimestamps: true })
  }
  symlinkSync(path.join(projectRoot, 'node_modules'), path.join(copy, 'node_modules'))
}

function commandsOfReadme(): string[] {
  const readme = readFileSync(path.join(projectRoot, 'README.md'), 'utf8')
  return [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = '']) => block.trim().split('\n'))
}

/** Runs a serving command until it says ready, hands over its address and everything it printed, and ends it. */
async function serve<T>(
  command: string[],
  data: string,
  use: (url: string, output: string, env: Record<string, string>) => Promise<T>,
): Promise<T> {
  const env = { PORT: String(await freePort()), SLUICE_DATA: data }
  const [program = '', ...args] = command
  const child = spawn(program, args, { cwd: copy, env: { ...process.env, ...env }, detached: true })
  let output = ''
  try {
    const url = await new Promise<string>((resolve, reject) => {
      const read = (chunk: Buffer): void => {
        output += chunk.toString()
        const ready = /^\{"ready":true.*\}$/m.exec(output)?.[0]
        if (ready !== undefined) resolve((JSON.parse(ready) as { url: string }).url)
      }
      child.stdout.on('data', read)
      child.stderr.on('data', read)
      child.once('exit', () => reject(new Error(`ended before it was ready: ${output.slice(-500)}`)))
    })
    return await use(url, output, env)
  } finally {
    const exited = new Promise((resolve) => child.once('exit', resolve))
    // The whole group: npm does not pass signals on.
    if (child.pid !== undefined && child.exitCode === null) {
      process.kill(-child.pid, 'SIGTERM')
      await exited
    }
  }
}

describe('a newcomer', () => {
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('gets the product running with the commands of the README, each of them', async () => {
    copyTracked()
    const commands = new Set(commandsOfReadme())
    const seen = (command: string): void => {
      expect(commands.delete(command), `the README no longer says: ${command}`).toBe(true)
    }

    seen('npm ci && npm start')
    await serve(['npm', 'start', '--silent'], path.join(folder, 'data'), async (url, output, env) => {
      for (const [route, type] of [
        ['/', 'text/html'],
        ['/sluice.js', 'text/javascript'],
        ['/live', 'application/json'],
        ['/ready', 'application/json'],
        ['/metrics', 'text/plain'],
        ['/.well-known/gpc.json', 'application/json'],
      ] as const) {
        const answer = await fetch(url + route)
        expect(answer.status, route).toBe(200)
        expect(answer.headers.get('content-type'), route).toContain(type)
      }
      const link = setUpLinkIn(output)
      const { cookie } = await setUpAccount(link)
      expect((await fetch(`${url}/api/session`)).status).toBe(401)
      expect((await fetch(`${url}/api/session`, { headers: { cookie } })).status).toBe(200)
      await expect(setUpAccount(link), 'a link works once').rejects.toThrow('404')

      for (const command of [
        'npx sluice site add example.com --pre-consent anonymous --timezone Europe/Berlin',
        'npx sluice key create --site example.com --scope query',
        'npx sluice query --site example.com --period 7d --breakdown page',
        'npx sluice policy check example.com examples/policy/shop.json',
        'npx sluice consent verify',
      ]) {
        seen(command)
        const [, ...words] = command.split(' ')
        const printed = execFileSync('npx', ['--no-install', ...words], {
          cwd: copy,
          encoding: 'utf8',
          env: { ...process.env, ...env },
        })
        expect(printed, command).not.toBe('')
      }
    })

    seen('npx sluice demo')
    await serve(['npx', '--no-install', 'sluice', 'demo'], path.join(folder, 'demo'), async (url, output) => {
      expect(await (await fetch(`${url}/demo/`)).text()).toContain('/sluice.js')
      // The page that is printed is on the demo's own site: from another origin nothing would be counted.
      expect(output).toMatch(/http:\/\/localhost:\d+\/demo\//)
      const [base = '', token = ''] = lookLinkIn(output).split('#look=')
      const cookie = cookieOf(await post(`${base}api/look`, { token }))
      const answer = await fetch(`${url}/api/query`, {
        method: 'POST',
        headers: { cookie, 'content-type': 'application/json' },
        body: JSON.stringify({ site: 'localhost', period: '30d', interval: 'day', metrics: ['visitors'] }),
      })
      const { rows } = (await answer.json()) as { rows: { visitors: number }[] }
      expect(rows).toHaveLength(30)
      expect(rows.slice(0, 29).every((row) => row.visitors > 100)).toBe(true)
    })

    seen('npm ci && npm test')
    expect([...commands], 'commands of the README that no test runs').toEqual([])
    expect(readFileSync(path.join(projectRoot, '.ci/run'), 'utf8')).toContain('npm ci && npm test')
  }, 240_000)
})
