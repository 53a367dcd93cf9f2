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

/** How long a command takes, in milliseconds: until its work has begun, and from then on. */
interface Usual {
  readonly beginMs: number
  readonly workMs: number
}

/** Runs a command to its end, which has to be a good one. */
async function usualOf(data: string, words: readonly string[], hasBegun: () => boolean): Promise<Usual> {
  const from = performance.now()
  const ended = sluice(data, words)
  while (!hasBegun()) {
    if ((await Promise.race([ended, sleep(2)])) !== undefined) break
  }
  const beginMs = performance.now() - from
  expect((await ended).code).toBe(0)
  return { beginMs, workMs: performance.now() - from - beginMs }
}

/**
 * Runs a command and kills it so long after its work has begun; resolves to whether it was killed before it ended. What
 * is killed before that has changed nothing yet.
 */
async function killed(
  data: string,
  words: readonly string[],
  hasBegun: () => boolean,
  afterMs: number,
): Promise<boolean> {
  const entry = programFile('main')
  const child = spawn(process.execPath, [entry, ...words], {
    env: { ...process.env, SLUICE_DATA: data },
    stdio: 'ignore',
  })
  const exited = once(child, 'exit')
  while (!hasBegun() && child.exitCode === null) await sleep(2)
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
    const drafts = (): number => readdirSync(folder).filter((name) => name.endsWith('.draft')).length
    const { workMs } = await usualOf(product.data, ['backup', folder], () => drafts() > 0)
    for (let tries = 0; drafts() < KILLS && tries < MOST_TRIES; tries++) {
      const before = drafts()
      await killed(product.data, ['backup', folder], () => drafts() > before, Math.random() * workMs)
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
      const isBegun = (data: string) => (): boolean => existsSync(path.join(data, 'restoring'))
      const { beginMs, workMs } = await usualOf(first, ['restore', folder], isBegun(first))
      expect(await ask(first)).toBe(expected)

      let inTheMiddle = 0
      for (let tries = 0; inTheMiddle < KILLS && tries < MOST_TRIES; tries++) {
        const data = folderWithKeyOf(product.data)
        restored.push(data)
        // Twice, since the second one meets what the first one left.
        for (let kill = 0; kill < 2; kill++) {
          // What it begins with is there from the first one.
          const afterMs = (kill === 0 ? 0 : beginMs) + Math.random() * workMs
          if (!(await killed(data, ['restore', folder], isBegun(data), afterMs))) break
          if (!isBegun(data)()) continue
          inTheMiddle++
          const { code, stderr } = await sluice(data, ['site', 'list'])
          expect([code, stderr]).toEqual([
            1,
            `A restore into ${data} was not finished: run \`sluice restore\` again.\n`,
          ])
        }
        const isDone = existsSync(path.join(data, 'store.db')) && !isBegun(data)()
        if (!isDone) expect(await sluice(data, ['restore', folder])).toMatchObject({ code: 0, stderr: '' })
        expect(await ask(data)).toBe(expected)
      }
      expect(inTheMiddle).toBeGreaterThanOrEqual(KILLS)
    },
  )
})
