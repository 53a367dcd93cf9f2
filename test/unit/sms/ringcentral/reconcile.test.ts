import { onTestFinished, describe, expect, it } from 'vitest'
import { watchSubscription } from '../../../../sms/providers/ringcentral/subscription.ts'
import type { ProviderEvent } from '../../../../sms/ports.ts'
import { hookOf } from '../../../support/hook.ts'
import { LONG_CODE, number, REGULAR, rig, START, type Rig } from './rig.ts'

const HANDSET = '+12125550123'

/** Asks the lists until nothing is new, as the server does now and then. */
function poller({ provider }: Rig): () => Promise<ProviderEvent[]> {
  let cursor: string | undefined
  const known = new Set<string>()
  return async () => {
    const listed = await provider.listSince(cursor)
    cursor = listed.cursor
    const fresh = listed.events.filter(({ uuid }) => !known.has(uuid))
    for (const { uuid } of fresh) known.add(uuid)
    return fresh
  }
}
const brief = (event: ProviderEvent): string =>
  event.what === 'inbound'
    ? `inbound ${event.text}`
    : event.what === 'status'
      ? `${event.status} ${event.code ?? ''}`.trim()
      : event.what === 'consent'
        ? `${event.opted} ${event.source}`
        : event.what

describe('S7 what events did not bring', () => {
  it('is found in the lists: STOP, opt-outs of carriers, and how far messages came', async () => {
    const one = await rig()
    const { simulator, clock, send } = one
    const poll = poller(one)
    expect(await poll()).toEqual([])
    await send(LONG_CODE, HANDSET)
    await send(REGULAR, HANDSET)
    await send(LONG_CODE, '+12125550413')
    simulator.inbound({ from: HANDSET, to: LONG_CODE, text: 'stop it please' })
    simulator.inbound({ from: HANDSET, to: REGULAR, text: 'STOP' })
    await clock.pass(20_000)
    const found = (await poll()).map(brief).toSorted()
    expect(found).toEqual(
      [
        'delivered',
        'delivered',
        'delivery-failed SMS-CAR-413',
        'inbound STOP',
        'inbound stop it please',
        'out carrier',
        'out recipient',
      ].toSorted(),
    )
    expect(await poll()).toEqual([])
  })

  it('is found after days in which nobody asked', async () => {
    const one = await rig()
    const { simulator, clock } = one
    const poll = poller(one)
    await poll()
    simulator.inbound({ from: HANDSET, to: REGULAR, text: 'end these texts' })
    await clock.pass(3 * 24 * 3_600_000)
    expect((await poll()).map(brief)).toEqual(['inbound end these texts'])
  })

  it('is asked for again while the lists cannot be read, and the cursor stays', async () => {
    const one = await rig()
    const { simulator, clock, provider } = one
    const { cursor } = await provider.listSince(undefined)
    simulator.inbound({ from: HANDSET, to: LONG_CODE, text: 'STOP' })
    // Longer ago than is read twice in any case.
    await clock.pass(900_000)
    simulator.faults.refuse = [
      { path: '/message-store', status: 500, code: 'CMN-203', times: 1 },
      { path: '/consents', status: 500, code: 'CMN-203', times: 1 },
    ]
    const failed = await provider.listSince(cursor)
    expect(failed.events).toEqual([])
    await clock.pass(600_000)
    const { events } = await provider.listSince(failed.cursor)
    expect(events.map(brief).toSorted()).toEqual(['inbound STOP', 'out recipient'])
    // A cursor that nobody can read begins anew.
    expect((await provider.listSince('{"messagesFrom":"x"')).events.map(brief)).toContain('inbound STOP')
  })

  it('of a message on its way is looked at until it has arrived', async () => {
    const one = await rig({ carrierMs: 600_000 })
    const { clock, send } = one
    const poll = poller(one)
    await send(LONG_CODE, HANDSET)
    expect((await poll()).map(brief)).toEqual(['queued'])
    await clock.pass(601_000)
    expect((await poll()).map(brief)).toEqual(['sent'])
    await clock.pass(600_000)
    expect((await poll()).map(brief)).toEqual(['delivered'])
  })

  it('is found in thousands of opt-outs too, some pages at a time', async () => {
    const one = await rig({ limits: { light: 500 } })
    const { simulator, clock } = one
    const poll = poller(one)
    for (let count = 0; count < 4_500; count++) {
      simulator.inbound({ from: `+1212${String(5_550_000 + count)}`, to: REGULAR, text: 'STOP' })
    }
    await clock.pass(1_000)
    const pass = async (): Promise<number> => (await poll()).filter(({ what }) => what === 'consent').length
    expect(await pass()).toBe(3_000)
    // On a page that was read already, and long before the last one is.
    simulator.inbound({ from: '+12125550002', to: REGULAR, text: 'START' })
    await clock.pass(900_000)
    expect(await pass()).toBe(1_500)
    expect([await pass(), await pass()]).toEqual([1, 0])
    simulator.inbound({ from: '+12125550001', to: REGULAR, text: 'START' })
    simulator.inbound({ from: '+13125550001', to: REGULAR, text: 'STOP' })
    await clock.pass(1_000)
    const late = []
    for (let count = 0; count < 3; count++)
      late.push(...(await poll()).filter(({ what }) => what === 'consent'))
    expect(late.map(brief).toSorted()).toEqual(['in recipient', 'out recipient'])
  }, 60_000)
})

describe('S12 an opt-out that was taken here', () => {
  const change = { sender: number(LONG_CODE), subject: number(HANDSET), opted: 'out' } as const
  it('is told to RingCentral, which then lets nothing through', async () => {
    const { provider, simulator, send, clock } = await rig()
    expect(await provider.pushConsent(change)).toEqual({ is: 'done' })
    expect(await provider.pushConsent(change)).toEqual({ is: 'done' })
    expect([...simulator.consents.values()]).toMatchObject([{ to: HANDSET, status: 'OptOut', source: 'Api' }])
    await send(LONG_CODE, HANDSET)
    await clock.pass(10_000)
    expect(simulator.received).toEqual([])
    expect(await provider.pushConsent({ ...change, opted: 'in' })).toEqual({ is: 'done' })
    expect([...simulator.consents.values()]).toMatchObject([{ status: 'OptIn' }])
  })

  it('is told again until it is taken, also where the reply said 200 and then that it failed', async () => {
    const { provider, simulator } = await rig()
    simulator.faults.failConsents = [HANDSET]
    expect(await provider.pushConsent(change)).toEqual({ is: 'failed', until: START + 10_000 })
    expect(simulator.consents.size).toBe(0)
    simulator.faults.failConsents = []
    simulator.faults.refuse = [{ path: '/consents', status: 502, code: 'CMN-203', times: 1 }]
    expect(await provider.pushConsent(change)).toMatchObject({ is: 'failed' })
    expect(await provider.pushConsent(change)).toEqual({ is: 'done' })
    expect(await provider.pushConsent({ ...change, sender: number('+12015550177') })).toEqual({
      is: 'refused',
      code: 'CMN-102',
    })
  })

  it('goes in one request with others of the same moment, each with an outcome of its own', async () => {
    const { provider, simulator, requests } = await rig()
    simulator.faults.failConsents = ['+12125550155']
    requests()
    const numbers = Array.from({ length: 250 }, (_none, at) =>
      number(`+1212555${String(5_000 + at).padStart(4, '0')}`),
    )
    const extra = [number('+12125550155'), number(HANDSET)]
    const outcomes = await Promise.all(
      [...numbers, ...extra].map((subject) => provider.pushConsent({ ...change, subject })),
    )
    expect(requests()).toHaveLength(3)
    expect(outcomes.filter(({ is }) => is === 'done')).toHaveLength(251)
    expect(outcomes[250]).toEqual({ is: 'failed', until: START + 10_000 })
    expect(outcomes[251]).toEqual({ is: 'done' })
    expect(simulator.consents.size).toBe(251)
  })
})

describe('the watch over the events of RingCentral', () => {
  async function watched(
    options: Parameters<typeof rig>[0] = {},
  ): Promise<
    Rig & { look(): ReturnType<typeof watchSubscription>; hook: Awaited<ReturnType<typeof hookOf>> }
  > {
    const one = await rig(options)
    const hook = await hookOf()
    onTestFinished(() => hook.close())
    const address = { address: hook.url, verificationToken: 'v' }
    const { client } = one.provider
    return { ...one, hook, look: () => watchSubscription(client, one.clock, one.heard.log, address) }
  }

  it('makes a subscription, leaves a good one, and deletes doubles', async () => {
    const { look, simulator } = await watched()
    expect(await look()).toMatchObject({ is: 'active', did: 'created', disabled: [] })
    expect(await look()).toMatchObject({ did: 'nothing' })
    expect(simulator.subscriptions.size).toBe(1)
    const [first] = simulator.subscriptions.values()
    if (first)
      (simulator.subscriptions as Map<string, typeof first>).set('double', { ...first, id: 'double' })
    expect(await look()).toMatchObject({ did: 'nothing' })
    expect(simulator.subscriptions.size).toBe(1)
  })

  it('replaces one that was blacklisted, after which events come again', async () => {
    const { look, simulator, clock, hook, heard } = await watched()
    await look()
    simulator.blacklist()
    simulator.inbound({ from: HANDSET, to: LONG_CODE, text: 'lost' })
    await clock.pass(10_000)
    expect(await look()).toMatchObject({ is: 'active', did: 'replaced' })
    simulator.inbound({ from: HANDSET, to: LONG_CODE, text: 'found' })
    await clock.pass(10)
    expect(hook.events.map(({ body }) => body['text'])).toEqual(['found'])
    expect(heard.lines.join('')).toContain('had stopped all events')
  })

  it('renews one before its end', async () => {
    const { look, simulator, clock } = await watched()
    await look()
    const [one] = simulator.subscriptions.values()
    if (one) one.expiresAt = clock.now() + 3_600_000
    expect(await look()).toMatchObject({ did: 'renewed' })
    expect(await look()).toMatchObject({ did: 'nothing' })
  })

  it('tells what is not delivered, and why there is none', async () => {
    const less = await watched({ scopes: ['SMS', 'ReadMessages', 'ReadAccounts'] })
    const state = await less.look()
    expect(state.is === 'active' && state.disabled.map(({ reason }) => reason)).toEqual(
      Array.from({ length: 3 }, () => 'Application permission [A2PSMS] is needed'),
    )
    const { look, hook } = await watched()
    hook.answerWith((response) => response.writeHead(404).end())
    expect(await look()).toEqual({ is: 'missing', code: 'SUB-525' })
  })
})
