import { describe, expect, it } from 'vitest'
import { preferencesOf, stopByPage, wordingsInForce } from '../../../sms/index.ts'
import { rowsOf } from '../store/opened.ts'
import { startLife, type Life } from './life.ts'

const on = async (life: Life, number?: string): Promise<[string, boolean][]> => {
  const subject = await life.subject(number)
  const preferences = await preferencesOf(life.sms.db, life.parts, subject)
  return preferences.map(({ program, isOn }) => [program.program.name, isOn])
}

describe('S12 preferences on a page', () => {
  it('S12 end the program that was named and no other, or all, as STOP does', async () => {
    const life = await startLife()
    const orders = await life.another({ name: 'Lantern Orders' })
    const subject = await life.signUp()
    await life.signUp(undefined, orders)
    expect(await on(life)).toEqual([
      ['Lantern Deals', true],
      ['Lantern Orders', true],
    ])
    expect(await stopByPage(life.parts, subject.id, orders.id)).toBe(true)
    expect(await on(life)).toEqual([
      ['Lantern Deals', true],
      ['Lantern Orders', false],
    ])
    expect(await stopByPage(life.parts, subject.id)).toBe(true)
    expect(await on(life)).toEqual([
      ['Lantern Deals', false],
      ['Lantern Orders', false],
    ])
    const [entry] = await rowsOf(life.store, 'sms_ledger', "WHERE event = 'opt-out'")
    expect(entry).toMatchObject({ actor: 'subject', method: 'web', program_id: orders.id })
  })

  it('S12 also end what waits to be sent, and what waits for a YES', async () => {
    const life = await startLife()
    const subject = await life.signUp()
    await life.tamper(`UPDATE sms_message SET purpose = 'program'`)
    await stopByPage(life.parts, subject.id)
    expect((await rowsOf(life.store, 'sms_message')).map(({ status }) => status)).toEqual(['cancelled'])
  })

  it('S20 end nothing for whoever names nobody', async () => {
    const life = await startLife()
    const subject = await life.signUp()
    expect(await stopByPage(life.parts, 'nobody')).toBe(false)
    expect(await stopByPage(life.parts, subject.id, 'no-program')).toBe(false)
    expect(await on(life)).toEqual([['Lantern Deals', true]])
  })
})

describe('the text of a form', () => {
  it('S3 S4 is the program’s own where it has one, the newest; in other languages it is ours', async () => {
    const life = await startLife()
    const before = await wordingsInForce(life.sms.db, life.program)
    expect(before.en.text).toContain('Lantern Deals from Lantern Coffee LLC')
    expect(before.de.version).toMatch(/^sluice-1 /)
    for (const [version, wording, at] of [
      ['2', 'The newer one.', 2],
      ['1', 'The older one.', 1],
    ] as const) {
      await life.store.db
        .insertInto('sms_disclosure')
        .values({
          program_id: life.program.id,
          version,
          locale: 'en',
          wording,
          wording_hash: version,
          created_at: at,
        })
        .execute()
    }
    const { en, de } = await wordingsInForce(life.sms.db, life.program)
    expect([en, de]).toEqual([{ version: '2', text: 'The newer one.' }, before.de])
  })
})
