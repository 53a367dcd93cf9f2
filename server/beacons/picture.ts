import type { IncomingMessage, ServerResponse } from 'node:http'

/** A transparent picture of one pixel, GIF 89a: 43 bytes, the same for every beacon. */
export const PICTURE = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==', 'base64')

/**
 * Nothing keeps the picture, so that it is asked for anew, and nothing of the answer could be given back to us: no cookie,
 * no ETag, no date.
 */
const HEADERS = {
  'content-type': 'image/gif',
  'content-length': String(PICTURE.length),
  'cache-control': 'no-store, no-cache, must-revalidate, private, max-age=0',
  pragma: 'no-cache',
  expires: '0',
  // Any page and any mail program may show it.
  'access-control-allow-origin': '*',
  'cross-origin-resource-policy': 'cross-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-robots-tag': 'noindex',
} as const

/** Answers with the picture, whoever asks for whatever; HEAD with its headers alone. */
export function answerPicture(request: IncomingMessage, response: ServerResponse): void {
  request.resume()
  response.sendDate = false
  response.writeHead(200, HEADERS)
  response.end(request.method === 'HEAD' ? undefined : PICTURE)
}

/** Whether a method reads. Others are refused with 405, whatever the address. */
export function isReading({ method }: IncomingMessage): boolean {
  return method === 'GET' || method === 'HEAD'
}
