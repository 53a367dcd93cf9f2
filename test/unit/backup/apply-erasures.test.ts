import { describe, expect, it } from 'vitest'
import { createAccounts } from '../../../server/accounts/accounts.ts'
import { createSealed } from '../../../server/accounts/sealed.ts'
import { auditSigner, createAuditLog } from '../../../server/audit/log.ts'
import { applyErasures } from '../../../server/backup/apply-erasures.ts'
import { createSubjectEraser } from '../../../server/sms/erase-again.ts'
import { createMark, erasuresOf } from '../../../server/backup/erasures.ts'
import { emailSigner, verifyEmailLedger } from '../../../server/beacons/ledger.ts'
import { createRecipients } from '../../../server/beacons/recipients.ts'
import { createSites } from '../../../server/sites/registry.ts'
import { dumpStore, fillStore } from '../../../server/backup/store-dump.ts'
import type { Section } from '../../../server/backup/archive.ts'
import { createSubjectActs } from '../../../server/sms/subjects/subject-acts.ts'
import { BY, startLife } from '../sms/life.ts'
import { DATA_KEYS, LASTING } from '../store/keys.ts'
import { movedClock, openedStore, rowsOf } from '../store/opened.ts'

const clock = movedClock()

describe('recipients of mails that were erased after a backup', () => {
  it('R4.8 are erased again when it is restored, and no others; the ledger goes on', async () => {
    const store = await openedStore()
    const site = await createSites({ store, clock }).add({ domain: 'example.com' })
    const signer = emailSigner(LASTING)
    const recipients = createRecipients({ store, dataKeys: DATA_KEYS, signer, clock })
    const given = { event: 'given', purposes: ['email_open'], copy: 'May we?', method: 'form' } as const
    const [gone = '', kept] = await recipients.record(
      site.id,
      ['ana@example.org', 'ben@example.org'].map((email) => ({ ...given, email, purposes: ['email_open'] })),
      'api',
    )
    const backedUp: Section[] = []
    for await (const section of dumpStore(store)) backedUp.push(section)
    await recipients.erase(site.id, { id: gone })
    const erased = new Set(await erasuresOf(store, createMark(LASTING)))
    const restored = await openedStore()
    const applied = await restored.transaction(async (transaction) => {
      for (const section of backedUp) await fillStore(transaction, section)
      const eraseSubject = createSubjectEraser(DATA_KEYS, clock)
      return applyErasures({ transaction, lasting: LASTING, erased, eraseSubject, now: clock.now() })
    })
    expect(applied).toEqual({ receipts: 0, accounts: 0, recipients: 1, subjects: 0 })
    expect((await rowsOf(restored, 'email_recipient')).map(({ id }) => id)).toEqual([kept])
    expect(await verifyEmailLedger(restored, site.id, signer.publicKey)).toMatchObject({
      rows: 3,
      faults: [],
    })
  })
})

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
      return applyErasures({
        transaction,
        lasting: LASTING,
        erased,
        eraseSubject: createSubjectEraser(DATA_KEYS, clock),
        now: clock.now(),
      })
    })
    expect(applied).toEqual({ receipts: 0, accounts: 1, recipients: 0, subjects: 0 })
    expect((await rowsOf(restored, 'account')).map(({ id }) => id)).toEqual([kept])
  })
})

describe('people with phones who were erased after a backup', () => {
  it('S22 R4.8 are erased again when it is restored: nothing of them opens, and lists stay shut to them', async () => {
    const life = await startLife()
    const gone = await life.signUp('+12015550123')
    const kept = await life.signUp('+13125550199')
    const backedUp: Section[] = []
    for await (const section of dumpStore(life.store)) backedUp.push(section)
    const notes: string[] = []
    const acts = createSubjectActs({
      sms: life.parts,
      store: life.store,
      onErased: async (id) => void notes.push(id),
    })
    await acts.erase(gone.id, BY)
    expect(notes).toEqual([gone.id])
    const mark = createMark(life.keys.lasting)
    const erased = new Set(await erasuresOf(life.store, mark))
    expect(erased).toContain(mark('sms-subject', gone.id))

    const restored = await openedStore()
    const applied = await restored.transaction(async (transaction) => {
      for (const section of backedUp) await fillStore(transaction, section)
      return applyErasures({
        transaction,
        lasting: life.keys.lasting,
        erased,
        eraseSubject: createSubjectEraser(life.keys, clock),
        now: clock.now(),
      })
    })
    expect(applied).toEqual({ receipts: 0, accounts: 0, recipients: 0, subjects: 1 })
    const rows = await rowsOf(restored, 'sms_subject')
    const open = rows.filter(({ number, wrapped_key: key }) => number !== null && key !== null)
    expect([rows.length, open.map(({ id }) => id)]).toEqual([2, [kept.id]])
    const ledger = await rowsOf(restored, 'sms_ledger', 'ORDER BY seq')
    expect(ledger.filter((row) => row.subject_id === gone.id).every(({ payload }) => payload === null)).toBe(
      true,
    )
    expect(ledger.at(-1)).toMatchObject({ event: 'erased', method: 'restore', subject_id: gone.id })
    expect(await rowsOf(restored, 'sms_suppression')).toHaveLength(1)
  })
})
