import { segmentsOf } from '../segments.ts'
import type { Consents } from './consents.ts'
import type { Emit } from './events.ts'
import type { JsonObject } from './json.ts'
import { fineTime, finerDigits, isTollFree, type Message, type World } from './world.ts'

/** What a recipient's last four digits make of a message. */
const SCRIPTS: Readonly<Record<string, string>> = {
  '0104': 'SMS-CAR-104',
  '0199': 'SMS-CAR-199',
  '0400': 'SMS-CAR-400',
  '0410': 'SMS-CAR-410',
  '0411': 'SMS-CAR-411',
  '0412': 'SMS-CAR-412',
  '0413': 'SMS-CAR-413',
  '0414': 'SMS-UP-414',
  '0430': 'SMS-CAR-430',
  '0431': 'SMS-UP-431',
  '0435': 'SMS-CAR-435',
  '0450': 'SMS-CAR-450',
  '0451': 'SMS-CAR-451',
  '0452': 'SMS-CAR-452',
  '0461': 'SMS-CAR-461',
  '0500': 'SMS-CAR-500',
}
/** No receipt came: the message may well have arrived, and did here. */
const NO_RECEIPT = ['SMS-CAR-104', 'SMS-CAR-199']

/** What a message is made of; the rest is the world's. */
export type Draft = Pick<Message, 'api' | 'direction' | 'from' | 'to' | 'text' | 'media'> & {
  readonly batchId?: string
  readonly status: Message['status']
}

export interface Carrier {
  /** Keeps a message; an outbound one is on its way. */
  take(draft: Draft): Message
  /** The provider's own answer to a keyword: no message of the API, and past every opt-out. */
  autoReply(from: string, to: string, text: string): void
}

const COST_PER_SEGMENT = 0.007

/** The way from the queue to a handset, with what stops a message on it. */
export function createCarrier(
  world: World,
  consents: Pick<Consents, 'statusOf' | 'set'>,
  emit: Emit,
): Carrier {
  const { clock, random, messages, received, settings, batches } = world
  /** When the next message of a number may leave the queue. */
  const free = new Map<string, number>()

  function advance(message: Message, status: Message['status'], errorCode?: string): void {
    message.status = status
    message.errorCode = errorCode
    message.modifiedAt = clock.now()
    if (message.api === 'a2p') emit('a2p-outbound', messageJson(message, 'event'))
    const batch = message.batchId === undefined ? undefined : batches.get(message.batchId)
    if (batch && batch.messages.every(isDone)) emit('a2p-batch', batchJson(batch))
  }
  function leave(message: Message): void {
    const { from, to, text, media, api } = message
    const isBlocked = consents.statusOf(from, to) === 'OptOut' && (api === 'a2p' || settings.blocksRegular)
    if (isBlocked) return advance(message, 'SendingFailed', 'SMS-RC-413')
    if (world.numbers.get(from)?.campaign !== 'Confirmed')
      return advance(message, 'SendingFailed', 'SMS-RC-503')
    const script = SCRIPTS[to.slice(-4)]
    if (script === undefined || NO_RECEIPT.includes(script)) {
      received.push({
        at: clock.now(),
        from,
        to,
        text,
        media,
        by: 'api',
        acceptedAt: message.createdAt,
        messageId: String(message.id),
      })
    }
    advance(message, 'Sent', script !== undefined && NO_RECEIPT.includes(script) ? script : undefined)
    if (script === undefined) clock.after(settings.carrierMs, () => advance(message, 'Delivered'))
    else if (!NO_RECEIPT.includes(script)) clock.after(settings.carrierMs, () => fail(message, script))
  }
  function fail(message: Message, script: string): void {
    advance(message, 'DeliveryFailed', script)
    if (script.endsWith('-413')) consents.set(message.from, message.to, 'OptOut', 'Carrier')
  }

  return {
    take(draft) {
      const now = clock.now()
      const message: Message = {
        ...draft,
        // Beyond 2^53, as the ids of conversations are: whoever reads them as doubles asks for another message.
        id: BigInt(`9${random.digits(17)}`),
        batchId: draft.batchId,
        createdAt: now,
        modifiedAt: now,
        finer: finerDigits(random),
        segments: segmentsOf(draft.text).count,
        conversation: conversationOf(draft),
        errorCode: undefined,
      }
      messages.set(String(message.id), message)
      if (draft.direction === 'Outbound') {
        const at = Math.max(now + settings.carrierMs, free.get(draft.from) ?? 0)
        if (settings.isPaced) free.set(draft.from, at + spacingMs(draft.from, draft.api))
        clock.after(at - now, () => leave(message))
      }
      return message
    },
    autoReply(from, to, text) {
      const at = clock.now()
      received.push({ at, from, to, text, media: 0, by: 'auto-reply', acceptedAt: at, messageId: '' })
    },
  }
}

/** As many a minute as the number's class may send. */
function spacingMs(from: string, api: Message['api']): number {
  if (api === 'v1') return 60_000 / 50
  return 60_000 / (isTollFree(from) ? 180 : 60)
}

/** The same for both directions of a pair, and beyond 2^53. */
function conversationOf({ from, to }: Pick<Draft, 'from' | 'to'>): bigint {
  const [one = '', other = ''] = [from, to].sort()
  return 4_481_650_717_038_104_652n + BigInt(one.slice(1)) * 7n + BigInt(other.slice(1))
}

export function isDone({ status, errorCode }: Message): boolean {
  return status !== 'Queued' && (status !== 'Sent' || errorCode !== undefined)
}

/** A message of the high-volume interface. Lists give its id as a number, all else as a text, and no text in `Simple`. */
export function messageJson(message: Message, as: 'event' | 'detail' | 'Simple' | 'Detailed'): JsonObject {
  const { id, batchId, from, to, createdAt, modifiedAt, finer, status, errorCode, direction } = message
  return {
    id: as === 'Simple' || as === 'Detailed' ? id : String(id),
    batchId,
    from,
    to: [to],
    creationTime: fineTime(createdAt, finer),
    lastModifiedTime: fineTime(modifiedAt, finer),
    messageStatus: status,
    segmentCount: message.segments,
    cost: message.segments * COST_PER_SEGMENT,
    errorCode,
    direction,
    text: as === 'Simple' ? undefined : message.text,
  }
}

/** A batch, with what was refused of it in the reply that made it and nowhere else. */
export function batchJson(
  {
    id,
    from,
    messages,
    createdAt,
  }: { id: string; from: string; messages: readonly Message[]; createdAt: number },
  rejected?: readonly JsonObject[],
): JsonObject {
  const done = messages.filter(isDone).length
  const isCompleted = done === messages.length
  const last = messages.reduce((latest, { modifiedAt }) => Math.max(latest, modifiedAt), createdAt)
  return {
    id,
    from,
    batchSize: messages.length,
    processedCount: done,
    status: isCompleted ? 'Completed' : 'Processing',
    creationTime: fineTime(createdAt, '053902'),
    lastModifiedTime: fineTime(last, '053902'),
    cost: isCompleted ? messages.reduce((sum, { segments }) => sum + segments * COST_PER_SEGMENT, 0) : 0,
    rejected,
  }
}
