import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readConfig } from '../../server/config.ts'
import { projectRoot } from '../../server/project-root.ts'
import { ensureProgram } from '../support/programs.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'sluice-files-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** What compose.yaml says of a container, its variables filled in. */
interface Container {
  network_mode?: string
  ports?: unknown[]
  environment?: Record<string, string>
  volumes?: string[]
  read_only?: boolean
  cap_drop?: string[]
  security_opt?: string[]
  restart?: string
  image?: string
  healthcheck?: object
  depends_on?: Record<string, { condition: string }>
}

describe('compose.yaml', () => {
  const SETTINGS = {
    STATS_HOST: 'stats.example.com',
    CLICKHOUSE_PASSWORD: 'c0ffee',
    POSTGRES_PASSWORD: 'beef',
  }
  let compose: string
  let containers: Record<string, Container>
  beforeAll(async () => {
    compose = await ensureProgram('docker-compose')
    // Its own file reader is written in Python, and so has Python's for YAML beside it.
    const read = 'import json, sys, yaml; print(json.dumps(yaml.safe_load(sys.stdin)))'
    const answer = execFileSync('python3', ['-c', read], { input: config(SETTINGS).stdout, encoding: 'utf8' })
    containers = (JSON.parse(answer) as { services: Record<string, Container> }).services
  })

  function config(settings: Record<string, string>): ReturnType<typeof spawnSync> & { stdout: string } {
    const args = ['--file', path.join(projectRoot, 'compose.yaml'), 'config']
    // An empty file, so that nobody's own .env is read.
    const file = path.join(folder, 'empty.env')
    writeFileSync(file, '')
    return spawnSync(compose, ['--env-file', file, ...args], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'] ?? '', ...settings },
    })
  }

  it('is one that compose takes, and asks for each setting that settings.env names', () => {
    expect(Object.keys(containers).toSorted()).toEqual(['app', 'caddy', 'clickhouse', 'network', 'postgres'])
    const example = readFileSync(path.join(projectRoot, 'examples/deploy/compose/settings.env'), 'utf8')
    const named = [...example.matchAll(/^(\w+)=/gm)].map(([, name = '']) => name)
    expect(named.toSorted()).toEqual(Object.keys(SETTINGS).toSorted())
    for (const name of Object.keys(SETTINGS)) {
      const { status, stderr } = config({ ...SETTINGS, [name]: '' })
      expect(status).not.toBe(0)
      expect(stderr).toContain('set it in .env')
    }
  })

  it('gives the product settings that it takes, over loopback alone', () => {
    const { environment = {} } = containers['app'] ?? {}
    const read = readConfig(environment)
    expect(read).toMatchObject({
      host: '127.0.0.1',
      port: 8000,
      publicUrl: 'https://stats.example.com',
      clickhouseUrl: 'http://sluice:c0ffee@127.0.0.1:8123/sluice',
      databaseUrl: 'postgres://sluice:beef@127.0.0.1:5432/sluice',
    })
    // Each is one that the product reads: readConfig takes no notice of others.
    const names = readFileSync(path.join(projectRoot, 'server/config.ts'), 'utf8')
    for (const name of Object.keys(environment)) expect(names).toContain(`'${name}'`)
    expect(containers['clickhouse']?.environment).toEqual({
      CLICKHOUSE_DB: 'sluice',
      CLICKHOUSE_USER: 'sluice',
      CLICKHOUSE_PASSWORD: 'c0ffee',
    })
    expect(containers['postgres']?.environment).toMatchObject({ POSTGRES_PASSWORD: 'beef' })
  })

  it('lets nobody in but through Caddy', () => {
    for (const [name, container] of Object.entries(containers)) {
      expect(container.ports !== undefined, name).toBe(name === 'network')
      expect(container.network_mode, name).toBe(name === 'network' ? undefined : 'service:network')
      expect(container.security_opt, name).toEqual(['no-new-privileges:true'])
      expect(container.restart, name).toBe('unless-stopped')
    }
    for (const name of ['app', 'caddy', 'network']) {
      expect(containers[name]).toMatchObject({ read_only: true, cap_drop: ['ALL'] })
    }
    for (const name of ['clickhouse', 'postgres']) {
      expect(containers['app']?.depends_on?.[name]).toEqual({ condition: 'service_healthy' })
      expect(containers[name]?.healthcheck).toBeDefined()
      // A line of versions, never whatever is the latest.
      expect(containers[name]?.image).toMatch(/:\d+/)
    }
  })

  it('mounts files that are there', () => {
    const mounted = Object.values(containers)
      .flatMap(({ volumes = [] }) => volumes)
      .flatMap((volume) => (volume.startsWith('/') ? [volume.split(':')[0] ?? ''] : []))
    expect(mounted).toHaveLength(3)
    expect(mounted.filter((file) => !existsSync(file))).toEqual([])
  })

  it('has a Caddyfile that Caddy takes', async () => {
    const caddy = await ensureProgram('caddy')
    const file = path.join(projectRoot, 'examples/deploy/compose/Caddyfile')
    const { status, stderr } = spawnSync(caddy, ['validate', '--adapter', 'caddyfile', '--config', file], {
      encoding: 'utf8',
      env: { ...process.env, ...SETTINGS, HOME: folder, XDG_DATA_HOME: folder },
    })
    expect([status, status === 0 || stderr]).toEqual([0, true])
  })
})

describe('the systemd unit', () => {
  const file = path.join(folder, 'sluice.service')
  let analyze: string
  beforeAll(async () => {
    analyze = await ensureProgram('systemd-analyze', 'systemd')
    cpSync(path.join(projectRoot, 'examples/deploy/systemd/sluice.service'), file)
    // The program has to be there to be verified, and so has the document that it names.
    const text = readFileSync(file, 'utf8')
      .replaceAll('/usr/bin/node', process.execPath)
      .replaceAll('/opt/sluice', projectRoot)
    writeFileSync(file, text)
  })

  it('is one that systemd takes without a word', () => {
    const { status, stdout, stderr } = spawnSync(analyze, ['verify', '--man=no', file], { encoding: 'utf8' })
    expect([status, stdout, stderr]).toEqual([0, '', ''])
    const [, program = '', script = '', command] =
      /^ExecStart=(\S+) (\S+) (\S+)$/m.exec(readFileSync(file, 'utf8')) ?? []
    expect([existsSync(program), existsSync(script), command]).toEqual([true, true, 'start'])
  })

  it('leaves it nothing of the machine but network, program and data', () => {
    const args = ['security', '--offline=true', '--no-pager', '--threshold=20', file]
    const { status, stdout } = spawnSync(analyze, args, { encoding: 'utf8' })
    expect(stdout).toMatch(/Overall exposure level for sluice\.service: 1\.\d OK/)
    // With an exposure of 2.0 or more it would end with 1.
    expect(status).toBe(0)
  })

  it('sets only what the product reads', () => {
    const text = readFileSync(file, 'utf8')
    const environment = Object.fromEntries(
      [...text.matchAll(/^Environment=(.*)$/gm)].flatMap(([, pairs = '']) =>
        pairs.split(' ').map((pair) => pair.split('=', 2) as [string, string]),
      ),
    )
    expect(Object.keys(environment)).toEqual(['NODE_ENV', 'SLUICE_DATA'])
    expect(readConfig(environment).dataDir).toBe(`/var/lib/${/^StateDirectory=(.*)$/m.exec(text)?.[1]}`)
  })
})
