import { ApiError, readJson, type Call } from './reply.ts'

/** A part of a message that is no text. */
export interface Part {
  readonly name: string
  readonly contentType: string
  readonly body: Buffer
}

/**
 * Reads a message as the API takes it: JSON alone, or multipart (RFC 7578) with one part of JSON, whatever it is called,
 * and attachments.
 */
export function readMessage(call: Call): { json: Record<string, unknown>; attachments: Part[] } {
  const type = call.headers['content-type'] ?? ''
  if (/^application\/json\b/i.test(type)) return { json: readJson(call), attachments: [] }
  const [, quoted, bare] = /^multipart\/[a-z-]+;.*\bboundary=(?:"([^"]+)"|([^;\s]+))/i.exec(type) ?? []
  const boundary = quoted ?? bare
  if (boundary === undefined) throw new ApiError(415, 'CMN-115', 'Content type is not supported')
  const parts = partsOf(call.body, boundary)
  const [json, ...attachments] = [
    ...parts.filter((part) => isJson(part)),
    ...parts.filter((part) => !isJson(part)),
  ]
  if (!json || !isJson(json)) throw new ApiError(400, 'CMN-101', 'Parameter [json] value is invalid', 'json')
  return { json: readJson(json), attachments }
}

function isJson({ contentType }: Part): boolean {
  return /^application\/json\b/i.test(contentType)
}

function partsOf(body: Buffer, boundary: string): Part[] {
  // Bytes one to one, so that what is no text comes through.
  const pieces = body.toString('latin1').split(`--${boundary}`)
  return pieces.slice(1, -1).map((piece) => {
    const end = piece.indexOf('\r\n\r\n')
    const head = piece.slice(0, end)
    return {
      name: /\bname="([^"]*)"/i.exec(head)?.[1] ?? '',
      contentType: /^content-type:\s*(.+)$/im.exec(head)?.[1]?.trim() ?? 'text/plain',
      body: Buffer.from(piece.slice(end + 4).replace(/\r\n$/, ''), 'latin1'),
    }
  })
}
