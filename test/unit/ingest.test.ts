import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createIngest, type IngestParts } from '../../server/ingest.ts'
import { createClientIpReader } from '../../server/http/client-ip.ts'
import { silentLog } from '../../server/log.ts'
import { createMetrics } from '../../server/metrics.ts'
import { makeSite } from '../support/facts.ts'
import { movedClock } from './store/opened.ts'

/** The public routes of a site where nothing is measured before a choice; what is dropped goes to a list. */
async function scene(): Promise<{
  send: (origin: string | undefined) => Promise<number>
  dropped: string[]
}> {
  const dropped: string[] = []
  const none = (): never => {
    throw new Error('nothing is kept here')
  }
  const parts: IngestParts = {
    clock: movedClock(),
    log: silentLog,
    metrics: createMetrics(),
    sites: { find: () => makeSite() } as unknown as IngestParts['sites'],
    clientIp: createClientIpReader('127.0.0.1'),
    watchAddress: () => undefined,
    enrich: { eventId: () => 0n, request: () => ({ isBot: false, country: 'DE', row: none }) } as never,
    preConsentFor: () => 'none',
    checkConsent: none,
    publicConfig: none,
    countOffer: none,
    intake: { open: none },
    drops: {
      tally: () => ({
        dropped: (reason) => void dropped.push(reason),
        late: none,
        scrubbed: none,
        keep: () => undefined,
      }),
    },
  }
  const ingest = createIngest(parts)
  const server = createServer((request, response) => {
    if (!ingest(request, response)) response.writeHead(404).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  })
  const { port } = server.address() as AddressInfo
  const send = async (origin: string | undefined): Promise<number> => {
    const answer = await fetch(`http://127.0.0.1:${port}/e`, {
      method: 'POST',
      headers: origin === undefined ? {} : { origin },
      body: JSON.stringify({ version: 1, site: 'example.com', events: [{ type: 'pageview' }] }),
    })
    await answer.arrayBuffer()
    return answer.status
  }
  return { send, dropped }
}

describe('the public routes', () => {
  it('take events of a page of the site itself, and of no other', async () => {
    const { send, dropped } = await scene()
    for (const origin of ['https://evil.example', 'https://example.com.evil.example', 'null', undefined]) {
      expect([origin, await send(origin), dropped.splice(0)]).toEqual([origin, 403, ['foreign_origin']])
    }
    expect([await send('https://example.com'), dropped]).toEqual([202, ['no_consent']])
  })
})
