import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'

/** An event as it is posted. */
export interface Envelope {
  readonly uuid: string
  readonly event: string
  readonly subscriptionId: string
  readonly body: Record<string, unknown>
}

/** A webhook of somebody who subscribed: shakes hands and keeps what comes. */
export interface Hook {
  readonly url: string
  readonly events: Envelope[]
  /** Verification tokens that came with the events. */
  readonly tokens: (string | undefined)[]
  /** How many requests came, whatever they were. */
  requests(): number
  /** How it answers from now on, in place of 200 or a good handshake. */
  answerWith(behave: ((response: http.ServerResponse, token: string) => void) | undefined): void
  close(): Promise<void>
}

export async function hookOf(): Promise<Hook> {
  const events: Envelope[] = []
  const tokens: (string | undefined)[] = []
  let requests = 0
  let behave: ((response: http.ServerResponse, token: string) => void) | undefined
  const server = http.createServer((request, response) => {
    requests++
    const token = String(request.headers['validation-token'] ?? '')
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      if (behave) return behave(response, token)
      if (body !== '') {
        events.push(JSON.parse(body) as Envelope)
        tokens.push(request.headers['verification-token']?.toString())
      }
      const headers = {
        'content-type': 'application/json',
        ...(token !== '' && { 'validation-token': token }),
      }
      response.writeHead(200, headers).end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    events,
    tokens,
    requests: () => requests,
    answerWith(next) {
      behave = next
    },
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
