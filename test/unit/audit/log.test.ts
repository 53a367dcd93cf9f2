import { describe, expect, it } from 'vitest'
import { auditSigner, createAuditLog, type AuditLog } from '../../../server/audit/log.ts'
import type { AuditHead } from '../../../server/audit/entry.ts'
import { verifyAuditLog } from '../../../server/audit/verify.ts'
import type { Store } from '../../../server/store/open.ts'
import { LASTING, lastingKey } from '../store/keys.ts'
import { dataFolder, movedClock, openedStore, rowsOf, tamperer } from '../store/opened.ts'

interface Scene {
  audit: AuditLog
  store: Store
  /** Changes the store as somebody does who has got hold of it. */
  tamper(sql: string, ...values: unknown[]): Promise<number>
  faults(kept?: readonly AuditHead[]): Promise<string[]>
}

const ROWS = 6

async function scene(rows = ROWS): Promise<Scene> {
  const dataDir = dataFolder()
  const store = await openedStore(dataDir)
  const signer = auditSigner(LASTING)
  const audit = createAuditLog({ store, clock: movedClock(), signer })
  for (let count = 1; count <= rows; count++) {
    await audit.record({
      actor: 'terminal',
      action: 'site.changed',
      site: `site-${count}.example`,
      reason: `the reason ${count}`,
      detail: { count },
    })
  }
  return {
    audit,
    store,
    tamper: await tamperer(dataDir),
    faults: async (kept) => {
      const { faults } = await verifyAuditLog(store, signer.publicKey, kept)
      return faults
    },
  }
}

describe('R2.6 R4.5 the audit log', () => {
  it('continues each row by the hash of the one before, and signs how far it reaches', async () => {
    const { audit, faults } = await scene()
    const rows = await audit.list({ limit: 100 })
    expect(rows.map(({ seq }) => seq)).toEqual([6, 5, 4, 3, 2, 1])
    expect(rows.map(({ row_hash: hash }) => hash).slice(1)).toEqual(
      rows.map(({ prev_hash: previous }) => previous).slice(0, -1),
    )
    expect(audit.head()).toMatchObject({ seq: 6, hash: rows[0]?.row_hash, time: '2026-11-24T10:00:00Z' })
    expect(await faults()).toEqual([])
  })

  it('holds while it is empty', async () => {
    const { audit, faults } = await scene(0)
    expect(audit.head()).toBeUndefined()
    expect(await faults()).toEqual([])
  })

  it('is kept together with what it tells of, or not at all', async () => {
    const { audit, store, faults } = await scene()
    await expect(
      store.transaction(async (transaction) => {
        await audit.append(transaction, { actor: 'terminal', action: 'site.removed', site: 'site-1.example' })
        throw new Error('in the middle')
      }),
    ).rejects.toThrow('in the middle')
    expect((await audit.list({ limit: 1 }))[0]?.seq).toBe(6)
    expect(await faults()).toEqual([])
  })

  it('goes on from two processes at once without a gap', async () => {
    const dataDir = dataFolder()
    const signer = auditSigner(LASTING)
    const [one, two] = [await openedStore(dataDir), await openedStore(dataDir)]
    for (let count = 0; count < 5; count++) {
      for (const store of [one, two]) {
        await createAuditLog({ store, clock: movedClock(), signer }).record({
          actor: 'server',
          action: 'sign-in',
        })
      }
    }
    expect((await verifyAuditLog(one, signer.publicKey)).rows).toBe(10)
    expect((await verifyAuditLog(one, signer.publicKey)).faults).toEqual([])
  })

  it.each(['time', 'actor', 'action', 'subject', 'site', 'reason', 'detail', 'prev_hash', 'row_hash'])(
    'shows a row whose %s was edited, wherever it stands',
    async (column) => {
      for (const seq of [1, 3, ROWS]) {
        const { tamper, faults } = await scene()
        await tamper(`UPDATE audit_log SET ${column} = ? WHERE seq = ?`, 'edited', seq)
        expect([seq, (await faults()).length > 0]).toEqual([seq, true])
      }
    },
  )

  it('shows a row that was edited and hashed anew, with all that follow', async () => {
    const { tamper, faults, store } = await scene()
    const { entryHash, entryOf } = await import('../../../server/audit/entry.ts')
    await tamper("UPDATE audit_log SET actor = 'nobody' WHERE seq = 4")
    let previous = ''
    for (const row of await rowsOf(store, 'audit_log', 'ORDER BY seq')) {
      const hash = entryHash(entryOf(row), previous === '' ? row.prev_hash : previous)
      await tamper(
        'UPDATE audit_log SET row_hash = ?, prev_hash = ? WHERE seq = ?',
        hash,
        previous === '' ? row.prev_hash : previous,
        row.seq,
      )
      previous = hash
    }
    expect(await faults()).toEqual(['Row 6 is not the one that was signed on 2026-11-24T10:00:00Z.'])
  })

  it.each([1, 3, ROWS])('shows that row %i was deleted', async (seq) => {
    const { tamper, faults } = await scene()
    await tamper('DELETE FROM audit_log WHERE seq = ?', seq)
    expect(await faults()).not.toEqual([])
  })

  it('shows two rows that changed places', async () => {
    const { tamper, faults } = await scene()
    for (const [from, to] of [
      [2, 99],
      [3, 2],
      [99, 3],
    ])
      await tamper('UPDATE audit_log SET seq = ? WHERE seq = ?', to, from)
    expect(await faults()).not.toEqual([])
  })

  it('shows that rows were cut off, and goes on showing it when others follow', async () => {
    const { audit, tamper, faults } = await scene()
    await tamper('DELETE FROM audit_log WHERE seq > 4')
    expect(await faults()).toEqual([
      'The log ends at row 4, but row 6 was signed on 2026-11-24T10:00:00Z: rows are cut off.',
    ])
    await audit.record({ actor: 'terminal', action: 'site.added', site: 'later.example' })
    expect(await faults()).toContain('Row 7 stands where row 5 should be: rows are missing, moved or added.')
  })

  it('shows that rows and head were taken away, and goes on showing it', async () => {
    const { audit, tamper, faults } = await scene()
    await tamper('DELETE FROM audit_head')
    await tamper('DELETE FROM audit_log WHERE seq > 4')
    expect(await faults()).toEqual(['The signed head is gone: nothing shows whether rows are cut off.'])
    await audit.record({ actor: 'terminal', action: 'site.added', site: 'later.example' })
    expect(await faults()).toEqual(['Row 5 does not continue the row before it.'])
  })

  it('shows a forged head', async () => {
    const { tamper, faults } = await scene()
    await tamper('UPDATE audit_head SET seq = 5, row_hash = (SELECT row_hash FROM audit_log WHERE seq = 5)')
    expect(await faults()).toContain("The head of row 5 does not bear this installation's signature.")
  })

  it('shows by a head kept elsewhere that the whole store was put back or emptied', async () => {
    const { audit, tamper, faults } = await scene()
    const kept = audit.head()
    if (!kept) throw new Error('no head')
    expect(await faults([kept])).toEqual([])
    await tamper('DELETE FROM audit_head')
    await tamper('DELETE FROM audit_log')
    expect(await faults()).toEqual([])
    expect(await faults([kept])).toEqual([
      'The log ends at row 0, but row 6 was signed on 2026-11-24T10:00:00Z: rows are cut off.',
    ])
  })

  it('is not continued with another key', async () => {
    const { store } = await scene()
    const other = auditSigner(lastingKey('two'))
    const audit = createAuditLog({ store, clock: movedClock(), signer: other })
    await expect(audit.record({ actor: 'terminal', action: 'sign-in' })).rejects.toThrow(/another key/)
  })
})
