import { once } from 'node:events'
import http, { type IncomingMessage, type RequestListener } from 'node:http'
import https from 'node:https'
import net, { type AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createClientIpReader } from '../../../server/http/client-ip.ts'
import { createSelfTest, type SelfTest } from '../../../server/http/self-test.ts'
import { makeCertificate, readCertificate } from '../../support/programs.ts'
import { dataFolder, listen } from '../store/opened.ts'

interface Tested {
  test: SelfTest
  lines: string[]
}

/** A test of a server of which `noticed` requests are told, asking `publicUrl`. */
function testOf(
  publicUrl: string,
  options: { proxies?: string; speaksTls?: boolean; rests?: number[] } = {},
): Tested {
  const { log, lines } = listen()
  const { proxies = '127.0.0.1', speaksTls = false, rests = [] } = options
  const test = createSelfTest({ publicUrl, clientIp: createClientIpReader(proxies), speaksTls, rests, log })
  onTestFinished(() => test.close())
  return { test, lines }
}

async function serve(
  answer: RequestListener,
  server: net.Server = http.createServer(answer),
): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.close()
    await once(server, 'close')
  })
  return (server.address() as AddressInfo).port
}

/** A server that stands at a public address and tells the test of what comes, as through a proxy if asked to. */
async function servedBy(change: (request: IncomingMessage) => void, own: Parameters<typeof testOf>[1] = {}) {
  const port = await serve((request, response) => {
    change(request)
    if (request.url === '/_s/live') tested.test.notice(request)
    response.end('{}')
  })
  const tested = testOf(`http://127.0.0.1:${port}/_s`, own)
  await tested.test.run()
  return tested.lines
}

const forwardedFor = (address: string) => (request: IncomingMessage) => {
  request.headers['x-forwarded-for'] = address
}

describe('the start-up test of the public address', () => {
  it('says nothing but that all is well where the address leads here', async () => {
    expect(await servedBy(() => undefined)).toEqual(['["PUBLIC_URL leads to this server"]'])
    expect(await servedBy(forwardedFor('192.0.2.7'))).toEqual(['["PUBLIC_URL leads to this server"]'])
  })

  it('warns of a proxy that is not trusted', async () => {
    const lines = await servedBy(forwardedFor('192.0.2.7'), { proxies: '192.0.2.99' })
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain('name it in SLUICE_TRUSTED_PROXIES')
    expect(lines[0]).not.toContain('192.0.2.7')
  })

  it('warns of a proxy that does not say whose request it passes on', async () => {
    const pair = readCertificate(await makeCertificate(dataFolder(), '127.0.0.1'))
    https.globalAgent.options.ca = pair.cert
    onTestFinished(() => void delete https.globalAgent.options.ca)
    for (const [speaksTls, sentence] of [
      [false, 'let it set X-Forwarded-For'],
      [true, 'PUBLIC_URL leads to this server'],
    ] as const) {
      const port = await serve(
        () => undefined,
        https.createServer(pair, (request, response) => {
          tested.test.notice(request)
          response.end()
        }),
      )
      const tested = testOf(`https://127.0.0.1:${port}`, { speaksTls })
      await tested.test.run()
      expect(tested.lines.join()).toContain(sentence)
    }
  })

  it('warns when something else answers, whatever it answers, and follows it nowhere', async () => {
    let elsewhere = 0
    const trap = await serve((_request, response) => {
      elsewhere++
      response.end()
    })
    for (const status of [200, 404, 302]) {
      const port = await serve((_request, response) => {
        response.writeHead(status, { location: `http://127.0.0.1:${trap}/` }).end()
      })
      const { test, lines } = testOf(`http://127.0.0.1:${port}`, { rests: [600_000] })
      await test.run()
      expect(lines).toHaveLength(1)
      expect(lines[0]).toContain('PUBLIC_URL is answered by something else')
    }
    expect(elsewhere).toBe(0)
  })

  it('warns when nothing can be reached, with the reason and no address', async () => {
    const port = await serve(() => undefined)
    const closed = net.createServer().listen(0, '127.0.0.1')
    await once(closed, 'listening')
    const free = (closed.address() as AddressInfo).port
    closed.close()
    await once(closed, 'close')
    for (const [url, reason] of [
      [`http://127.0.0.1:${free}`, 'ECONNREFUSED'],
      [`https://127.0.0.1:${port}`, 'EPROTO'],
    ] as const) {
      const { test, lines } = testOf(url)
      await test.run()
      expect(lines).toHaveLength(1)
      expect(lines[0]).toContain(`cannot be reached from this machine (${reason})`)
      expect(lines[0]).not.toContain('127.0.0.1')
    }
  })

  it('tries again after a fault that may pass, since a proxy may start later', async () => {
    let asked = 0
    const port = await serve((request, response) => {
      if (++asked === 3) tested.test.notice(request)
      response.writeHead(502).end()
    })
    const tested = testOf(`http://127.0.0.1:${port}`, { rests: [0, 0, 0] })
    await tested.test.run()
    expect(asked).toBe(3)
    expect(tested.lines).toEqual(['["PUBLIC_URL leads to this server"]'])
  })

  it('takes nobody else for itself: the header of another server, or one that was made up', async () => {
    const port = await serve((request, response) => {
      other.notice(request)
      response.end()
    })
    const other = testOf('http://127.0.0.1:1').test
    const { test, lines } = testOf(`http://127.0.0.1:${port}`)
    await test.run()
    expect(lines.join()).toContain('answered by something else')
  })

  it('ends at once when it is closed, and says nothing', async () => {
    for (const answers of [true, false]) {
      const port = await serve((_request, response) => {
        if (answers) response.writeHead(502).end()
        // While it waits for an answer, or for the next try.
        setImmediate(() => test.close())
      })
      const tested = testOf(`http://127.0.0.1:${port}`, { rests: [600_000] })
      const test = tested.test
      await test.run()
      expect(tested.lines).toEqual([])
    }
  })
})
