import { describe, expect, it } from 'vitest'
import { createAccounts } from '../../../server/accounts/accounts.ts'
import { createSealed } from '../../../server/accounts/sealed.ts'
import { auditSigner, createAuditLog } from '../../../server/audit/log.ts'
import { applyErasures } from '../../../server/backup/apply-erasures.ts'
import { createMark, erasuresOf } from '../../../server/backup/erasures.ts'
import { dumpStore, fillStore } from '../../../server/backup/store-dump.ts'
import type { Section } from '../../../server/backup/archive.ts'
import { DATA_KEYS, LASTING } from '../store/keys.ts'
import { movedClock, openedStore, rowsOf } from '../store/opened.ts'

const clock = movedClock()

describe('accounts that were removed after a backup', () => {
  it('R4.8 are removed again when it is restored, and no others', async () => {
    const store = await openedStore()
    const audit = createAuditLog({ store, clock, signer: auditSigner(LASTING) })
    const accounts = createAccounts({ store, clock, sealed: createSealed(DATA_KEYS), audit })
    for (const email of ['ana@example.org', 'ben@example.org']) {
      await accounts.add({ email, role: 'analyst', sites: 'all' }, { actor: 'terminal' })
    }
    const backedUp: Section[] = []
    for await (const section of dumpStore(store)) backedUp.push(section)
    const [gone, kept] = (await rowsOf(store, 'account', 'ORDER BY id')).map(({ id }) => id)
    await accounts.remove(gone ?? '', { actor: 'terminal' })

    const erased = new Set(await erasuresOf(store, createMark(LASTING)))
    expect(erased.size).toBe(1)
    const restored = await openedStore()
    const applied = await restored.transaction(async (transaction) => {
      for (const section of backedUp) await fillStore(transaction, section)
      return applyErasures({ transaction, lasting: LASTING, erased, now: clock.now() })
    })
    expect(applied).toEqual({ receipts: 0, accounts: 1 })
    expect((await rowsOf(restored, 'account')).map(({ id }) => id)).toEqual([kept])
  })
})
