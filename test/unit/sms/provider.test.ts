import { describe, expect, it } from 'vitest'
import { SLOT_MS } from '../../../sms/limits.ts'
import { knownNumber, type PhoneNumber } from '../../../sms/phone.ts'
import type { Order } from '../../../sms/ports.ts'
import { createMemoryProvider } from '../../../sms/providers/memory.ts'
import { createTokens, type SendToken } from '../../../sms/token.ts'
import { movedClock } from '../store/opened.ts'

const FROM = knownNumber('+12015550100') as PhoneNumber
const TO = knownNumber('+12125550123') as PhoneNumber
const TEXT = 'Two lattes for one today. Reply STOP to opt out.'

function rig(): {
  clock: ReturnType<typeof movedClock>
  tokens: ReturnType<typeof createTokens>
  provider: ReturnType<typeof createMemoryProvider>
  order(token: SendToken): Order
} {
  const clock = movedClock()
  const tokens = createTokens(clock)
  const provider = createMemoryProvider(tokens, clock)
  return { clock, tokens, provider, order: (token) => ({ token, from: FROM, to: TO, text: TEXT }) }
}

describe('S3 S7 nothing reaches a provider without the gate’s token', () => {
  it('S7 which lets one message out once', async () => {
    const { tokens, provider, order } = rig()
    const token = tokens.issue('one')
    expect(await provider.send(order(token))).toEqual({ is: 'accepted', id: 'memory-1' })
    await expect(provider.send(order(token))).rejects.toThrow('that was used')
    expect(provider.received).toMatchObject([{ from: FROM.reveal(), to: TO.reveal(), text: TEXT }])
  })

  it('S7 which is not made of anything that can be written down', async () => {
    const { tokens, provider, order } = rig()
    const token = tokens.issue('one')
    const made = [
      {},
      { ...token },
      structuredClone(token),
      JSON.parse(JSON.stringify(token)) as unknown,
      'one',
    ]
    for (const one of made)
      await expect(provider.send(order(one as SendToken))).rejects.toThrow('without the gate’s token')
    const elsewhere = createTokens(movedClock()).issue('one')
    await expect(provider.send(order(elsewhere))).rejects.toThrow('without the gate’s token')
    expect(provider.received).toEqual([])
  })

  it('S1 which runs out with its slot, so that what was held up passes the gate again', async () => {
    const { clock, tokens, provider, order } = rig()
    const [early, late] = [tokens.issue('early'), tokens.issue('late')]
    clock.pass(SLOT_MS)
    expect(await provider.send(order(early))).toMatchObject({ is: 'accepted' })
    clock.pass(1)
    await expect(provider.send(order(late))).rejects.toThrow('ran out')
    expect(provider.received).toHaveLength(1)
  })

  it('S7 which is for its own message', () => {
    const { tokens } = rig()
    expect(() => tokens.redeem(tokens.issue('one'), 'two')).toThrow('of another message')
    expect(() => tokens.redeem(tokens.issue('one'), 'one')).not.toThrow()
  })
})

describe('the provider in memory', () => {
  it('answers as it is told, and loses answers of what it sent', async () => {
    const { tokens, provider, order } = rig()
    const send = (): ReturnType<typeof provider.send> => provider.send(order(tokens.issue('one')))
    provider.answerWith({ is: 'throttled', until: 9 }, { is: 'refused', code: 'SMS-UP-410' })
    expect(await send()).toEqual({ is: 'throttled', until: 9 })
    expect(await send()).toEqual({ is: 'refused', code: 'SMS-UP-410' })
    expect(provider.received).toHaveLength(0)
    provider.loseAnswers(1)
    expect(await send()).toEqual({ is: 'unknown' })
    expect(await send()).toMatchObject({ is: 'accepted' })
    expect(provider.received).toHaveLength(2)
  })
})
