import { describe, expect, it } from 'vitest'
import { auditSigner, createAuditLog } from '../../../server/audit/log.ts'
import {
  checkDisclosure,
  createDisclose,
  type Disclosure,
  type DisclosureRequest,
} from '../../../server/consent/disclosure.ts'
import { verifyDisclosure } from '../../../server/consent/verify-disclosure.ts'
import { createSigner } from '../../../server/chain/signer.ts'
import { canonicalJson } from '../../../server/chain/canonical.ts'
import { createSites } from '../../../server/sites/registry.ts'
import { LASTING } from '../store/keys.ts'
import { rowsOf } from '../store/opened.ts'
import { scene, signer, type Scene } from './ledger-scene.ts'
import { unknownReceipt } from './rig.ts'

const BY = { actor: 'account:00000000000000aa', reason: 'order of the court in Hamburg' } as const

interface Disclosing extends Scene {
  asked(changes?: Partial<DisclosureRequest>): DisclosureRequest
  disclose(request: DisclosureRequest, siteId?: number): Promise<Disclosure>
}

async function disclosing(): Promise<Disclosing> {
  const made = await scene()
  const audit = createAuditLog({ store: made.store, clock: made.clock, signer: auditSigner(LASTING) })
  const disclose = createDisclose({ store: made.store, audit, signer, clock: made.clock })
  return Object.assign(made, {
    asked: (changes: Partial<DisclosureRequest> = {}) => ({
      subject: { kind: 'receipt' as const, id: made.receipt },
      from: '2026-11-24',
      to: '2026-11-30',
      basis: 'court_order' as const,
      ...changes,
    }),
    disclose: (request: DisclosureRequest, siteId?: number) => disclose(request, BY, siteId),
  })
}

describe('R2.7 a disclosure', () => {
  it('holds all rows of one subject and of nobody else, with the texts that were shown', async () => {
    const { asked, disclose, store } = await disclosing()
    const made = await disclose(asked())
    expect(made).toMatchObject({
      site: 'example.com',
      basis: 'court_order',
      reason: BY.reason,
      manifest: { rows: 3, documents: 2 },
    })
    expect(made.rows.map(({ entry }) => [entry.seq, entry.event])).toEqual([
      [1, 'given'],
      [4, 'changed'],
      [5, 'withdrawn'],
    ])
    const others = (await rowsOf(store, 'consent_ledger')).filter(
      ({ commitment }) => commitment !== null && commitment !== made.tie.commitment,
    )
    expect(others.length).toBeGreaterThan(0)
    for (const { commitment, row_hash: hash } of others) {
      expect(JSON.stringify(made)).not.toContain(commitment)
      expect(made.rows.map((row) => row.hash)).not.toContain(hash)
    }
    expect(verifyDisclosure(JSON.stringify(made), signer.publicKey.x)).toEqual({
      site: 'example.com',
      rows: 3,
      publicKey: signer.publicKey,
      faults: [],
    })
  })

  it('holds no row of another site, though that had the same commitment', async () => {
    const { asked, disclose, store, clock } = await disclosing()
    const { id } = await createSites({ store, clock }).add({ domain: 'other.example' })
    const [row] = await rowsOf(store, 'consent_ledger', 'WHERE seq = 1')
    if (!row) throw new Error('no row')
    await store.db
      .insertInto('consent_ledger')
      .values({ ...row, site_id: id })
      .execute()
    expect((await disclose(asked())).rows.map(({ entry }) => entry.seq)).toEqual([1, 4, 5])
  })

  it('is limited to its days, which may hold nothing', async () => {
    const { asked, disclose } = await disclosing()
    const numbers = async (from: string, to: string): Promise<number[]> =>
      (await disclose(asked({ from, to }))).rows.map(({ entry }) => entry.seq)
    expect(await numbers('2026-11-24', '2026-11-24')).toEqual([1])
    expect(await numbers('2026-11-25', '2026-11-25')).toEqual([4, 5])
    const none = await disclose(asked({ from: '2026-12-01', to: '2026-12-31' }))
    expect(none).toMatchObject({ rows: [], documents: [], manifest: { rows: 0, documents: 0 } })
    expect(verifyDisclosure(JSON.stringify(none)).faults).toEqual([])
  })

  it('is in the audit log with basis and reason, and names nobody there', async () => {
    const { asked, disclose, store, receipt } = await disclosing()
    const made = await disclose(asked())
    const [row, ...more] = await rowsOf(store, 'audit_log', "WHERE action = 'consent.disclosed'")
    expect(more).toEqual([])
    expect(row).toMatchObject({
      actor: BY.actor,
      subject: made.tie.commitment,
      site: 'example.com',
      reason: BY.reason,
    })
    expect(JSON.parse(row?.detail ?? '')).toEqual({
      kind: 'receipt',
      basis: 'court_order',
      from: '2026-11-24',
      to: '2026-11-30',
      ...made.manifest,
    })
    expect(JSON.stringify(row)).not.toContain(receipt)
  })

  it('is refused for what is erased, unknown or another site’s, and then nothing is logged', async () => {
    const { asked, disclose, erased, store, site } = await disclosing()
    for (const id of [erased, unknownReceipt(), 'x']) {
      await expect(disclose(asked({ subject: { kind: 'receipt', id } }))).rejects.toMatchObject({
        status: 404,
      })
    }
    await expect(disclose(asked(), site.id + 1)).rejects.toMatchObject({ status: 404 })
    expect(await rowsOf(store, 'audit_log')).toEqual([])
    expect((await disclose(asked(), site.id)).rows).toHaveLength(3)
  })

  it('is refused of a ledger that was changed, whosever row that was', async () => {
    const { asked, disclose, tamper, store } = await disclosing()
    await tamper("UPDATE consent_ledger SET jurisdiction = 'FR' WHERE seq = 2")
    await expect(disclose(asked())).rejects.toMatchObject({ status: 409 })
    expect(await rowsOf(store, 'audit_log')).toEqual([])
  })

  it('shows offline each thing in it that was changed, left out or put in', async () => {
    const { asked, disclose } = await disclosing()
    const made = await disclose(asked())
    const faultsOf = (changed: Disclosure, key?: string): string[] => [
      ...verifyDisclosure(JSON.stringify(changed), key).faults,
    ]
    const [first, ...rest] = made.rows
    if (!first) throw new Error('no row')
    for (const changed of [
      { ...made, basis: 'regulator' as const },
      { ...made, reason: 'another' },
      { ...made, site: 'other.example' },
      { ...made, extra: 1 },
      { ...made, made: '2026-11-24T00:00:00Z' },
      { ...made, signature: `A${made.signature.slice(1)}` },
    ]) {
      expect(faultsOf(changed)).toEqual(["It does not bear this installation's signature."])
    }
    const miscounted = 'Rows or documents are not those that the manifest counts.'
    expect(faultsOf({ ...made, rows: rest })).toEqual([miscounted])
    expect(faultsOf({ ...made, documents: [] })).toContain(miscounted)
    const row = { ...first, entry: { ...first.entry, granted: [] } }
    expect(faultsOf({ ...made, rows: [row, ...rest] })).toEqual([miscounted, 'Row 1 was changed.'])
    // Even by somebody who holds a key of their own, whose name stands in it.
    const other = createSigner(Buffer.alloc(32, 9))
    const { rows, documents, signature: _, ...said } = { ...made, key: other.publicKey }
    const forged = { ...said, rows, documents, signature: other.sign(canonicalJson(said)) }
    expect(faultsOf(forged)).toEqual([])
    expect(faultsOf(forged, signer.publicKey.x)).toEqual(["It does not bear this installation's signature."])
    const subject = { kind: 'receipt', id: unknownReceipt() } as const
    expect(faultsOf({ ...made, subject })).toContain('The subject is not the one that the rows are about.')
    for (const text of ['', '{}', '[]', JSON.stringify({ ...made, disclosure: 2 })]) {
      expect(() => verifyDisclosure(text)).toThrow(/is not a disclosure/)
    }
  })

  it.each([
    [{ basis: 'curiosity' }, /`basis` is one of court_order/],
    [{ receipt: '' }, /name the receipt/],
    [{ from: '' }, /limited to days/],
    [{ to: '2026-11-31' }, /limited to days/],
    [{ from: '2026-12-01', to: '2026-11-01' }, /the earlier one first/],
  ])('is asked for in full: %o', (changes, fault) => {
    const given = { receipt: 'x', from: '2026-11-01', to: '2026-11-30', basis: 'regulator' }
    expect(() => checkDisclosure({ ...given, ...changes })).toThrow(fault)
    expect(checkDisclosure(given)).toMatchObject({ subject: { id: 'x' }, basis: 'regulator' })
  })
})
