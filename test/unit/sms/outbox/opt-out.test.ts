import { describe, expect, it } from 'vitest'
import { dispatchSender } from '../../../../sms/dispatch.ts'
import type { OptOutSource } from '../../../../schema/sms.ts'
import { consentsOf } from '../../../../sms/store/consents.ts'
import { DAY, HOUR, MINUTE, numberAt, rig, SENDER_NUMBER, TEXT, type Rig } from './rig.ts'

const ANA = numberAt(1)
const CONFIRMED = 'You are opted out and will get no more messages from us.'

const queuedAfter = async ({ rows }: Rig): Promise<string[]> =>
  (await rows('program')).map(({ status }) => status)

describe('an opt-out', () => {
  it('S7 takes back what waits in its own transaction, and is confirmed once, by us alone', async () => {
    const here = await rig()
    const { signUp, queue, write, settle, handset, clock } = here
    const subject = await signUp(ANA)
    await queue(subject, TEXT, { dueAt: clock.now() + HOUR })
    await queue(subject)
    expect(await write(ANA, 'STOP')).toBe('taken')
    expect(await queuedAfter(here)).toEqual(['cancelled', 'cancelled'])
    await settle()
    expect(handset(ANA)).toEqual([CONFIRMED])
    await write(ANA, 'stop')
    await queue(subject)
    clock.pass(2 * HOUR)
    await settle()
    expect(handset(ANA)).toEqual([CONFIRMED])
  })

  it('S12 is confirmed by the provider where that does it, so not by us', async () => {
    const { addSender, addProgram, signUp, write, settle, provider } = await rig()
    const sender = await addSender('+18885550100', {
      class: 'high-volume-toll-free',
      confirmationBy: 'provider',
    })
    await signUp(ANA, await addProgram({ name: 'Free' }, {}, sender))
    await write(ANA, 'STOP', { to: '+18885550100' })
    await settle()
    expect(provider.received).toEqual([])
  })

  it('S7 is not confirmed after five minutes', async () => {
    const { signUp, write, settle, provider, clock, rows } = await rig()
    await signUp(ANA)
    await write(ANA, 'STOP')
    clock.pass(5 * MINUTE)
    await settle()
    expect(provider.received).toEqual([])
    expect((await rows('answer')).map(({ status }) => status)).toEqual(['blocked'])
  })

  it('S7 comes before what was decided and not handed over, and after what was', async () => {
    const { parts, signUp, queue, write, row, handset, settle, sender, clock } = await rig()
    const subject = await signUp(ANA)
    const id = await queue(subject)
    let calls = 0
    const { transaction } = parts.store
    const interrupted = (at: number): typeof parts => ({
      ...parts,
      store: {
        db: parts.store.db,
        transaction: async (run) => {
          if (++calls === at) await write(ANA, 'STOP')
          return transaction(run)
        },
      },
    })
    await dispatchSender(interrupted(2), sender.id)
    expect(handset(ANA)).toEqual([])
    // Whether it left is looked for: whoever decided on it might have died while they handed it over.
    expect(await row(id)).toMatchObject({ status: 'unknown', claim: null })
    for (let looks = 0; looks < 6; looks++) {
      await settle()
      clock.pass(6_000)
    }
    expect(await row(id)).toMatchObject({ status: 'cancelled', slot_at: null, in_flight_at_stop: 0 })
    clock.pass(1_000)
    await write(ANA, 'START')
    const second = await queue(subject)
    calls = 0
    await dispatchSender(interrupted(3), sender.id)
    expect(await row(second)).toMatchObject({ status: 'accepted', in_flight_at_stop: 1 })
  })

  it('S7 of one program leaves the others alone where the programs say so', async () => {
    const { addProgram, signUp, write, queue, settle, handset, parts, store, addSender } = await rig()
    const other = await addSender('+12015550101')
    const narrow = { stopScope: 'program' } as const
    const mine = await addProgram({ name: 'Narrow' }, narrow, other)
    const subject = await signUp(ANA, mine)
    await signUp(ANA)
    await write(ANA, 'STOP', { to: '+12015550101' })
    await queue(subject, TEXT, { program: mine })
    await queue(subject)
    await settle()
    const confirmed = 'You are opted out and will get no more messages of Narrow.'
    expect(handset(ANA).toSorted()).toEqual([TEXT, confirmed])
    expect((await consentsOf(store.db, subject.id)).get(mine.id)).toMatchObject({ is: 'opted-out' })
    expect(await parts.subjects.byId(store.db, subject.id)).toMatchObject({ elsewhere: { is: 'none' } })
  })

  it('S12 SX4 to everything also ends what there is not yet, and no list undoes it', async () => {
    const { addProgram, signUp, write, queue, settle, handset, clock, provider } = await rig()
    await signUp(ANA)
    await write(ANA, 'STOP')
    await settle()
    clock.pass(MINUTE)
    const later = await addProgram({ name: 'Later' })
    const subject = await signUp(ANA, later, true)
    await queue(subject, TEXT, { program: later })
    await settle()
    expect(handset(ANA)).toEqual([CONFIRMED])
    await signUp(ANA, later)
    await queue(subject, TEXT, { program: later })
    await settle()
    expect(handset(ANA)).toEqual([CONFIRMED, TEXT])
    expect(provider.pushed.map(({ opted }) => opted)).toEqual(['out', 'in'])
  })

  it.each(['web', 'agent', 'e-mail', 'phone', 'letter', 'api', 'complaint'] as const)(
    'S12 by %s gives the same state as STOP, is told to the provider, and START does not undo it',
    async (by: OptOutSource) => {
      const { parts, store, signUp, queue, settle, handset, write, provider, clock } = await rig()
      const subject = await signUp(ANA)
      await queue(subject)
      clock.pass(1_000)
      const done = await store.transaction((transaction) =>
        parts.recorder.optOut(transaction, subject, [], by, {
          at: clock.now(),
          actor: 'account:a1',
          method: by,
          payload: { evidence: 'call of 10:04' },
        }),
      )
      expect(done).toMatchObject({ did: 'opted-out', cancelled: 1 })
      clock.pass(1_000)
      await write(ANA, 'START')
      await queue(subject)
      await settle()
      expect(handset(ANA)).toEqual([])
      expect(provider.pushed).toMatchObject([{ opted: 'out' }])
      expect(provider.pushed[0]?.sender.reveal()).toBe(SENDER_NUMBER)
    },
  )

  it('S12 is told to the provider until it knows', async () => {
    const { signUp, write, worker, provider, clock, parts } = await rig()
    await signUp(ANA)
    const { pushConsent } = provider
    let tries = 0
    parts.provider.pushConsent = (change) => {
      if (++tries < 3) return Promise.resolve({ is: 'failed', until: clock.now() + MINUTE })
      return pushConsent(change)
    }
    await write(ANA, 'STOP')
    for (let minute = 0; minute < 5; minute++) {
      await worker.round()
      clock.pass(MINUTE + 1_000)
    }
    expect([tries, provider.pushed.length]).toEqual([3, 1])
  })

  it('S16 is what a delivery code of a carrier says', async () => {
    const here = await rig()
    const { signUp, queue, settle, provider, parts, store } = here
    const subject = await signUp(ANA)
    await queue(subject)
    provider.answerWith({ is: 'refused', code: 'SMS-CAR-413' })
    await settle()
    await queue(subject)
    await settle()
    expect(await queuedAfter(here)).toEqual(expect.arrayContaining(['refused', 'blocked']))
    expect(provider.received).toEqual([])
    const entries = await parts.ledger.read(store.db, subject)
    expect(entries.at(-1)).toMatchObject({
      entry: { event: 'opt-out', method: 'carrier' },
      opened: { payload: { code: 'SMS-CAR-413' } },
    })
  })

  it('S7 from a wrong number voids everything that was agreed', async () => {
    const { signUp, write, settle, handset, queue, clock, store } = await rig()
    const subject = await signUp(ANA)
    await write(ANA, 'wrong number')
    clock.pass(1_000)
    await write(ANA, 'START')
    await queue(subject)
    await settle()
    expect(handset(ANA)).toEqual([CONFIRMED])
    expect([...(await consentsOf(store.db, subject.id)).values()]).toMatchObject([{ is: 'void' }])
  })

  it('S22 after an erasure lasts: no list brings the number back', async () => {
    const { signUp, parts, store, queue, settle, provider, clock, program } = await rig()
    const subject = await signUp(ANA)
    await store.transaction((transaction) =>
      parts.subjects.forget(transaction, subject, { is: 'erased', at: clock.now() }),
    )
    await queue(subject).catch(() => undefined)
    const again = await signUp(ANA, program, true)
    await queue(again)
    clock.pass(DAY)
    await settle()
    expect(provider.received).toEqual([])
  })
})
