import type { Clock, Order, Outcome, Picture } from '../../ports.ts'
import type { Tokens } from '../../token.ts'
import { field, listOf, textOf } from '../../unknown.ts'
import type { Client } from './client.ts'
import { sameText } from './lookup.ts'
import { outcomeOf } from './outcome.ts'

const SINGLE = '/restapi/v1.0/account/~/extension/~/sms'
const WITH_MEDIA = '/restapi/v1.0/account/~/extension/~/mms'
const BATCHES = '/restapi/v1.0/account/~/a2p-sms/batches'
const MESSAGES = '/restapi/v1.0/account/~/a2p-sms/messages'
/** How long after a batch was taken its messages are looked for, each in turn, in milliseconds. */
const LOOK_AFTER_MS = [300, 2_000]
/** With all of that the answer to a batch comes within twice the time of one request. */
const LOOK_MS = 5_000

/** Hands messages over. Each order's token is used up before anything leaves. */
export interface Sending {
  /** Each in a request of its own. */
  singly(orders: readonly Order[]): Promise<readonly Outcome[]>
  /** Of one sender, which may send many. */
  batch(orders: readonly Order[]): Promise<readonly Outcome[]>
}

export function createSending(parts: {
  client: Client
  clock: Clock
  tokens: Pick<Tokens, 'redeem'>
  pause(ms: number): Promise<void>
}): Sending {
  const { client, clock, tokens, pause } = parts

  async function singly(orders: readonly Order[]): Promise<readonly Outcome[]> {
    for (const { token } of orders) tokens.redeem(token)
    return Promise.all(orders.map(single))
  }

  async function single({ from, to, text, media = [] }: Order): Promise<Outcome> {
    const json = { from: { phoneNumber: from.reveal() }, to: [{ phoneNumber: to.reveal() }], text }
    const called = await client.send(
      media.length === 0
        ? { method: 'POST', path: SINGLE, json, group: 'medium' }
        : { method: 'POST', path: WITH_MEDIA, form: formOf(json, media), group: 'medium' },
    )
    const outcome = outcomeOf(called, clock)
    if (outcome) return outcome
    const id = called.is === 'answer' ? textOf(field(called.json, 'id')) : undefined
    // Taken, and nobody said as what: it is looked for.
    return id === undefined ? { is: 'unknown' } : { is: 'accepted', id }
  }

  async function batch(orders: readonly Order[]): Promise<readonly Outcome[]> {
    const [first] = orders
    if (!first) return []
    for (const { token } of orders) tokens.redeem(token)
    const called = await client.send({
      method: 'POST',
      path: BATCHES,
      json: {
        from: first.from.reveal(),
        messages: orders.map(({ to, text }) => ({ to: [to.reveal()], text })),
      },
      group: 'light',
    })
    const outcome = outcomeOf(called, clock)
    if (outcome || called.is !== 'answer') return orders.map(() => outcome ?? { is: 'unknown' })
    const rejected = rejections(called.json)
    const batchId = textOf(field(called.json, 'id'))
    const taken = orders.filter((_order, at) => !rejected.has(at))
    const ids = batchId === undefined ? new Map<Order, string>() : await readIds(batchId, taken)
    return orders.map((order, at): Outcome => {
      const code = rejected.get(at)
      if (code !== undefined) return { is: 'refused', code }
      const id = ids.get(order)
      return id === undefined ? { is: 'unknown' } : { is: 'accepted', id }
    })
  }

  /** The reply to a batch names none of its messages: their ids are read from the list. Those not found are unknown. */
  async function readIds(batchId: string, orders: readonly Order[]): Promise<Map<Order, string>> {
    const ids = new Map<Order, string>()
    for (const ms of LOOK_AFTER_MS) {
      if (ids.size === orders.length) break
      await pause(ms)
      const called = await client.ask({
        method: 'GET',
        path: MESSAGES,
        query: { batchId, direction: 'Outbound', view: 'Detailed', perPage: '1000' },
        group: 'light',
        timeoutMs: LOOK_MS,
      })
      if (called.is !== 'answer' || called.status !== 200) break
      const taken = new Set(ids.values())
      for (const record of listOf(field(called.json, 'records'))) {
        const [id, to, text] = [field(record, 'id'), field(record, 'to', '0'), field(record, 'text')].map(
          textOf,
        )
        if (id === undefined || taken.has(id)) continue
        const order = orders.find(
          (one) =>
            !ids.has(one) && one.to.reveal() === to && (text === undefined || sameText(one.text, text)),
        )
        if (order) ids.set(order, id)
      }
    }
    return ids
  }

  return { singly, batch }
}

/** A message with its pictures, as parts (RFC 7578). */
function formOf(json: object, media: readonly Picture[]): FormData {
  const form = new FormData()
  form.append('json', new Blob([JSON.stringify(json)], { type: 'application/json' }))
  for (const [at, { type, content }] of media.entries()) {
    const file = new Blob([new Uint8Array(content)], { type })
    form.append('attachment', file, `picture-${at + 1}.${type.slice('image/'.length)}`)
  }
  return form
}

/** Code by place of the order; the API counts from 1. */
function rejections(json: unknown): Map<number, string> {
  const rejected = new Map<number, string>()
  for (const one of listOf(field(json, 'rejected'))) {
    const index = Number(field(one, 'index'))
    if (Number.isInteger(index)) rejected.set(index - 1, textOf(field(one, 'errorCode')) ?? 'SMS-RC-410')
  }
  return rejected
}
