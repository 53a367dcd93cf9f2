import { onTestFinished, describe, expect, it } from 'vitest'
import {
  handClock,
  startSimulator,
  type HandClock,
  type Simulator,
  type SimulatorOptions,
} from '../../../../sms/simulator/index.ts'
import { hookOf, type Hook } from '../../../support/hook.ts'

const START = Date.parse('2026-11-24T15:00:00Z')
const LONG_CODE = '+16505550100'
const TOLL_FREE = '+18335550100'
const REGULAR = '+12015550100'
const HANDSET = '+12125550123'

interface Rig {
  readonly simulator: Simulator
  readonly clock: HandClock
  call(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; json: Answer; headers: Headers }>
}
interface Answer {
  readonly [key: string]: unknown
  readonly errorCode?: string
}

async function rig(options: SimulatorOptions = {}): Promise<Rig> {
  const clock = handClock(START)
  const simulator = await startSimulator({ clock, ...options })
  onTestFinished(() => simulator.close())
  const token = await tokenOf(simulator)
  return {
    simulator,
    clock,
    async call(method, path, body) {
      const response = await fetch(`${simulator.url}${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      const json = text === '' ? {} : (JSON.parse(text) as Answer)
      return { status: response.status, json, headers: response.headers }
    },
  }
}

async function askToken(simulator: Simulator, secret = simulator.settings.clientSecret): Promise<Response> {
  const { clientId, jwt } = simulator.settings
  return fetch(`${simulator.url}/restapi/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${clientId}:${secret}`)}` },
    body: new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: jwt,
    }),
  })
}
async function tokenOf(simulator: Simulator): Promise<string> {
  return ((await (await askToken(simulator)).json()) as { access_token: string }).access_token
}

const BATCHES = '/restapi/v1.0/account/~/a2p-sms/batches'
const SMS = '/restapi/v1.0/account/~/extension/~/sms'
const SUBSCRIPTION = '/restapi/v1.0/subscription'
const batch = (to: string, from = LONG_CODE): object => ({ from, text: 'Hello', messages: [{ to: [to] }] })

const subscribe = (hook: Hook, ...eventFilters: string[]): object => ({
  eventFilters,
  deliveryMode: { transportType: 'WebHook', address: hook.url, verificationToken: 'v' },
  expiresIn: 3600,
})
const INBOUND = '/restapi/v1.0/account/~/a2p-sms/messages?direction=Inbound'
const OPT_OUTS = '/restapi/v1.0/account/~/a2p-sms/opt-outs'
const CONSENTS = '/restapi/v2/accounts/~/sms/consents'

async function openHook(): Promise<Hook> {
  const made = await hookOf()
  onTestFinished(() => made.close())
  return made
}

describe('the simulator’s clock and seed', () => {
  it('make the same of the same', async () => {
    const once = async (): Promise<unknown> => {
      const { simulator, clock, call } = await rig({ seed: 7 })
      const { json } = await call('POST', BATCHES, batch(HANDSET))
      await clock.pass(5_000)
      return [json, simulator.received]
    }
    const [first, second] = [await once(), await once()]
    expect(second).toEqual(first)
    const { call } = await rig({ seed: 8 })
    expect((await call('POST', BATCHES, batch(HANDSET))).json).not.toEqual((first as unknown[])[0])
  })
})

describe('access to the simulator', () => {
  it('ends, is refused by code, and is given five times a minute', async () => {
    const { simulator, clock, call } = await rig()
    expect((await askToken(simulator, 'wrong')).status).toBe(401)
    await clock.pass(3_600_000)
    expect(await call('GET', SUBSCRIPTION)).toMatchObject({ status: 401, json: { errorCode: 'OAU-128' } })
    const statuses = []
    for (let count = 0; count < 6; count++) statuses.push((await askToken(simulator)).status)
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429])
  })

  it('needs the permission of each call', async () => {
    const { call } = await rig({ scopes: ['SMS'] })
    expect(await call('POST', BATCHES, batch(HANDSET))).toMatchObject({
      status: 403,
      json: { errorCode: 'CMN-401' },
    })
  })
})

describe('the simulator’s rates', () => {
  it('close a group for a minute, and each request meanwhile begins the minute anew', async () => {
    const { clock, call, simulator } = await rig({ limits: { light: 2 } })
    const ask = async (): Promise<number> => (await call('GET', SUBSCRIPTION)).status
    const { headers } = await call('GET', SUBSCRIPTION)
    expect(headers.get('x-rate-limit-group')).toBe('light')
    expect(headers.get('x-rate-limit-limit')).toBe('2')
    expect(headers.get('x-rate-limit-remaining')).toBe('1')
    expect(headers.get('x-rate-limit-window')).toBe('60')
    expect([await ask(), await ask()]).toEqual([200, 429])
    await clock.pass(59_000)
    expect(await ask()).toBe(429)
    await clock.pass(59_000)
    const last = await call('GET', SUBSCRIPTION)
    expect([last.status, last.headers.get('retry-after')]).toEqual([429, '60'])
    await clock.pass(60_000)
    expect([await ask(), await ask(), await ask()]).toEqual([200, 200, 429])
    expect(simulator.requests.filter(({ isDuringPenalty }) => isDuringPenalty)).toHaveLength(2)
    // Another group has a minute of its own.
    expect((await call('POST', SUBSCRIPTION, {})).status).toBe(400)
  })
})

describe('what goes wrong in the simulator', () => {
  it('takes a message and loses the reply', async () => {
    const { simulator, clock, call } = await rig()
    simulator.faults.loseReplies = 1
    await expect(call('POST', BATCHES, batch(HANDSET))).rejects.toThrow('fetch failed')
    expect((await call('POST', BATCHES, batch('+12125550124'))).status).toBe(201)
    await clock.pass(5_000)
    expect(simulator.received.map(({ to }) => to)).toEqual([HANDSET, '+12125550124'])
  })

  it('cuts a connection before anything is taken, and refuses as told', async () => {
    const { simulator, clock, call } = await rig()
    simulator.faults.cutRequests = 1
    await expect(call('POST', BATCHES, batch(HANDSET))).rejects.toThrow('fetch failed')
    simulator.faults.refuse = [{ path: '/sms', status: 503, code: 'CMN-201', times: 1 }]
    const one = { from: { phoneNumber: REGULAR }, to: [{ phoneNumber: HANDSET }], text: 'Hello' }
    expect(await call('POST', SMS, one)).toMatchObject({ status: 503, json: { errorCode: 'CMN-201' } })
    await clock.pass(60_000)
    expect(simulator.received).toEqual([])
  })

  it('refuses a message by the code that fits', async () => {
    const { call } = await rig()
    const post = async (body: object): Promise<unknown> => (await call('POST', SMS, body)).json.errorCode
    const good = { from: { phoneNumber: REGULAR }, to: [{ phoneNumber: HANDSET }], text: 'Hello' }
    expect(await post({ ...good, to: [{ phoneNumber: '0123' }] })).toBe('CMN-101')
    expect(await post({ ...good, from: { phoneNumber: '+12015550198' } })).toBe('MSG-245')
    expect(await post({ ...good, text: 'x'.repeat(1001) })).toBe('CMN-101')
    expect(await post({ ...good, to: Array.from({ length: 11 }, () => good.to[0]) })).toBe('MSG-381')
    expect((await call('POST', BATCHES, batch(HANDSET, REGULAR))).json.errorCode).toBe('MSG-304')
  })
})

describe('STOP at the simulator', () => {
  it('blocks the pair, also what is still queued, and confirms once; START opens it again', async () => {
    const { simulator, clock, call } = await rig()
    const messages = Array.from({ length: 3 }, () => ({ to: [HANDSET] }))
    await call('POST', BATCHES, { from: LONG_CODE, text: 'Hello', messages })
    await clock.pass(100)
    simulator.inbound({ from: HANDSET, to: LONG_CODE, text: ' Stop ' })
    await clock.pass(60_000)
    expect(simulator.received.map(({ by }) => by)).toEqual(['api', 'auto-reply'])
    const { json } = await call('GET', '/restapi/v1.0/account/~/a2p-sms/messages?direction=Outbound')
    const codes = (json['records'] as { errorCode?: string }[]).map(({ errorCode }) => errorCode)
    expect(codes).toEqual([undefined, 'SMS-RC-413', 'SMS-RC-413'])
    // Of another number it may be sent to.
    await call('POST', BATCHES, batch(HANDSET, TOLL_FREE))
    simulator.inbound({ from: HANDSET, to: LONG_CODE, text: 'unstop' })
    await call('POST', BATCHES, batch(HANDSET))
    await clock.pass(60_000)
    expect(simulator.received.filter(({ by }) => by === 'api').map(({ from }) => from)).toEqual([
      LONG_CODE,
      TOLL_FREE,
      LONG_CODE,
    ])
  })

  it('is answered by the network of a toll-free number, and by nobody where we are to answer', async () => {
    const { simulator } = await rig({ confirmation: 'self' })
    simulator.inbound({ from: HANDSET, to: LONG_CODE, text: 'STOP' })
    simulator.inbound({ from: HANDSET, to: TOLL_FREE, text: 'STOP' })
    expect(simulator.received.map(({ from, by }) => [from, by])).toEqual([[TOLL_FREE, 'auto-reply']])
  })

  it('blocks regular numbers or not, as documents contradict each other', async () => {
    for (const [blocksRegular, got] of [
      [true, 0],
      [false, 1],
    ] as const) {
      const { simulator, clock, call } = await rig({ blocksRegular })
      simulator.inbound({ from: HANDSET, to: REGULAR, text: 'STOP' })
      await call('POST', SMS, {
        from: { phoneNumber: REGULAR },
        to: [{ phoneNumber: HANDSET }],
        text: 'Hello',
      })
      await clock.pass(5_000)
      expect(simulator.received.filter(({ by }) => by === 'api')).toHaveLength(got)
    }
  })
})

describe('the handshake', () => {
  it('is refused by the code of what is wrong with it', async () => {
    const { call } = await rig()
    const target = await openHook()
    const made = async (address = target.url): Promise<unknown> => {
      const body = { ...subscribe(target, INBOUND), deliveryMode: { transportType: 'WebHook', address } }
      return (await call('POST', SUBSCRIPTION, body)).json.errorCode
    }
    expect(await made()).toBeUndefined()
    expect(await made('http://hooks.example/x')).toBe('SUB-523')
    expect(await made('https://hooks.example/x')).toBe('SUB-521')
    const head = { 'content-type': 'application/json' }
    target.answerWith((response) => response.writeHead(200, head).end())
    expect(await made()).toBe('SUB-520')
    target.answerWith((response, token) =>
      response.writeHead(201, { ...head, 'validation-token': token }).end(),
    )
    expect(await made()).toBe('SUB-525')
    target.answerWith((response, token) =>
      response
        .writeHead(200, { ...head, 'validation-token': token, 'content-security-policy': 'x'.repeat(900) })
        .end(),
    )
    expect(await made()).toBe('SUB-525')
    target.answerWith((response) => response.destroy())
    expect(await made()).toBe('SUB-521')
    const bad = async (changes: object): Promise<unknown> =>
      (await call('POST', SUBSCRIPTION, { ...subscribe(target, INBOUND), ...changes })).json.errorCode
    expect(await bad({ eventFilters: [] })).toBe('SUB-508')
    expect(await bad({ eventFilters: ['/restapi/v1.0/account/~/weather'] })).toBe('SUB-516')
    expect(await bad({ deliveryMode: { transportType: 'PubNub', address: target.url } })).toBe('SUB-406')
  })

  it('has to end within three seconds', async () => {
    const { call } = await rig()
    const target = await openHook()
    target.answerWith(() => undefined)
    const { json } = await call('POST', SUBSCRIPTION, subscribe(target, INBOUND))
    expect(json.errorCode).toBe('SUB-521')
  })

  it('is for thirty subscriptions at most', async () => {
    const { call } = await rig()
    const target = await openHook()
    for (let count = 0; count < 30; count++) await call('POST', SUBSCRIPTION, subscribe(target, INBOUND))
    expect((await call('POST', SUBSCRIPTION, subscribe(target, INBOUND))).json.errorCode).toBe('SUB-505')
  })
})

describe('the simulator’s events', () => {
  it('come with the envelope, and an opt-out names the business first', async () => {
    const { simulator, clock, call } = await rig()
    const target = await openHook()
    await call('POST', SUBSCRIPTION, subscribe(target, INBOUND, OPT_OUTS, CONSENTS))
    simulator.inbound({ from: HANDSET, to: LONG_CODE, text: 'STOP' })
    await clock.pass(1)
    const bodies = Object.fromEntries(target.events.map(({ event, body }) => [event.split('/').at(-1), body]))
    expect(bodies).toMatchObject({
      'messages?direction=Inbound': { from: HANDSET, to: [LONG_CODE], text: 'STOP' },
      'opt-outs': { from: LONG_CODE, to: HANDSET, active: true },
      consents: { records: [{ from: LONG_CODE, to: HANDSET, optStatus: 'OptOut', source: 'Recipient' }] },
    })
    expect(target.tokens).toEqual(['v', 'v', 'v'])
  })

  it('are dropped, doubled and overtaken by the share that is set', async () => {
    const { simulator, clock, call } = await rig()
    const target = await openHook()
    await call('POST', SUBSCRIPTION, subscribe(target, INBOUND))
    const say = async (): Promise<string[]> => {
      target.events.length = 0
      for (let count = 0; count < 8; count++)
        simulator.inbound({ from: HANDSET, to: LONG_CODE, text: `${count}` })
      await clock.pass(2_000)
      return target.events.map(({ body }) => String(body['text']))
    }
    expect(await say()).toEqual(Array.from('01234567'))
    simulator.faults.drop = 1
    expect(await say()).toEqual([])
    Object.assign(simulator.faults, { drop: 0, duplicate: 1 })
    expect((await say()).toSorted()).toEqual(Array.from('0011223344556677'))
    Object.assign(simulator.faults, { duplicate: 0, reorder: 0.5 })
    const mixed = await say()
    expect(mixed).not.toEqual(Array.from('01234567'))
    expect(mixed.toSorted()).toEqual(Array.from('01234567'))
    Object.assign(simulator.faults, { reorder: 0, delayMs: 10_000 })
    expect(await say()).toEqual([])
  })

  it('are tried again, then lost; a hook that fails ten in a row is blacklisted for good', async () => {
    const { simulator, clock, call } = await rig({ blacklistAfter: 2 })
    const target = await openHook()
    const { json } = await call('POST', SUBSCRIPTION, subscribe(target, INBOUND))
    target.answerWith((response) => response.writeHead(500).end())
    simulator.inbound({ from: HANDSET, to: LONG_CODE, text: 'one' })
    await clock.pass(500)
    target.answerWith(undefined)
    await clock.pass(1_000)
    expect(target.events.map(({ body }) => body['text'])).toEqual(['one'])
    target.answerWith((response) => response.writeHead(500).end())
    for (const text of ['two', 'three']) simulator.inbound({ from: HANDSET, to: LONG_CODE, text })
    await clock.pass(10_000)
    target.answerWith(undefined)
    simulator.inbound({ from: HANDSET, to: LONG_CODE, text: 'four' })
    await clock.pass(10_000)
    expect(target.events.map(({ body }) => body['text'])).toEqual(['one'])
    const { json: read } = await call('GET', `${SUBSCRIPTION}/${String(json['id'])}`)
    expect(read).toMatchObject({ status: 'Blacklisted', blacklistedData: { reason: expect.any(String) } })
  })
})

describe('the scripts by a recipient’s last digits', () => {
  it('fail as carriers do, tell of an opt-out, and leave out receipts', async () => {
    const { simulator, clock, call } = await rig()
    for (const end of ['0413', '0430', '0104', '0111']) await call('POST', BATCHES, batch(`+1212555${end}`))
    await clock.pass(10_000)
    const { json } = await call('GET', '/restapi/v1.0/account/~/a2p-sms/messages')
    const records = json['records'] as { messageStatus: string; errorCode?: string }[]
    expect(records.map(({ messageStatus, errorCode }) => [messageStatus, errorCode])).toEqual([
      ['DeliveryFailed', 'SMS-CAR-413'],
      ['DeliveryFailed', 'SMS-CAR-430'],
      ['Sent', 'SMS-CAR-104'],
      ['Delivered', undefined],
    ])
    expect(simulator.received.map(({ to }) => to.slice(-4))).toEqual(['0104', '0111'])
    const { json: optOuts } = await call('GET', OPT_OUTS)
    expect(optOuts['records']).toMatchObject([{ to: '+12125550413', status: 'OptOut', source: 'Carrier' }])
  })
})

describe('what is asked of the simulator itself', () => {
  it('tells what handsets got, takes what they send, moves the clock and sets faults', async () => {
    const { simulator, call } = await rig()
    await call('POST', BATCHES, batch(HANDSET))
    await call('POST', '/simulator/clock', { passMs: 5_000 })
    const { json } = await call('GET', `/simulator/handsets?to=${encodeURIComponent(HANDSET)}`)
    expect(json['received']).toMatchObject([{ to: HANDSET, text: 'Hello', by: 'api', at: START + 50 }])
    await call('POST', '/simulator/inbound', { from: HANDSET, to: LONG_CODE, text: 'STOP' })
    expect(simulator.consents.size).toBe(1)
    expect((await call('PATCH', '/simulator/faults', { loseReplies: 3 })).status).toBe(200)
    expect(simulator.faults.loseReplies).toBe(3)
    expect((await call('PATCH', '/simulator/faults', { colour: 3 })).status).toBe(400)
    expect((await call('PATCH', '/simulator/faults', { drop: 'all' })).status).toBe(400)
    expect((await call('POST', '/simulator/inbound', { from: HANDSET, to: '+19', text: 'x' })).status).toBe(
      404,
    )
    expect((await call('GET', '/simulator/nothing')).status).toBe(404)
  })
})
