import { describe, expect, it } from 'vitest'
import { importConsent, signUp, type SignedUp } from '../../../sms/index.ts'
import type { StoredProgram } from '../../../sms/store/programs.ts'
import { rowsOf } from '../store/opened.ts'
import { consentNow, NUMBER, startLife, type Life } from './life.ts'
import { numberOf } from './store/opened.ts'

const DAY = 24 * 3_600_000

const sign = (life: Life, program: StoredProgram = life.program, number = NUMBER): Promise<SignedUp> =>
  life.sms.transaction((transaction) =>
    signUp(transaction, life.parts, program, {
      number: numberOf(number),
      consent: consentNow(life.clock.now()),
      payload: { form: 'hash' },
    }),
  )

const questions = async (life: Life): Promise<number> =>
  (await rowsOf(life.store, 'sms_message', "WHERE purpose = 'request'")).length

describe('S9 a form that anybody can send for any number', () => {
  it('S9 asks a number once for a program, however often it is sent, also after the question has lapsed', async () => {
    const life = await startLife()
    expect(await sign(life)).toBe('asked')
    for (let time = 0; time < 20; time++) {
      expect(await sign(life)).toBe('asked-before')
      life.clock.pass(DAY)
    }
    expect(await questions(life)).toBe(1)
    // Forms that did nothing leave nothing.
    expect(await rowsOf(life.store, 'sms_ledger')).toHaveLength(1)
    life.clock.pass(11 * DAY)
    expect(await sign(life)).toBe('asked')
    expect(await questions(life)).toBe(2)
  })

  it('S9 asks a number at most three times a day, whatever programs there are', async () => {
    const life = await startLife()
    const programs = await Promise.all(['Two', 'Three', 'Four', 'Five'].map((name) => life.another({ name })))
    expect(await sign(life)).toBe('asked')
    const did = []
    for (const program of programs) did.push(await sign(life, program))
    expect(did).toEqual(['asked', 'asked', 'asked-before', 'asked-before'])
    expect(await questions(life)).toBe(3)
    life.clock.pass(DAY + 1)
    expect(await sign(life, programs[3])).toBe('asked')
  })

  it('S9 neither asks nor changes anything where the number is signed up', async () => {
    const life = await startLife()
    await life.signUp()
    const before = await rowsOf(life.store, 'sms_ledger')
    expect(await sign(life)).toBe('already')
    expect(await rowsOf(life.store, 'sms_ledger')).toEqual(before)
  })

  it('SX4 R2.8 a consent to one program is none to another', async () => {
    const life = await startLife()
    const other = await life.another({ name: 'Lantern Orders', kind: 'service' })
    const subject = await life.signUp()
    const rows = await rowsOf(life.store, 'sms_consent')
    expect(rows.map((row) => [row.subject_id, row.program_id, row.standing])).toEqual([
      [subject.id, life.program.id, 'active'],
    ])
    expect(rows.some((row) => row.program_id === other.id)).toBe(false)
  })

  it('S4 S10 S18 keeps the form word for word, sealed: no number and no text is in any file', async () => {
    const life = await startLife()
    await sign(life)
    const subject = await life.subject()
    const [entry] = await life.parts.ledger.read(life.sms.db, subject)
    expect(entry?.entry).toMatchObject({ event: 'consent-written', actor: 'subject', method: 'web-form' })
    expect(entry?.opened?.payload).toEqual({ form: 'hash', consent: consentNow(life.clock.now()) })
    const [row] = await rowsOf(life.store, 'sms_ledger')
    expect(row?.payload).not.toContain('recurring')
  })
})

describe('SX1 rows of a list', () => {
  const listed = (life: Life, number: string, collectedAt: number): Promise<string> =>
    life.sms.transaction((transaction) =>
      importConsent(transaction, life.parts, life.program, {
        number: numberOf(number),
        consent: {
          ...consentNow(collectedAt),
          signature: 'import',
          provenance: 'own-records',
          actor: 'terminal',
        },
        line: 2,
      }),
    )

  it('S4 S10 are kept with the day on which they were signed; the same again changes nothing', async () => {
    const life = await startLife({ confirmWithin: 'off' })
    const signed = life.clock.now() - 90 * DAY
    expect(await listed(life, NUMBER, signed)).toBe('granted')
    expect(await listed(life, NUMBER, signed)).toBe('known')
    const [row, ...more] = await rowsOf(life.store, 'sms_ledger')
    expect(more).toEqual([])
    expect(row).toMatchObject({
      event: 'consent-imported',
      occurred_at: new Date(signed).toISOString(),
      recorded_at: new Date(life.clock.now()).toISOString(),
      actor: 'terminal',
      method: 'import',
    })
    expect(await questions(life)).toBe(0)
  })

  it('S9 are asked to confirm where the program asks, from today on though they signed long ago', async () => {
    const life = await startLife()
    expect(await listed(life, NUMBER, life.clock.now() - 90 * DAY)).toBe('asked')
    const [message] = await rowsOf(life.store, 'sms_message')
    expect(message).toMatchObject({ purpose: 'request', expires_at: life.clock.now() + DAY })
    expect(await listed(life, NUMBER, life.clock.now() - 80 * DAY)).toBe('known')
    expect(await questions(life)).toBe(1)
  })

  it('S12 never undo an opt-out, whatever their dates say', async () => {
    const life = await startLife({ confirmWithin: 'off' })
    const subject = await life.subject()
    await life.stop(subject)
    life.clock.pass(DAY)
    expect(await listed(life, NUMBER, life.clock.now())).toBe('opted-out')
    expect(await listed(life, NUMBER, life.clock.now() - 90 * DAY)).toBe('opted-out')
    expect(await questions(life)).toBe(0)
  })
})
