import { describe, expect, it, onTestFinished } from 'vitest'
import { systemClock } from '../../../../server/clock.ts'
import { listen as listenOn } from '../../../../server/http/listen.ts'
import { silentLog } from '../../../../server/log.ts'
import { hookSecrets } from '../../../../server/sms/hook-secrets.ts'
import { createListening, type Listening } from '../../../../server/sms/listening.ts'
import { createRingCentral, type ProviderEvent } from '../../../../sms/index.ts'
import { startSimulator, type Simulator } from '../../../../sms/simulator/index.ts'
import { eventually } from '../../../support/product.ts'
import { listen } from '../../store/opened.ts'

const LONG_CODE = '+16505550100'
const HANDSET = '+12125550123'

/** The hook on a port of its own, with a provider that asks a simulator on the time of the machine. */
async function stage(): Promise<{
  simulator: Simulator
  listening: Listening
  texts: string[]
  heard: ReturnType<typeof listen>
  fail(): void
}> {
  const simulator = await startSimulator({ limits: { light: 10_000, medium: 10_000 }, blacklistAfter: 1 })
  onTestFinished(() => simulator.close())
  const secrets = hookSecrets({ key: new Uint8Array(32).fill(3), isLasting: true })
  const heard = listen()
  const log = { ...heard.log, error: heard.log.warn }
  const { clientId, clientSecret, jwt } = simulator.settings
  const provider = createRingCentral({
    settings: { url: simulator.url, clientId, clientSecret, jwt },
    clock: systemClock,
    log,
    fingerprint: secrets.fingerprint,
    tokens: { redeem: () => undefined },
  })
  const [texts, known] = [[] as string[], new Set<string>()]
  let failures = 0
  const take = async (events: readonly ProviderEvent[]): Promise<void> => {
    if (failures-- > 0) throw new Error('the store is away')
    for (const event of events) {
      if (known.has(event.uuid) || event.what !== 'inbound') continue
      known.add(event.uuid)
      texts.push(event.text)
    }
  }
  let cursor: string | undefined
  const open: { listening?: Listening } = {}
  const server = await listenOn({
    port: 0,
    host: '127.0.0.1',
    clock: systemClock,
    log: silentLog,
    handler: (request, response) => {
      if (!open.listening?.route(request, response)) response.writeHead(404).end()
    },
  })
  onTestFinished(() => server.close())
  const listening = createListening({
    provider,
    secrets,
    publicUrl: server.url,
    clock: systemClock,
    log,
    take,
    catchUp: async () => {
      const listed = await provider.listSince(cursor)
      await take(listed.events)
      cursor = listed.cursor
      return listed.events.length
    },
    // Rounds of the lists come by themselves only when something asks for them.
    adopt: async () => 0,
    rhythm: { ask: 3_600_000, soon: 20, look: { active: 50, missing: 50 }, numbers: 3_600_000 },
  })
  open.listening = listening
  onTestFinished(() => listening.close())
  await listening.begin()
  const told = (): number =>
    listening
      .readings()
      .find(({ name }) => name === 'sluice_sms_events_told')
      ?.read() ?? 0
  await eventually(
    async () => told(),
    (value) => value === 1,
  )
  return { simulator, listening, texts, heard, fail: () => void (failures = 1) }
}

describe('S7 hearing what RingCentral tells', () => {
  it('an answer is taken from its event', async () => {
    const { simulator, texts } = await stage()
    simulator.inbound({ from: HANDSET, to: LONG_CODE, text: 'STOP' })
    await eventually(
      async () => texts,
      (all) => all.includes('STOP'),
    )
    expect(texts).toEqual(['STOP'])
  })

  it('one that could not be taken is taken from the lists', async () => {
    const { simulator, texts, fail } = await stage()
    fail()
    simulator.inbound({ from: HANDSET, to: LONG_CODE, text: 'no more of this' })
    await eventually(
      async () => texts,
      (all) => all.length > 0,
    )
    expect(texts).toEqual(['no more of this'])
  })

  it('a subscription that was blacklisted is replaced, and what was lost meanwhile is found', async () => {
    const { simulator, texts, heard } = await stage()
    const [first] = simulator.subscriptions.keys()
    simulator.faults.drop = 1
    simulator.inbound({ from: HANDSET, to: LONG_CODE, text: 'lost' })
    simulator.faults.drop = 0
    simulator.blacklist()
    await eventually(
      async () => texts,
      (all) => all.includes('lost'),
    )
    const [second] = simulator.subscriptions.keys()
    expect(second).not.toBe(first)
    expect([...simulator.subscriptions.values()]).toMatchObject([{ status: 'Active' }])
    simulator.inbound({ from: HANDSET, to: LONG_CODE, text: 'heard' })
    await eventually(
      async () => texts,
      (all) => all.includes('heard'),
    )
    expect(texts).toEqual(['lost', 'heard'])
    expect(heard.lines.join('')).toContain('had stopped all events')
  })
})
