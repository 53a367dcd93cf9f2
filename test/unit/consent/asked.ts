import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import type { ConsentRoute } from '../../../server/consent/route.ts'

export interface Answered {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly text: string
  readonly json: Record<string, unknown>
}

export interface Asked {
  method?: string
  path?: string
  body?: string | object
  headers?: Record<string, string>
}

/** Serves a route on a real socket and asks it, with the headers that a page of the site sends. */
export async function serve(route: ConsentRoute): Promise<(asked: Asked) => Promise<Answered>> {
  const server = http.createServer((request, response) => {
    if (!route(request, response)) response.writeHead(404).end('{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  return async ({ method = 'POST', path = '/c', body, headers = {} }) => {
    const request = http.request({
      port,
      method,
      path,
      headers: { 'content-type': 'text/plain', origin: 'https://example.com', ...headers },
    })
    request.end(typeof body === 'object' ? JSON.stringify(body) : body)
    const [response] = (await once(request, 'response')) as [http.IncomingMessage]
    let text = ''
    for await (const chunk of response.setEncoding('utf8')) text += String(chunk)
    return {
      status: response.statusCode ?? 0,
      headers: response.headers,
      text,
      json: text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {},
    }
  }
}
