import { beginSender } from './dispatch.ts'
import { takeEvents } from './events.ts'
import type { SendingParts } from './parts.ts'
import { pushDue } from './push.ts'
import { reconcile } from './reconcile.ts'
import { watchRates } from './sender-health.ts'

/** Does what is due. Several processes may work on one store; each step takes its work in a transaction. */
export interface Worker {
  /**
   * One round: sends, looks for what was lost, tells the provider. Resolves to how much there was to do. Senders do not
   * wait for each other's answers.
   */
  round(): Promise<number>
  /** Reads what the provider's lists hold beyond its events. */
  catchUp(): Promise<number>
  /** Looks at how senders fare. */
  watch(): Promise<void>
  /** Messages that wait, messages of which it is not known whether they went out, and senders that are held back. */
  counts(): Promise<{ queued: number; unsettled: number; held: number }>
}

export function createWorker(parts: SendingParts): Worker {
  const { store, senders, provider, clock } = parts
  return {
    round: async () => {
      const ids = (await senders.list(store.db)).map(({ id }) => id)
      const sent = await sendForAll(parts, ids)
      return sent + (await reconcile(parts)) + (await pushDue(parts))
    },
    catchUp: async () => {
      const known = await store.db
        .selectFrom('sms_cursor')
        .select('position')
        .where('name', '=', provider.name)
        .executeTakeFirst()
      const { events, cursor } = await provider.listSince(known?.position)
      await takeEvents(parts, events)
      // Only now: were it kept before, a crash would lose what was read.
      const kept = { position: cursor, changed_at: clock.now() }
      await store.transaction(async (transaction) => {
        await transaction
          .insertInto('sms_cursor')
          .values({ name: provider.name, ...kept })
          .onConflict((conflict) => conflict.column('name').doUpdateSet(kept))
          .execute()
      })
      return events.length
    },
    watch: () => watchRates(parts),
    counts: async () => {
      const held = (await senders.list(store.db)).filter(({ state }) => state !== 'active').length
      const messages = store.db
        .selectFrom('sms_message')
        .select((select) => select.fn.countAll<number | string>().as('count'))
      const queued = await messages.where('status', '=', 'queued').executeTakeFirstOrThrow()
      const unsettled = await messages.where('lease_until', 'is not', null).executeTakeFirstOrThrow()
      return { queued: Number(queued.count), unsettled: Number(unsettled.count), held }
    },
  }
}

/**
 * Sends for one sender after the other, and waits for all their answers together: between a decision and its handing over
 * nobody else's decisions come, or slots would run out meanwhile where a machine is slow. Resolves to how many were sent;
 * what fails is told when the others are done.
 */
async function sendForAll(parts: SendingParts, ids: readonly string[]): Promise<number> {
  const begun: Promise<number>[] = []
  for (const id of ids) {
    const { settled } = await beginSender(parts, id)
    // Told below: until then nobody waits for it.
    settled.catch(() => undefined)
    begun.push(settled)
  }
  const ended = await Promise.allSettled(begun)
  return ended.reduce((sum, one) => {
    if (one.status === 'rejected') throw one.reason
    return sum + one.value
  }, 0)
}
