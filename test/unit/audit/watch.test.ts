import { expect, it } from 'vitest'
import { auditSigner, createAuditLog } from '../../../server/audit/log.ts'
import { createAuditWatch } from '../../../server/audit/watch.ts'
import { LASTING } from '../store/keys.ts'
import { dataFolder, listen, movedClock, openedStore, tamperer } from '../store/opened.ts'

it('R4.5 R4.9 the server tells when the audit log is not as it was written, each time that it looks', async () => {
  const dataDir = dataFolder()
  const store = await openedStore(dataDir)
  const signer = auditSigner(LASTING)
  const audit = createAuditLog({ store, clock: movedClock(), signer })
  for (const site of ['one.example', 'two.example']) {
    await audit.record({ actor: 'terminal', action: 'site.added', site })
  }
  const { log, lines } = listen()
  let told = 0
  const watch = createAuditWatch({
    store,
    publicKey: signer.publicKey,
    log: { warn: log.warn, error: log.warn },
    onLook: (isBroken) => (told += Number(isBroken)),
  })
  const faults = (): (number | undefined)[] => watch.readings().map(({ read }) => read())

  await watch.look()
  expect([told, faults(), lines]).toEqual([0, [0], []])
  const tamper = await tamperer(dataDir)
  expect(await tamper("UPDATE audit_log SET site = 'three.example' WHERE seq = 1")).toBe(1)
  await watch.look()
  await watch.look()
  expect([told, faults()]).toEqual([2, [1]])
  expect(lines).toEqual(Array.from({ length: 2 }, () => expect.stringContaining('not as it was written')))

  await store.close()
  await watch.look()
  expect(told, 'a store that cannot be read is not a log that was changed').toBe(2)
  expect(lines[2]).toContain('could not be read')
})
