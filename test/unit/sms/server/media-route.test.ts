import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import express, { type NextFunction, type Request, type Response } from 'express'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Site } from '../../../../schema/site.ts'
import { UserError } from '../../../../server/errors.ts'
import { createMediaRouter } from '../../../../server/sms/desk/media-route.ts'
import { createDesks } from '../../../../sms/sms.ts'
import { rig } from '../outbox/rig.ts'
import { JPEG } from '../pictures.ts'

async function stage(): Promise<{ url: string; asked: string[] }> {
  const { parts, program } = await rig()
  const asked: string[] = []
  const app = express()
  app.use(
    createMediaRouter({
      desks: createDesks(parts),
      authorize: (_request, permission, domain) => {
        asked.push(`${permission} ${domain}`)
        return { id: program.siteId } as Site
      },
    }),
  )
  app.use((error: unknown, _request: Request, response: Response, next: NextFunction) => {
    if (error instanceof UserError) response.status(error.status).json({ error: error.message })
    else next(error)
  })
  const server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/sms/media`, asked }
}

function send(url: string, body: Uint8Array, type = 'image/jpeg'): Promise<globalThis.Response> {
  return fetch(`${url}?site=lantern.example`, {
    method: 'POST',
    headers: { 'content-type': type },
    body: new Uint8Array(body),
  })
}

describe('/sms/media', () => {
  it('S24 takes a picture and shows what is left of it, as what it is', async () => {
    const { url, asked } = await stage()
    const taken = await send(url, JPEG.whole, 'image/png')
    expect(taken.status).toBe(201)
    const { id, ...rest } = (await taken.json()) as { id: string }
    expect(rest).toEqual({ type: 'image/jpeg', bytes: JPEG.bare.length })
    const shown = await fetch(`${url}/${id}?site=lantern.example`)
    expect([shown.headers.get('content-type'), shown.headers.get('cache-control')]).toEqual([
      'image/jpeg',
      'no-store',
    ])
    expect(Buffer.from(await shown.arrayBuffer())).toEqual(JPEG.bare)
    expect(asked).toEqual(['sms.send lantern.example', 'sms.review lantern.example'])
    expect((await fetch(`${url}/none?site=lantern.example`)).status).toBe(404)
  })

  it.each([
    ['what is none', Buffer.from('<svg onload="alert(1)"/>'), 'image/svg+xml', 422, /JPEG, PNG and GIF/],
    ['nothing', Buffer.alloc(0), 'image/jpeg', 422, /is empty/],
    ['half of one', JPEG.bare.subarray(0, 40), 'image/jpeg', 422, /cut off or damaged/],
    ['a large one', Buffer.alloc(1_550_000, 0xff), 'image/jpeg', 413, /larger than 1\.5 MB/],
    ['a huge one', Buffer.alloc(3_000_000, 0xff), 'image/jpeg', 413, /larger than 1\.5 MB/],
    ['a form', JPEG.bare, 'multipart/form-data; boundary=x', 415, /content-type/],
  ] as const)('S24 refuses %s in a sentence that says what to send', async (_, body, type, status, why) => {
    const { url } = await stage()
    const refused = await send(url, body, type)
    expect(refused.status).toBe(status)
    const { error } = (await refused.json()) as { error: string }
    expect(error).toMatch(why)
    expect(error).toMatch(/^[A-Z].*\.$/)
  })

  it('S24 keeps nothing of one that did not arrive whole', async () => {
    const { url } = await stage()
    const { hostname, port, pathname } = new URL(url)
    const sending = request({
      hostname,
      port,
      path: `${pathname}?site=lantern.example`,
      method: 'POST',
      headers: { 'content-type': 'image/jpeg', 'content-length': 500 },
    })
    const gone = new Promise((resolve) => sending.on('error', resolve).on('close', resolve))
    sending.write(JPEG.bare.subarray(0, 20))
    await once(sending, 'socket')
    sending.destroy()
    await gone
    expect((await send(url, JPEG.whole)).status).toBe(201)
  })
})
