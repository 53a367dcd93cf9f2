import { describe, expect, it } from 'vitest'
import { isSigned } from '../../../../server/chain/signer.ts'
import { smsSigner } from '../../../../server/sms/ports.ts'
import { commitmentOf, type LedgerHead } from '../../../../sms/store/ledger-entry.ts'
import { createLedger, type Ledger } from '../../../../sms/store/ledger.ts'
import { createSubjects, type Subject, type Subjects } from '../../../../sms/store/subjects.ts'
import { verifyLedger } from '../../../../sms/store/verify-ledger.ts'
import { keptIn, rowsOf } from '../../store/opened.ts'
import { numberOf, smsScene, type SmsScene } from './opened.ts'

interface Scene extends SmsScene {
  subjects: Subjects
  subject: Subject
  ledger: Ledger
  faults(kept?: readonly LedgerHead[]): Promise<string[]>
}

const ENTRIES = 5
const PAYLOAD = { disclosure: 'By signing up you agree to recurring texts of Lantern Deals.' }

async function scene(): Promise<Scene> {
  const opened = await smsScene()
  const { sms, chain, keys } = opened
  const [subjects, ledger] = [createSubjects(opened), createLedger(opened)]
  const { publicKey } = smsSigner(keys.lasting)
  const subject = await sms.transaction(async (transaction) => {
    const made = await subjects.findOrMake(transaction, numberOf('+12015550123'))
    for (let count = 0; count < ENTRIES; count++) {
      await ledger.append(transaction, made, {
        event: 'consent-written',
        programId: 'program',
        occurredAt: '2026-11-24T04:30:00-05:00',
        actor: 'subject',
        method: 'web-form',
        payload: { ...PAYLOAD, count },
      })
    }
    return made
  })
  return {
    ...opened,
    subjects,
    ledger,
    subject,
    faults: async (kept) => {
      const said = await verifyLedger(
        sms.db,
        chain,
        (text, signature) => isSigned(publicKey, text, signature),
        kept,
      )
      return said.faults
    },
  }
}

describe('S4 S21 the SMS ledger', () => {
  it('S4 S10 keeps each entry with when, how, by whom and on what words', async () => {
    const { sms, ledger, subject, chain, faults } = await scene()
    const [first, ...more] = await ledger.read(sms.db, subject)
    expect(more).toHaveLength(ENTRIES - 1)
    expect(first).toMatchObject({
      entry: {
        seq: 1,
        subject: subject.id,
        program: 'program',
        event: 'consent-written',
        occurredAt: '2026-11-24T04:30:00-05:00',
        recordedAt: '2026-11-24T10:00:00.000Z',
        actor: 'subject',
        method: 'web-form',
      },
      opened: { payload: { ...PAYLOAD, count: 0 } },
    })
    const { salt = '', payload = {} } = first?.opened ?? {}
    expect(first?.entry.commitment).toBe(commitmentOf(chain, salt, payload))
    expect(await ledger.head(sms.db)).toMatchObject({ seq: ENTRIES, hash: more.at(-1)?.hash })
    expect(await faults()).toEqual([])
  })

  it.each([
    ['a changed row', "UPDATE sms_ledger SET method = 'paper' WHERE seq = 3", ['Row 3 was changed.']],
    [
      'a row left out',
      'DELETE FROM sms_ledger WHERE seq = 3',
      [
        'Row 4 stands where row 3 should be: rows are missing, moved or added.',
        'Row 4 does not continue the row before it.',
      ],
    ],
    [
      'rows cut off',
      'DELETE FROM sms_ledger WHERE seq > 3',
      ['The ledger ends at row 3, but row 5 was signed on 2026-11-24T10:00:00.000Z: rows are cut off.'],
    ],
    [
      'a head cut off with them',
      'DELETE FROM sms_ledger_head',
      ['The signed head is gone: nothing shows whether rows are cut off.'],
    ],
  ])('S21 shows %s', async (_, statement, expected) => {
    const { tamper, faults } = await scene()
    expect(await tamper(statement)).toBeGreaterThan(0)
    expect(await faults()).toEqual(expected)
  })

  it('S21 shows rows that changed places', async () => {
    const { tamper, faults } = await scene()
    await tamper('UPDATE sms_ledger SET seq = 99 WHERE seq = 2')
    await tamper('UPDATE sms_ledger SET seq = 2 WHERE seq = 3')
    await tamper('UPDATE sms_ledger SET seq = 3 WHERE seq = 99')
    expect(await faults()).toEqual(
      expect.arrayContaining(['Row 2 was changed.', 'Row 2 does not continue the row before it.']),
    )
  })

  it('S21 shows by a head that was kept elsewhere what was written anew', async () => {
    const { sms, ledger, faults, tamper } = await scene()
    const head = (await ledger.head(sms.db)) as LedgerHead
    await tamper('DELETE FROM sms_ledger WHERE seq > 2')
    await tamper('UPDATE sms_ledger_head SET seq = 2')
    expect(await faults([head])).toContain(
      'The ledger ends at row 2, but row 5 was signed on 2026-11-24T10:00:00.000Z: rows are cut off.',
    )
  })

  it('S22 still holds when the key of a subject is gone, and nothing of theirs opens', async () => {
    const { sms, subjects, subject, faults, store } = await scene()
    await sms.transaction((transaction) => subjects.forget(transaction, subject, { is: 'erased', at: 1 }))
    expect(await faults()).toEqual([])
    const rows = await rowsOf(store, 'sms_ledger')
    expect(rows).toHaveLength(ENTRIES)
    expect(await subjects.byId(sms.db, subject.id)).toEqual({ id: subject.id, erasedAt: expect.any(Number) })
  })

  it('S18 keeps what entries say sealed', async () => {
    const { dataDir, store } = await scene()
    for (const [name, bytes] of await keptIn(dataDir, store)) {
      expect([name, bytes.includes('By signing up you agree')]).toEqual([name, false])
    }
  })
})
