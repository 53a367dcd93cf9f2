import { describe, expect, it } from 'vitest'
import { eraseSubject, signUp, standingsOf, type Standing } from '../../../sms/index.ts'
import { consentNow, SENDER, startLife } from './life.ts'
import { numberOf } from './store/opened.ts'

describe('S10 S12 the list of who is in and who is out', () => {
  it('S10 S12 names sender, number, status and source; who is only asked, or erased, or another site’s is not in it', async () => {
    const life = await startLife()
    const [staying, leaving, pending, gone] = ['+12015550121', '+12015550122', '+12015550123', '+12015550124']
    await life.signUp(staying)
    await life.stop(await life.signUp(leaving))
    await life.sms.transaction((transaction) =>
      signUp(transaction, life.parts, life.program, {
        number: numberOf(pending),
        consent: consentNow(life.clock.now()),
        payload: {},
      }),
    )
    const erased = await life.signUp(gone)
    await life.sms.transaction((transaction) =>
      eraseSubject(transaction, life.parts, erased, { actor: 'terminal', method: 'request' }),
    )
    const listed = async (siteId: number): Promise<Standing[]> => {
      const rows: Standing[] = []
      for await (const row of standingsOf(life.sms.db, life.parts, siteId)) rows.push(row)
      return rows.toSorted((one, other) => one.to.localeCompare(other.to))
    }
    expect(await listed(life.program.siteId)).toEqual([
      { from: SENDER, to: staying, status: 'OptIn', source: 'Recipient' },
      { from: SENDER, to: leaving, status: 'OptOut', source: 'Recipient' },
    ])
    expect(await listed(life.program.siteId + 1)).toEqual([])
  })
})
