import { createHash } from 'node:crypto'
import { onTestFinished } from 'vitest'
import { knownNumber, type PhoneNumber } from '../../../../sms/phone.ts'
import type { Order, Outcome } from '../../../../sms/ports.ts'
import { createRingCentral, type RingCentral } from '../../../../sms/providers/ringcentral/provider.ts'
import {
  handClock,
  startSimulator,
  type HandClock,
  type Simulator,
  type SimulatorOptions,
} from '../../../../sms/simulator/index.ts'
import { createTokens, type Tokens } from '../../../../sms/token.ts'
import { listen, type Heard } from '../../store/opened.ts'

export const START = Date.parse('2026-11-24T15:00:00Z')
export const LONG_CODE = '+16505550100'
export const TOLL_FREE = '+18335550100'
export const REGULAR = '+12015550100'
export const TEXT = 'Two lattes for one today. Reply STOP to opt out.'

/** The provider and a simulator on one clock. */
export interface Rig {
  readonly clock: HandClock
  readonly simulator: Simulator
  readonly provider: RingCentral
  readonly tokens: Tokens
  readonly heard: Heard
  order(from: string, to: string, text?: string): Order
  send(from: string, to: string, text?: string): Promise<Outcome>
  /** Requests of the API since the last call, without those for tokens and numbers. */
  requests(): string[]
  /** Another process with the same account. */
  another(): RingCentral
}

export function number(e164: string): PhoneNumber {
  const known = knownNumber(e164)
  if (!known) throw new Error(`no number: ${e164}`)
  return known
}

export const fingerprint = (text: string): string => createHash('sha256').update(text).digest('base64url')

/** @param options of the simulator; with `warm` false the provider has asked for nothing yet */
export async function rig(options: SimulatorOptions & { warm?: boolean } = {}): Promise<Rig> {
  const { warm = true, ...simulated } = options
  const clock = handClock(START)
  const simulator = await startSimulator({ clock, ...simulated })
  onTestFinished(() => simulator.close())
  const tokens = createTokens(clock)
  const heard = listen()
  const { clientId, clientSecret, jwt } = simulator.settings
  const another = (): RingCentral =>
    createRingCentral({
      settings: { url: simulator.url, clientId, clientSecret, jwt },
      clock,
      tokens,
      log: { ...heard.log, error: heard.log.warn },
      fingerprint,
      // What is waited for passes for all.
      pause: (ms) => clock.pass(ms),
    })
  const provider = another()
  const order = (from: string, to: string, text = TEXT): Order => ({
    token: tokens.issue('one'),
    from: number(from),
    to: number(to),
    text,
  })
  let seen = 0
  const made: Rig = {
    clock,
    simulator,
    provider,
    tokens,
    heard,
    order,
    send: (from, to, text) => provider.send(order(from, to, text)),
    requests() {
      const fresh = simulator.requests.slice(seen).map(({ method, path }) => `${method} ${path}`)
      seen = simulator.requests.length
      return fresh.filter((one) => !/oauth|phone-number/.test(one))
    },
    another,
  }
  if (warm) await warmUp(made)
  return made
}

/** Until the provider knows its token and its numbers: then it looks for a message of a number in one list, not in both. */
export async function warmUp({ provider, simulator }: Pick<Rig, 'provider' | 'simulator'>): Promise<void> {
  await provider.access.ready()
  const nobody = { from: number(LONG_CODE), to: number(TOLL_FREE), text: '', after: START, before: START }
  for (;;) {
    const before = simulator.requests.length
    await provider.lookUp(nobody)
    const asked = simulator.requests.slice(before).map(({ path }) => path)
    if (!asked.some((path) => path.endsWith('/message-store'))) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
