import { once } from 'node:events'
import http from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { followKeyPair, MIN_TLS_VERSION, readKeyPair, type TlsFiles } from './tls.ts'

/** A server that accepts connections. */
export interface Listening {
  /** `http://127.0.0.1:8000`, or https. */
  readonly url: string
  /** Stops accepting, waits for what is under way, then ends it. */
  close(): Promise<void>
}

/** Longest a stop waits for requests that are under way. */
const DRAIN_MS = 3_000

const LIMITS: http.ServerOptions = {
  // A sender of headers or bodies that trickles in must not hold a connection for long.
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  // Longer than the 60 s for which common proxies keep a connection to reuse it: the proxy must be the one that
  // closes, or it sends a page view into a connection that is just ending.
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 1_000,
  maxHeaderSize: 16_384,
}
/** The same for the handshake before the first header. */
const HANDSHAKE_MS = 5_000

/** Listens on a port; 0 takes any free one. With `tls` it speaks https and follows the renewal of the certificate. */
export async function listen(parts: {
  port: number
  host: string
  tls?: TlsFiles | undefined
  clock: Pick<Clock, 'now'>
  log: Log
  handler: http.RequestListener
}): Promise<Listening> {
  const { port, host, tls, clock, log, handler } = parts
  const { server, unfollow } = tls
    ? secure(tls)
    : { server: http.createServer(LIMITS, handler), unfollow() {} }
  server.maxHeadersCount = 64
  server.listen(port, host)
  await once(server, 'listening')
  const address = server.address() as AddressInfo
  return {
    url: `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${address.port}`,
    async close() {
      unfollow()
      await closeServer(server)
    },
  }

  function secure(files: TlsFiles): { server: https.Server; unfollow(): void } {
    const pair = readKeyPair(files, clock.now())
    const options = { minVersion: MIN_TLS_VERSION, handshakeTimeout: HANDSHAKE_MS } as const
    const secured = https.createServer({ ...LIMITS, ...options, ...pair }, handler)
    const followed = followKeyPair({
      files,
      clock,
      log,
      apply: (next) => secured.setSecureContext({ ...next, minVersion: MIN_TLS_VERSION }),
    })
    return { server: secured, unfollow: followed.close }
  }
}

async function closeServer(server: http.Server | https.Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  server.closeIdleConnections()
  const force = setTimeout(() => server.closeAllConnections(), DRAIN_MS)
  await closed
  clearTimeout(force)
}
