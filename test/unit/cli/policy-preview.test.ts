import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import net, { type AddressInfo } from 'node:net'
import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { manifest } from '../consent/policy/manifests.ts'
import { dataFolder } from '../store/opened.ts'
import { terminal } from './typed.ts'

function fileOf(json: unknown): string {
  const file = path.join(dataFolder(), 'manifest.json')
  writeFileSync(file, JSON.stringify(json))
  return file
}

it('sluice policy preview says in one sentence why it cannot begin', async () => {
  const run = terminal()
  await run('site add example.com')
  expect(await run('policy preview other.example')).toMatchObject({ code: 1, stdout: '' })
  expect(await run('policy preview example.com /nowhere.json')).toEqual({
    code: 1,
    stdout: '',
    stderr: '/nowhere.json cannot be read (ENOENT).\n',
  })
  const silent = fileOf(manifest({ texts: { en: { rejectAll: '' } } }))
  expect((await run(`policy preview example.com ${silent}`)).stderr).toMatch(
    /^The manifest is refused: texts\.en\.rejectAll: /,
  )
  for (const port of ['65536', '-1', '8e3', 'http']) {
    expect(await run(`policy preview example.com --port=${port}`)).toEqual({
      code: 2,
      stdout: '',
      stderr: '--port is a whole number from 0 to 65535; 0 takes one that is free.\n',
    })
  }
  const other = net.createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void other.close())
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  expect(await run(`policy preview example.com --port ${port}`)).toEqual({
    code: 1,
    stdout: '',
    stderr: `Port ${port} cannot be had (EADDRINUSE): name another with --port, or none.\n`,
  })
})
