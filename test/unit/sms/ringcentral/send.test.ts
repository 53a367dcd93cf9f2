import { describe, expect, it, onTestFinished } from 'vitest'
import { createRingCentral } from '../../../../sms/providers/ringcentral/provider.ts'
import type { SendToken } from '../../../../sms/token.ts'
import { hookOf } from '../../../support/hook.ts'
import { JPEG, PNG } from '../pictures.ts'
import { fingerprint, LONG_CODE, number, REGULAR, rig, START, TEXT, TOLL_FREE, warmUp } from './rig.ts'

const HANDSET = '+12125550123'

describe('a message by RingCentral', () => {
  it('S3 S7 leaves with the gate’s token only, and once', async () => {
    for (const from of [LONG_CODE, REGULAR]) {
      const { provider, order, simulator, clock, requests } = await rig()
      requests()
      const one = order(from, HANDSET)
      expect(await provider.send(one)).toMatchObject({ is: 'accepted' })
      await expect(provider.send(one)).rejects.toThrow('that was used')
      await expect(provider.send({ ...one, token: {} as SendToken })).rejects.toThrow(
        'without the gate’s token',
      )
      const fresh = order(from, HANDSET)
      await expect(provider.sendBatch?.([one, fresh])).rejects.toThrow('that was used')
      await clock.pass(10_000)
      const sent = requests().filter((request) => request.startsWith('POST')).length
      expect([sent, simulator.received.length]).toEqual([1, 1])
    }
  })

  it('goes one by one from a regular number, with an id of which no digit is lost', async () => {
    const { send, simulator, clock } = await rig()
    const outcome = await send(REGULAR, HANDSET)
    expect(outcome).toEqual({ is: 'accepted', id: [...simulator.messages.keys()].at(-1) })
    expect(Number.isSafeInteger(Number('id' in outcome && outcome.id))).toBe(false)
    await clock.pass(10_000)
    expect(simulator.received).toMatchObject([{ from: REGULAR, to: HANDSET, text: TEXT }])
  })

  it('S24 goes with its pictures in one request, and is looked for like any other', async () => {
    const { provider, order, simulator, clock, requests } = await rig()
    requests()
    const media = [
      { type: 'image/png', content: PNG.bare },
      { type: 'image/jpeg', content: JPEG.bare },
    ] as const
    const sent = { ...order(REGULAR, HANDSET), media }
    expect(await provider.send(sent)).toMatchObject({ is: 'accepted' })
    expect(requests()).toEqual(['POST /restapi/v1.0/account/~/extension/~/mms'])
    simulator.faults.loseReplies = 1
    const begun = clock.now()
    const lost = { ...order(REGULAR, HANDSET, 'Another. Reply STOP to opt out.'), media }
    expect(await provider.send(lost)).toEqual({ is: 'unknown' })
    await clock.pass(10_000)
    expect(simulator.received).toMatchObject([
      { to: HANDSET, text: TEXT, media: 2 },
      { to: HANDSET, media: 2 },
    ])
    const found = await provider.lookUp({ ...lost, after: begun, before: clock.now() })
    expect(found).toMatchObject({ is: 'seen', messages: [{}] })
  })

  it('goes in batches from a high-volume number, each recipient with an outcome of its own', async () => {
    const { provider, order, simulator, clock } = await rig()
    const orders = [
      order(TOLL_FREE, HANDSET),
      // A short code is a number, and none that a message can be sent to.
      order(TOLL_FREE, '12345'),
      order(TOLL_FREE, HANDSET, 'Another. Reply STOP to opt out.'),
      order(TOLL_FREE, HANDSET),
    ]
    const outcomes = (await provider.sendBatch?.(orders)) ?? []
    expect(outcomes.map(({ is }) => is)).toEqual(['accepted', 'refused', 'accepted', 'accepted'])
    expect(outcomes[1]).toEqual({ is: 'refused', code: 'SMS-RC-410' })
    const ids = outcomes.flatMap((one) => ('id' in one ? [one.id] : []))
    expect(ids.map((id) => simulator.messages.get(id)?.text)).toEqual([
      TEXT,
      'Another. Reply STOP to opt out.',
      TEXT,
    ])
    expect(new Set(ids).size).toBe(3)
    await clock.pass(10_000)
    expect(simulator.received).toHaveLength(3)
  })

  it('is unknown where the reply was lost, is not sent again, and is found by who, what and when', async () => {
    for (const from of [REGULAR, LONG_CODE]) {
      const { send, simulator, clock, provider, requests } = await rig()
      simulator.faults.loseReplies = 1
      requests()
      expect(await send(from, HANDSET)).toEqual({ is: 'unknown' })
      expect(requests().filter((request) => request.startsWith('POST'))).toHaveLength(1)
      await clock.pass(60_000)
      expect(simulator.received).toHaveLength(1)
      const lost = {
        from: number(from),
        to: number(HANDSET),
        text: TEXT,
        after: START,
        before: START + 1_000,
      }
      const id = [...simulator.messages.keys()].at(-1)
      expect(await provider.lookUp(lost)).toEqual({ is: 'seen', messages: [{ id, at: START }] })
      const none = { is: 'seen', messages: [] }
      expect(await provider.lookUp({ ...lost, text: 'Another text' })).toEqual(none)
      expect(await provider.lookUp({ ...lost, to: number('+12125550124') })).toEqual(none)
      expect(await provider.lookUp({ ...lost, from: number(TOLL_FREE) })).toEqual(none)
      const later = { after: START + 600_000, before: START + 601_000 }
      expect(await provider.lookUp({ ...lost, ...later })).toEqual(none)
    }
  })

  it('is throttled where nothing can have been taken: no connection, or a service that says it is away', async () => {
    const { send, simulator, clock } = await rig()
    simulator.faults.refuse = [{ path: '/sms', status: 503, code: 'CMN-201', times: 1 }]
    expect(await send(REGULAR, HANDSET)).toEqual({ is: 'throttled', until: START + 10_000 })
    await simulator.close()
    // Until the connection that was kept is known to be gone: a message into it would be unknown.
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(await send(REGULAR, HANDSET)).toEqual({ is: 'throttled', until: START + 10_000 })
    expect(await send(LONG_CODE, HANDSET)).toEqual({ is: 'throttled', until: START + 10_000 })
    await clock.pass(60_000)
    expect(simulator.received).toEqual([])
  })

  it('is unknown after a connection that was cut and after errors that do not tell', async () => {
    const { send, simulator } = await rig()
    simulator.faults.cutRequests = 1
    expect(await send(REGULAR, HANDSET)).toEqual({ is: 'unknown' })
    for (const status of [500, 502, 504, 408]) {
      simulator.faults.refuse = [{ path: '/sms', status, code: 'CMN-203', times: 1 }]
      expect(await send(REGULAR, HANDSET)).toEqual({ is: 'unknown' })
    }
  })

  it('is refused for what is wrong with it, and waits for what is wrong with the account', async () => {
    const { send, simulator } = await rig()
    expect(await send(REGULAR, HANDSET, 'x'.repeat(1001))).toEqual({ is: 'refused', code: 'CMN-101' })
    // Of another extension: all its messages would be refused.
    expect(await send('+12015550177', HANDSET)).toEqual({ is: 'throttled', until: START + 900_000 })
    simulator.faults.refuse = [{ path: '/sms', status: 403, code: 'BIL-103', times: 1 }]
    expect(await send(REGULAR, HANDSET)).toEqual({ is: 'throttled', until: START + 900_000 })
  })

  it('S17 goes to the provider’s host alone, and follows nobody who sends it elsewhere', async () => {
    const elsewhere = await hookOf()
    onTestFinished(() => elsewhere.close())
    const { simulator, clock, order, tokens, heard } = await rig()
    const asked = new Set<string>()
    const { clientId, clientSecret, jwt } = simulator.settings
    const provider = createRingCentral({
      settings: { url: simulator.url, clientId, clientSecret, jwt },
      clock,
      tokens,
      log: { ...heard.log, error: heard.log.warn },
      fingerprint,
      pause: (ms) => clock.pass(ms),
      fetch: (url, init) => {
        asked.add(new URL(url).origin)
        return fetch(url, init)
      },
    })
    await warmUp({ provider, simulator })
    simulator.faults.redirectTo = elsewhere.url
    for (const from of [REGULAR, LONG_CODE]) {
      expect(await provider.send(order(from, HANDSET))).toEqual({ is: 'unknown' })
    }
    expect([...asked]).toEqual([simulator.url])
    expect(elsewhere.requests()).toBe(0)
  })

  it('S17 is told to nobody but the provider, and no number is in the log', async () => {
    const { send, simulator, heard } = await rig()
    simulator.faults.refuse = [{ path: '/sms', status: 403, code: 'MSG-384', times: 1 }]
    simulator.faults.loseReplies = 1
    for (const from of [REGULAR, LONG_CODE, '+12015550177']) await send(from, HANDSET)
    expect(heard.lines.join('\n')).not.toMatch(/\d{7}/)
  })
})
