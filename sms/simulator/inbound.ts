import { messageJson, type Carrier } from './carrier.ts'
import type { Consents } from './consents.ts'
import type { Emit } from './events.ts'
import { ApiError } from './reply.ts'
import { E164, isoTime, isTollFree, type Message, type World } from './world.ts'

/** Words by which the provider itself opts a pair out and in: by themselves, in any case. */
const OUT = ['stop', 'unsubscribe', 'quit', 'cancel', 'end']
const IN = ['start', 'subscribe', 'resume', 'continue', 'unstop']

const CONFIRMATIONS: Readonly<Record<string, string>> = {
  OptOut: 'You have opted out and will receive no further messages from this number. Reply START to opt in.',
  OptIn: 'You have opted in and will receive messages from this number again. Reply STOP to opt out.',
}
/** The network of toll-free numbers answers for itself. */
const NETWORK_REPLY =
  'NETWORK MSG: You replied with the word "stop" which blocks all texts sent from this number. Text back "unstop" to receive messages again.'

export interface FromHandset {
  readonly from: string
  readonly to: string
  readonly text: string
}

/** What a handset sends: its keywords act on the pair at once, and the API tells of it. */
export function createInbound(
  world: World,
  parts: { carrier: Carrier; consents: Pick<Consents, 'set'>; emit: Emit },
): (message: FromHandset) => Message {
  const { numbers, settings } = world
  const { carrier, consents, emit } = parts
  return ({ from, to, text }) => {
    const number = numbers.get(to)
    if (!number) throw new ApiError(404, 'SIM-404', 'The simulated account has no such number', 'to')
    if (!E164.test(from) || text === '') {
      throw new ApiError(400, 'SIM-400', 'A handset needs a number in E.164 and a text', 'from')
    }
    const isHighVolume = number.features.includes('A2PSmsSender')
    const message = carrier.take({
      api: isHighVolume ? 'a2p' : 'v1',
      direction: 'Inbound',
      from,
      to,
      text,
      media: 0,
      // The two interfaces have different words for it.
      status: isHighVolume ? 'Delivered' : 'Received',
    })
    if (isHighVolume) emit('a2p-inbound', messageJson(message, 'event'))
    else emit('instant', instantJson(message, settings))
    const word = text.trim().toLowerCase()
    const status = OUT.includes(word) ? 'OptOut' : IN.includes(word) ? 'OptIn' : undefined
    if (status !== undefined && (isHighVolume || settings.blocksRegular)) {
      // From the business to the customer: the other way round than the message that said so.
      consents.set(to, from, status, 'Recipient')
      if (isTollFree(to) && status === 'OptOut') carrier.autoReply(to, from, NETWORK_REPLY)
      else if (settings.confirmation === 'provider') {
        carrier.autoReply(to, from, CONFIRMATIONS[status] ?? '')
      }
    }
    return message
  }
}

function instantJson(
  { id, from, to, text, createdAt, modifiedAt, conversation }: Message,
  { extensionId }: World['settings'],
): Parameters<Emit>[1] {
  return {
    id: String(id),
    from: { phoneNumber: from },
    to: [{ phoneNumber: to, target: true }],
    type: 'SMS',
    creationTime: isoTime(createdAt),
    lastModifiedTime: isoTime(modifiedAt),
    readStatus: 'Unread',
    priority: 'Normal',
    attachments: [{ id: String(id), type: 'Text', contentType: 'text/plain' }],
    direction: 'Inbound',
    availability: 'Alive',
    subject: text,
    messageStatus: 'Received',
    conversation: { id: String(conversation) },
    eventType: 'Create',
    owner: { extensionId, extensionType: 'User' },
  }
}
