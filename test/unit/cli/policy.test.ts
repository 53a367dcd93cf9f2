import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { projectRoot } from '../../../server/project-root.ts'
import { essential, item, manifest, service } from '../consent/policy/manifests.ts'
import { dataFolder, inChild } from '../store/opened.ts'
import { objectOf, terminal } from './typed.ts'

/** A file with this in it. */
function fileOf(json: unknown): string {
  const file = path.join(dataFolder(), 'manifest.json')
  writeFileSync(file, typeof json === 'string' ? json : JSON.stringify(json))
  return file
}

async function site(): Promise<ReturnType<typeof terminal>> {
  const run = terminal()
  await run('site add example.com')
  return run
}

describe('sluice policy', () => {
  it('show prints a manifest that set takes back unchanged', async () => {
    const run = await site()
    const shown = await run('policy show example.com')
    expect(shown.code).toBe(0)
    expect(shown.stderr).toMatch(/^Revision 1 of example\.com\.\nWarning: controller: Name the company/)
    const ran = await run(`policy set example.com ${fileOf(shown.stdout)}`)
    expect([ran.code, ran.stdout]).toEqual([
      0,
      'Nothing has changed: revision 1 stays in force.\nNobody is asked again.\n',
    ])
    expect(objectOf(await run('policy show example.com --json'))).toEqual(JSON.parse(shown.stdout))
  })

  it('set says the revision and who is asked again', async () => {
    const run = await site()
    await run(`policy set example.com ${fileOf(manifest())}`)
    const wider = fileOf(manifest({ services: [service()] }))
    expect((await run(`policy set example.com ${wider}`)).stdout).toBe(
      'Revision 3 is in force.\nVisitors who allowed functionality are asked again; refusals hold.\n',
    )
    expect(objectOf(await run(`policy set example.com ${fileOf(manifest())} --json`))).toEqual({
      revision: 4,
      changed: true,
      askedAgain: [],
    })
  })

  it('R6.1b set refuses a known analytics cookie that is called essential, and says why', async () => {
    const run = await site()
    const cheat = essential({ items: [item({ name: '_ga' })] })
    const ran = await run(`policy set example.com ${fileOf(manifest({ services: [cheat] }))}`)
    expect([ran.code, ran.stdout]).toEqual([1, ''])
    expect(ran.stderr).toMatch(
      /^The manifest is refused: services\[0\]\.items\[0\]\.name: _ga belongs to Google Analytics/,
    )
    expect((await run('policy show example.com')).stderr).toContain('Revision 1 ')
  })

  it('check prints every finding and fails where one refuses', async () => {
    const run = await site()
    const bad = manifest({ choiceDays: 60, services: [service({ id: 'A' })] })
    const ran = await run(`policy check example.com ${fileOf(bad)}`)
    expect(ran.code).toBe(1)
    expect(ran.stdout.split('\n')).toEqual([
      expect.stringMatching(/^refused {2}services\[0\]\.id: /),
      expect.stringMatching(/^warning {2}choiceDays: /),
      '',
    ])
    expect(objectOf(await run(`policy check example.com ${fileOf({})} --json`))).toMatchObject({
      loads: false,
    })
    const good = await run(`policy check example.com ${fileOf(manifest())}`)
    expect([good.code, good.stdout]).toEqual([0, 'Nothing speaks against this manifest.\n'])
    const warned = await run(`policy check example.com ${fileOf(manifest({ choiceDays: 60 }))}`)
    expect(warned.code).toBe(0)
  })

  it('check finds nothing against the example', async () => {
    const run = await site()
    const ran = await run(`policy check example.com ${path.join(projectRoot, 'examples/policy/shop.json')}`)
    expect(ran).toEqual({ code: 0, stdout: 'Nothing speaks against this manifest.\n', stderr: '' })
  })

  it('says in one sentence what cannot be read', async () => {
    const run = await site()
    expect(await run(`policy check example.com ${fileOf('{')}`)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /is no valid JSON: mend it, or print one with `sluice policy show`\.\n$/,
      ) as string,
    })
    expect((await run('policy check example.com /nowhere.json')).stderr).toBe(
      '/nowhere.json cannot be read (ENOENT).\n',
    )
    expect((await run(`policy check example.com ${fileOf(' '.repeat(1_048_577))}`)).stderr).toContain(
      'at most 1024 KiB',
    )
    expect((await run('policy show other.example')).code).toBe(1)
    expect((await run('policy show')).code).toBe(2)
    expect((await run('policy set example.com a.json b.json')).stderr).toContain(
      '`sluice policy set` takes <site> [file]',
    )
  })

  it('reads standard input where no file is named', async () => {
    const { stdout, code } = await inChild(
      `
        import { PassThrough } from 'node:stream'
        import { runCli } from './server/cli/run.ts'
        const env = { SLUICE_DATA: process.env.FOLDER, LOG_LEVEL: 'silent' }
        const quiet = { stdout: { write() {} }, stderr: process.stdout }
        const typed = (text) => {
          const input = new PassThrough()
          input.end(text)
          Object.defineProperty(process, 'stdin', { value: input, configurable: true })
        }
        const manifest = process.env.MANIFEST
        const run = async () => {
          await runCli(['site', 'add', 'example.com'], env, quiet)
          typed(manifest)
          await runCli(['policy', 'set', 'example.com'], env, { stdout: process.stdout, stderr: process.stdout })
          typed('nonsense')
          await runCli(['policy', 'set', 'example.com', '-'], env, { stdout: process.stdout, stderr: process.stdout })
        }
        run()
      `,
      {
        FOLDER: dataFolder(),
        MANIFEST: readFileSync(path.join(projectRoot, 'examples/policy/shop.json'), 'utf8'),
      },
    )
    expect(code).toBe(0)
    expect(stdout).toContain('Revision 2 is in force.')
    expect(stdout).toContain('Standard input is no valid JSON')
  })
})
