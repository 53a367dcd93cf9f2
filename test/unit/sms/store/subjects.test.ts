import { describe, expect, it } from 'vitest'
import { isKnown, createSubjects, type Subjects } from '../../../../sms/store/subjects.ts'
import { openDataKeys } from '../../../../server/store/data-keys.ts'
import { masterKey } from '../../store/keys.ts'
import { keptIn, rowsOf } from '../../store/opened.ts'
import { numberOf, smsScene, type SmsScene } from './opened.ts'

const NUMBER = numberOf('+12015550123')
const OTHER = numberOf('+12125550123')

async function scene(): Promise<SmsScene & { subjects: Subjects }> {
  const opened = await smsScene()
  return { ...opened, subjects: createSubjects(opened) }
}

describe('the subjects of the SMS module', () => {
  it('are found by their number and called by a random id', async () => {
    const { sms, subjects } = await scene()
    expect(await subjects.find(sms.db, NUMBER)).toBeUndefined()
    const made = await sms.transaction((transaction) => subjects.findOrMake(transaction, NUMBER))
    const again = await sms.transaction((transaction) => subjects.findOrMake(transaction, NUMBER))
    expect(again.id).toBe(made.id)
    expect(made.id).toMatch(/^[0-9a-f]{32}$/)
    expect((await subjects.find(sms.db, NUMBER))?.number.reveal()).toBe('+12015550123')
    const other = await sms.transaction((transaction) => subjects.findOrMake(transaction, OTHER))
    expect(other.id).not.toBe(made.id)
    expect(await subjects.byId(sms.db, 'f'.repeat(32))).toBeUndefined()
  })

  it('keep the place that they told, and count opt-outs', async () => {
    const { sms, subjects } = await scene()
    const place = { zone: 'America/Denver', region: 'CO', country: 'US' } as const
    await sms.transaction(async (transaction) => {
      const subject = await subjects.findOrMake(transaction, NUMBER)
      await subjects.setPlace(transaction, subject, place)
      expect(await subjects.nextEpoch(transaction, subject)).toBe(1)
      expect(await subjects.nextEpoch(transaction, subject)).toBe(2)
    })
    expect(await subjects.find(sms.db, NUMBER)).toMatchObject({ place, epoch: 2, elsewhere: { is: 'none' } })
  })

  it('S18 stand in no file in plain text, and open with their key only', async () => {
    const { sms, subjects, store, dataDir, clock } = await scene()
    const subject = await sms.transaction((transaction) => subjects.findOrMake(transaction, NUMBER))
    for (const [name, bytes] of await keptIn(dataDir, store)) {
      expect([name, bytes.includes('2015550123'), bytes.includes('America/')]).toEqual([name, false, false])
    }
    await expect(openDataKeys({ store, master: masterKey('other'), clock })).rejects.toThrow(
      'The store was sealed with another key',
    )
    const other = await sms.transaction((transaction) => subjects.findOrMake(transaction, OTHER))
    const [row] = await rowsOf(store, 'sms_subject', `WHERE id = '${subject.id}'`)
    expect(() =>
      other.envelope.open(row?.number ?? '', { table: 'sms_subject', row: subject.id, column: 'number' }),
    ).toThrow('another key')
  })

  it('S18 show when somebody has swapped or changed what is sealed', async () => {
    const { sms, subjects, store, tamper } = await scene()
    const [one, two] = await sms.transaction(async (transaction) => [
      await subjects.findOrMake(transaction, NUMBER),
      await subjects.findOrMake(transaction, OTHER),
    ])
    const [row] = await rowsOf(store, 'sms_subject', `WHERE id = '${two?.id}'`)
    await tamper(
      `UPDATE sms_subject SET number = '${row?.number}', wrapped_key = '${row?.wrapped_key}' WHERE id = '${one?.id}'`,
    )
    await expect(subjects.byId(sms.db, one?.id ?? '')).rejects.toThrow('was changed, or belongs to another')
  })

  it('S22 once forgotten are no more than an id, and their number begins where it was left', async () => {
    const { sms, subjects, store } = await scene()
    const left = { is: 'erased', at: 5 } as const
    const erased = await sms.transaction(async (transaction) => {
      const subject = await subjects.findOrMake(transaction, NUMBER)
      await subjects.forget(transaction, subject, left)
      return subject
    })
    const found = await subjects.byId(sms.db, erased.id)
    expect(found && isKnown(found)).toBe(false)
    expect(await subjects.find(sms.db, NUMBER)).toBeUndefined()
    expect(await rowsOf(store, 'sms_subject')).toMatchObject([
      { number: null, number_index: null, wrapped_key: null, place: null },
    ])
    const again = await sms.transaction((transaction) => subjects.findOrMake(transaction, NUMBER))
    expect(again.id).not.toBe(erased.id)
    expect(again.elsewhere).toEqual(left)
    const indexes = [
      ...(await rowsOf(store, 'sms_subject')).map((row) => row.number_index),
      ...(await rowsOf(store, 'sms_suppression')).map((row) => row.number_index),
    ].filter((index) => index !== null)
    expect(new Set(indexes).size).toBe(2)
  })
})
