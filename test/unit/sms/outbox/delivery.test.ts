import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { afterWord } from '../../../../sms/delivery.ts'
import type { DeliveryWord } from '../../../../sms/provider.ts'
import { alarmOf } from '../../../../sms/sender-health.ts'
import { DELIVERIES } from '../../../../sms/store/tables.ts'
import { numberAt, rig } from './rig.ts'

const ANA = numberAt(1)
const word = (
  id: string,
  status: DeliveryWord['status'],
  more: Partial<DeliveryWord> = {},
): DeliveryWord => ({
  what: 'status',
  uuid: `${id}-${status}`,
  id,
  status,
  at: 1,
  ...more,
})

describe('what a provider tells of a message', () => {
  it('goes forward only, and loses no error', () => {
    const statuses = fc.constantFrom(...DELIVERIES)
    const words = fc.array(fc.tuple(statuses, fc.option(fc.constantFrom('SMS-CAR-400', 'SMS-UP-500'))))
    const rank = (status: string | null): number =>
      status === null ? -1 : Math.min(2, DELIVERIES.indexOf(status as never))
    fc.assert(
      fc.property(words, (told) => {
        let row: Parameters<typeof afterWord>[0] = { delivery: null, error_code: null, anomaly: null }
        let first: string | null = null
        for (const [status, code] of told) {
          const next = { ...row, ...afterWord(row, word('m', status, code === null ? {} : { code })) }
          expect(rank(next.delivery)).toBeGreaterThanOrEqual(rank(row.delivery))
          if (rank(row.delivery) === 2) expect(next.delivery).toBe(row.delivery)
          first ??= code
          expect(next.error_code).toBe(first)
          row = next
        }
      }),
    )
  })

  it('S15 S16 may come before the answer that tells its id, twice and in any order', async () => {
    const { signUp, queue, settle, take, row, store } = await rig()
    const subject = await signUp(ANA)
    expect(await take(word('memory-1', 'delivered', { cost: 8_100 }))).toBe('taken')
    expect(await take(word('memory-1', 'delivered', { cost: 8_100 }))).toBe('known')
    expect(await take(word('memory-1', 'sent'))).toBe('taken')
    const id = await queue(subject)
    await settle()
    expect(await row(id)).toMatchObject({ status: 'accepted', delivery: 'delivered' })
    expect(await store.db.selectFrom('sms_cost').select(['amount', 'is_estimate']).execute()).toEqual([
      { amount: 8_100, is_estimate: 0 },
    ])
    await take(word('memory-1', 'delivery-failed', { code: 'SMS-CAR-400' }))
    expect(await row(id)).toMatchObject({
      delivery: 'delivered',
      anomaly: 'delivery-failed SMS-CAR-400',
      error_code: 'SMS-CAR-400',
    })
  })

  it.each([
    ['SMS-UP-431', 'suspended', 'sms.sender-suspended'],
    ['SMS-CAR-461', 'suspended', 'sms.sender-suspended'],
    ['SMS-CAR-450', 'restricted', 'sms.sender-restricted'],
    ['SMS-CAR-451', 'restricted', 'sms.sender-restricted'],
    ['SMS-CAR-452', 'restricted', 'sms.sender-restricted'],
  ])('S16 S21 %s makes its sender %s, which is told and written down', async (code, state, alarm) => {
    const { signUp, queue, settle, take, parts, store, sender, raised } = await rig()
    await queue(await signUp(ANA))
    await settle()
    await take(word('memory-1', 'delivery-failed', { code }))
    expect(await parts.senders.byId(store.db, sender.id)).toMatchObject({ state, stateReason: code })
    expect(raised).toEqual([alarm])
    const log = await store.db.selectFrom('audit_log').selectAll().execute()
    expect(log.at(-1)).toMatchObject({ action: 'sms.sender.state', subject: sender.id, actor: 'server' })
    expect(log.at(-1)?.detail).toContain(code)
  })

  it('that nobody has the number ends messages to it, and is no word about consent', async () => {
    const { signUp, queue, settle, take, row } = await rig()
    const subject = await signUp(ANA)
    await queue(subject)
    await settle()
    await take(word('memory-1', 'delivery-failed', { code: 'SMS-CAR-411' }))
    const second = await queue(subject)
    await settle()
    expect(JSON.parse((await row(second)).decision)).toMatchObject({ because: ['unreachable'] })
  })

  it('S16b makes a sender wait for a person when many opt out or fail', async () => {
    expect(alarmOf({ sent: 99, delivered: 0, failed: 99, optOuts: 99 })).toBeUndefined()
    expect(alarmOf({ sent: 100, delivered: 95, failed: 5, optOuts: 5 })).toBeUndefined()
    expect(alarmOf({ sent: 100, delivered: 95, failed: 5, optOuts: 6 })).toBe('opt-out-rate')
    expect(alarmOf({ sent: 100, delivered: 79, failed: 21, optOuts: 0 })).toBe('failure-rate')
    const { signUp, queue, worker, write, parts, store, sender, clock, raised } = await rig()
    const subjects = await Promise.all(Array.from({ length: 10 }, (_, index) => signUp(numberAt(index))))
    for (let count = 0; count < 110; count++) {
      const subject = subjects[count % 10]
      if (subject) await queue(subject, `Offer ${count}. Reply STOP to opt out.`)
    }
    for (let second = 0; second < 200; second++) {
      await worker.round()
      clock.pass(1_000)
    }
    for (let index = 0; index < 6; index++) await write(numberAt(index), 'STOP')
    await worker.watch()
    expect(await parts.senders.byId(store.db, sender.id)).toMatchObject({
      state: 'restricted',
      stateReason: 'opt-out-rate',
    })
    expect(raised).toEqual(['sms.sender-restricted'])
    // A person has looked: what was before does not hold it back again.
    clock.pass(1)
    await store.transaction((transaction) =>
      parts.senders.setState(transaction, sender.id, 'active', 'the list was bad'),
    )
    await worker.watch()
    expect(await parts.senders.byId(store.db, sender.id)).toMatchObject({ state: 'active' })
  })
})
