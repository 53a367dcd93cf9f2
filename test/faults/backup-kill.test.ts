import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { verifyArchive } from '../../server/backup/archive.ts'
import { folderTarget } from '../../server/backup/folder.ts'
import { silentLog } from '../../server/log.ts'
import { programFile } from '../../server/project-root.ts'
import { loadMasterKey } from '../../server/store/key-file.ts'
import { folderWithKeyOf, sluice } from '../support/installation.ts'
import { startProduct, type Product } from '../support/product.ts'

/** So many processes have to be killed in the middle of their work, at random moments. */
const KILLS = 4
const MOST_TRIES = 60

/** Runs a command and kills it after a while; resolves to whether it was killed before it ended. */
async function killed(data: string, words: readonly string[], afterMs: number): Promise<boolean> {
  const entry = programFile('main')
  const child = spawn(process.execPath, [entry, ...words], {
    env: { ...process.env, SLUICE_DATA: data },
    stdio: 'ignore',
  })
  const exited = once(child, 'exit')
  await Promise.race([sleep(afterMs), exited])
  child.kill('SIGKILL')
  await exited
  return child.signalCode === 'SIGKILL'
}

describe('kill -9 of a backup and of a restore', () => {
  let product: Product
  const folder = mkdtempSync(path.join(tmpdir(), 'sluice-backups-'))
  const restored: string[] = []
  beforeAll(async () => {
    product = await startProduct({}, 'demo')
  })
  afterAll(async () => {
    await product.dispose()
    for (const one of [folder, ...restored]) rmSync(one, { recursive: true, force: true })
  })

  it('R4.6 leaves no half of a backup that is taken for one', { timeout: 300_000 }, async () => {
    const from = performance.now()
    expect((await sluice(product.data, ['backup', folder])).code).toBe(0)
    const usualMs = performance.now() - from
    const drafts = (): number => readdirSync(folder).filter((name) => name.endsWith('.draft')).length
    for (let tries = 0; drafts() < KILLS && tries < MOST_TRIES; tries++) {
      await killed(product.data, ['backup', folder], Math.random() * usualMs)
    }
    expect(drafts()).toBeGreaterThanOrEqual(KILLS)
    const master = loadMasterKey({ dataDir: product.data, log: silentLog })
    for (const { name } of await folderTarget(folder).list()) {
      const file = await open(path.join(folder, name), 'r')
      const { parts } = await verifyArchive(file, master, name)
      await file.close()
      expect(parts.database.rows).toBeGreaterThan(10_000)
    }
    expect((await fetch(`${product.url}/ready`)).status).toBe(200)
  })

  it(
    'R4.6 leaves no half of an installation that anything works on, and is done by doing it again',
    { timeout: 300_000 },
    async () => {
      const ask = async (data: string): Promise<string> => {
        const { stdout, stderr } = await sluice(data, [
          'query',
          '--site',
          'localhost',
          '--period',
          '30d',
          '--csv',
        ])
        return stdout + stderr
      }
      const expected = await ask(product.data)
      expect(expected).toMatch(/\d{4}/)
      const first = folderWithKeyOf(product.data)
      restored.push(first)
      const from = performance.now()
      expect((await sluice(first, ['restore', folder])).code).toBe(0)
      const usualMs = performance.now() - from
      expect(await ask(first)).toBe(expected)

      let inTheMiddle = 0
      for (let tries = 0; inTheMiddle < KILLS && tries < MOST_TRIES; tries++) {
        const data = folderWithKeyOf(product.data)
        restored.push(data)
        // Twice, since the second one meets what the first one left.
        for (let kill = 0; kill < 2; kill++) {
          if (!(await killed(data, ['restore', folder], Math.random() * usualMs))) break
          if (!existsSync(path.join(data, 'restoring'))) continue
          inTheMiddle++
          const { code, stderr } = await sluice(data, ['site', 'list'])
          expect([code, stderr]).toEqual([
            1,
            `A restore into ${data} was not finished: run \`sluice restore\` again.\n`,
          ])
        }
        const isDone = existsSync(path.join(data, 'store.db')) && !existsSync(path.join(data, 'restoring'))
        if (!isDone) expect(await sluice(data, ['restore', folder])).toMatchObject({ code: 0, stderr: '' })
        expect(await ask(data)).toBe(expected)
      }
      expect(inTheMiddle).toBeGreaterThanOrEqual(KILLS)
    },
  )
})
