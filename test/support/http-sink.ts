import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A receiver of webhooks on loopback. */
export interface HttpSink {
  readonly url: string
  /** What came, whole. */
  readonly received: { path: string; headers: IncomingHttpHeaders; body: string }[]
  /** How the next requests are answered, the last one for all that follow. Default: 204. `never`: not at all. */
  answers(...statuses: (number | 'never')[]): void
  close(): Promise<void>
}

export async function httpSink(): Promise<HttpSink> {
  const received: HttpSink['received'] = []
  let statuses: (number | 'never')[] = [204]
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      received.push({
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      })
      const status = statuses.length > 1 ? statuses.shift() : statuses[0]
      if (status === undefined || status === 'never') return
      // Where it leads to would be seen here too.
      if (status >= 300 && status < 400) response.setHeader('location', '/elsewhere')
      response.writeHead(status).end()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    answers: (...next) => {
      statuses = next
    },
    close: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
