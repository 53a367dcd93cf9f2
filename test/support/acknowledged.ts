import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'vitest'
import type { QueryAnswer } from '../../schema/query.ts'
import type { EngineFile } from '../../server/clickhouse/engine/engine-file.ts'
import { ask, eventually, pageview, send, type Product } from './product.ts'

const SENDERS = 16
/** Events of a request. */
export const EVENTS = 20
const PAGES = 40

/** Visitors who send without pause, and what the product told them. */
export interface Load {
  /** Events answered 202 so far. */
  acknowledged(): number
  /** Sends no more, and is there when the last request has ended. Throws what a sender could not explain. */
  stop(): Promise<void>
  /**
   * Fails unless every event answered 202 is counted exactly once, and one whose answer was lost at most once. Call it
   * after `stop`, with the product running.
   */
  check(): Promise<{ acknowledged: number; unanswered: number; stored: number }>
}

/** @param key with which `site` may be asked about */
export function startLoad(product: Product, key: string, site: string): Load {
  const acknowledged = new Map<string, number>()
  const unanswered = new Map<string, number>()
  const load = { isRunning: true }
  let sequence = 0

  async function sendOn(): Promise<void> {
    while (load.isRunning) {
      const page = `/k/${sequence++ % PAGES}`
      const events = Array.from({ length: EVENTS }, () => pageview(site, page))
      const add = (to: Map<string, number>): void => void to.set(page, (to.get(page) ?? 0) + EVENTS)
      const address = `81.2.${sequence % 200}.${sequence % 250}`
      try {
        const answer = await send(product.url, site, events, { address })
        await answer.arrayBuffer()
        if (answer.status === 202) add(acknowledged)
        else if (answer.status !== 503) throw new UnexpectedAnswer(`answered ${answer.status}`)
      } catch (error) {
        if (error instanceof UnexpectedAnswer) throw error
        // A refused connection has carried nothing.
        if (!isRefused(error)) add(unanswered)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }
  }
  const sent = Promise.all(Array.from({ length: SENDERS }, sendOn))
  // Told by `stop`; until then nobody listens.
  sent.catch(() => undefined)

  const byPage = (): Promise<QueryAnswer> =>
    ask(product.url, key, { site, period: 'today', metrics: ['pageviews'], breakdown: 'page', limit: 1000 })

  return {
    acknowledged: () => sum(acknowledged),
    async stop() {
      load.isRunning = false
      await sent
    },
    async check() {
      const acked = sum(acknowledged)
      await eventually(byPage, (answer) => Number(answer.totals.pageviews) >= acked, 60)
      // Whatever would still come twice has come when nothing is left to be loaded.
      await eventually(
        () => waitingRows(product),
        (waiting) => waiting === 0,
        60,
      )
      const { rows, totals } = await byPage()
      for (const [page, count] of acknowledged) {
        const found = rows.find((row) => row['page'] === page)?.pageviews ?? 0
        expect(found, page).toBeGreaterThanOrEqual(count)
        expect(found, page).toBeLessThanOrEqual(count + (unanswered.get(page) ?? 0))
      }
      // The bounds above leave room for what was not answered; a batch that was loaded twice has no room here.
      const table = await tableRows(product)
      expect(table.rows).toBe(table.ids)
      return { acknowledged: acked, unanswered: sum(unanswered), stored: Number(totals.pageviews) }
    },
  }
}

class UnexpectedAnswer extends Error {}

/** How the running engine of a product is reached. */
export function engineOf(product: Product): EngineFile {
  return JSON.parse(readFileSync(path.join(product.data, 'engine.json'), 'utf8')) as EngineFile
}

/** Events that are answered and not in the table yet. */
async function waitingRows(product: Product): Promise<number> {
  const text = await (await fetch(`${product.url}/metrics`)).text()
  return Number(/^sluice_loader_backlog_rows (\S+)/m.exec(text)?.[1])
}

/** Rows of the table and different event ids among them. */
async function tableRows(product: Product): Promise<{ rows: number; ids: number }> {
  const { url, reader } = engineOf(product)
  const answer = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${reader.username}:${reader.password}`)}` },
    body: 'SELECT toUInt32(count()) AS rows, toUInt32(uniqExact(event_id)) AS ids FROM sluice.events FORMAT JSONEachRow',
  })
  return (await answer.json()) as { rows: number; ids: number }
}

function sum(counts: Map<string, number>): number {
  return [...counts.values()].reduce((total, count) => total + count, 0)
}

function isRefused(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined
  return cause instanceof Error && 'code' in cause && cause.code === 'ECONNREFUSED'
}
