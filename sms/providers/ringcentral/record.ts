import { field, listOf, textOf, timeOf } from '../../unknown.ts'

/** A message of either list. */
export interface MessageRecord {
  readonly id: string
  readonly from: string
  readonly to: string
  readonly text: string
  readonly direction: 'Inbound' | 'Outbound'
  readonly status: string
  readonly code: string | undefined
  readonly cost: number | undefined
  /** When it was made, and when it last changed. */
  readonly at: number
  readonly changedAt: number
}

/** Reads a message as lists and events have it, of either interface; undefined where what it must have is missing. */
export function recordOf(value: unknown): MessageRecord | undefined {
  const recipients = listOf(field(value, 'to'))
  // Of several the one that is ours.
  const to = numberIn(recipients.find((one) => field(one, 'target') === true) ?? recipients[0])
  const [id, from] = [nameOf(field(value, 'id')), numberIn(field(value, 'from'))]
  const at = timeOf(field(value, 'creationTime'))
  const direction = field(value, 'direction')
  if (id === undefined || from === undefined || to === undefined || at === undefined) return undefined
  if (direction !== 'Inbound' && direction !== 'Outbound') return undefined
  return {
    id,
    from,
    to,
    // Of one interface it is the text, of the other the subject.
    text: textOf(field(value, 'text')) ?? textOf(field(value, 'subject')) ?? '',
    direction,
    status: textOf(field(value, 'messageStatus')) ?? '',
    code: nameOf(field(value, 'errorCode')) ?? nameOf(field(value, 'deliveryErrorCode')),
    cost: millionths(field(value, 'cost')),
    at,
    changedAt: timeOf(field(value, 'lastModifiedTime')) ?? at,
  }
}

/** An id or a code. What is none could not be kept, and would be in the way of everything that is told after it. */
function nameOf(value: unknown): string | undefined {
  const text = textOf(value)
  return text !== undefined && /^[\x21-\x7e]{1,200}$/.test(text) ? text : undefined
}

/** Of a price in dollars; undefined for what is none. */
function millionths(dollars: unknown): number | undefined {
  const rounded = typeof dollars === 'number' ? Math.round(dollars * 1_000_000) : 0
  return rounded > 0 && Number.isSafeInteger(rounded) ? rounded : undefined
}

/** One interface names numbers, the other things that have one. */
function numberIn(value: unknown): string | undefined {
  return textOf(value) ?? textOf(field(value, 'phoneNumber'))
}
