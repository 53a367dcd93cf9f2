import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import express, { type NextFunction, type Request, type Response } from 'express'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Site } from '../../../../schema/site.ts'
import { UserError } from '../../../../server/errors.ts'
import { createDecisionsRouter } from '../../../../server/sms/desk/decisions-route.ts'
import { createDeskRouter } from '../../../../server/sms/desk/route.ts'
import { createDesks } from '../../../../sms/sms.ts'
import { numberAt, rig } from '../outbox/rig.ts'

/** What people, programs and attackers put where a word is expected. */
const HOSTILE = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\u202Eevil',
  '\uD800',
  "'; DROP TABLE sms_message; --",
  '%_%',
  '{"$gt":""}',
  '<script>alert(1)</script>',
  '../../etc/passwd',
  '${7*7}',
  'NaN',
  '9'.repeat(40),
  '+1 (212) 555-0123 ext. 9',
  '💥'.repeat(400),
  '\r\nset-cookie: a=b',
  '__proto__',
  'x'.repeat(5_000),
] as const

const ODD = [null, 0, -1, 1e308, true, [], {}, [''], { toString: 'x' }] as const

/** A good body of each door that takes words. */
const DOORS = (site: string, program: string): Record<string, Record<string, unknown>> => ({
  '/sms/programs': {
    site,
    sender: 'none',
    name: 'Deals',
    seller: 'Lantern Coffee LLC',
    description: 'Offers and new drinks for customers of our coffee shops who signed up on our page.',
    kind: 'marketing',
    useCase: 'Marketing',
    frequency: { most: 4, days: 30 },
    samples: ['Two lattes for one today.', 'A new roast is in our shops.'],
    contact: 'help@lantern.example',
    terms: 'https://lantern.example/terms',
    privacy: 'https://lantern.example/privacy',
  },
  '/sms/messages': { site, program, to: numberAt(1), text: 'Two lattes.', idempotencyKey: 'key', media: [] },
  '/sms/opt-out': {
    site,
    from: numberAt(1),
    by: 'letter',
    receivedAt: '2026-11-24T10:00:00Z',
    evidence: 'letter',
  },
  '/sms/held-texts/none/approve': { site, reason: 'looked at', hours: 1 },
  '/sms/held-texts/none/refuse': { site, reason: 'looked at' },
  '/sms/unclear-answers/none/settle': { site, as: 'other', reason: 'looked at' },
  '/sms/dead-letters/none/settle': { site, as: 'sent', reason: 'looked at' },
  '/sms/dead-letters/none/replay': { site, reason: 'looked at', expiresAt: '2026-11-25T10:00:00Z' },
})

describe('S17 S21 odd words through every door of messages', () => {
  it('S17 S21 are taken or refused in a sentence that repeats none of them, and break nothing', async () => {
    const { parts, program, signUp, provider } = await rig()
    await signUp(numberAt(1))
    const desks = createDesks(parts)
    const app = express()
    const broken: unknown[] = []
    const authorize = (): Site => ({ id: program.siteId }) as Site
    const kick = (): void => undefined
    app.use(createDeskRouter({ desks, kick, authorize, actorOf: () => 'terminal' }))
    app.use(
      createDecisionsRouter({
        desks,
        kick,
        authorize,
        deliberate: (_request, reason) => ({ actor: 'terminal', reason }),
      }),
    )
    app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
      const status = error instanceof UserError ? error.status : (error as { status?: number }).status
      if (status === undefined) broken.push(error)
      response.status(status ?? 500).json({ error: error instanceof Error ? error.message : '' })
    })
    const server = createServer(app).listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    })
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const doors = DOORS('lantern.example', program.id)
    const asked: string[] = []
    const bad: unknown[] = []
    for (const [path, good] of Object.entries(doors)) {
      for (const field of Object.keys(good)) {
        if (field === 'site') continue
        const answers = await Promise.all(
          [...HOSTILE, ...ODD].map(async (value) => {
            const body = JSON.stringify({ ...good, [field]: value })
            const response = await fetch(`${url}${path}`, {
              method: 'POST',
              headers: { 'content-type': 'application/json' },
              body,
            })
            return { value, status: response.status, text: await response.text() }
          }),
        )
        for (const { value, status, text } of answers) {
          asked.push(path)
          const { error } = JSON.parse(text) as { error?: string }
          const isToldBack = typeof value === 'string' && value.trim().length > 3 && error?.includes(value)
          const isSentence = error === undefined || /^\S.*\.$/su.test(error)
          if (status >= 500 || (status >= 400 && (isToldBack === true || !isSentence))) {
            bad.push({ path, field, value: JSON.stringify(value).slice(0, 40), status, error })
          }
        }
      }
    }
    expect(bad).toEqual([])
    expect(broken).toEqual([])
    expect(asked.length).toBeGreaterThan(500)
    expect(provider.received).toEqual([])
  })
})
