import path from 'node:path'
import type { KyselyPlugin, OperationNode } from 'kysely'
import Database from 'libsql'
import { describe, expect, it } from 'vitest'
import { bind } from '../../../../server/store/bind.ts'
import { readReport, type SmsStore } from '../../../../sms/index.ts'
import { createMemoryProvider } from '../../../../sms/providers/memory.ts'
import { createSms } from '../../../../sms/sms.ts'
import { createWorker } from '../../../../sms/worker.ts'
import { spanOf } from '../span.ts'
import { numberAt, rig, type Rig } from './rig.ts'

/** Statements about a table that were run, each once, with how the database finds its rows. */
async function plansOf(
  { store, dataDir }: Rig,
  table: string,
  act: (watched: SmsStore) => Promise<void>,
): Promise<{ sql: string; plan: string }[]> {
  const nodes: OperationNode[] = []
  const plugin: KyselyPlugin = {
    transformQuery: ({ node }) => {
      nodes.push(node)
      return node
    },
    transformResult: async ({ result }) => result,
  }
  await act({
    db: store.db.withPlugin(plugin),
    transaction: (run) => store.transaction((transaction) => run(transaction.withPlugin(plugin))),
  })
  const executor = store.db.getExecutor()
  const plans = new Map<string, string>()
  const file = new Database(path.join(dataDir, 'store.db'))
  for (const node of nodes) {
    if (!['SelectQueryNode', 'UpdateQueryNode', 'DeleteQueryNode'].includes(node.kind)) continue
    const { sql, parameters } = executor.compileQuery(node as never, { queryId: 'explain' })
    if (!sql.includes(`"${table}"`)) continue
    const rows = file.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(parameters.map(bind)) as { detail: string }[]
    plans.set(sql, rows.map(({ detail }) => detail).find((detail) => detail.includes(table)) ?? '')
  }
  file.close()
  return [...plans].map(([sql, plan]) => ({ sql, plan }))
}

/** Indexes of what waits: they hold nothing of what is over. */
const OF_THE_QUEUE =
  /USING (?:COVERING )?INDEX (?:sms_message_(?:due|leased|alike|dead|held|text)|sms_inbound_(?:unclear|waits)|sms_push_due)\b/

describe('the statements of the outbox', () => {
  it('find their messages by an index, however many are kept of the months before', async () => {
    const here = await rig()
    const { parts, signUp, queue, write, settle, provider } = here
    const plans = await plansOf(here, 'sms_message', async (store) => {
      const worker = createWorker({ ...parts, store })
      // Some are sent, one is lost, and somebody says STOP.
      const [ana, ben] = [await signUp(numberAt(1)), await signUp(numberAt(2))]
      for (const subject of [ana, ben]) await queue(subject)
      provider.loseAnswers(1)
      while ((await worker.round()) > 0);
      await write(numberAt(1), 'STOP')
      await settle()
      await worker.counts()
      await worker.watch()
    })
    expect(plans.length).toBeGreaterThan(10)
    // As it is said where no index is used; one that is walked in its order says which.
    expect(plans.filter(({ plan }) => plan === 'SCAN sms_message')).toEqual([])
  })

  it('tell what waits, and list what a person is to look at, by indexes that hold nothing else', async () => {
    const here = await rig()
    const { parts, signUp, queue, program, settle } = here
    await signUp(numberAt(1))
    const sms = (store: SmsStore) =>
      createSms({ ...parts, store }, (tokens) => createMemoryProvider(tokens, here.clock))
    const { siteId, id: programId } = program
    await queue(await signUp(numberAt(2)))
    await settle()
    const asked = { siteId, programId, to: numberAt(1), text: 'S a l e today: two lattes for one.' }
    await sms(here.store).send(asked, 'held')
    const told = { queue: -1, texts: -1 }
    const during = (table: string): Promise<{ sql: string; plan: string }[]> =>
      plansOf(here, table, async (store) => {
        told.queue = (await readReport({ ...parts, store }, siteId, spanOf(here))).queue.toApprove
        told.texts = (await sms(store).held(siteId)).length
        await sms(store).unclear(siteId)
        await sms(store).deadLetters(siteId)
      })
    // What is asked of the days of a period goes over those, and of one message by its id.
    const isOfPeriod = /"due_at" >= \? and "due_at" < \?|"slot_at" > \?|where "id" = \?|"received_at" > \?/
    for (const [table, least] of [
      ['sms_message', 5],
      ['sms_inbound', 1],
      ['sms_push', 1],
    ] as const) {
      const plans = (await during(table)).filter(({ sql }) => !isOfPeriod.test(sql))
      expect(plans.length).toBeGreaterThanOrEqual(least)
      expect(plans.filter(({ plan }) => !OF_THE_QUEUE.test(plan))).toEqual([])
    }
    expect(told).toEqual({ queue: 1, texts: 1 })
  })
})
