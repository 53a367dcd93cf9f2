import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EngineFile } from '../../server/clickhouse/engine/engine-file.ts'
import { openCursor } from '../../server/load/cursor.ts'
import { programFile } from '../../server/project-root.ts'
import { nodeFs } from '../../server/spool/fs.ts'
import { takeLease } from '../../server/spool/lease.ts'
import { askEngine, sluice, storedEvents } from '../support/installation.ts'
import { addSite, eventually, pageview, send, startProduct, type Product } from '../support/product.ts'

/** Events that the database refuses, with the product and its engine, and the commands for them. */
describe('dead letters', () => {
  const site = 'letters.example'
  let product: Product
  let spool: string
  let kept: string

  beforeAll(async () => {
    product = await startProduct()
    spool = path.join(product.data, 'spool')
    kept = mkdtempSync(path.join(tmpdir(), 'sluice-letters-'))
    await addSite(product, site)
  })
  afterAll(async () => {
    await product.dispose()
    rmSync(kept, { recursive: true, force: true })
  })

  /** Changes the table behind the product's back: what it then refuses is refused for its content. */
  async function change(what: string): Promise<void> {
    const { url, writer } = JSON.parse(
      readFileSync(path.join(product.data, 'engine.json'), 'utf8'),
    ) as EngineFile
    const answer = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${writer.username}:${writer.password}`)}` },
      body: `ALTER TABLE sluice.events ${what}`,
    })
    expect([answer.status, await answer.text()]).toEqual([200, ''])
  }
  const files = (): string[] => readdirSync(spool).filter((name) => name.startsWith('aside-'))
  const retry = (): ReturnType<typeof sluice> => sluice(product.data, ['dead-letter', 'retry', '--json'])
  const list = async (): Promise<{ rows: number; codes: string[]; day: string }[]> => {
    const answer = await product.cli('dead-letter', 'list', '--json')
    expect(answer).not.toContain('refused-page')
    return (JSON.parse(answer) as { sets: { rows: number; codes: string[]; day: string }[] }).sets
  }
  /** How often each event is stored. */
  const times = async (): Promise<number[]> => [...(await storedEvents(product.data)).values()]

  it('are loaded once when what was in their way is gone, however often and whatever came between', async () => {
    expect(await list()).toEqual([])
    await change(`ADD CONSTRAINT passable CHECK page NOT LIKE '/refused-page%'`)
    const pages = ['/1', '/refused-page/1', '/2', '/refused-page/2', '/3', '/refused-page/3']
    await send(
      product.url,
      site,
      pages.map((page) => pageview(site, page)),
    )
    await eventually(times, (found) => found.length === 3)
    const [set] = await eventually(list, (sets) => sets.length > 0)
    expect(set).toMatchObject({ rows: 3, codes: ['469'] })

    // What is still refused stays.
    const refused = await retry()
    expect([refused.code, JSON.parse(refused.stdout)]).toEqual([1, { loaded: 0, refused: 3, waiting: 0 }])
    expect(await list()).toEqual([set])

    // Part of it can be loaded.
    await change('DROP CONSTRAINT passable')
    await change(`ADD CONSTRAINT passable CHECK page NOT LIKE '/refused-page/3'`)
    for (const name of files()) copyFileSync(path.join(spool, name), path.join(kept, name))
    const part = await retry()
    expect([part.code, JSON.parse(part.stdout)]).toEqual([1, { loaded: 2, refused: 1, waiting: 0 }])
    expect(await list()).toEqual([{ ...set, rows: 1 }])

    // As a crash leaves them that comes after the insert and before the file is written again.
    for (const name of readdirSync(kept)) copyFileSync(path.join(kept, name), path.join(spool, name))
    await change('DROP CONSTRAINT passable')
    // And wherever it is killed.
    for (const timeout of [150, 200, 250, 300, 350]) {
      spawnSync(process.execPath, [programFile('main'), 'dead-letter', 'retry'], {
        env: { ...process.env, SLUICE_DATA: product.data },
        timeout,
        killSignal: 'SIGKILL',
      })
    }
    const both = await Promise.all([retry(), retry()])
    expect(both.some(({ code }) => code === 0)).toBe(true)
    for (const { code, stderr } of both) {
      if (code === 0) continue
      expect(stderr).toBe('Another command is loading dead letters: wait until it has ended.\n')
    }
    expect([await list(), files()]).toEqual([[], []])
    expect(await times()).toEqual([1, 1, 1, 1, 1, 1])

    for (const name of readdirSync(kept)) copyFileSync(path.join(kept, name), path.join(spool, name))
    const again = await retry()
    expect([again.code, JSON.parse(again.stdout)]).toEqual([0, { loaded: 0, refused: 0, waiting: 0 }])
    expect(await times()).toEqual([1, 1, 1, 1, 1, 1])
    const stored = await askEngine<{ page: string }>(
      product.data,
      'SELECT page FROM sluice.events ORDER BY page',
    )
    expect(stored.map(({ page }) => page)).toEqual(pages.toSorted())
  })

  it('are loaded without a server, too', async () => {
    await change(`ADD CONSTRAINT passable CHECK page NOT LIKE '/refused-page%'`)
    await send(product.url, site, [pageview(site, '/4'), pageview(site, '/refused-page/4')])
    await eventually(list, (sets) => sets.length === 1)
    await change('DROP CONSTRAINT passable')
    await product.stop()
    const { code, stdout } = await sluice(product.data, ['dead-letter', 'retry'])
    expect([code, stdout]).toEqual([0, 'Loaded 1; still refused 0.\n'])
    await product.restart()
    expect(await times()).toEqual([1, 1, 1, 1, 1, 1, 1, 1])
  })

  it('wait for each other, and for a batch that is still being loaded', async () => {
    await product.stop()
    const end = await takeLease(spool, 'dead-letter.db')
    const { code, stderr } = await retry()
    await end()
    expect([code, stderr]).toEqual([1, 'Another command is loading dead letters: wait until it has ended.\n'])

    for (const name of readdirSync(kept)) copyFileSync(path.join(kept, name), path.join(spool, name))
    const batchId = (files()[0] ?? '').split('-')[1] ?? ''
    const cursor = await openCursor({ folder: spool, fs: nodeFs })
    const state = cursor.state()
    await cursor.save({
      ...state,
      sealed: { batchId, from: state.loaded, to: state.loaded, rows: 0, sha256: '', partitions: {} },
    })
    const waiting = await retry()
    expect([waiting.code, JSON.parse(waiting.stdout)]).toEqual([1, { loaded: 0, refused: 0, waiting: 3 }])
    await cursor.save(state)
    await cursor.close()
    expect((await retry()).code).toBe(0)
    await product.restart()
  })
})
