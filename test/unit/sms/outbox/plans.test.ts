import { CompiledQuery, type KyselyPlugin, type OperationNode } from 'kysely'
import { describe, expect, it } from 'vitest'
import type { SmsStore } from '../../../../sms/index.ts'
import { createWorker } from '../../../../sms/worker.ts'
import { numberAt, rig } from './rig.ts'

describe('the statements of the outbox', () => {
  it('find their messages by an index, however many are kept of the months before', async () => {
    const { parts, signUp, queue, write, settle, provider, store } = await rig()
    const nodes: OperationNode[] = []
    const plugin: KyselyPlugin = {
      transformQuery: ({ node }) => {
        nodes.push(node)
        return node
      },
      transformResult: async ({ result }) => result,
    }
    const watched: SmsStore = {
      db: store.db.withPlugin(plugin),
      transaction: (run) => store.transaction((transaction) => run(transaction.withPlugin(plugin))),
    }
    const worker = createWorker({ ...parts, store: watched })
    // Some are sent, one is lost, and somebody says STOP.
    const [ana, ben] = [await signUp(numberAt(1)), await signUp(numberAt(2))]
    for (const subject of [ana, ben]) await queue(subject)
    provider.loseAnswers(1)
    while ((await worker.round()) > 0);
    await write(numberAt(1), 'STOP')
    await settle()
    await worker.counts()
    await worker.watch()

    const executor = store.db.getExecutor()
    const scans = new Set<string>()
    let explained = 0
    for (const node of nodes) {
      if (!['SelectQueryNode', 'UpdateQueryNode', 'DeleteQueryNode'].includes(node.kind)) continue
      const { sql, parameters } = executor.compileQuery(node as never, { queryId: 'explain' })
      if (!sql.includes('"sms_message"')) continue
      explained++
      const plan = await store.db.executeQuery<{ detail: string }>(
        CompiledQuery.raw(`EXPLAIN QUERY PLAN ${sql}`, [...parameters]),
      )
      // As it is said where no index is used; one that is walked in its order says which.
      if (plan.rows.some(({ detail }) => detail === 'SCAN sms_message')) scans.add(sql)
    }
    expect(explained).toBeGreaterThan(10)
    expect([...scans]).toEqual([])
  })
})
