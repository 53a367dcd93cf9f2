import { describe, expect, it } from 'vitest'
import { createExpiry } from '../../../server/sms/expiry.ts'
import { isKnown } from '../../../sms/index.ts'
import { startLife } from './life.ts'

describe('S22 retention by the clock', () => {
  it('S22 removes and purges what has been kept for its time, and says so once', async () => {
    const life = await startLife()
    const subject = await life.signUp()
    await life.tamper(`UPDATE sms_message SET status = 'accepted'`)
    const said: unknown[] = []
    let purged = 0
    const expiry = createExpiry({
      sms: life.parts,
      store: { purge: async () => void purged++ },
      log: { info: (...words: unknown[]) => void said.push(words), error: () => undefined } as never,
    })
    const look = async (): Promise<void> => {
      expiry.look()
      expiry.look()
      await expiry.settled()
    }
    await look()
    expect([said.length, purged]).toEqual([0, 0])
    life.clock.pass(2_000 * 24 * 3_600_000)
    await look()
    await look()
    expect(said).toMatchObject([[{ bodies: 1, messages: 1, consents: 1 }, expect.any(String)]])
    expect(purged).toBe(1)
    const gone = await life.parts.subjects.byId(life.sms.db, subject.id)
    expect(gone && isKnown(gone)).toBe(false)
  })

  it('S22 a look that fails is told in the log, and the next one goes on', async () => {
    const life = await startLife()
    const errors: unknown[] = []
    const expiry = createExpiry({
      sms: {
        ...life.parts,
        store: { ...life.parts.store, transaction: () => Promise.reject(new Error('the disk is gone')) },
      },
      store: { purge: async () => undefined },
      log: { info: () => undefined, error: (...words: unknown[]) => void errors.push(words) } as never,
    })
    expiry.look()
    await expiry.settled()
    expect(errors).toHaveLength(1)
  })
})
