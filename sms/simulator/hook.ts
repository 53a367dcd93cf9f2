import http from 'node:http'
import https from 'node:https'
import type { IncomingMessage } from 'node:http'

/** How a hook answered, or why it did not. */
export type HookAnswer =
  | {
      readonly is: 'answered'
      readonly status: number
      readonly headers: IncomingMessage['headers']
      /** Of status line, headers and body, as they came over the line. */
      readonly bytes: number
    }
  | { readonly is: 'too-late' }
  | { readonly is: 'unreachable' }

/** Longest a hook may take, in milliseconds of the machine. */
const HOOK_MS = 3_000

/** Posts to a hook. An own connection each time, as a sender that comes from far has. */
export function postToHook(
  address: string,
  headers: Record<string, string>,
  body: string,
): Promise<HookAnswer> {
  const url = new URL(address)
  const { request: open } = url.protocol === 'https:' ? https : http
  return new Promise((resolve) => {
    const request = open(url, {
      method: 'POST',
      agent: false,
      headers: { ...headers, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
    })
    const timer = setTimeout(() => {
      resolve({ is: 'too-late' })
      request.destroy()
    }, HOOK_MS)
    const end = (answer: HookAnswer): void => {
      clearTimeout(timer)
      resolve(answer)
    }
    request.on('error', () => end({ is: 'unreachable' }))
    request.on('response', (response) => {
      let size = 0
      response.on('data', (chunk: Buffer) => (size += chunk.length))
      response.on('error', () => end({ is: 'unreachable' }))
      response.on('end', () =>
        end({
          is: 'answered',
          status: response.statusCode ?? 0,
          headers: response.headers,
          bytes: headBytes(response) + size,
        }),
      )
    })
    request.end(body)
  })
}

function headBytes({ statusCode, statusMessage, rawHeaders }: IncomingMessage): number {
  const line = `HTTP/1.1 ${statusCode} ${statusMessage}\r\n`
  const texts = rawHeaders.reduce((sum, text) => sum + Buffer.byteLength(text), 0)
  // A colon, a space and a line end for each header, and an empty line.
  return line.length + texts + rawHeaders.length * 2 + 2
}

/** This machine: no simulated event leaves it. */
export function isLoopback(address: string): boolean {
  const { hostname } = new URL(address)
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname)
}
