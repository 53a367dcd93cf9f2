import RingCentral from '@rc-ex/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { handClock, startSimulator, type HandClock, type Simulator } from '../../sms/simulator/index.ts'
import { hookOf, type Hook } from '../support/hook.ts'

/** The official client of RingCentral, with its types, against the simulator: what it can do there it can do here. */

const LONG_CODE = '+16505550100'
const REGULAR = '+12015550100'
const START = Date.parse('2026-11-24T15:00:00Z')

let clock: HandClock
let simulator: Simulator
let client: RingCentral

beforeAll(async () => {
  clock = handClock(START)
  simulator = await startSimulator({ clock, limits: { light: 500, medium: 500 } })
  client = await signedIn()
})
afterAll(() => simulator.close())

async function signedIn(): Promise<RingCentral> {
  const { clientId, clientSecret, jwt } = simulator.settings
  const made = new RingCentral({ server: simulator.url, clientId, clientSecret })
  await made.authorize({ jwt })
  return made
}

const extension = (): ReturnType<ReturnType<ReturnType<RingCentral['restapi']>['account']>['extension']> =>
  client.restapi().account().extension()
const highVolume = (): ReturnType<ReturnType<ReturnType<RingCentral['restapi']>['account']>['a2pSms']> =>
  client.restapi().account().a2pSms()

describe('the simulator, driven by the official client', () => {
  it('signs in by JWT, and refuses what is none', async () => {
    expect(client.token).toMatchObject({ token_type: 'bearer', expires_in: 3600 })
    expect(client.token?.scope?.split(' ')).toContain('A2PSMS')
    const { clientId, clientSecret } = simulator.settings
    const wrong = new RingCentral({ server: simulator.url, clientId, clientSecret })
    await expect(wrong.authorize({ jwt: 'another.one.here' })).rejects.toMatchObject({
      response: { status: 400, data: { errorCode: 'OAU-140' } },
    })
    wrong.token = { access_token: simulator.settings.jwt }
    await expect(wrong.restapi().account().extension().phoneNumber().get()).rejects.toMatchObject({
      response: { status: 401, data: { errorCode: 'OAU-149' } },
    })
  })

  it('lists numbers with their features', async () => {
    const { records = [] } = await extension().phoneNumber().get()
    const features = Object.fromEntries(records.map((one) => [one.phoneNumber, one.features]))
    expect(features[LONG_CODE]).toContain('A2PSmsSender')
    expect(features[REGULAR]).toEqual(expect.arrayContaining(['SmsSender', 'MmsSender']))
  })

  it('sends one message, as JSON in a form, and reads it back', async () => {
    const text = 'Two lattes for one today ☕. Reply STOP to opt out.'
    const sent = await extension()
      .sms()
      .post({ from: { phoneNumber: REGULAR }, to: [{ phoneNumber: '+12125550123' }], text })
    expect(sent).toMatchObject({ type: 'SMS', direction: 'Outbound', messageStatus: 'Queued', subject: text })
    await clock.pass(60_000)
    const { records = [] } = await extension()
      .messageStore()
      .list({
        direction: ['Outbound'],
        messageType: ['SMS'],
        phoneNumber: '+12125550123',
      })
    expect(records.map((one) => [one.subject, one.messageStatus])).toEqual([[text, 'Delivered']])
    expect(simulator.received.map(({ to, text: got }) => [to, got])).toEqual([['+12125550123', text]])
    // The client reads ids as doubles, and so asks for another message than it was told of.
    expect(Number.isSafeInteger(sent.id)).toBe(false)
    await expect(extension().messageStore(String(sent.id)).get()).rejects.toMatchObject({
      response: { status: 404 },
    })
  })

  it('sends a picture', async () => {
    await extension()
      .mms()
      .post({
        from: { phoneNumber: REGULAR },
        to: [{ phoneNumber: '+12125550124' }],
        text: 'A picture. Reply STOP to opt out.',
        attachments: [
          {
            filename: 'cup.png',
            content: new Uint8Array([137, 80, 78, 71, 13, 10, 26, 10, 0, 255]),
            contentType: 'image/png',
          },
        ],
      })
    await clock.pass(60_000)
    expect(simulator.received.at(-1)).toMatchObject({ to: '+12125550124', media: 1 })
  })

  it('sends a batch, tells what was refused counted from one, and lists what came of it', async () => {
    const { id = '', ...batch } = await highVolume()
      .batches()
      .post({
        from: LONG_CODE,
        text: 'Hello from Lantern. Reply STOP to opt out.',
        messages: [
          { to: ['+14155550101'] },
          { to: ['4088070206'] },
          { to: ['+14155550413'], text: 'Only for you. Reply STOP to opt out.' },
        ],
      })
    expect(batch).toMatchObject({
      batchSize: 2,
      status: 'Processing',
      rejected: [{ index: 2, to: ['4088070206'], errorCode: 'SMS-RC-410' }],
    })
    expect(batch.creationTime).toMatch(/\.\d{6,9}Z$/)
    await clock.pass(10_000)
    const again = await highVolume().batches(id).get()
    expect(again).toMatchObject({ status: 'Completed', processedCount: 2 })
    expect(again.rejected).toBeUndefined()
    const { records = [] } = await highVolume().messages().list({ batchId: id, view: 'Detailed' })
    expect(records.map((one) => [one.to?.[0], one.messageStatus, one.errorCode])).toEqual([
      ['+14155550101', 'Delivered', undefined],
      ['+14155550413', 'DeliveryFailed', 'SMS-CAR-413'],
    ])
    const { records: listed = [] } = await highVolume().batches().list({ from: LONG_CODE })
    expect(listed.map((one) => one.id)).toEqual([id])
    expect(await highVolume().statuses().get({ batchId: id })).toMatchObject({
      delivered: { count: 1 },
      deliveryFailed: { count: 1, errorCodeCounts: { 'SMS-CAR-413': 1 } },
      queued: { count: 0 },
    })
  })

  it('opts a pair out by PATCH, in part where it must, and finds it by search, history and export', async () => {
    const consents = client.restapi(null).v2().accounts().sms().consents()
    const records = [
      { from: LONG_CODE, to: '+14155550150', optStatus: 'OptOut', source: 'Api' },
      { from: '+19995550100', to: '+14155550151', optStatus: 'OptOut', source: 'Api' },
    ] as const
    const summary = await consents.patch({ records: records.map((one) => ({ ...one })) })
    expect(summary.failedRecords).toMatchObject([{ to: '+14155550151', error: { errorCode: 'CMN-102' } }])
    const found = await consents.search().post({ to: ['+14155550150'], optStatus: 'OptOut' })
    expect(found.records).toMatchObject([{ from: LONG_CODE, optStatus: 'OptOut', source: 'Api' }])
    await consents.patch({ records: [{ ...records[0], optStatus: 'OptIn' }] })
    const { records: past = [] } = await consents.history().get({ to: ['+14155550150'] })
    expect(past.map((one) => one.optStatus)).toEqual(['OptOut', 'OptIn'])
    const csv = await consents.export().get()
    expect(csv.split('\r\n')[0]).toMatch(/^External Party Number,Internal Party Number,Consent Status,Source/)
    expect(csv).toContain(`+14155550150,${LONG_CODE},OptIn,Api`)
  })

  describe('subscribes', () => {
    let hook: Hook
    beforeAll(async () => {
      hook = await hookOf()
    })
    afterAll(() => hook.close())

    it('after the handshake, gets events, renews and ends it', async () => {
      const filter = '/restapi/v1.0/account/~/a2p-sms/messages?direction=Inbound'
      const made = await client
        .restapi()
        .subscription()
        .post({
          eventFilters: [filter],
          deliveryMode: { transportType: 'WebHook', address: hook.url, verificationToken: 'hook-secret' },
          expiresIn: 600,
        })
      expect(made).toMatchObject({ status: 'Active', eventFilters: [filter], expiresIn: 600 })
      simulator.inbound({ from: '+14155550160', to: LONG_CODE, text: 'hello' })
      await clock.pass(10)
      expect(hook.events).toMatchObject([
        {
          subscriptionId: made.id,
          body: { text: 'hello', messageStatus: 'Delivered', direction: 'Inbound' },
        },
      ])
      expect(hook.tokens).toEqual(['hook-secret'])
      const subscription = client.restapi().subscription(made.id)
      await clock.pass(300_000)
      expect(await subscription.get()).toMatchObject({ expiresIn: 300 })
      expect(await subscription.renew().post()).toMatchObject({ expiresIn: 600 })
      await subscription.delete()
      await expect(subscription.get()).rejects.toMatchObject({ response: { status: 404 } })
    })
  })
})
