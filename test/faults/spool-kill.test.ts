import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { projectRoot } from '../../server/project-root.ts'
import { nodeFs } from '../../server/spool/fs.ts'
import { openSmall, readAll } from '../unit/spool/rig.ts'

const KILLS = 20

let parent = ''
let writer = ''

beforeAll(async () => {
  parent = mkdtempSync(path.join(os.tmpdir(), 'spool-kill-'))
  writer = path.join(projectRoot, 'dist/test-spool', `writer-${process.pid}.mjs`)
  await build({
    entryPoints: [path.join(projectRoot, 'test/faults/spool-writer.ts')],
    outfile: writer,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    logLevel: 'error',
  })
})

afterAll(() => {
  rmSync(parent, { recursive: true })
  rmSync(writer)
})

/** Runs the writer until some time after its first answer, and kills it. */
async function writeAndKill(folder: string, first: number): Promise<{ acked: number[]; openMs: number }> {
  const child = spawn(process.execPath, [writer, folder, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  let kill: NodeJS.Timeout | undefined
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
    if (output.includes('\n', output.indexOf('ready'))) {
      kill ??= setTimeout(() => child.kill('SIGKILL'), Math.random() * 120)
    }
  })
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
  if (signal !== 'SIGKILL') throw new Error(`the writer ended by itself (${code})`)
  // The last line may be torn: its append was answered, but nobody can tell which.
  const [ready = '', ...lines] = output.slice(0, output.lastIndexOf('\n')).split('\n')
  return { acked: lines.flatMap((line) => line.split(' ').map(Number)), openMs: Number(ready.split(' ')[1]) }
}

describe('kill -9 of a process that appends', () => {
  it('loses nothing that was answered, and the next start is quick', { timeout: 120_000 }, async () => {
    const folder = path.join(parent, 'spool')
    const acked: number[] = []
    const opens: number[] = []
    for (let kill = 0; kill < KILLS; kill++) {
      const life = await writeAndKill(folder, kill * 1_000_000)
      acked.push(...life.acked)
      opens.push(life.openMs)
    }
    const spool = await openSmall(nodeFs, { folder })
    const stored = await readAll(spool)
    const { corruptBlocks, lostRecords } = spool.stats()
    await spool.close()

    const distinct = new Set(stored)
    expect(acked.length).toBeGreaterThan(KILLS)
    expect(acked.filter((id) => !distinct.has(id))).toEqual([])
    expect(distinct.size).toBe(stored.length)
    expect({ corruptBlocks, lostRecords }).toEqual({ corruptBlocks: 0, lostRecords: 0 })
    // Each append is there in whole or not at all.
    const lives = new Set(stored.map((id) => Math.floor(id / 1_000_000)))
    expect(Math.max(...lives)).toBeLessThan(KILLS)
    expect(Math.max(...opens)).toBeLessThan(2_000)
  })

  it(
    'frees the lease with the process, and holds it as long as that lives',
    { timeout: 60_000 },
    async () => {
      const folder = path.join(parent, 'leased')
      const child = spawn(process.execPath, [writer, folder, '0'], { stdio: ['ignore', 'pipe', 'inherit'] })
      await once(child.stdout, 'data')
      await expect(openSmall(nodeFs, { folder })).rejects.toThrow(/in use by another sluice/)
      child.kill('SIGKILL')
      await once(child, 'close')
      const spool = await openSmall(nodeFs, { folder })
      await spool.close()
    },
  )
})
