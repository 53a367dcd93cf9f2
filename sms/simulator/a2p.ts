import { batchJson, messageJson, type Carrier } from './carrier.ts'
import type { JsonObject } from './json.ts'
import { pageOf } from './pages.ts'
import { ApiError, field, listOf, readJson, type Call, type Reply } from './reply.ts'
import { E164, type Batch, type Message, type World } from './world.ts'

const MOST_TEXT = 1000
const MOST_MESSAGES = 10_000
const MOST_NUMBERS = 15

export interface HighVolume {
  send(call: Call): Reply
  batches(call: Call): Reply
  batch(call: Call): Reply
  messages(call: Call): Reply
  message(call: Call): Reply
  statuses(call: Call): Reply
}

/** Batches from numbers that may send many. */
export function createHighVolume(world: World, carrier: Pick<Carrier, 'take'>): HighVolume {
  const { batches, messages, numbers, random, clock, faults } = world

  function send(call: Call): Reply {
    const body = readJson(call)
    const from = checkFrom(body['from'])
    const drafts = body['messages']
    if (!Array.isArray(drafts) || drafts.length === 0 || drafts.length > MOST_MESSAGES) {
      throw new ApiError(400, 'CMN-101', 'Parameter [messages] value is invalid', 'messages')
    }
    const common = checkText(body['text'])
    const texts = drafts.map((draft: unknown) => checkText(field(draft, 'text')) ?? common)
    if (texts.includes(undefined))
      throw new ApiError(400, 'CMN-101', 'Parameter [text] value is invalid', 'text')
    const id = random.uuid()
    const taken: Message[] = []
    const rejected: JsonObject[] = []
    for (const [at, draft] of drafts.entries()) {
      const given: unknown = field(draft, 'to')
      const list: unknown[] = Array.isArray(given) ? given : []
      const [to] = list
      if (list.length === 1 && typeof to === 'string' && E164.test(to)) {
        const text = texts[at] ?? ''
        taken.push(
          carrier.take({
            api: 'a2p',
            direction: 'Outbound',
            from,
            to,
            text,
            media: 0,
            batchId: id,
            status: 'Queued',
          }),
        )
      } else {
        rejected.push({
          // Counted from 1.
          index: at + 1,
          to: list.filter((one) => typeof one === 'string'),
          errorCode: 'SMS-RC-410',
          description: 'The recipient number is invalid',
        })
      }
    }
    const batch: Batch = { id, from, createdAt: clock.now(), messages: taken }
    batches.set(id, batch)
    return { status: 201, json: batchJson(batch, rejected) }
  }

  function checkFrom(from: unknown): string {
    const number = typeof from === 'string' ? numbers.get(from) : undefined
    if (!number || number.isForeign) {
      throw new ApiError(400, 'CMN-101', 'Parameter [from] value is invalid', 'from')
    }
    if (number.features.includes('A2PSmsSender')) return number.number
    throw new ApiError(403, 'MSG-304', 'Phone number is not allowed to send high-volume messages', 'from')
  }

  return {
    send,
    batches({ query }) {
      const { from, to } = windowOf(query, clock.now())
      const [sender, states] = [listOf(query, 'from')[0], listOf(query, 'status')]
      const found = [...batches.values()]
        .filter(
          (batch) =>
            batch.createdAt >= from &&
            batch.createdAt <= to &&
            (sender === undefined || batch.from === sender),
        )
        .map((batch) => batchJson(batch))
        .filter(({ status }) => states.length === 0 || states.some((one) => one === status))
      return { status: 200, json: pageOf(found, query, 1000) }
    },
    batch({ params }) {
      const batch = batches.get(params['batch'] ?? '')
      if (!batch) throw new ApiError(404, 'CMN-102', 'Resource for parameter [batchId] is not found')
      return { status: 200, json: batchJson(batch) }
    },
    messages({ query }) {
      const among = listOf(query, 'phoneNumber')
      if (among.length > MOST_NUMBERS) {
        throw new ApiError(400, 'CMN-101', 'Parameter [phoneNumber] value is invalid', 'phoneNumber')
      }
      const view = query.get('view') === 'Detailed' ? 'Detailed' : 'Simple'
      const found = select(query)
        .filter(({ from, to }) => among.length === 0 || among.includes(from) || among.includes(to))
        .map((message) => messageJson(message, view))
      return { status: 200, json: pageOf(found, query, 1000) }
    },
    message({ params }) {
      const message = messages.get(params['message'] ?? '')
      if (message?.api !== 'a2p') {
        throw new ApiError(404, 'CMN-102', 'Resource for parameter [messageId] is not found')
      }
      return { status: 200, json: messageJson(message, 'detail') }
    },
    statuses({ query }) {
      return { status: 200, json: countsOf(select(query)) }
    },
  }

  function select(query: URLSearchParams): Message[] {
    const { from, to } = windowOf(query, clock.now())
    const [directions, batchId] = [listOf(query, 'direction'), query.get('batchId')]
    const seenUntil = clock.now() - faults.visibleAfterMs
    return [...messages.values()].filter(
      (message) =>
        message.api === 'a2p' &&
        message.createdAt >= from &&
        message.createdAt <= to &&
        (message.direction === 'Inbound' || message.createdAt <= seenUntil) &&
        (batchId === null || message.batchId === batchId) &&
        (directions.length === 0 || directions.includes(message.direction)),
    )
  }
}

const DAY_MS = 24 * 3_600_000

/** `dateFrom` and `dateTo`; without them the last 24 hours. */
export function windowOf(query: URLSearchParams, now: number): { from: number; to: number } {
  const read = (name: string): number | undefined => {
    const text = query.get(name)
    if (text === null) return undefined
    const time = Date.parse(text)
    if (Number.isNaN(time)) throw new ApiError(400, 'CMN-101', `Parameter [${name}] value is invalid`, name)
    return time
  }
  const to = read('dateTo') ?? now
  return { from: read('dateFrom') ?? to - DAY_MS, to }
}

export function checkText(text: unknown): string | undefined {
  if (text === undefined || text === null) return undefined
  if (typeof text === 'string' && text !== '' && text.length <= MOST_TEXT) return text
  throw new ApiError(400, 'CMN-101', 'Parameter [text] value is invalid', 'text')
}

/** Counts and costs by status, and of what failed by code. */
function countsOf(found: readonly Message[]): JsonObject {
  const keys = {
    Queued: 'queued',
    Sent: 'sent',
    Delivered: 'delivered',
    DeliveryFailed: 'deliveryFailed',
    SendingFailed: 'sendingFailed',
  } as const
  return Object.fromEntries(
    Object.entries(keys).map(([status, key]) => {
      const those = found.filter((message) => message.status === status)
      const codes = new Map<string, number>()
      for (const { errorCode } of those) {
        if (errorCode !== undefined) codes.set(errorCode, (codes.get(errorCode) ?? 0) + 1)
      }
      const cost = those.reduce((sum, { segments }) => sum + segments * 0.007, 0)
      const count = those.length
      return [
        key,
        codes.size === 0 ? { count, cost } : { count, cost, errorCodeCounts: Object.fromEntries(codes) },
      ]
    }),
  )
}
