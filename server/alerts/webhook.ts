import { createHmac } from 'node:crypto'
import http from 'node:http'
import https from 'node:https'
import type { Channel } from './alerts.ts'
import { guardedLookup, type Lookup } from './reachable.ts'
import type { WebhookSettings } from './settings.ts'

/** Bears the signature: `sha256=` and HMAC-SHA-256 of the body in hex. The body says when it was made. */
export const SIGNATURE_HEADER = 'sluice-signature'
const ANSWER_MS = 5_000

/**
 * Posts alerts as JSON. It connects to nothing but the internet, or this machine where the address names it, follows no
 * redirect, and reads nothing of the answer but its status.
 */
export function createWebhook({ url, secret }: WebhookSettings, lookup?: Lookup): Channel {
  const guarded = guardedLookup(lookup)
  const { request } = url.startsWith('https:') ? https : http
  return {
    name: 'webhook',
    send: (alert) => {
      const body = JSON.stringify(alert)
      const headers = {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        [SIGNATURE_HEADER]: `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
      }
      const signal = AbortSignal.timeout(ANSWER_MS)
      return new Promise((resolve) => {
        // A connection of its own: one that is kept was looked up before.
        request(url, { method: 'POST', headers, lookup: guarded, agent: false, signal }, (response) => {
          const { statusCode = 0 } = response
          response.destroy()
          resolve(statusCode >= 200 && statusCode < 300 ? undefined : `it answered ${statusCode}`)
        })
          .on('error', (error: NodeJS.ErrnoException) => resolve(reasonOf(error)))
          .end(body)
      })
    },
  }
}

/** The kind of an error: its message may name an address. */
function reasonOf({ name, code }: NodeJS.ErrnoException): string {
  if (name === 'AbortError' || name === 'TimeoutError') return `no answer within ${ANSWER_MS / 1_000} s`
  if (code === 'EPRIVATE') return 'its name leads into a private network'
  return code ?? name
}
