import { describe, expect, it } from 'vitest'
import { proofText, type SmsProof } from '../../../../server/sms/proof/bundle.ts'
import { proofPage } from '../../../../server/sms/proof/page.ts'
import { verifyProof } from '../../../../server/sms/proof/verify.ts'
import { smsSigner } from '../../../../server/sms/ports.ts'
import { eraseSubject } from '../../../../sms/index.ts'
import { rowsOf } from '../../store/opened.ts'
import { BY, NUMBER, SENDER, startLife, type Life } from '../life.ts'

const verify = ({ publicKey }: Life, proof: SmsProof): readonly string[] => {
  const { faults, remarks } = verifyProof(proofText(proof), publicKey.x)
  return [...faults, ...remarks]
}

describe('S11 a proof of what is in the store', () => {
  it('S11 S4 shows consent, confirmation and opt-out, and verifies; the number is masked', async () => {
    const life = await startLife()
    await life.signUp('+13125550199')
    const subject = await life.signUp()
    await life.stop(subject, 'STOP')
    const proof = await life.proofs({ subjectId: subject.id, isUnmasked: false }, BY)
    expect(verify(life, proof)).toEqual([])
    expect(proof.entries.map(({ row }) => row.event)).toEqual([
      'consent-written',
      'yes',
      'opt-out',
      'disclosed',
    ])
    expect(proof.subject).toEqual({ id: subject.id, number: '+1••••••0123' })
    expect(proof.programs).toMatchObject([
      { name: 'Lantern Deals', sender: SENDER, standing: 'opted-out', confirms: true },
    ])
    const text = proofText(proof)
    expect(text).toContain('Consent is not a condition of any purchase')
    expect(text).not.toContain('2015550123')
    expect(text).not.toContain('5550199')
    const page = proofPage(proof, smsSigner(life.keys.lasting))
    expect(verifyProof(page, life.publicKey.x).faults).toEqual([])
  })

  it('S11 S20 unmasked it shows number and texts; masked it withholds what may hold one, and both verify', async () => {
    const life = await startLife()
    const subject = await life.signUp()
    await life.stop(subject, 'STOP texting (201) 555-0123')
    const masked = await life.proofs({ subjectId: subject.id, isUnmasked: false }, BY)
    expect(masked.entries.map(({ shown }) => shown === null)).toEqual([false, false, true, false])
    expect(masked.messages.map(({ body }) => body)).toEqual([null])
    const open = await life.proofs({ subjectId: subject.id, isUnmasked: true }, BY)
    expect(open.subject.number).toBe(NUMBER)
    expect(proofText(open)).toContain('STOP texting (201) 555-0123')
    expect(open.messages[0]?.body).toContain('reply YES')
    expect([verify(life, masked), verify(life, open)]).toEqual([[], []])
  })

  it('S21 S20 that it was made is in the subject’s ledger and in the audit log, with the reason', async () => {
    const life = await startLife()
    const subject = await life.signUp()
    await life.proofs(
      {
        subjectId: subject.id,
        isUnmasked: true,
        basis: 'court_order',
        days: { from: '2026-11-01', to: '2026-11-30' },
      },
      BY,
    )
    const last = (await life.parts.ledger.read(life.sms.db, subject)).at(-1)
    expect(last).toMatchObject({
      entry: { event: 'disclosed', actor: 'terminal', method: 'disclosure' },
      opened: { payload: { reason: BY.reason, masked: false, basis: 'court_order', from: '2026-11-01' } },
    })
    const [row] = await rowsOf(life.store, 'audit_log', "WHERE action = 'sms.proof.exported'")
    expect(row).toMatchObject({ actor: 'terminal', subject: subject.id, reason: BY.reason })
    expect(JSON.stringify(row)).not.toContain('5550123')
  })

  it('S23 R2.7 of some days it holds those days, and of nobody else a thing', async () => {
    const life = await startLife()
    const subject = await life.signUp()
    const other = await life.signUp('+13125550199')
    life.clock.pass(3 * 24 * 3_600_000)
    await life.stop(subject)
    const on = (from: string, to: string): Promise<SmsProof> =>
      life.proofs({ subjectId: subject.id, isUnmasked: true, basis: 'court_order', days: { from, to } }, BY)
    const first = await on('2026-11-24', '2026-11-25')
    expect(first.entries.map(({ row }) => row.event)).toEqual(['consent-written', 'yes'])
    expect(first.messages).toHaveLength(1)
    const second = await on('2026-11-26', '2026-11-27')
    expect(second.entries.map(({ row }) => row.event)).toEqual(['opt-out', 'disclosed', 'disclosed'])
    expect(second.messages).toEqual([])
    for (const proof of [first, second]) {
      expect(verify(life, proof)).toEqual([])
      expect(proofText(proof)).not.toContain(other.id)
    }
  })

  it('S21 is refused of a ledger that was changed, and of somebody who was erased or never was', async () => {
    const life = await startLife()
    const subject = await life.signUp()
    const ask = (subjectId: string): Promise<SmsProof> => life.proofs({ subjectId, isUnmasked: false }, BY)
    await expect(ask('none')).rejects.toMatchObject({ status: 404 })
    await life.tamper("UPDATE sms_ledger SET occurred_at = '2020-01-01T00:00:00Z' WHERE seq = 1")
    await expect(ask(subject.id)).rejects.toMatchObject({ status: 409 })
    const fresh = await startLife()
    const erased = await fresh.signUp()
    await fresh.sms.transaction((transaction) =>
      eraseSubject(transaction, fresh.parts, erased, { actor: 'terminal', method: 'request' }),
    )
    await expect(fresh.proofs({ subjectId: erased.id, isUnmasked: true }, BY)).rejects.toMatchObject({
      status: 404,
    })
  })

  it('S5 S7 what is sent names the entry that allowed it; one after the opt-out would show', async () => {
    const life = await startLife()
    const subject = await life.signUp()
    const [consent] = await life.parts.ledger.read(life.sms.db, subject)
    const queue = async (entryId: string): Promise<void> => {
      await life.sms.transaction((transaction) =>
        life.parts.messages.add(transaction, {
          subject,
          senderId: life.program.senderId,
          programId: life.program.id,
          purpose: 'program',
          text: `Two for one. Reply STOP to opt out. ${life.clock.now()}`,
          isAutomated: true,
          dueAt: life.clock.now(),
          expiresAt: life.clock.now() + 3_600_000,
        }),
      )
      await life.tamper(`UPDATE sms_message SET consent_entry_id = ? WHERE status = 'queued'`, entryId)
    }
    const hand = (): Promise<number> =>
      life.tamper(
        `UPDATE sms_message SET status = 'accepted', handed_at = ? WHERE status = 'queued'`,
        life.clock.now(),
      )
    await hand()
    life.clock.pass(60_000)
    await queue(consent?.entry.id ?? '')
    await hand()
    life.clock.pass(60_000)
    await life.stop(subject)
    expect(verify(life, await life.proofs({ subjectId: subject.id, isUnmasked: false }, BY))).toEqual([])
    life.clock.pass(60_000)
    await queue(consent?.entry.id ?? '')
    await hand()
    const after = verify(life, await life.proofs({ subjectId: subject.id, isUnmasked: false }, BY))
    expect(after).toEqual([expect.stringContaining('after an opt-out')])
  })
})
