import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isOfTheMessage } from '../../../../sms/providers/ringcentral/codes.ts'
import { readPosted, type Posted } from '../../../../sms/providers/ringcentral/events.ts'
import { readJson } from '../../../../sms/providers/ringcentral/json.ts'
import { baseUrlOf } from '../../../../sms/providers/ringcentral/settings.ts'
import { createRingCentral } from '../../../../sms/providers/ringcentral/provider.ts'
import { createTokens } from '../../../../sms/token.ts'
import { fingerprint, START } from './rig.ts'

const BUSINESS = '+16505550100'
const CUSTOMER = '+12125550123'

const post = (event: string, body: unknown, uuid = 'u-1'): Posted =>
  readPosted(
    Buffer.from(
      JSON.stringify({ uuid, event, timestamp: '2026-11-24T15:00:01.123456Z', subscriptionId: 's', body }),
    ),
    fingerprint,
    START,
  )
/** Events with the digits of their numbers, which compare masked otherwise. */
const revealed = (posted: Posted): unknown =>
  posted.is === 'events'
    ? posted.events.map((event) =>
        Object.fromEntries(
          Object.entries(event).map(([key, value]: [string, unknown]) => [
            key,
            typeof value === 'object' && value !== null && 'reveal' in value
              ? (value.reveal as () => string)()
              : value,
          ]),
        ),
      )
    : posted.is

const HIGH_VOLUME = {
  id: '7119',
  from: CUSTOMER,
  to: [BUSINESS],
  text: 'STOP',
  direction: 'Inbound',
  messageStatus: 'Delivered',
  segmentCount: 1,
  cost: 0.007,
  creationTime: '2026-11-24T15:00:00.473705Z',
  lastModifiedTime: '2026-11-24T15:00:00.473705035Z',
}

describe('what RingCentral posts', () => {
  it('says that somebody wrote to a high-volume number, or to another', () => {
    const expected = { what: 'inbound', from: CUSTOMER, to: BUSINESS, text: 'STOP' }
    const path = '/restapi/v1.0/account/37439510/a2p-sms/messages?direction=Inbound'
    expect(revealed(post(path, HIGH_VOLUME))).toMatchObject([{ ...expected, id: '7119', at: START + 473 }])
    const instant = {
      id: '3062991514017',
      from: { phoneNumber: CUSTOMER },
      to: [{ phoneNumber: '+12015550111' }, { phoneNumber: BUSINESS, target: true }],
      type: 'SMS',
      subject: 'STOP',
      creationTime: '2026-11-24T15:00:00.000Z',
      messageStatus: 'Received',
      eventType: 'Create',
    }
    const event = '/restapi/v1.0/account/37439510/extension/256440016/message-store/instant?type=SMS'
    expect(revealed(post(event, instant))).toMatchObject([{ ...expected, id: '3062991514017', at: START }])
  })

  it('says how far a message came, each status with a name of its own and the same however it is told', () => {
    const path = '/restapi/v1.0/account/1/a2p-sms/messages?direction=Outbound'
    const told = { ...HIGH_VOLUME, direction: 'Outbound', from: BUSINESS, to: [CUSTOMER], batchId: 'b' }
    const names = ['Queued', 'Sent', 'Delivered', 'DeliveryFailed', 'SendingFailed'].map((messageStatus) => {
      const [event] = revealed(post(path, { ...told, messageStatus })) as { status: string; uuid: string }[]
      return [event?.status, event?.uuid]
    })
    expect(names.map(([status]) => status)).toEqual([
      'queued',
      'sent',
      'delivered',
      'delivery-failed',
      'sending-failed',
    ])
    expect(new Set(names.map(([, uuid]) => uuid)).size).toBe(5)
    const failed = { ...told, messageStatus: 'DeliveryFailed', errorCode: 'SMS-CAR-413' }
    expect(revealed(post(path, failed))).toMatchObject([
      { status: 'delivery-failed', code: 'SMS-CAR-413', cost: 7_000 },
    ])
    expect(revealed(post(path, failed, 'u-2'))).toEqual(revealed(post(path, failed, 'u-3')))
  })

  it('S7 names the business first in an opt-out, the other way round than the message that said so', () => {
    const old = '/restapi/v1.0/account/1/a2p-sms/opt-outs'
    const out = { what: 'consent', sender: BUSINESS, subject: CUSTOMER, opted: 'out' }
    expect(revealed(post(old, { from: BUSINESS, to: CUSTOMER, active: true }))).toMatchObject([out])
    expect(revealed(post(old, { from: BUSINESS, to: CUSTOMER, active: false }))).toMatchObject([
      { ...out, opted: 'in' },
    ])
    const record = {
      from: BUSINESS,
      to: CUSTOMER,
      optStatus: 'OptOut',
      source: 'Carrier',
      lastModifiedTime: '2026-11-24T15:00:00.473705035Z',
    }
    const event = '/restapi/v2/accounts/1/sms/consents'
    expect(
      revealed(post(event, { records: [record, { ...record, optStatus: 'OptIn', source: 'Api' }] })),
    ).toMatchObject([
      { ...out, source: 'carrier', at: START + 473 },
      { ...out, opted: 'in', source: 'api' },
    ])
    // Who it was, is not known: then it is not us.
    expect(revealed(post(event, { records: [{ ...record, source: 'Pigeon' }] }))).toMatchObject([
      { source: 'recipient' },
    ])
  })

  it('S18 has names from which no number can be read', () => {
    const posted = [
      post('/restapi/v1.0/account/1/a2p-sms/opt-outs', { from: BUSINESS, to: CUSTOMER, active: true }),
      post('/restapi/v1.0/account/1/a2p-sms/messages?direction=Inbound', HIGH_VOLUME),
    ]
    expect(JSON.stringify(posted)).not.toMatch(/2125550123|6505550100/)
  })

  it('may be anything else, and then it is nothing', () => {
    expect(post('/restapi/v1.0/subscription/95fe-1?threshold=86400&interval=3600', {})).toEqual({
      is: 'reminder',
    })
    expect(post('/restapi/v1.0/account/1/telephony/sessions', {})).toEqual({ is: 'unknown' })
    expect(post('/restapi/v1.0/account/1/a2p-sms/batches', { id: 'b' })).toEqual({ is: 'unknown' })
    const path = '/restapi/v1.0/account/1/a2p-sms/messages?direction=Inbound'
    for (const body of [
      null,
      1,
      [],
      'STOP',
      {},
      { ...HIGH_VOLUME, from: 'Anna' },
      { ...HIGH_VOLUME, to: [] },
      { ...HIGH_VOLUME, id: 'a\u0000' },
      { ...HIGH_VOLUME, id: '\uD83D' },
      // Its words are in the list, where it is still unknown then.
      { ...HIGH_VOLUME, text: undefined },
    ]) {
      expect(post(path, body)).toEqual({ is: 'unknown' })
    }
    const arrived = { ...HIGH_VOLUME, direction: 'Outbound', errorCode: '\u0000', cost: 1e308 }
    expect(revealed(post(path, arrived))).toMatchObject([{ what: 'status', status: 'delivered' }])
    expect(JSON.stringify(post(path, arrived))).not.toMatch(/code|cost/)
    for (const text of ['', 'null', '[]', '{"uuid":1}', '\u0000', '{"uuid":"a"', '"__proto__"']) {
      expect(readPosted(Buffer.from(text), fingerprint, START)).toEqual({ is: 'malformed' })
    }
    fc.assert(
      fc.property(
        fc.json(),
        fc.constantFrom('a2p-sms/messages', 'a2p-sms/opt-outs', 'sms/consents', 'x'),
        (json, end) => {
          expect(['events', 'unknown']).toContain(post(`/${end}`, JSON.parse(json)).is)
          readPosted(Buffer.from(json), fingerprint, START)
        },
      ),
    )
  })
})

describe('JSON of RingCentral', () => {
  it('keeps all digits of an integer, and changes nothing else', () => {
    expect(readJson('{"id":4481650717038104652,"a":[-9007199254740993]}')).toEqual({
      id: '4481650717038104652',
      a: ['-9007199254740993'],
    })
    const same =
      '{"cost":0.0070000000000000001,"e":1234567890123456789e3,"t":"id 4481650717038104652 \\" 4481650717038104652","n":315450330010}'
    expect(readJson(same)).toEqual(JSON.parse(same))
    expect(readJson('{"id":')).toBeUndefined()
    fc.assert(
      fc.property(fc.json(), (json) => {
        const isPlain = !/\d{16}/.test(json)
        if (isPlain) expect(readJson(json)).toEqual(JSON.parse(json))
      }),
    )
  })
})

describe('the code of a refusal', () => {
  it('is of the message or of the account', () => {
    for (const code of ['CMN-101', 'MSG-243', 'MSG-381', 'SMS-RC-410'])
      expect(isOfTheMessage(code)).toBe(true)
    for (const code of [
      'BIL-103',
      'CMN-401',
      'CMN-408',
      'CMN-419',
      'MSG-245',
      'MSG-304',
      'MSG-384',
      'MSG-397',
    ]) {
      expect([code, isOfTheMessage(code)]).toEqual([code, false])
    }
  })
})

describe('S19 the address of the provider', () => {
  it('is https, or of this machine', () => {
    for (const good of [
      'https://platform.ringcentral.com',
      'https://platform.ringcentral.com/x?y',
      'http://127.0.0.1:8123/',
      'http://localhost:8123',
      'http://[::1]:1',
    ]) {
      expect(baseUrlOf(good)).toBe(new URL(good).origin)
    }
    for (const bad of [
      'http://platform.ringcentral.com',
      'http://127.0.0.1.example.com',
      'http://10.0.0.1',
      'https://user:secret@platform.ringcentral.com',
      'ftp://127.0.0.1',
      'platform.ringcentral.com',
      '',
    ]) {
      expect([bad, baseUrlOf(bad)]).toEqual([bad, undefined])
    }
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
    const clock = { now: () => START }
    const settings = {
      url: 'http://platform.ringcentral.com',
      clientId: 'c',
      clientSecret: 's',
      jwt: 'a.b.c',
    }
    expect(() =>
      createRingCentral({ settings, clock, log, fingerprint, tokens: createTokens(clock) }),
    ).toThrow('https')
  })
})
