import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { runCli } from '../../../server/cli/run.ts'
import { programFile, projectRoot } from '../../../server/project-root.ts'
import { freePort } from '../../support/product.ts'
import { COMPLETE } from '../sms/consents.ts'
import { PNG } from '../sms/pictures.ts'
import { dataFolder } from '../store/opened.ts'

/** Each command of a manual, once; `seen` takes one out, and what is left at the end is run by nobody. */
function commandsOf(name: string): { left: string[]; seen(start: string): string } {
  const manual = readFileSync(path.join(projectRoot, 'docs', name), 'utf8')
  const left = [...manual.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = '']) =>
    block
      .trim()
      .replaceAll(/\s*\\\n\s*/g, ' ')
      .split('\n'),
  )
  return {
    left,
    seen: (start) => {
      const at = left.findIndex((command) => command.startsWith(start))
      expect(at, `docs/${name} no longer says: ${start}`).toBeGreaterThanOrEqual(0)
      return left.splice(at, 1)[0] ?? ''
    },
  }
}

/** Words as a shell takes them: by blanks, but for what is quoted. */
function wordsOf(command: string): string[] {
  return [...command.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, bare]) => double ?? single ?? bare ?? '',
  )
}

/** The JSON that a manual shows. */
function jsonOf(name: string): Record<string, unknown> {
  const manual = readFileSync(path.join(projectRoot, 'docs', name), 'utf8')
  const [, json = '{}'] = /```json\n([\s\S]*?)```/.exec(manual) ?? []
  return JSON.parse(json) as Record<string, unknown>
}

interface Shell {
  /** What stands for what: ids that a manual makes up, files that it takes for there. */
  readonly is: Map<string, string>
  /** Runs `sluice …`; answers what it printed, and fails where it fails. */
  run(command: string, code?: number): Promise<string>
}

function shell(env: Record<string, string>): Shell {
  const is = new Map<string, string>()
  const meant = (word: string): string => is.get(word) ?? word
  return {
    is,
    run: async (command, code = 0) => {
      const [program, ...words] = wordsOf(command.replace('<public key>', 'KEY')).map(meant)
      expect(program).toBe('sluice')
      let [stdout, stderr] = ['', '']
      const ended = await runCli(words, env, {
        stdout: { write: (text: string) => (stdout += text) },
        stderr: { write: (text: string) => (stderr += text) },
      })
      expect([command, ended, stderr]).toEqual([command, code, expect.any(String)])
      return stdout
    },
  }
}

describe('the commands of the manuals of text messages', () => {
  it('S11 docs/sms.md: each does what it says, in an order in which that can be', async () => {
    const folder = dataFolder()
    const { run, is } = shell({ SLUICE_DATA: path.join(folder, 'data'), LOG_LEVEL: 'silent' })
    const { left, seen } = commandsOf('sms.md')
    const file = (name: string, content: string | Buffer): void => {
      writeFileSync(path.join(folder, name), content)
      is.set(name, path.join(folder, name))
    }
    await run('sluice site add example.com')
    // So that it may send pictures too.
    is.set('SmsSender', 'SmsSender,MmsSender')
    const id = (text: string): string => /the id ([0-9a-f]+)/.exec(text)?.[1] ?? ''
    is.set('60bdc40710aa70c8', id(await run(seen('sluice sms sender add'))))
    expect(await run(seen('sluice sms sender list'))).toContain('Confirmed')
    const program = jsonOf('sms.md')
    file(
      'deals.json',
      JSON.stringify({ ...program, sender: is.get(String(program['sender'])), confirm: 'off' }),
    )
    is.set('9a1a29dd94044b5d', id(await run(seen('sluice sms program add'))))
    expect(await run(seen('sluice sms program list'))).toContain('Lantern Deals')

    file('list.csv', 'number,collected_at\n(212) 555-0123,2026-11-20T09:30:00-05:00\n')
    file('words.txt', COMPLETE.disclosure)
    const load = seen('sluice sms import')
    await run(load)
    expect(load).toContain(' --dry-run')
    await run(load.replace(' --dry-run', ''))
    expect(await run(seen('sluice sms export'))).toMatch(/^FROM,TO,STATUS,SOURCE\r\n.*,\+12125550123,OptIn,/)

    expect(await run(seen('sluice sms send 9a1a29dd94044b5d "(212) 555-0123" "Two lattes'))).toContain(
      'Not sent',
    )
    file('roast.png', PNG.whole)
    is.set('5d8f2c…', id(await run(seen('sluice sms media add'))))
    const sent = await run(seen('sluice sms send'))
    is.set('7c01d5…', /Message ([0-9a-f]{32})/.exec(sent)?.[1] ?? '')
    expect(await run(seen('sluice sms held list'))).toContain('Our new roast')
    expect(await run(seen('sluice sms held approve'))).toContain('1 message goes to the gate')
    expect(await run(seen('sluice sms answer list'))).toBe('No answer waits for a person.\n')
    expect(await run(seen('sluice sms dead-letter list'))).toBe('No message was given up.\n')
    expect(await run(seen('sluice sms sender set'))).toContain('is active')
    expect(await run(seen('sluice sms sender fee'))).toContain('A fee of 500.00 dollars is written down')

    is.set('proof/proof.json', path.join(folder, 'proof/proof.json'))
    const made = await run(seen('sluice sms proof').replace('--out proof', `--out ${folder}/proof`))
    is.set('KEY', /--key ([\w-]+)/.exec(made)?.[1] ?? '')
    expect(await run(seen('sluice sms verify-proof'))).toContain('all as they were')
    const [, script = '', page = ''] = wordsOf(seen('node proof/verify-sms-proof.mjs'))
    const words = [path.join(folder, script), path.join(folder, page), '--key', is.get('KEY') ?? '']
    expect(execFileSync(process.execPath, words, { encoding: 'utf8' })).not.toBe('')
    expect(await run(seen('sluice sms verify'))).toContain('all as they were written')

    expect(await run(seen('sluice sms hold'))).toContain('A legal hold stands')
    expect(await run(seen('sluice sms release'))).toContain('is lifted')
    expect(await run(seen('sluice sms erase'))).toContain('is erased')
    // test/unit/sms/demo.test.ts runs it.
    expect(seen('sluice sms demo')).toBe('sluice sms demo')
    expect(left).toEqual([])
  })

  it('docs/sms-simulator.md and docs/ringcentral.md: an account on this machine, asked as they say', async () => {
    const { left, seen } = commandsOf('sms-simulator.md')
    const port = String(await freePort())
    const here = (command: string): string[] => wordsOf(command.replaceAll('8123', port))
    const [, , ...words] = here(seen('npx sluice sms simulator'))
    const child = spawn(process.execPath, [programFile('main'), ...words], {
      env: { ...process.env, SLUICE_DATA: dataFolder() },
    })
    onTestFinished(() => {
      child.kill('SIGKILL')
    })
    const [said] = (await once(child.stdout, 'data')) as [Buffer]
    const printed = [...said.toString().matchAll(/^ {2}(SLUICE_SMS_\w+)=(\S+)$/gm)]
    const env = Object.fromEntries(printed.map(([, name = '', value = '']) => [name, value]))
    expect(Object.keys(env)).toHaveLength(4)

    const [, , , address = '', , body = ''] = here(seen('curl -X POST'))
    expect((await fetch(address, { method: 'POST', body })).status).toBe(200)
    const [, handsets = ''] = here(seen('curl http'))
    expect(await (await fetch(handsets)).json()).toMatchObject({ received: [{ by: 'auto-reply' }] })
    expect(left).toEqual([])

    const account = commandsOf('ringcentral.md')
    const { run } = shell({ SLUICE_DATA: dataFolder(), LOG_LEVEL: 'silent', ...env })
    const connect = account.seen('npx sluice sms connect').replace('npx ', '')
    // Nothing listens where RingCentral would post to: it says so, and what to do.
    const findings = JSON.parse(await run(`${connect} --json`, 1)) as Record<string, unknown>
    expect(Object.keys(findings)).toEqual(expect.arrayContaining(Object.keys(jsonOf('ringcentral.md'))))
    expect(account.left).toEqual([])
  })

  it('docs/sms-simulator.md: the code that it shows for tests runs', () => {
    const manual = readFileSync(path.join(projectRoot, 'docs/sms-simulator.md'), 'utf8')
    const [, code = ''] = /```ts\n([\s\S]*?)```/.exec(manual) ?? []
    // Within the package, which is what knows itself by its name.
    const folder = path.join(projectRoot, 'dist/test-sms')
    mkdirSync(folder, { recursive: true })
    const script = path.join(folder, `manual-${process.pid}.mjs`)
    writeFileSync(script, code)
    onTestFinished(() => rmSync(script, { force: true }))
    expect(execFileSync(process.execPath, [script], { encoding: 'utf8' })).toContain("by: 'auto-reply'")
  })

  it('docs/ringcentral.md: what it says of long runs is there to be run', () => {
    const manual = readFileSync(path.join(projectRoot, 'docs/ringcentral.md'), 'utf8')
    const [, test = 'none'] = /`npx vitest run --project sqlite (\S+)`/.exec(manual) ?? []
    expect(existsSync(path.join(projectRoot, test))).toBe(true)
    const [, script = 'none'] = /`npm run (\S+)`/.exec(manual) ?? []
    const { scripts } = JSON.parse(readFileSync(path.join(projectRoot, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>
    }
    expect(Object.keys(scripts)).toContain(script)
  })
})
