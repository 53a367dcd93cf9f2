import { describe, expect, it } from 'vitest'
import { dispatchSender } from '../../../../sms/dispatch.ts'
import { SLOT_MS } from '../../../../sms/limits.ts'
import { DAY, HOUR, MINUTE, numberAt, rig, SENDER_NUMBER, TEXT } from './rig.ts'

const ANA = numberAt(1)
const decisionOf = ({ decision }: { decision: string }): unknown => JSON.parse(decision)

describe('the outbox', () => {
  it('S3 S5 sends what somebody agreed to, and keeps the entry that allowed it', async () => {
    const { signUp, queue, settle, row, handset, parts, store } = await rig()
    const subject = await signUp(ANA)
    const id = await queue(subject)
    await settle()
    expect(handset(ANA)).toEqual([TEXT])
    const [entry] = await parts.ledger.read(store.db, subject)
    expect(await row(id)).toMatchObject({
      status: 'accepted',
      provider_id: 'memory-1',
      consent_entry_id: entry?.entry.id,
      epoch: 0,
      attempts: 1,
    })
    expect(decisionOf(await row(id))).toMatchObject({ verdict: 'send', slot: 1, whereabouts: 'area-code' })
  })

  it('S3 SX4 sends nothing to who agreed to another program', async () => {
    const { signUp, queue, settle, row, provider, addProgram } = await rig()
    const other = await addProgram({ name: 'Lantern Surveys' })
    const id = await queue(await signUp(ANA, other))
    await settle()
    expect(provider.received).toEqual([])
    expect(await row(id)).toMatchObject({ status: 'blocked', slot_at: null })
    expect(decisionOf(await row(id))).toMatchObject({ because: ['no-consent'] })
  })

  it('S9 asks once for a YES, and sends nothing else before it', async () => {
    const { signUp, queue, settle, write, provider, handset, addProgram, clock } = await rig()
    const program = await addProgram({ name: 'Doubly', confirmWithin: DAY })
    const subject = await signUp(ANA, program)
    await signUp(ANA, program)
    const early = await queue(subject, TEXT, { program })
    expect(early).not.toBe('')
    await settle()
    expect(handset(ANA)).toEqual([expect.stringContaining('reply YES to get Doubly')])
    expect(handset(ANA)[0]).toContain('Reply STOP to opt out')
    clock.pass(MINUTE)
    await write(ANA, 'Yes!')
    await queue(subject, TEXT, { program })
    await settle()
    expect(handset(ANA).slice(1)).toEqual([expect.stringContaining('you are signed up for Doubly'), TEXT])
    expect(provider.received).toHaveLength(3)
  })

  it('S9 asks whom a list names in the daytime only', async () => {
    const { signUp, settle, handset, addProgram, clock, rows } = await rig()
    const program = await addProgram({ name: 'Doubly', confirmWithin: 2 * DAY })
    clock.pass(12 * HOUR)
    await signUp(ANA, program, true)
    await signUp(numberAt(2), program)
    await settle()
    expect([handset(ANA).length, handset(numberAt(2)).length]).toEqual([0, 1])
    const waiting = (await rows('request')).find(({ status }) => status === 'queued')
    expect(decisionOf(waiting ?? { decision: '{}' })).toMatchObject({ for: ['quiet-hours'] })
    clock.pass(12 * HOUR)
    await settle()
    expect(handset(ANA)).toHaveLength(1)
  })

  it.each([
    ['regular', 45],
    ['high-volume-long-code', 54],
    ['high-volume-toll-free', 162],
  ] as const)('S1 S2 keeps to the cap of a %s sender, also with two workers', async (kind, most) => {
    const { addSender, addProgram, signUp, queue, worker, provider, clock } = await rig()
    const sender = await addSender('+18885550100', { class: kind })
    const program = await addProgram({ name: 'Capped' }, {}, sender)
    const subjects = await Promise.all(
      Array.from({ length: 20 }, (_, index) => signUp(numberAt(index), program)),
    )
    for (let count = 0; count < most + 30; count++) {
      const subject = subjects[count % subjects.length]
      if (subject) await queue(subject, `Offer ${count}. Reply STOP to opt out.`, { program })
    }
    for (let second = 0; second < 70; second++) {
      await Promise.all([worker.round(), worker.round()])
      clock.pass(1_000)
    }
    const times = provider.received.map(({ at }) => at)
    expect(times.length).toBe(most + 30)
    for (const at of times) {
      expect(times.filter((one) => one > at - MINUTE && one <= at).length).toBeLessThanOrEqual(most)
    }
  })

  it('S1 lets a slot that was taken and not used in time go, and passes the gate again', async () => {
    const { parts, signUp, queue, settle, row, clock, provider, sender } = await rig()
    const subject = await signUp(ANA)
    const id = await queue(subject)
    // The clock moves on between the decision and the handing over.
    const { transaction } = parts.store
    let calls = 0
    const slow = {
      ...parts,
      store: {
        db: parts.store.db,
        transaction: ((run) => {
          if (++calls === 2) clock.pass(SLOT_MS + 1)
          return transaction(run)
        }) as typeof transaction,
      },
    }
    expect(await dispatchSender(slow, sender.id)).toBe(0)
    expect(provider.received).toEqual([])
    expect(await row(id)).toMatchObject({ status: 'queued', slot_at: null })
    await settle()
    expect(provider.received).toHaveLength(1)
  })

  it('enforces what was promised at the sign-up', async () => {
    const { signUp, queue, settle, handset, addProgram, clock, row } = await rig()
    const program = await addProgram({ name: 'Seldom', frequency: { most: 2, days: 7 } })
    const subject = await signUp(ANA, program)
    const ids = []
    for (const text of ['One', 'Two', 'Three']) {
      ids.push(
        await queue(subject, `${text}. Reply STOP to opt out.`, {
          program,
          expiresAt: clock.now() + 30 * DAY,
        }),
      )
    }
    await settle()
    expect(handset(ANA)).toHaveLength(2)
    expect(decisionOf(await row(ids[2] ?? ''))).toMatchObject({ for: ['frequency'] })
    clock.pass(7 * DAY)
    await settle()
    expect(handset(ANA)).toHaveLength(3)
  })

  it('waits for the morning, and is not stale then', async () => {
    const { signUp, queue, settle, handset, clock, row } = await rig()
    const subject = await signUp(ANA)
    clock.pass(12 * HOUR)
    const late = await queue(subject, 'Tonight only. Reply STOP to opt out.', {
      expiresAt: clock.now() + 2 * HOUR,
    })
    await queue(subject)
    await settle()
    expect(handset(ANA)).toEqual([])
    expect(decisionOf(await row(late))).toMatchObject({ because: ['expired'] })
    clock.pass(11 * HOUR)
    await settle()
    expect(handset(ANA)).toEqual([TEXT])
  })

  it('S15 spends no more than the budget, and says what was spent', async () => {
    const { signUp, queue, settle, handset, addProgram, row, store } = await rig()
    const program = await addProgram({ name: 'Thrifty' }, { budget: { most: 25_000, days: 30 } })
    const subject = await signUp(ANA, program)
    const ids = []
    for (const text of ['One', 'Two', 'Three']) {
      ids.push(await queue(subject, `${text}. Reply STOP to opt out.`, { program }))
    }
    await settle()
    expect(handset(ANA)).toHaveLength(2)
    expect(decisionOf(await row(ids[2] ?? ''))).toMatchObject({ verdict: 'block', because: ['budget'] })
    const costs = await store.db.selectFrom('sms_cost').select(['amount', 'is_estimate']).execute()
    expect(costs).toEqual([
      { amount: 10_900, is_estimate: 1 },
      { amount: 10_900, is_estimate: 1 },
    ])
  })

  it('tries again what was provably not taken, after the rest that was asked for, and not for ever', async () => {
    const { signUp, queue, settle, worker, clock, provider, row, raised, store } = await rig()
    const subject = await signUp(ANA)
    const id = await queue(subject)
    provider.answerWith({ is: 'throttled', until: clock.now() + 30_000 })
    await worker.round()
    expect(await row(id)).toMatchObject({ status: 'queued', attempts: 1, slot_at: null })
    expect(await store.db.selectFrom('sms_cost').selectAll().execute()).toEqual([])
    clock.pass(29_000)
    await settle()
    expect(provider.received).toEqual([])
    clock.pass(40_000)
    await settle()
    expect(provider.received).toHaveLength(1)
    const never = await queue(subject, 'Never. Reply STOP to opt out.')
    provider.answerWith(...Array.from({ length: 8 }, () => ({ is: 'throttled', until: 0 }) as const))
    for (let minute = 0; minute < 20; minute++) {
      await worker.round()
      // PostgreSQL takes no part of a millisecond, which SQLite keeps without a word.
      expect((await row(never)).due_at % 1).toBe(0)
      clock.pass(MINUTE)
    }
    expect(await row(never)).toMatchObject({ status: 'dead', attempts: 8 })
    expect(raised).toEqual(['sms.given-up'])
    expect(provider.received).toHaveLength(1)
  })

  it('S7 looks for a message whose answer was lost, and never sends it again', async () => {
    const { signUp, queue, worker, settle, clock, provider, row } = await rig()
    const subject = await signUp(ANA)
    const [one, two] = [await queue(subject), await queue(subject)]
    provider.loseAnswers(1)
    await worker.round()
    // It was found in the same round; the one alike had to wait for that.
    expect(await row(one)).toMatchObject({ status: 'accepted', provider_id: 'memory-1' })
    expect(await row(two)).toMatchObject({ status: 'queued' })
    clock.pass(5_000)
    await settle()
    expect(await row(two)).toMatchObject({ status: 'accepted', provider_id: 'memory-2' })
    expect(provider.received).toHaveLength(2)
  })

  it('S7 gives up what is nowhere to be found, and says so', async () => {
    const { signUp, queue, worker, clock, provider, row, raised } = await rig()
    const id = await queue(await signUp(ANA))
    provider.answerWith({ is: 'unknown' })
    for (let looks = 0; looks < 4; looks++) {
      expect(['queued', 'unknown']).toContain((await row(id)).status)
      await worker.round()
      clock.pass(5_001)
    }
    await worker.round()
    expect(await row(id)).toMatchObject({ status: 'dead', attempts: 1 })
    expect(decisionOf(await row(id))).toMatchObject({ because: ['not-found'] })
    expect(provider.received).toEqual([])
    expect(raised).toEqual(['sms.given-up'])
  })

  it('S16 SX3 sends nothing from a sender that is suspended or not registered', async () => {
    const { signUp, queue, settle, provider, addSender, addProgram, row } = await rig()
    const subject = await signUp(ANA)
    await queue(subject)
    provider.answerWith({ is: 'refused', code: 'SMS-UP-431' })
    await settle()
    const id = await queue(subject)
    await settle()
    expect(decisionOf(await row(id))).toMatchObject({ because: ['sender-suspended'] })
    const draft = await addSender('+12015550101', { campaign: 'Submitted' })
    const program = await addProgram({ name: 'Unregistered' }, {}, draft)
    const unregistered = await queue(await signUp(ANA, program), TEXT, { program })
    await settle()
    expect(decisionOf(await row(unregistered))).toMatchObject({ because: ['campaign'] })
    expect(provider.received.filter(({ from }) => from !== SENDER_NUMBER)).toEqual([])
    expect(provider.received).toEqual([])
  })

  it('S6 S13 S14 blocks what was not to be written, wherever it came from', async () => {
    const { signUp, queue, settle, row, provider } = await rig()
    const subject = await signUp(ANA)
    const ids = [
      await queue(subject, 'Two lattes for one today.'),
      await queue(subject, 'Payday loans up to $900! Reply STOP to opt out.'),
      await queue(subject, 'See https://bit.ly/x. Reply STOP to opt out.', { isApproved: true }),
    ]
    await settle()
    expect(provider.received).toEqual([])
    const because = await Promise.all(ids.map(async (id) => decisionOf(await row(id))))
    expect(because).toMatchObject([
      { because: ['no-opt-out-text'] },
      { because: ['prohibited'] },
      { because: ['prohibited'] },
    ])
  })
})
