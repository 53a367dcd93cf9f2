import { describe, expect, it, onTestFinished } from 'vitest'
import { auditSigner, createAuditLog } from '../../../../server/audit/log.ts'
import { createSites } from '../../../../server/sites/registry.ts'
import { createSendingParts } from '../../../../sms/parts.ts'
import { createRingCentral, type RingCentral } from '../../../../sms/providers/ringcentral/provider.ts'
import { handClock, startSimulator, type HandClock, type Simulator } from '../../../../sms/simulator/index.ts'
import type { MessageTable } from '../../../../sms/store/tables.ts'
import { createWorker } from '../../../../sms/worker.ts'
import { CONSENT, PROGRAM, SETTINGS } from '../outbox/program.ts'
import { numberOf, smsScene } from '../store/opened.ts'
import { fingerprint, LONG_CODE, START } from './rig.ts'

/** The whole module over a real store, with RingCentral's provider and a simulator, all on one clock. */
interface Module {
  readonly clock: HandClock
  readonly simulator: Simulator
  /** Signs up and queues a message. */
  send(number: string, text?: string): Promise<string>
  /** Sends what is due, lets it arrive, and reads in the lists what came of it. */
  go(): Promise<void>
  row(id: string): Promise<MessageTable | undefined>
  standing(number: string): Promise<string | undefined>
  senderState(): Promise<string>
  readonly raised: string[]
}

const NEW_YORK = 'Two lattes for one today. Reply STOP to opt out.'

async function open(): Promise<Module> {
  const scene = await smsScene()
  const clock = handClock(START)
  const simulator = await startSimulator({ clock, limits: { light: 5_000 }, isPaced: false })
  onTestFinished(() => simulator.close())
  const { store, keys } = scene
  const raised: string[] = []
  const wall = { now: clock.now, monotonic: clock.now }
  const { clientId, clientSecret, jwt } = simulator.settings
  let provider: RingCentral | undefined
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
  const parts = createSendingParts(
    {
      ...scene,
      store,
      clock: wall,
      audit: createAuditLog({ store, clock: wall, signer: auditSigner(keys.lasting) }),
      alarm: { raise: (what) => void raised.push(what) },
      log,
    },
    (tokens) => {
      provider = createRingCentral({
        settings: { url: simulator.url, clientId, clientSecret, jwt },
        clock,
        tokens,
        log,
        fingerprint,
        pause: (ms) => clock.pass(ms),
      })
      return provider
    },
  )
  const worker = createWorker(parts)
  const site = await createSites({ store, clock: wall }).add({ domain: 'lantern.example' })
  const { sender, program } = await store.transaction(async (transaction) => {
    const made = await parts.senders.add(transaction, {
      number: numberOf(LONG_CODE),
      class: 'high-volume-long-code',
      features: ['SmsSender', 'A2PSmsSender'],
      campaign: 'Confirmed',
      useCases: ['Marketing'],
      confirmationBy: 'provider',
      prices: { segment: 7_000, surcharge: 3_000 },
    })
    const kept = { siteId: site.id, senderId: made.id, program: PROGRAM, settings: SETTINGS }
    return { sender: made, program: await parts.programs.add(transaction, kept) }
  })
  const evidence = { at: START, actor: 'subject', method: 'web-form', payload: {} }
  return {
    clock,
    simulator,
    raised,
    send: (number, text = NEW_YORK) =>
      store.transaction(async (transaction) => {
        const subject = await parts.subjects.findOrMake(transaction, numberOf(number))
        await parts.recorder.consent(transaction, subject, program, {
          consent: CONSENT,
          evidence,
          isImported: false,
        })
        const row = await parts.messages.add(transaction, {
          subject,
          senderId: sender.id,
          programId: program.id,
          purpose: 'program',
          text,
          isAutomated: true,
          dueAt: clock.now(),
          expiresAt: clock.now() + 3_600_000,
        })
        return row?.id ?? ''
      }),
    async go() {
      await provider?.access.ready()
      for (let round = 0; round < 6; round++) {
        await worker.round()
        await clock.pass(2_000)
        // What a first request waits for comes in time of the machine.
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      await worker.catchUp()
      await worker.round()
    },
    row: (id) => parts.messages.byId(store.db, id),
    standing: async (number) => {
      const subject = await store.transaction((transaction) =>
        parts.subjects.findOrMake(transaction, numberOf(number)),
      )
      const row = await store.db
        .selectFrom('sms_consent')
        .select('standing')
        .where('subject_id', '=', subject.id)
        .executeTakeFirst()
      return row?.standing
    },
    senderState: async () => (await parts.senders.byId(store.db, sender.id))?.state ?? '',
  }
}

describe('what RingCentral says of a message', () => {
  it('S12 an opt-out at the carrier is one here, and nothing more goes there', async () => {
    const { send, go, row, standing, simulator } = await open()
    const [refused, good] = [await send('+12125550413'), await send('+12125550123')]
    await go()
    expect(await row(refused)).toMatchObject({
      status: 'accepted',
      delivery: 'delivery-failed',
      error_code: 'SMS-CAR-413',
    })
    expect(await row(good)).toMatchObject({ delivery: 'delivered', error_code: null })
    expect(await standing('+12125550413')).toBe('opted-out')
    expect(await standing('+12125550123')).toBe('active')
    const before = simulator.messages.size
    const again = await send('+12125550413')
    await go()
    expect(await row(again)).toMatchObject({ status: 'blocked' })
    expect(simulator.messages.size).toBe(before)
  })

  it('S16 a sender that a carrier has flagged sends nothing more, and somebody is told', async () => {
    const { send, go, row, senderState, simulator, raised } = await open()
    await send('+12125550431')
    await go()
    expect(await senderState()).toBe('suspended')
    expect(raised).toContain('sms.sender-suspended')
    const before = simulator.messages.size
    const more = await send('+12125550123')
    await go()
    expect(await row(more)).toMatchObject({ status: 'blocked' })
    expect(simulator.messages.size).toBe(before)
  })

  it('S16 a carrier’s cap holds a sender back', async () => {
    const { send, go, senderState } = await open()
    await send('+12125550450')
    await go()
    expect(await senderState()).toBe('restricted')
  })

  it('no receipt is no failure', async () => {
    const { send, go, row } = await open()
    const id = await send('+12125550104')
    await go()
    expect(await row(id)).toMatchObject({ delivery: 'sent', error_code: null })
  })

  it('S7 an answer in own words that was only in the lists ends everything, and RingCentral is told', async () => {
    const { send, go, row, standing, simulator } = await open()
    await send('+12125550123')
    await go()
    simulator.inbound({ from: '+12125550123', to: LONG_CODE, text: 'Please take me off your list' })
    await go()
    expect(await standing('+12125550123')).toBe('opted-out')
    expect([...simulator.consents.values()]).toMatchObject([
      { to: '+12125550123', status: 'OptOut', source: 'Api' },
    ])
    const later = await send('+12125550124')
    await go()
    expect(await row(later)).toMatchObject({ status: 'accepted' })
  })

  it('a reply that was lost is found by its sender, number, text and time, and the message is sent once', async () => {
    const { send, go, row, simulator, clock } = await open()
    await send('+12125550199')
    await go()
    simulator.faults.loseReplies = 1
    const id = await send('+12125550123')
    await go()
    await clock.pass(60_000)
    await go()
    expect(await row(id)).toMatchObject({ status: 'accepted', delivery: 'delivered' })
    expect(simulator.received.filter(({ to }) => to === '+12125550123')).toHaveLength(1)
  })
})
