import { checkText, windowOf } from './a2p.ts'
import type { Carrier } from './carrier.ts'
import type { JsonObject } from './json.ts'
import { readMessage } from './multipart.ts'
import { ApiError, field, listOf, type Call, type Reply } from './reply.ts'
import { E164, isoTime, isTollFree, type Message, type World } from './world.ts'

const MOST_GROUP = 10
const MOST_ATTACHMENTS = 10
const MOST_BYTES = 1_500_000

/** Messages one by one, and the mailbox that keeps them. */
export function createSingle(
  world: World,
  carrier: Pick<Carrier, 'take'>,
): {
  send(call: Call): Reply
  read(call: Call): Reply
  list(call: Call): Reply
} {
  const { numbers, messages, clock, faults, settings } = world

  function send(call: Call): Reply {
    const { json, attachments } = readMessage(call)
    const from = field(json['from'], 'phoneNumber')
    const given = json['to']
    const to = (Array.isArray(given) ? given : []).map((one: unknown) => field(one, 'phoneNumber'))
    if (!to.every((one) => typeof one === 'string' && E164.test(one)) || to.length === 0) {
      throw new ApiError(400, 'CMN-101', 'Parameter [to] value is invalid', 'to')
    }
    if (to.length > MOST_GROUP) throw new ApiError(400, 'MSG-381', 'Too many recipients', 'to')
    const number = typeof from === 'string' ? numbers.get(from) : undefined
    if (!number || number.isForeign) {
      throw new ApiError(400, 'MSG-245', 'The phone number does not belong to the extension', 'from')
    }
    if (attachments.length > MOST_ATTACHMENTS) throw new ApiError(400, 'MSG-337', 'Too many attachments')
    if (attachments.reduce((sum, { body }) => sum + body.length, 0) > MOST_BYTES) {
      throw new ApiError(400, 'MSG-338', 'Attachments are too large')
    }
    if (attachments.length > 0 && isTollFree(number.number)) {
      throw new ApiError(403, 'MSG-397', 'Toll-free numbers send no attachments', 'from')
    }
    const needed = attachments.length > 0 ? 'MmsSender' : 'SmsSender'
    if (!number.features.includes(needed)) {
      throw new ApiError(403, 'MSG-304', `Phone number does not have the feature ${needed}`, 'from')
    }
    const text = checkText(json['text'])
    if (text === undefined && attachments.length === 0) {
      throw new ApiError(400, 'CMN-101', 'Parameter [text] value is invalid', 'text')
    }
    const [first] = to.map((one) =>
      carrier.take({
        api: 'v1',
        direction: 'Outbound',
        from: number.number,
        to: String(one),
        text: text ?? '',
        media: attachments.length,
        status: 'Queued',
      }),
    )
    return { status: 200, json: describe(first as Message) }
  }

  function describe(message: Message): JsonObject {
    const { id, from, to, text, status, conversation, errorCode, direction, media } = message
    const uri = `/restapi/v1.0/account/${settings.accountId}/extension/${settings.extensionId}/message-store/${id}`
    return {
      uri,
      id,
      to: [{ phoneNumber: to, ...(direction === 'Inbound' && { target: true }) }],
      from: { phoneNumber: from },
      type: 'SMS',
      creationTime: isoTime(message.createdAt),
      lastModifiedTime: isoTime(message.modifiedAt),
      readStatus: direction === 'Outbound' ? 'Read' : 'Unread',
      priority: 'Normal',
      attachments: [
        { id, uri: `${uri}/content/${id}`, type: 'Text', contentType: 'text/plain' },
        ...Array.from({ length: media }, () => ({ id, type: 'MmsAttachment' })),
      ],
      direction,
      availability: 'Alive',
      subject: text,
      messageStatus: status,
      smsSendingAttemptsCount: 1,
      deliveryErrorCode: errorCode,
      conversationId: conversation,
      conversation: { id: String(conversation) },
    }
  }

  return {
    send,
    read({ params }) {
      const message = messages.get(params['message'] ?? '')
      if (message?.api !== 'v1')
        throw new ApiError(404, 'CMN-102', 'Resource for parameter [messageId] is not found')
      return { status: 200, json: describe(message) }
    },
    list({ query, path }) {
      const { from, to } = windowOf(query, clock.now())
      const [directions, types] = [listOf(query, 'direction'), listOf(query, 'messageType')]
      const [conversation, number] = [query.get('conversationId'), listOf(query, 'phoneNumber')[0]]
      const seenUntil = clock.now() - faults.visibleAfterMs
      const found = [...messages.values()]
        .filter(
          (message) =>
            message.api === 'v1' &&
            message.createdAt >= from &&
            message.createdAt <= to &&
            (message.direction === 'Inbound' || message.createdAt <= seenUntil) &&
            (directions.length === 0 || directions.includes(message.direction)) &&
            (types.length === 0 || types.includes('SMS')) &&
            (conversation === null || conversation === String(message.conversation)) &&
            (number === undefined || number === message.from || number === message.to),
        )
        // The youngest first, as the mailbox shows them.
        .toReversed()
      const perPage = Math.min(Math.max(Math.trunc(Number(query.get('perPage') ?? 100)) || 100, 1), 1000)
      const page = Math.max(Math.trunc(Number(query.get('page') ?? 1)) || 1, 1)
      const totalPages = Math.ceil(found.length / perPage)
      return {
        status: 200,
        json: {
          uri: path,
          records: found.slice((page - 1) * perPage, page * perPage).map(describe),
          paging: { page, perPage, totalPages, totalElements: found.length },
          navigation: { ...(page < totalPages && { nextPage: { uri: `${path}?page=${page + 1}` } }) },
        },
      }
    },
  }
}
