import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { devNull } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { createKeyRing } from '../../../server/accounts/keys.ts'
import { programFile } from '../../../server/project-root.ts'
import { createSites } from '../../../server/sites/registry.ts'
import { dataFolder, listen, movedClock, openedStore } from '../store/opened.ts'

const run = promisify(execFile)
const entry = programFile('main')

/** The error with which a command ends. */
async function fails(...args: string[]): Promise<unknown> {
  const env = { ...process.env, SLUICE_DATA: dataFolder() }
  return run(process.execPath, [entry, ...args], { env }).then(
    () => 'it was done',
    (error: unknown) => error,
  )
}

describe('the command as a process', () => {
  it('works beside a running server, which knows its work at once', async () => {
    const dataDir = dataFolder()
    const sluice = (...args: string[]): Promise<{ stdout: string; stderr: string }> =>
      run(process.execPath, [entry, ...args], { env: { ...process.env, SLUICE_DATA: dataDir } })
    // What a server holds open all the time.
    const store = await openedStore(dataDir)
    const clock = movedClock()
    const { log } = listen()
    const [sites, keys] = [createSites({ store, clock }), createKeyRing({ store, clock, log })]
    expect(sites.find('example.com')).toBeUndefined()

    await sluice('site', 'add', 'example.com', '--minimum-group', '7')
    const site = sites.find('example.com')
    expect(site?.minimumGroup).toBe(7)
    const { stdout } = await sluice('key', 'create', '--site', 'example.com', '--scope', 'query', '--json')
    const { id, key } = JSON.parse(stdout) as { id: string; key: string }
    expect(keys.verify(`Bearer ${key}`, 'query')).toEqual({ id, siteId: site?.id, scope: 'query' })
    await keys.settled()

    await sluice('key', 'revoke', id)
    await sluice('site', 'remove', 'example.com')
    clock.pass(50)
    expect(keys.verify(`Bearer ${key}`, 'query')).toBeUndefined()
    expect(sites.find('example.com')).toBeUndefined()
  })

  it('ends with the exit code and says nothing where the answer belongs', async () => {
    expect(await fails('site', 'show', 'example.com', '--json')).toMatchObject({ code: 1, stdout: '' })
    expect(await fails('site', 'shw')).toMatchObject({ code: 2, stdout: '' })
  })

  it.each([
    ['seal', []],
    ['import', [devNull, '--site', 'example.com']],
  ])('%s makes its tables on the cluster that CLICKHOUSE_CLUSTER names', async (command, words) => {
    const statements: string[] = []
    const server = createServer((request, response) => {
      request.setEncoding('utf8').on('data', (text: string) => statements.push(text))
      request.on('end', () => response.writeHead(statements.length > 1 ? 500 : 200).end('1\n'))
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const data = dataFolder()
    await run(process.execPath, [entry, 'site', 'add', 'example.com'], {
      env: { ...process.env, SLUICE_DATA: data },
    })
    const env = {
      ...process.env,
      SLUICE_DATA: data,
      CLICKHOUSE_URL: `http://127.0.0.1:${port}`,
      CLICKHOUSE_CLUSTER: 'stats',
    }
    try {
      await expect(run(process.execPath, [entry, command, ...words], { env })).rejects.toMatchObject({
        code: 1,
      })
      const made = statements.find((statement) => statement.includes('CREATE TABLE'))
      expect(made).toContain("CREATE TABLE IF NOT EXISTS migrations ON CLUSTER 'stats' (")
      expect(made).toContain('ENGINE = ReplicatedMergeTree')
    } finally {
      server.close()
    }
  })

  it('names a file of the source where it broke, to those who debug', async () => {
    const data = dataFolder()
    // A file where the engine makes its folder.
    writeFileSync(path.join(data, 'clickhouse'), '')
    const env = { ...process.env, SLUICE_DATA: data, LOG_LEVEL: 'debug' }
    await expect(run(process.execPath, [entry, 'seal'], { env })).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /at Supervisor\.start \(.*server\/clickhouse\/engine\/supervisor\.ts:\d+/,
      ),
    })
  })
})
