import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { COMMANDS } from '../../../server/cli/commands.ts'
import { projectRoot } from '../../../server/project-root.ts'
import { dataFolder } from '../store/opened.ts'
import { terminal } from './typed.ts'

const SENTENCE = /^[^\n]+\n$/

describe('the command line', () => {
  it('tells its version', async () => {
    const { version } = JSON.parse(readFileSync(path.join(projectRoot, 'package.json'), 'utf8')) as {
      version: string
    }
    expect(await terminal()('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
  })

  it('names every command in its help, and every flag in the help of each', async () => {
    const run = terminal()
    for (const line of ['--help', '-h']) {
      const { code, stdout } = await run(line)
      expect(code).toBe(0)
      for (const { name, does } of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${name} .*${does}$`, 'm'))
    }
    for (const { name, flags, does } of COMMANDS) {
      const { code, stdout } = await run(`${name} --help`)
      expect([code, stdout.includes(`sluice ${name}`), stdout.includes(does)]).toEqual([0, true, true])
      for (const flag of [...Object.keys(flags), 'json', 'help'])
        expect(stdout).toMatch(new RegExp(`^  --${flag} `, 'm'))
    }
  })

  it('asks for help before anything else is looked at', async () => {
    const { code, stdout } = await terminal({ PORT: 'nonsense' })('site add --unknown --help')
    expect([code, stdout.startsWith('sluice site add <domain> [flags]: ')]).toEqual([0, true])
  })

  it('shows what exists when nothing is asked', async () => {
    const { code, stdout, stderr } = await terminal()('')
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('Usage: sluice <command>')
  })

  it.each([
    [
      'serve',
      'There is no command "serve": there are start, demo, site, goal, key, share, report, beacon, secret, user, audit, policy, consent, disclose, erase, backup, restore, import, seal, sms, dead-letter, retention, doctor, query;',
    ],
    ['--port 80', 'There is no command "--port"'],
    ['site', '`sluice site` needs one of add, list, show, set, remove:'],
    ['site delete example.com', '`sluice site` needs one of add, list, show, set, remove:'],
    ['key', '`sluice key` needs one of create, list, revoke:'],
    [
      'site add example.com --zone UTC',
      '`sluice site add` has no flag --zone: it takes --timezone, --pre-consent,',
    ],
    ['site list --site a.example', '`sluice site list` has no flag --site: it takes --json and --help.'],
    ['site add example.com -t UTC', '`sluice site add` has no flag -t:'],
    ['site add example.com --no-timezone', '`sluice site add` has no flag --no-timezone:'],
    ['site add example.com --timezone', '--timezone needs a value: --timezone <zone>.'],
    ['site add example.com --timezone --subdomains', '--timezone needs a value: --timezone <zone>.'],
    ['site add example.com --timezone=', '--timezone needs a value: --timezone <zone>.'],
    ['site add example.com --subdomains=yes', '--subdomains takes no value.'],
    ['site add', '`sluice site add` takes one <domain>: write sluice site add <domain> [flags].'],
    ['site add a.example b.example', '`sluice site add` takes one <domain>:'],
    ['site list a.example', '`sluice site list` takes flags only: write sluice site list.'],
    ['start now', '`sluice start` takes flags only: write sluice start [flags].'],
    ['start --port 80', '`sluice start` has no flag --port:'],
    ['site set example.com', 'Nothing to set: `sluice site set --help` shows the flags.'],
    ['key create --site example.com', '--scope is missing: write --scope query|ingest|admin|sms.'],
  ])('answers `sluice %s` as wrong usage and names what exists', async (line, sentence) => {
    const { code, stdout, stderr } = await terminal()(line)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(sentence)
    expect(stderr).toMatch(SENTENCE)
  })

  it('names every fault of the environment at once', async () => {
    const { code, stdout, stderr } = await terminal({ PORT: 'x', SLUICE_WORKERS: '3' })('site list')
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(SENTENCE)
    expect(stderr).toContain('PORT')
    expect(stderr).toContain('SLUICE_WORKERS')
  })

  it('tells of a fault of its own without a stack, and shows that to who asks to debug', async () => {
    const dataDir = dataFolder()
    const spoiled = terminal({ SLUICE_DATA: dataDir })
    await spoiled('site add example.com')
    const file = path.join(dataDir, 'store.db')
    writeFileSync(file, readFileSync(file).fill(0xff, 4_096))
    for (const side of ['-wal', '-shm']) rmSync(`${file}${side}`, { force: true })
    const quiet = await spoiled('site list')
    expect([quiet.code, quiet.stdout]).toEqual([1, ''])
    expect(quiet.stderr).toBe(
      'Something broke inside sluice (SqliteError): run it again with LOG_LEVEL=debug to see where.\n',
    )
    const loud = await terminal({ SLUICE_DATA: dataDir, LOG_LEVEL: 'debug' })('site list')
    expect(loud.code).toBe(1)
    expect(loud.stderr).toMatch(/SqliteError: .*\n +at /)
  })
})
