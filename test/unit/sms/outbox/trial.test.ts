import { describe, expect, it } from 'vitest'
import type { ProviderEvent } from '../../../../sms/index.ts'
import { DAY, HOUR, MINUTE, numberAt, rig, type Rig } from './rig.ts'

/** A sender that a carrier's code holds back, with messages that wait. */
async function heldBack(code = 'SMS-CAR-450'): Promise<Rig & { tell: Tell; now: () => Promise<object> }> {
  const scene = await rig()
  let told = 0
  const tell: Tell = async (which, status, more) => {
    await scene.take({ what: 'status', uuid: `w-${++told}`, id: `memory-${which}`, status, at: 1, ...more })
  }
  const subject = await scene.signUp(numberAt(1))
  const expiresAt = scene.clock.now() + 30 * DAY
  await scene.queue(subject)
  await scene.settle()
  await tell(1, 'delivery-failed', { code })
  for (let count = 0; count < 20; count++) {
    await scene.queue(subject, `Offer ${count}. Reply STOP to opt out.`, { expiresAt })
  }
  const now = async (): Promise<object> =>
    (await scene.parts.senders.byId(scene.store.db, scene.sender.id)) ?? {}
  return { ...scene, tell, now }
}

type Word = Extract<ProviderEvent, { what: 'status' }>
type Tell = (which: number, status: Word['status'], more?: Partial<Word>) => Promise<void>

describe('a sender that was held back', () => {
  it('S16 sends nothing for an hour, then three messages to try, and all when they arrived', async () => {
    const { settle, clock, worker, provider, tell, now, store } = await heldBack()
    clock.pass(HOUR - 1)
    await settle()
    await worker.watch()
    expect(provider.received).toHaveLength(1)
    clock.pass(20 * MINUTE)
    await settle()
    expect(provider.received).toHaveLength(4)
    for (const which of [2, 3]) await tell(which, 'delivered')
    await worker.watch()
    // Two do not tell enough.
    expect(await now()).toMatchObject({ state: 'restricted', stateReason: 'SMS-CAR-450' })
    await tell(4, 'delivered')
    await worker.watch()
    expect(await now()).toMatchObject({ state: 'active', stateReason: 'trial-passed' })
    clock.pass(16 * MINUTE)
    await settle()
    expect(provider.received).toHaveLength(21)
    const log = await store.db.selectFrom('audit_log').select(['action', 'detail']).orderBy('seq').execute()
    expect(log.at(-1)).toMatchObject({
      action: 'sms.sender.state',
      detail: expect.stringContaining('active'),
    })
  })

  it('S16 rests twice as long after each trial that went badly, at most a day, and tells each time', async () => {
    const { settle, clock, worker, provider, tell, now, raised } = await heldBack()
    const rests = []
    for (let trial = 1; trial <= 6; trial++) {
      const { trialAt } = (await now()) as { trialAt: number }
      rests.push((trialAt - clock.now()) / HOUR)
      clock.pass(trialAt - clock.now())
      // Nothing is tried in the night either.
      for (const { length } = provider.received; provider.received.length === length;) {
        clock.pass(20 * MINUTE)
        await settle()
      }
      const last = provider.received.length
      await tell(last, 'delivery-failed', { code: 'SMS-CAR-450' })
      // What else was on its way in the same trial says nothing more.
      await tell(last - 1, 'delivery-failed', { code: 'SMS-CAR-450' })
      await worker.watch()
      expect(await now()).toMatchObject({ state: 'restricted', relapses: trial })
    }
    expect(rests).toEqual([1, 2, 4, 8, 16, 24])
    expect(raised).toEqual(Array.from({ length: 7 }, () => 'sms.sender-restricted'))
  })

  it('S16 is tried with another message where one failed for its own reasons, and of a silent carrier after half an hour', async () => {
    const { settle, clock, worker, provider, tell, now } = await heldBack()
    clock.pass(HOUR + 20 * MINUTE)
    await settle()
    await tell(2, 'delivery-failed', { code: 'SMS-CAR-400' })
    clock.pass(16 * MINUTE)
    await settle()
    expect(provider.received).toHaveLength(5)
    clock.pass(31 * MINUTE)
    await worker.watch()
    expect(await now()).toMatchObject({ state: 'active' })
  })

  it('S16 what was on its way when it was held back does not count', async () => {
    const { tell, now, clock } = await heldBack()
    const before = await now()
    clock.pass(2 * HOUR)
    await tell(1, 'delivery-failed', { code: 'SMS-CAR-451' })
    expect(await now()).toEqual(before)
  })

  it.each(['SMS-UP-431', 'SMS-CAR-461'])(
    'S16 stays suspended by %s until a person has looked',
    async (code) => {
      const { settle, clock, worker, provider, now } = await heldBack(code)
      clock.pass(10 * DAY)
      await settle()
      await worker.watch()
      expect(provider.received).toHaveLength(1)
      expect(await now()).toMatchObject({ state: 'suspended', trialAt: undefined })
    },
  )
})
