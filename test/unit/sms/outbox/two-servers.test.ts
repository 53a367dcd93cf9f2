import { setImmediate as turn } from 'node:timers/promises'
import { sql, type KyselyPlugin } from 'kysely'
import { describe, expect, it } from 'vitest'
import { beginSender, dispatchSender } from '../../../../sms/dispatch.ts'
import { takeEvent } from '../../../../sms/events.ts'
import type { SmsStore } from '../../../../sms/index.ts'
import { senderLimit } from '../../../../sms/limits.ts'
import type { SendingParts } from '../../../../sms/parts.ts'
import type { Store } from '../../../../server/store/open.ts'
import { openedStore } from '../../store/opened.ts'
import { numberOf } from '../store/opened.ts'
import { numberAt, rig, SENDER_NUMBER, type Rig } from './rig.ts'

/** Reads of the outbox after which somebody else may change what was read. */
const READS = {
  'its sender': /^select \* from "sms_sender" where "id" =/,
  'what is due': /^select \* from "sms_message" where "sender_id" = .* "purpose" = /,
  'whether it was taken back': /^select "claim" from "sms_message"/,
} as const

/** The store of a server that stops once it has read something, until it is let go. */
function stoppedAfter(
  store: Store,
  read: RegExp,
): { store: SmsStore; stopped: Promise<void>; letGo: () => void } {
  const [isThere, goes] = [signal(), signal()]
  const executor = store.db.getExecutor()
  const those = new WeakSet<object>()
  const plugin: KyselyPlugin = {
    transformQuery: ({ node, queryId }) => {
      if (read.test(executor.compileQuery(node, queryId).sql)) those.add(queryId)
      return node
    },
    transformResult: async ({ result, queryId }) => {
      if (!those.has(queryId)) return result
      isThere.give()
      await goes.given
      return result
    },
  }
  return {
    store: {
      db: store.db.withPlugin(plugin),
      transaction: (run) => store.transaction((transaction) => run(transaction.withPlugin(plugin))),
    },
    stopped: isThere.given,
    letGo: goes.give,
  }
}

function signal(): { given: Promise<void>; give: () => void } {
  let give = (): void => undefined
  const given = new Promise<void>((resolve) => (give = resolve))
  return { given, give: () => give() }
}

/** Until what was begun has ended, or waits for its turn at the database: nothing else can come first any more. */
async function endsOrWaits(store: Store, begun: Promise<unknown>): Promise<void> {
  const ended = begun.then(
    () => true,
    () => true,
  )
  while (!(await Promise.race([ended, turn(false)]))) {
    const { rows } = await sql<{ waiting: number }>`
      SELECT count(*) AS waiting FROM pg_locks
      WHERE locktype = 'advisory' AND NOT granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`.execute(store.db)
    if ((rows[0]?.waiting ?? 0) > 0) return
  }
}

/** Two servers on one store: the first stops after a read, and the second goes on as far as it can. */
async function twoServers(read: keyof typeof READS): Promise<{
  rig: Rig
  slow: SendingParts
  /** What the second does meanwhile. */
  meanwhile(slowly: Promise<unknown>, act: (quick: SendingParts) => Promise<unknown>): Promise<void>
}> {
  const made = await rig()
  const { store, parts, dataDir } = made
  const other = await openedStore(dataDir)
  const { store: stopping, stopped, letGo } = stoppedAfter(store, READS[read])
  return {
    rig: made,
    slow: { ...parts, store: stopping },
    meanwhile: async (slowly, act) => {
      await Promise.race([stopped, slowly])
      const acting = act({ ...parts, store: other })
      await endsOrWaits(store, acting)
      letGo()
      await Promise.all([slowly, acting])
    },
  }
}

const sendAll = async (parts: SendingParts, senderId: string): Promise<void> => {
  const { settled } = await beginSender(parts, senderId)
  await settled
}

describe('two servers at one message, of which one has read what the other is about to change', () => {
  it.each(['its sender', 'what is due'] as const)(
    'S1 S2 take the last slot of a cap once, and send no message twice: %s',
    async (read) => {
      const { rig: made, slow, meanwhile } = await twoServers(read)
      const { parts, store, sender, clock, provider, signUp, queue } = made
      for (const at of [1, 2]) await queue(await signUp(numberAt(at)))
      const { most } = senderLimit(sender.class, false)
      const taken = Array.from({ length: most - 1 }, () => clock.now())
      await store.transaction((transaction) => parts.senders.setSlots(transaction, sender.id, taken))

      await meanwhile(sendAll(slow, sender.id), (quick) => dispatchSender(quick, sender.id))
      expect(provider.received.map(({ to }) => to)).toEqual([numberAt(1)])
      expect((await parts.senders.byId(store.db, sender.id))?.slots).toHaveLength(most)
    },
  )

  it('S7 STOP comes before the handing over or after it: what left before it says so', async () => {
    const { rig: made, slow, meanwhile } = await twoServers('whether it was taken back')
    const { sender, store, provider, signUp, queue, row } = made
    const id = await queue(await signUp(numberAt(1)))
    const optedOutWhenSent: number[] = []
    const send: SendingParts['provider']['send'] = async (order) => {
      const outcome = await provider.send(order)
      const entries = await store.db
        .selectFrom('sms_ledger')
        .select('id')
        .where('event', '=', 'opt-out')
        .execute()
      optedOutWhenSent.push(entries.length)
      return outcome
    }
    const stop = {
      what: 'inbound',
      uuid: 'stop',
      id: 'stop',
      from: numberOf(numberAt(1)),
      to: numberOf(SENDER_NUMBER),
      text: 'STOP',
      at: made.clock.now(),
    } as const

    await meanwhile(sendAll({ ...slow, provider: { ...provider, send } }, sender.id), (quick) =>
      takeEvent(quick, stop),
    )
    expect(optedOutWhenSent).toEqual([0])
    expect(await row(id)).toMatchObject({ in_flight_at_stop: 1, status: 'accepted' })
  })
})
