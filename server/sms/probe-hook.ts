import { randomBytes } from 'node:crypto'
import http from 'node:http'
import https from 'node:https'
import { isLoopbackHost } from '../alerts/reachable.ts'
import { codeOf } from '../store/error-code.ts'

/** How the webhook answers when it is asked as RingCentral asks it. */
export type Probe =
  | { readonly is: 'good' }
  /** RingCentral posts to https only. */
  | { readonly is: 'not-https' }
  | { readonly is: 'unreachable'; readonly why: string }
  | { readonly is: 'too-late' }
  /** Something else answers there. */
  | { readonly is: 'other'; readonly status: number }
  | { readonly is: 'no-echo' }
  /** Of status line, headers and body. */
  | { readonly is: 'too-long'; readonly bytes: number }

const WITHIN_MS = 3_000
const MOST_BYTES = 1_024

/** Asks it from here, which tells what a proxy adds and nothing of firewalls in front of it. */
export function probeHook(address: string): Promise<Probe> {
  const url = new URL(address)
  if (!isHookable(address)) return Promise.resolve({ is: 'not-https' })
  const token = randomBytes(16).toString('hex')
  const { request } = url.protocol === 'https:' ? https : http
  return new Promise((resolve) => {
    const asking = request(url, {
      method: 'POST',
      agent: false,
      headers: { 'validation-token': token, 'content-length': '0' },
    })
    const timer = setTimeout(() => {
      resolve({ is: 'too-late' })
      asking.destroy()
    }, WITHIN_MS)
    const end = (probe: Probe): void => {
      clearTimeout(timer)
      resolve(probe)
    }
    asking.on('error', (error) => end({ is: 'unreachable', why: codeOf(error) }))
    asking.on('response', (response) => {
      let body = 0
      response.on('data', (chunk: Buffer) => (body += chunk.length))
      response.on('error', (error) => end({ is: 'unreachable', why: codeOf(error) }))
      response.on('end', () => {
        const bytes = headBytes(response) + body
        const { statusCode: status = 0 } = response
        if (status !== 200) end({ is: 'other', status })
        else if (response.headers['validation-token'] !== token) end({ is: 'no-echo' })
        else end(bytes > MOST_BYTES ? { is: 'too-long', bytes } : { is: 'good' })
      })
    })
    asking.end()
  })
}

/** Whether events may be posted there: over https, or within this machine. */
export function isHookable(address: string): boolean {
  const { protocol, hostname } = new URL(address)
  return protocol === 'https:' || isLoopbackHost(hostname)
}

/** As it came over the line, to a byte or two. */
function headBytes({ httpVersion, statusCode, statusMessage, rawHeaders }: http.IncomingMessage): number {
  const line = `HTTP/${httpVersion} ${statusCode} ${statusMessage}\r\n`
  return line.length + rawHeaders.reduce((sum, text) => sum + Buffer.byteLength(text) + 2, 2)
}
