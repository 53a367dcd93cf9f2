import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request as it came in. */
export interface Received {
  method: string
  /** Path and query. */
  path: string
  headers: IncomingHttpHeaders
  body: string
  /** The browser hung up before the answer. */
  isAborted: boolean
}

export interface Reply {
  /** Default 200. */
  status?: number
  headers?: Record<string, string>
  body?: string | Buffer
}

/** A page's HTML, a whole reply, or a function that makes one for each request. */
export type Route = string | Reply | ((request: Received) => Route | Promise<Route>)

export interface PageServer {
  readonly port: number
  /** All requests so far, in order of arrival, favicons left out. */
  readonly received: Received[]
  /** `http://<host>:<port>`; the test browser finds every `*.example` host here. */
  origin(host: string): string
  /** Sets or replaces a route; undefined removes it. */
  route(path: string, route: Route | undefined): void
  close(): Promise<void>
}

/**
 * Serves pages on loopback. A route is found by its path without the query; a path without a route is answered 404.
 * A page is HTML without a caching header, so that the back/forward cache may take it.
 */
export async function servePages(routes: Record<string, Route>): Promise<PageServer> {
  const table = new Map(Object.entries(routes))
  const received: Received[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      const body = Buffer.concat(chunks).toString()
      const arrived: Received = { method, path: url, headers, body, isAborted: false }
      response.on('close', () => (arrived.isAborted = !response.writableFinished))
      const path = url.split('?', 1)[0] ?? ''
      if (path !== '/favicon.ico') received.push(arrived)
      resolveRoute(table.get(path), arrived).then(
        (reply) => {
          const type = { 'content-type': 'text/html; charset=utf-8' }
          response.writeHead(reply.status ?? 200, { ...type, ...reply.headers }).end(reply.body)
        },
        (error: Error) => response.destroy(error),
      )
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    port,
    received,
    origin: (host) => `http://${host}:${port}`,
    route(path, route) {
      if (route === undefined) table.delete(path)
      else table.set(path, route)
    },
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

async function resolveRoute(route: Route | undefined, request: Received): Promise<Reply> {
  if (route === undefined) return request.path === '/favicon.ico' ? { status: 204 } : { status: 404 }
  if (typeof route === 'function') return resolveRoute(await route(request), request)
  return typeof route === 'string' ? { body: route } : route
}
