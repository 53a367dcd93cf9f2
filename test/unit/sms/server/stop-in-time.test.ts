import { expect, it } from 'vitest'
import { HOOK_PATH } from '../../../../server/sms/hook-secrets.ts'
import { takeEvents } from '../../../../sms/events.ts'
import { DAY, numberAt, rig, SENDER_NUMBER } from '../outbox/rig.ts'
import { secrets, startHook } from './hook-rig.ts'

const PEOPLE = 100
/** From the webhook's request to the commit after which nothing leaves. */
const IN_FORCE_MS = 1_000

it('S7 STOP is in force within a second of its event, for 99 of 100 people at least', async () => {
  const { parts, signUp, queue, rows, clock } = await rig()
  const took = new Map<string, number>()
  const begun = new Map<string, number>()
  const hook = await startHook(async (events) => {
    await takeEvents(parts, events)
    for (const event of events) {
      if (event.what === 'inbound') took.set(event.id, performance.now() - (begun.get(event.id) ?? Infinity))
    }
  })
  for (let at = 0; at < PEOPLE; at++) {
    const subject = await signUp(numberAt(at))
    await queue(subject, undefined, { dueAt: clock.now() + DAY, expiresAt: clock.now() + 2 * DAY })
  }
  const now = new Date(clock.now()).toISOString()
  for (let at = 0; at < PEOPLE; at++) {
    const id = String(7_000 + at)
    begun.set(id, performance.now())
    const { status } = await fetch(`${hook.url}${HOOK_PATH}${secrets.path}`, {
      method: 'POST',
      headers: { 'verification-token': secrets.verificationToken },
      body: JSON.stringify({
        uuid: `u-${id}`,
        event: '/restapi/v1.0/account/1/a2p-sms/messages?direction=Inbound',
        timestamp: now,
        subscriptionId: 's',
        body: {
          id,
          from: numberAt(at),
          to: [SENDER_NUMBER],
          text: 'STOP',
          direction: 'Inbound',
          messageStatus: 'Delivered',
          creationTime: now,
          lastModifiedTime: now,
        },
      }),
    })
    expect(status).toBe(200)
  }
  await hook.hook.settled()
  expect(took.size).toBe(PEOPLE)
  expect((await rows('program')).map(({ status }) => status)).toEqual(Array(PEOPLE).fill('cancelled'))
  const inOrder = [...took.values()].toSorted((one, other) => one - other)
  const [median = Infinity, p99 = Infinity] = [inOrder[PEOPLE / 2], inOrder[PEOPLE - 2]]
  console.log(`STOP in force: median ${median.toFixed(1)} ms, 99 % within ${p99.toFixed(1)} ms`)
  expect(p99).toBeLessThan(IN_FORCE_MS)
})
