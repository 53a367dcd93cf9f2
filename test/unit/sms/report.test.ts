import { describe, expect, it } from 'vitest'
import { readReport } from '../../../sms/index.ts'
import { createMemoryProvider } from '../../../sms/providers/memory.ts'
import { outcomeOf } from '../../../sms/report.ts'
import { createSms } from '../../../sms/sms.ts'
import { DAY, HOUR, numberAt, rig, SENDER_NUMBER } from './outbox/rig.ts'
import { spanOf } from './span.ts'
import { numberOf } from './store/opened.ts'

describe('the report of SMS programs', () => {
  it('S15 S16 S20 counts consents, outcomes by day and reason, opt-outs, budget, caps and what waits, and holds no number', async () => {
    const scene = await rig()
    const { parts, program, clock, provider } = scene
    const span = spanOf(scene)
    const budgeted = await scene.addProgram(
      { name: 'Lantern News', confirmWithin: 2 * HOUR },
      { budget: { most: 50_000, days: 30 } },
    )
    const people = []
    for (let index = 0; index < 5; index++) people.push(await scene.signUp(numberAt(index)))
    await scene.signUp(numberAt(0), budgeted)
    await scene.signUp(numberAt(1), budgeted)
    const [first, second, third, fourth, fifth] = people
    if (!first || !second || !third || !fourth || !fifth) throw new Error('nobody signed up')
    const delivered = await scene.queue(first, 'Delivered.\nReply STOP to opt out.')
    const failed = await scene.queue(second, 'Failed.\nReply STOP to opt out.')
    await scene.queue(third, 'No word yet.\nReply STOP to opt out.')
    await scene.queue(fourth, 'No way out.')
    await scene.queue(fourth, 'In two days.\nReply STOP to opt out.', { dueAt: clock.now() + 2 * DAY })
    await scene.settle()
    const providerId = async (id: string): Promise<string> => (await scene.row(id)).provider_id ?? ''
    const word = { what: 'status', at: clock.now() } as const
    await scene.take({ ...word, uuid: 'w1', id: await providerId(delivered), status: 'delivered' })
    await scene.take({
      ...word,
      uuid: 'w2',
      id: await providerId(failed),
      status: 'delivery-failed',
      code: 'SMS-CAR-411',
    })
    clock.pass(DAY)
    await scene.queue(fifth, 'Taken back.\nReply STOP to opt out.', { dueAt: clock.now() + HOUR })
    await scene.signUp(numberAt(5), budgeted)
    await scene.write(numberAt(4), 'STOP')
    await scene.write(numberAt(0), 'please cancel my order')
    const report = await readReport(parts, program.siteId, span)

    const [deals, news] = ['Lantern Deals', 'Lantern News'].map((name) =>
      report.programs.find((one) => one.name === name),
    )
    expect(deals).toMatchObject({
      name: 'Lantern Deals',
      isConfirmed: false,
      ended: null,
      standings: { active: 4, pending: 0, 'opted-out': 1 },
      optOuts: 1,
      outcomes: { delivered: 1, accepted: 1, failed: 1, blocked: 1, cancelled: 1 },
      budget: null,
    })
    expect(news).toMatchObject({ isConfirmed: true, standings: { active: 0, pending: 1, lapsed: 2 } })
    expect(news?.budget).toEqual({ most: 50_000, days: 30, spent: expect.any(Number) as number })
    expect(report.days.map(({ time }) => time)).toEqual(span.days)
    expect(report.days.map(({ optOuts }) => optOuts)).toEqual([0, 1])
    expect(report.days[0]).toMatchObject({ delivered: 1, failed: 1, blocked: 1, waiting: 0 })
    expect(report.days[1]).toMatchObject({ delivered: 0, cancelled: 1 })
    expect(report.blocked).toEqual([{ reason: 'no-opt-out-text', count: 1 }])
    expect(report.failed).toEqual([{ reason: 'SMS-CAR-411', count: 1, means: 'unreachable' }])
    const [sender] = report.senders
    expect(sender).toMatchObject({ class: 'regular', state: 'active', cap: { most: 50 }, optOuts: 1 })
    // The one in two days, a question for a YES, and the word that STOP was taken.
    expect(report.queue).toMatchObject({ waiting: 3, unclear: 0, dead: 0, unclearAnswers: 1 })
    // Neither of whoever was written to nor of the sender, in any spelling.
    const text = JSON.stringify(report)
    for (const number of [SENDER_NUMBER, ...people.map((_, index) => numberAt(index))]) {
      expect(text).not.toContain(number.slice(-7))
    }
    for (const { text: sent } of provider.received) expect(text).not.toContain(sent)
  })

  it('S15 tells what carriers charged for a sender on these days, once, whoever told it', async () => {
    const scene = await rig()
    const { parts, program, sender, clock, store } = scene
    const other = await scene.addSender('+12015550177')
    await scene.addProgram({ name: 'Lantern News' }, {}, other)
    const sms = createSms(parts, (tokens) => createMemoryProvider(tokens, clock))
    const span = spanOf(scene, 1)
    const told = {
      what: 'fee',
      sender: sender.number,
      amount: 250_000,
      note: 'a month of a campaign',
    } as const
    await scene.take({ ...told, uuid: 'fee-1', at: clock.now() })
    await scene.take({ ...told, uuid: 'fee-1', at: clock.now() })
    await scene.take({ ...told, uuid: 'fee-2', at: span.endMs })
    await scene.take({ ...told, uuid: 'fee-3', sender: numberOf(numberAt(9)), at: clock.now() })
    expect(await sms.senders.addFee(sender.id, 500_000_000, 'a fine', 'terminal')).toMatchObject({
      id: sender.id,
    })
    const entries = await store.db.selectFrom('audit_log').selectAll().orderBy('seq').execute()
    expect(entries.at(-1)).toMatchObject({ action: 'sms.sender.fee', subject: sender.id, reason: 'a fine' })
    for (const amount of [0, -1, 0.5, Number.NaN, 1e13]) {
      expect(await sms.senders.addFee(sender.id, amount, 'a fine', 'terminal')).toMatchObject({ status: 400 })
    }
    expect(await sms.senders.addFee('none', 1, 'a fine', 'terminal')).toMatchObject({ status: 404 })
    const { senders, programs } = await readReport(parts, program.siteId, span)
    expect(new Map(senders.map(({ id, fees }) => [id, fees]))).toEqual(
      new Map([
        [sender.id, 500_250_000],
        [other.id, 0],
      ]),
    )
    expect(programs.map(({ budget }) => budget)).toEqual([null, null])
  })

  it('S15 tells nothing of the programs and senders of another site', async () => {
    const scene = await rig()
    const { parts, program } = scene
    await scene.signUp(numberAt(1))
    const report = await readReport(parts, program.siteId + 1, spanOf(scene))
    expect(report).toMatchObject({ programs: [], senders: [], blocked: [], queue: { waiting: 0 } })
    expect(report.days.every((day) => day.delivered === 0)).toBe(true)
  })

  it('names each state of a message', () => {
    expect(outcomeOf({ status: 'accepted', delivery: 'delivered' })).toBe('delivered')
    expect(outcomeOf({ status: 'accepted', delivery: 'sent' })).toBe('accepted')
    expect(outcomeOf({ status: 'accepted', delivery: 'sending-failed' })).toBe('failed')
    expect(outcomeOf({ status: 'refused', delivery: null })).toBe('failed')
    expect(outcomeOf({ status: 'handed', delivery: null })).toBe('waiting')
    expect(outcomeOf({ status: 'unknown', delivery: null })).toBe('unclear')
    expect(outcomeOf({ status: 'dead', delivery: null })).toBe('dead')
  })
})
