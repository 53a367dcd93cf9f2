import { expect, it, onTestFinished } from 'vitest'
import { auditSigner, createAuditLog } from '../../../../server/audit/log.ts'
import { silentLog } from '../../../../server/log.ts'
import { createSites } from '../../../../server/sites/registry.ts'
import { openSms } from '../../../../server/sms/open.ts'
import { startSimulator } from '../../../../sms/simulator/index.ts'
import { clockOf, toMorning } from '../../../faults/sms-clock.ts'
import { fill, sendersOf, simulatedClock } from '../../../faults/sms-crowd.ts'
import { eventually } from '../../../support/product.ts'
import { dataKeysOf } from '../../../support/sms-keys.ts'
import { openedStore } from '../../store/opened.ts'

const moved = toMorning()
const clock = clockOf(moved)

it('S7 whoever said STOP while the server was away is heard before anything goes out', async () => {
  const numbers = sendersOf(3)
  const simulator = await startSimulator({ clock: simulatedClock(moved), numbers, limits: { light: 5_000 } })
  onTestFinished(() => simulator.close())
  // So that the lists take longer than it takes to be able to send.
  simulator.faults.latencyMs = 600
  const store = await openedStore()
  const dataKeys = await dataKeysOf(store, clock)
  const { clientId, clientSecret, jwt } = simulator.settings
  const opened = openSms({
    config: {
      ringCentral: { url: simulator.url, clientId, clientSecret, jwt },
      // Where nobody listens: only the lists tell.
      publicUrl: 'http://127.0.0.1:9',
    },
    store,
    dataKeys,
    audit: createAuditLog({ store, clock, signer: auditSigner(dataKeys.lasting) }),
    clock,
    log: silentLog,
    alarm: { raise: () => undefined },
  })
  onTestFinished(() => opened.close())
  const site = await createSites({ store, clock }).add({ domain: 'lantern.example' })
  const people = await fill(opened.sms.parts, site.id, numbers, 9)
  const [gone, ...others] = people
  if (!gone) throw new Error('nobody is there')
  simulator.inbound({ from: gone.number, to: gone.sender, text: 'Please take me off your list' })
  // As somebody does who has just queued something: nothing goes out before it has begun.
  opened.kick()
  opened.begin()
  await eventually(
    async () => simulator.received,
    (received) => received.filter(({ by }) => by === 'api').length >= others.length * 3,
    40,
  )
  expect(simulator.received.filter(({ to, text }) => to === gone.number && text.startsWith('Offer'))).toEqual(
    [],
  )
  const rows = await store.db
    .selectFrom('sms_message')
    .select('status')
    .where('subject_id', '=', gone.subjectId)
    .where('purpose', '=', 'program')
    .execute()
  expect(rows.map(({ status }) => status)).toEqual(['cancelled', 'cancelled', 'cancelled'])
})
