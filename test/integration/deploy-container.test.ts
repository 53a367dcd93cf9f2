import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { projectRoot } from '../../server/project-root.ts'
import { eventually, freePort } from '../support/product.ts'

/**
 * The Dockerfile, as far as it can be followed without Docker: what it copies is built as it builds it, and started as
 * it starts it, by a user who owns nothing and with the program on a file system that nobody can write to.
 */
const lines = readFileSync(path.join(projectRoot, 'Dockerfile'), 'utf8').replaceAll('\\\n', ' ').split('\n')
const wordsOf = (name: string): string[] =>
  lines.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1).trim())
const json = (text: string | undefined): string[] => JSON.parse(text ?? '[]') as string[]

/** Sources of the files that the image is built of. */
const SOURCES = wordsOf('COPY')
  .filter((words) => !words.startsWith('--from'))
  .flatMap((words) => words.split(/\s+/).slice(0, -1))
const USER = 1000
const isRoot = process.getuid?.() === 0

describe('the Dockerfile', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'sluice-container-'))
  const app = path.join(folder, 'app')
  const data = path.join(folder, 'data')
  let port: number
  let child: ChildProcess
  let output = ''
  beforeAll(async () => {
    for (const source of SOURCES) {
      cpSync(path.join(projectRoot, source), path.join(app, source), {
        recursive: true,
        preserveTimestamps: true,
      })
    }
    symlinkSync(path.join(projectRoot, 'node_modules'), path.join(app, 'node_modules'))
    expect(wordsOf('RUN').join('\n')).toContain('npm run build')
    execFileSync('npm', ['run', 'build', '--silent'], { cwd: app, stdio: ['ignore', 'ignore', 'pipe'] })
    rmSync(path.join(app, 'node_modules'))
    mkdirSync(path.join(app, 'node_modules'))
    // The folder on the way to it is the test's alone until now.
    chmodSync(folder, 0o755)
    mkdirSync(data, { mode: 0o700 })
    if (isRoot) chownSync(data, USER, USER)
    port = await freePort()
    child = start({ ...imageEnvironment(), PORT: String(port), HOST: '127.0.0.1', SLUICE_DATA: data })
  }, 240_000)
  afterAll(async () => {
    if (child.exitCode === null) {
      const exited = once(child, 'exit')
      child.kill('SIGTERM')
      await exited
    }
    rmSync(folder, { recursive: true, force: true })
  })

  /** What ENV says. */
  function imageEnvironment(): Record<string, string> {
    return Object.fromEntries(
      wordsOf('ENV').flatMap((words) =>
        words.split(/\s+/).map((pair) => pair.split('=', 2) as [string, string]),
      ),
    )
  }

  /** Runs ENTRYPOINT and CMD in a mount namespace of their own, where the program is at /mnt and cannot be changed. */
  function start(env: Record<string, string>): ChildProcess {
    const command = [...json(wordsOf('ENTRYPOINT')[0]), ...json(wordsOf('CMD')[0])]
    const [program, ...args] = command.map((word) => word.replace(/^\/app\//, '/mnt/'))
    expect(program).toBe('node')
    const nobody = ['setpriv', `--reuid=${USER}`, `--regid=${USER}`, '--clear-groups', '--no-new-privs']
    const script = [
      'mount --bind "$1" /mnt',
      'mount --bind "$2" /mnt/node_modules',
      'mount -o remount,bind,ro /mnt',
      'mount -o remount,bind,ro /mnt/node_modules',
      'cd /mnt && shift 2 && exec "$@"',
    ].join(' && ')
    const namespace = ['--mount', ...(isRoot ? [] : ['--map-root-user'])]
    const inside = [...(isRoot ? [...nobody, '--bounding-set=-all'] : []), process.execPath, ...args]
    const started = spawn(
      'unshare',
      [...namespace, 'sh', '-c', script, 'sh', app, path.join(projectRoot, 'node_modules'), ...inside],
      { env: { PATH: process.env['PATH'] ?? '', ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
    )
    for (const stream of [started.stdout, started.stderr]) {
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
    }
    return started
  }

  it('copies what is there, and the context holds nothing else', () => {
    expect(SOURCES.filter((source) => !existsSync(path.join(projectRoot, source)))).toEqual([])
    const context = readFileSync(path.join(projectRoot, '.dockerignore'), 'utf8').split('\n')
    expect(context).toContain('*')
    expect(
      context
        .filter((line) => line.startsWith('!'))
        .map((line) => line.slice(1))
        .toSorted(),
    ).toEqual(SOURCES.toSorted())
  })

  it('pins a line of Node that the package takes, and ends as nobody special with data outside the program', () => {
    const images = wordsOf('FROM').map((words) => words.split(' ')[0])
    expect(new Set(images).size).toBe(1)
    expect(images[0]).toMatch(/^node:2\d-bookworm-slim$/)
    expect(wordsOf('USER')).toEqual(['node'])
    expect(wordsOf('VOLUME')).toEqual([imageEnvironment()['SLUICE_DATA']])
    expect(wordsOf('EXPOSE')).toEqual([imageEnvironment()['PORT']])
    // Nothing of the program is given to that user.
    expect(wordsOf('COPY').filter((words) => words.includes('--chown'))).toEqual([])
  })

  it('starts as a user who owns nothing, with the program read-only', async () => {
    await eventually(
      () => Promise.resolve(output),
      (text) => {
        if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}: ${text.slice(-800)}`)
        return text.includes('"ready":true')
      },
      60,
    )
    expect(await (await fetch(`http://127.0.0.1:${port}/sluice.js`)).text()).toContain('sluice')
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200)
    if (isRoot) expect(statSync(path.join(data, 'key')).uid).toBe(USER)
    const written = spawnSync('find', [app, '-newer', path.join(data, 'key'), '-type', 'f'], {
      encoding: 'utf8',
    })
    expect([written.status, written.stdout]).toEqual([0, ''])
  }, 90_000)

  it('is healthy while it serves, and not when it does not', async () => {
    const [, check = ''] = /CMD (\[.*\])$/.exec(wordsOf('HEALTHCHECK')[0] ?? '') ?? []
    const [program, ...args] = json(check)
    expect(program).toBe('node')
    const ask = (asked: number): number | null =>
      spawnSync(process.execPath, args, { env: { PORT: String(asked) } }).status
    await eventually(
      async () => (await fetch(`http://127.0.0.1:${port}/ready`)).status,
      (status) => status === 200,
    )
    expect(ask(port)).toBe(0)
    expect(ask(await freePort())).toBe(1)
    const exited = once(child, 'exit')
    child.kill('SIGTERM')
    expect(await exited).toEqual([0, null])
    expect(ask(port)).toBe(1)
  })
})
