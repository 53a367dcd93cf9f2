import { describe, expect, it } from 'vitest'
import { createSigner } from '../../../server/chain/signer.ts'
import { sitesToVerify, verifySite } from '../../../server/consent/audit.ts'
import { entryHash, linkedOf } from '../../../server/consent/chain.ts'
import { createHeads } from '../../../server/consent/heads.ts'
import { verifyExport } from '../../../server/consent/verify-export.ts'
import { createWriter } from '../../../server/consent/writer.ts'
import { createSites } from '../../../server/sites/registry.ts'
import { serve } from './asked.ts'
import { linesOf, read, scene, signer } from './ledger-scene.ts'
import { ENGINE, rowsOf } from '../store/opened.ts'
import { decisionOf } from './rig.ts'

describe('R2.6 the consent ledger', () => {
  it('R2.6 verifies as it was written, signed or not yet', async () => {
    const { verify, sign, store, site } = await scene()
    expect(await verify()).toEqual({ site: 'example.com', rows: 6, removed: 0, heads: 0, faults: [] })
    await sign()
    expect(await verify()).toEqual({ site: 'example.com', rows: 6, removed: 0, heads: 1, faults: [] })
    expect(await sitesToVerify(store)).toEqual([site.id])
  })

  /** Another value of the same kind for each column of a row. */
  const OTHERS: Readonly<Record<string, string | number | null>> = {
    seq: 40,
    time: '2026-11-24T13:50:08Z',
    event: 'objected',
    action: 'object',
    source: 'api',
    granted: 'functionality',
    denied: 'performance,targeting,',
    revision: 2,
    policy_hash: 'A'.repeat(43),
    notice_hash: 'B'.repeat(43),
    locale: 'fr',
    jurisdiction: 'FR',
    gpc: 2,
    gpc_override: 7,
    until_day: '2099-01-01',
    commitment: 'C'.repeat(43),
    prev_hash: 'D'.repeat(43),
    row_hash: 'E'.repeat(43),
  }

  it('R2.6 has a test value for every column', async () => {
    const { store } = await scene()
    const columns = Object.keys((await rowsOf(store, 'consent_ledger'))[0] ?? {})
    expect(columns.filter((column) => column !== 'site_id').toSorted()).toEqual(
      Object.keys(OTHERS).toSorted(),
    )
  })

  it('R2.6 shows that a row was changed, whichever and in whichever column', async () => {
    const { tamper, verify, store } = await scene()
    for (const [column, other] of Object.entries(OTHERS)) {
      for (const row of await rowsOf(store, 'consent_ledger', 'ORDER BY seq')) {
        const set = `UPDATE consent_ledger SET ${column} = ? WHERE row_hash = ?`
        expect(await tamper(set, other, row.row_hash)).toBe(1)
        expect((await verify()).faults.join('\n'), column).toMatch(
          new RegExp(`[Rr]ow (${row.seq}|${row.seq + 1}|40) `),
        )
        expect(await tamper(set, row[column as 'time'], column === 'row_hash' ? other : row.row_hash)).toBe(1)
        expect((await verify()).faults).toEqual([])
      }
    }
  })

  // PostgreSQL takes no bytes for a text or a number.
  const TYPED = ENGINE === 'postgres' ? Object.keys(OTHERS) : ['seq']
  it.each(Object.keys(OTHERS).filter((column) => !TYPED.includes(column)))(
    'R2.6 shows that %s holds bytes, which is never written',
    async (column) => {
      const { tamper, verify } = await scene()
      await tamper(`UPDATE consent_ledger SET ${column} = x'00ff' WHERE seq = 2`)
      expect((await verify()).faults.join()).toMatch(/[Rr]ow (2|3) /)
    },
  )

  it('R2.6 shows a row that was given to another site, in both ledgers', async () => {
    const { tamper, verify, store, clock } = await scene()
    const other = await createSites({ store, clock }).add({ domain: 'other.example' })
    await tamper('UPDATE consent_ledger SET site_id = ? WHERE seq = 2', other.id)
    expect((await verify()).faults).toContain(
      'Row 3 stands where row 2 should be: rows are missing, moved or added.',
    )
    expect((await verifySite(store, other.id, signer.publicKey)).faults).toEqual([
      'Row 2 stands where row 1 should be: rows are missing, moved or added.',
      'Row 2 does not continue the row before it.',
      'Row 2 was changed.',
    ])
  })

  it('R2.6 shows which row was deleted, and that two were exchanged', async () => {
    for (const seq of [1, 2, 3, 4, 5]) {
      const { tamper, verify } = await scene()
      await tamper('DELETE FROM consent_ledger WHERE seq = ?', seq)
      expect((await verify()).faults).toContain(
        `Row ${seq + 1} stands where row ${seq} should be: rows are missing, moved or added.`,
      )
    }
    const { tamper, verify } = await scene()
    for (const [from, to] of [
      [2, 99],
      [3, 2],
      [99, 3],
    ]) {
      await tamper('UPDATE consent_ledger SET seq = ? WHERE seq = ?', to, from)
    }
    const { faults } = await verify()
    expect(faults).toEqual(expect.arrayContaining(['Row 2 was changed.', 'Row 3 was changed.']) as unknown)
  })

  it('R2.6 shows a row that was changed and hashed anew, by the one after it', async () => {
    const { tamper, verify, store } = await scene()
    const row = (await rowsOf(store, 'consent_ledger', 'WHERE seq = 2'))[0]
    if (!row) throw new Error('no row')
    const { entry } = linkedOf('example.com', { ...row, event: 'objected' })
    const hash = entryHash(entry, row.prev_hash)
    await tamper("UPDATE consent_ledger SET event = 'objected', row_hash = ? WHERE seq = 2", hash)
    expect((await verify()).faults).toEqual(['Row 3 does not continue the row before it.'])
  })

  it('R2.6 shows a row that was changed and hashed anew, with all rows after it, by the signed head', async () => {
    const { tamper, verify, store, sign } = await scene()
    await sign()
    let previous: string | undefined
    for (const row of await rowsOf(store, 'consent_ledger', 'ORDER BY seq')) {
      const forged = { ...row, prev_hash: previous ?? row.prev_hash }
      if (row.seq === 2) Object.assign(forged, { event: 'given', granted: 'performance' })
      const { entry } = linkedOf('example.com', forged)
      const hash = entryHash(entry, forged.prev_hash)
      await tamper(
        'UPDATE consent_ledger SET event = ?, granted = ?, prev_hash = ?, row_hash = ? WHERE seq = ?',
        forged.event,
        forged.granted,
        forged.prev_hash,
        hash,
        row.seq,
      )
      previous = hash
    }
    expect((await verify()).faults).toContain('Row 6 is not the one that was signed on 2026-11-25T13:51:07Z.')
  })

  it('R2.6 shows what was cut off at the end, up to the latest signed head', async () => {
    for (const keep of [0, 3, 5]) {
      const { tamper, verify, sign } = await scene()
      await sign()
      await tamper('DELETE FROM consent_ledger WHERE seq > ?', keep)
      expect((await verify()).faults).toContain(
        `The ledger ends at row ${keep}, but row 6 was signed on 2026-11-25T13:51:07Z: rows are cut off.`,
      )
    }
  })

  it('R2.6 shows rows that were cut off together with their heads by an earlier export', async () => {
    const made = await scene()
    const { tamper, verify, sign, store, site } = made
    await sign()
    const { signedHeads } = await verifyExport(read(await linesOf(made)))
    await tamper('DELETE FROM consent_ledger WHERE seq > 4')
    await tamper('DELETE FROM consent_head')
    // The erased row went with them: it left a receipt without its row.
    expect((await verify()).faults).toEqual([
      'The receipt of row 3 is gone, and no row says that it was erased.',
    ])
    const { faults } = await verifySite(store, site.id, signer.publicKey, signedHeads)
    expect(faults).toContain(
      'The ledger ends at row 4, but row 6 was signed on 2026-11-25T13:51:07Z: rows are cut off.',
    )
  })

  it.each(['site_id', 'seq', 'row_hash', 'time', 'key_id', 'signature'])(
    'R2.6 shows that %s of a head was changed',
    async (column) => {
      const { tamper, store, sign, clock } = await scene()
      const other = await createSites({ store, clock }).add({ domain: 'other.example' })
      await sign()
      const value = column === 'site_id' ? other.id : column === 'seq' ? 5 : 'F'.repeat(86)
      await tamper(`UPDATE consent_head SET ${column} = ?`, value)
      const found = await Promise.all(
        (await sitesToVerify(store)).map((id) => verifySite(store, id, signer.publicKey)),
      )
      expect(found.flatMap(({ faults }) => faults).join()).toContain(
        "does not bear this installation's signature",
      )
    },
  )

  it('R2.6 shows that a head was signed by another key', async () => {
    const { store, site, clock, verify } = await scene()
    const other = createSigner(Buffer.alloc(32, 9))
    await createHeads({ store, writer: createWriter(store), signer: other, clock }).sign(site.id)
    expect((await verify()).faults).toEqual([
      "The head of row 6 does not bear this installation's signature.",
    ])
  })

  it('R2.6 shows that a notice or policy was changed or is missing', async () => {
    for (const kind of ['notice', 'policy']) {
      for (const sql of [
        `UPDATE consent_document SET document = document || ' ' WHERE kind = '${kind}'`,
        `UPDATE consent_document SET kind = 'x' || kind WHERE kind = '${kind}'`,
        `UPDATE consent_document SET hash = 'x' || hash WHERE kind = '${kind}'`,
        `DELETE FROM consent_document WHERE kind = '${kind}'`,
      ]) {
        const { tamper, verify } = await scene()
        expect(await tamper(sql)).toBe(1)
        expect((await verify()).faults[0]).toMatch(
          new RegExp(`^The ${kind} that row 1 names (was changed|is missing)\\.$`),
        )
      }
    }
  })

  it('R2.6 shows that a receipt was changed, moved or taken away without a row that says so', async () => {
    for (const [sql, fault] of [
      ["UPDATE consent_receipt SET id = 'x' || id", 'A receipt does not fit row 1: it was changed.'],
      ["UPDATE consent_receipt SET salt = 'x' || salt", 'A receipt does not fit row 1: it was changed.'],
      [
        "UPDATE consent_receipt SET commitment = 'x' || commitment",
        'A receipt does not fit its row: it was changed.',
      ],
      ['DELETE FROM consent_receipt', 'The receipt of row 1 is gone, and no row says that it was erased.'],
    ] as const) {
      const { tamper, verify } = await scene()
      expect(await tamper(sql)).toBe(1)
      expect((await verify()).faults.join()).toContain(fault)
    }
    const { tamper, verify, store, clock } = await scene()
    const other = await createSites({ store, clock }).add({ domain: 'other.example' })
    await tamper('UPDATE consent_receipt SET site_id = ?', other.id)
    expect((await verify()).faults).toContain(
      'The receipt of row 1 is gone, and no row says that it was erased.',
    )
    const elsewhere = await verifySite(store, other.id, signer.publicKey)
    expect(elsewhere.faults).toEqual(['A receipt belongs to no row.'])
  })

  it('R2.6 of a site that was removed and added again begins another chain', async () => {
    const { store, clock, site, consent, verify } = await scene()
    const sites = createSites({ store, clock })
    await sites.remove('example.com')
    clock.pass(1_000)
    const again = await sites.add({ domain: 'example.com' })
    const ask = await serve(consent.route)
    await ask({ body: decisionOf() })
    expect(await verifySite(store, again.id, signer.publicKey)).toMatchObject({ rows: 1, faults: [] })
    expect(await verify()).toMatchObject({ rows: 6, faults: [] })
    const [one, other] = await rowsOf(store, 'consent_ledger', 'WHERE seq = 1 ORDER BY time')
    expect(one?.site_id).toBe(site.id)
    expect(other?.prev_hash).not.toBe(one?.prev_hash)
  })
})
