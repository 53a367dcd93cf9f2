import { knownNumber } from '../../phone.ts'
import type { Delivery } from '../../store/tables.ts'
import type { ProviderEvent } from '../../ports.ts'
import { field, listOf, textOf, timeOf } from '../../unknown.ts'
import { readJson } from './json.ts'
import { recordOf, type MessageRecord } from './record.ts'

/** Names an event so that the same one, told twice or in two ways, has one name, from which no number can be read. */
export type Fingerprint = (text: string) => string

/** What a post to the hook was. */
export type Posted =
  | { readonly is: 'events'; readonly events: readonly ProviderEvent[] }
  /** The subscription's own: its end is near. */
  | { readonly is: 'reminder' }
  /** Nothing that is known here, which need not be a fault. */
  | { readonly is: 'unknown' }
  /** No event at all. */
  | { readonly is: 'malformed' }

const DELIVERIES: Readonly<Record<string, Delivery>> = {
  Queued: 'queued',
  Sent: 'sent',
  Delivered: 'delivered',
  DeliveryFailed: 'delivery-failed',
  SendingFailed: 'sending-failed',
}

const SOURCES = {
  Recipient: 'recipient',
  Api: 'api',
  Account: 'api',
  Upstream: 'upstream',
  Carrier: 'carrier',
} as const

/** Reads what was posted to the hook. Never throws, whatever it is. */
export function readPosted(body: Buffer, fingerprint: Fingerprint, now: number): Posted {
  const envelope = readJson(body.toString('utf8'))
  const [uuid, event] = [textOf(field(envelope, 'uuid')), textOf(field(envelope, 'event'))]
  if (uuid === undefined || event === undefined) return { is: 'malformed' }
  const [told, at] = [field(envelope, 'body'), timeOf(field(envelope, 'timestamp')) ?? now]
  const [path = ''] = event.split('?')
  if (/\/a2p-sms\/messages$|\/message-store\/instant$/.test(path))
    return asEvents(messageEvent(told, fingerprint))
  if (path.endsWith('/a2p-sms/opt-outs')) return asEvents(optOutEvent(told, { uuid, at }, fingerprint))
  if (path.endsWith('/sms/consents')) {
    const events = listOf(field(told, 'records')).flatMap((record) => consentEvent(record, fingerprint) ?? [])
    return { is: 'events', events }
  }
  if (/\/subscription\/[^/]+$/.test(path)) return { is: 'reminder' }
  return { is: 'unknown' }
}

function asEvents(event: ProviderEvent | undefined): Posted {
  return event ? { is: 'events', events: [event] } : { is: 'unknown' }
}

function messageEvent(value: unknown, fingerprint: Fingerprint): ProviderEvent | undefined {
  // An instant message says by its kind that it came in, should it not say so itself.
  const direction = field(value, 'direction') ?? 'Inbound'
  // Taken without its words it would be known by its id, and what the list says of it, STOP perhaps, come too late.
  if (direction === 'Inbound' && !hasWords(value)) return undefined
  const record = recordOf(typeof value === 'object' && value !== null ? { ...value, direction } : value)
  return record && eventOf(record, fingerprint)
}

function hasWords(value: unknown): boolean {
  return ['text', 'subject'].some((name) => textOf(field(value, name)) !== undefined)
}

/** What a message of a list or an event tells: that somebody wrote, or how far ours came. */
export function eventOf(record: MessageRecord, fingerprint: Fingerprint): ProviderEvent | undefined {
  const { id, text, status, code, cost, at, changedAt } = record
  if (record.direction === 'Inbound') {
    const [from, to] = [knownNumber(record.from), knownNumber(record.to)]
    if (!from || !to) return undefined
    return { what: 'inbound', uuid: fingerprint(`inbound ${id}`), id, from, to, text, at }
  }
  const delivery = DELIVERIES[status]
  if (delivery === undefined) return undefined
  return {
    what: 'status',
    uuid: fingerprint(`status ${id} ${status} ${code ?? ''}`),
    id,
    status: delivery,
    ...(code !== undefined && { code }),
    ...(cost !== undefined && { cost }),
    at: changedAt,
  }
}

/** In these `from` is the business and `to` the customer: the other way round than in the message that said STOP. */
function optOutEvent(
  value: unknown,
  { uuid, at }: { uuid: string; at: number },
  fingerprint: Fingerprint,
): ProviderEvent | undefined {
  const pair = pairOf(value)
  const active = field(value, 'active')
  if (!pair || typeof active !== 'boolean') return undefined
  const opted = active ? 'out' : 'in'
  return { what: 'consent', uuid: fingerprint(`opt-out ${uuid}`), ...pair, opted, source: 'recipient', at }
}

/** A record of the newer list, in an event or read from it; the same two ways round. */
export function consentEvent(
  value: unknown,
  fingerprint: Fingerprint,
): (ProviderEvent & { what: 'consent' }) | undefined {
  const pair = pairOf(value)
  const [status, modified] = [field(value, 'optStatus'), field(value, 'lastModifiedTime')]
  const at = timeOf(modified)
  if (!pair || at === undefined || (status !== 'OptOut' && status !== 'OptIn')) return undefined
  const source = textOf(field(value, 'source')) ?? ''
  const parts = [pair.sender.reveal(), pair.subject.reveal(), status, textOf(modified)]
  return {
    what: 'consent',
    uuid: fingerprint(`consent ${parts.join(' ')}`),
    ...pair,
    opted: status === 'OptOut' ? 'out' : 'in',
    // Whoever it was, it was not us: so it counts as what the recipient said.
    source: Object.hasOwn(SOURCES, source) ? SOURCES[source as keyof typeof SOURCES] : 'recipient',
    at,
  }
}

function pairOf(value: unknown): Pick<ProviderEvent & { what: 'consent' }, 'sender' | 'subject'> | undefined {
  const [sender, subject] = [
    knownNumber(textOf(field(value, 'from')) ?? ''),
    knownNumber(textOf(field(value, 'to')) ?? ''),
  ]
  return sender && subject ? { sender, subject } : undefined
}
