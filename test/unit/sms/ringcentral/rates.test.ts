import { describe, expect, it } from 'vitest'
import { createGates } from '../../../../sms/providers/ringcentral/gates.ts'
import { handClock } from '../../../../sms/simulator/index.ts'
import { LONG_CODE, number, REGULAR, rig, START, warmUp } from './rig.ts'

const HANDSET = '+12125550123'

describe('access to RingCentral', () => {
  it('is asked for once, however many wait for it, and again when most of its time is over', async () => {
    const { provider, simulator, clock } = await rig({ warm: false })
    const tokens = await Promise.all(Array.from({ length: 20 }, () => provider.access.ready()))
    const asked = (): number => simulator.requests.filter(({ path }) => path.endsWith('/token')).length
    expect(new Set(tokens).size).toBe(1)
    expect(asked()).toBe(1)
    await clock.pass(2_879_000)
    expect(provider.access.token()).toBe(tokens[0])
    expect(asked()).toBe(1)
    await clock.pass(2_000)
    // The old one is good for longer: nobody waits.
    expect(provider.access.token()).toBe(tokens[0])
    await provider.access.ready()
    while (provider.access.token() === tokens[0]) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(asked()).toBe(2)
  })

  it('that ends in the middle costs no message: what surely was not taken waits, and goes with the next token', async () => {
    const { send, simulator, clock, provider } = await rig()
    simulator.expireTokens()
    expect(await send(REGULAR, HANDSET)).toEqual({ is: 'throttled', until: START + 1_000 })
    await provider.access.ready()
    expect(await send(REGULAR, HANDSET)).toMatchObject({ is: 'accepted' })
    // What only asks is asked again at once.
    simulator.expireTokens()
    const lost = { from: number(REGULAR), to: number(HANDSET), text: 'x', after: START, before: START }
    expect(await provider.lookUp(lost)).toEqual({ is: 'seen', messages: [] })
    await clock.pass(10_000)
    expect(simulator.received).toHaveLength(1)
  })

  it('that is refused is not asked for again and again', async () => {
    const { provider, simulator, send, heard } = await rig({ warm: false, limits: { auth: 5 } })
    simulator.faults.refuse = [{ path: '/token', status: 400, code: 'OAU-140', times: 99 }]
    expect(await provider.access.ready()).toEqual({ code: 'OAU-140', until: START + 300_000 })
    for (let count = 0; count < 20; count++) {
      await send(REGULAR, HANDSET)
      // As long as a request would take.
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    expect(await send(REGULAR, HANDSET)).toMatchObject({ is: 'throttled' })
    expect(simulator.requests).toHaveLength(1)
    expect(heard.lines.join('')).toContain('OAU-140')
    for (const secret of [simulator.settings.jwt, simulator.settings.clientSecret]) {
      expect(heard.lines.join('')).not.toContain(secret)
    }
  })
})

describe('the rates of RingCentral', () => {
  it('are learnt from answers and kept, so that none is exceeded', async () => {
    const { send, simulator, clock } = await rig({ limits: { medium: 7 }, isPaced: false })
    const outcomes = []
    for (let count = 0; count < 60; count++) {
      outcomes.push((await send(REGULAR, HANDSET)).is)
      await clock.pass(5_000)
    }
    const taken = outcomes.filter((is) => is === 'accepted').length
    // Four fifths of seven a minute, for five minutes.
    expect(taken).toBe(25)
    expect(simulator.requests.filter(({ status }) => status === 429)).toEqual([])
  })

  it('that another program used up close the group: not one request comes until the penalty is over', async () => {
    const one = await rig({ limits: { medium: 4 } })
    const { simulator, clock, send } = one
    // Another process with the same account, which knows nothing of what was sent from here.
    const [mine, theirs] = [one.provider, one.another()]
    await warmUp({ ...one, provider: theirs })
    await theirs.access.ready()
    for (let count = 0; count < 3; count++) await send(REGULAR, HANDSET)
    const before = simulator.requests.length
    const outcomes = []
    for (let count = 0; count < 200; count++) {
      outcomes.push(await theirs.send(one.order(REGULAR, HANDSET)))
      outcomes.push(await mine.send(one.order(REGULAR, HANDSET)))
      if (count % 4 === 0) await clock.pass(1_000)
    }
    const posts = simulator.requests.slice(before).filter(({ path }) => path.endsWith('/sms'))
    expect(posts.filter(({ status }) => status === 429).length).toBeLessThanOrEqual(2)
    expect(posts.filter(({ isDuringPenalty }) => isDuringPenalty).length).toBeLessThanOrEqual(1)
    expect(outcomes.every(({ is }) => is === 'accepted' || is === 'throttled')).toBe(true)
    const open = await send(REGULAR, HANDSET)
    if (open.is === 'throttled') await clock.pass(open.until - clock.now())
    expect(await send(REGULAR, HANDSET)).toMatchObject({ is: 'accepted' })
  })

  it('in a storm of refusals: 0 requests during the penalty', async () => {
    const { send, simulator, clock } = await rig()
    simulator.faults.refuse = [{ path: '/sms', status: 429, code: 'CMN-301', times: 1_000 }]
    let posts = 0
    for (let count = 0; count < 300; count++) {
      const before = simulator.requests.length
      const outcome = await send(REGULAR, HANDSET)
      expect(outcome.is).toBe('throttled')
      posts += simulator.requests.length - before
      await clock.pass(1_000)
    }
    // Five minutes: one try each, since the last said to wait for one.
    expect(posts).toBe(5)
    const times = simulator.requests.filter(({ path }) => path.endsWith('/sms')).map(({ at }) => at)
    for (const [at, time] of times.entries()) {
      const next = times[at + 1]
      if (next !== undefined) expect(next - time).toBeGreaterThanOrEqual(60_000)
    }
  })

  it('keep a fifth of a group for opt-outs that have to be told', async () => {
    const { provider, order, clock } = await rig({ isPaced: false })
    const outcomes = []
    for (let count = 0; count < 60; count++) outcomes.push(await provider.send(order(LONG_CODE, HANDSET)))
    expect(outcomes.at(-1)).toMatchObject({ is: 'throttled' })
    await clock.pass(0)
    const change = { sender: number(LONG_CODE), subject: number(HANDSET), opted: 'out' } as const
    expect(await provider.pushConsent(change)).toEqual({ is: 'done' })
  })
})

describe('a gate', () => {
  const headers = (fields: Record<string, string>): Headers => new Headers(fields)
  it('waits for a minute where a refusal does not say how long, and for all where it names no group', () => {
    const clock = handClock(START)
    const gates = createGates(clock)
    expect(gates.heed('POST /sms', 429, headers({}))).toEqual({ opensAt: START + 60_000 })
    expect(gates.pass('GET /anything', 'light', false)).toEqual({ opensAt: START + 60_000 })
    const named = createGates(clock)
    named.heed('POST /sms', 429, headers({ 'x-rate-limit-group': 'Medium', 'retry-after': '7' }))
    expect(named.pass('POST /sms', 'medium', true)).toEqual({ opensAt: START + 7_000 })
    expect(named.pass('GET /anything', 'light', false)).toBeUndefined()
  })

  it('takes the group that an answer names, whatever was guessed', async () => {
    const clock = handClock(START)
    const gates = createGates(clock)
    gates.heed('POST /x', 200, headers({ 'x-rate-limit-group': 'tiny', 'x-rate-limit-limit': '1' }))
    expect(gates.pass('POST /x', 'light', false)).toBeUndefined()
    expect(gates.pass('POST /x', 'light', false)).toEqual({ opensAt: START + 60_000 })
    await clock.pass(60_000)
    expect(gates.pass('POST /x', 'light', false)).toBeUndefined()
  })

  it('closes where another program took what was left', () => {
    const clock = handClock(START)
    const gates = createGates(clock)
    gates.pass('POST /x', 'light', false)
    const told = { 'x-rate-limit-group': 'light', 'x-rate-limit-limit': '50', 'x-rate-limit-remaining': '0' }
    gates.heed('POST /x', 200, headers(told))
    expect(gates.pass('POST /x', 'light', false)).toEqual({ opensAt: START + 60_000 })
  })
})
