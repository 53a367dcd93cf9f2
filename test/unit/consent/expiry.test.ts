import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createAuditLog, auditSigner } from '../../../server/audit/log.ts'
import { createSigner } from '../../../server/chain/signer.ts'
import { sitesToVerify, verifySite } from '../../../server/consent/audit.ts'
import { createExpiry, PROOF_DAYS, REFUSAL_DAYS } from '../../../server/consent/expiry.ts'
import { chainOf } from '../../../server/consent/ledger.ts'
import { signRemoved } from '../../../server/consent/removed.ts'
import { verifyExport } from '../../../server/consent/verify-export.ts'
import { createWriter } from '../../../server/consent/writer.ts'
import { createSites } from '../../../server/sites/registry.ts'
import { LASTING } from '../store/keys.ts'
import { rowsOf } from '../store/opened.ts'
import { serve } from './asked.ts'
import { linesOf, read, scene, signer, type Scene } from './ledger-scene.ts'
import { ALL_SINCE_1, decisionOf, REFUSAL, versionOf, WITHDRAWAL } from './rig.ts'

const DAY = 86_400_000

/** Removes what is over by now; how many rows. */
function expire({ store, clock }: Scene): Promise<number> {
  const audit = createAuditLog({ store, clock, signer: auditSigner(LASTING) })
  return createExpiry({ store, writer: createWriter(store), audit, signer, clock }).run()
}

async function seqs({ store }: Scene): Promise<number[]> {
  return (await rowsOf(store, 'consent_ledger', 'ORDER BY seq')).map(({ seq }) => seq)
}

async function stretches({ store }: Scene): Promise<string[]> {
  const rows = await rowsOf(store, 'consent_removed', 'ORDER BY from_seq')
  return rows.map(({ from_seq: from, to_seq: to }) => `${from}–${to}`)
}

/** The scene of six rows with its refusal, row 2, removed, and heads before and after. */
async function withoutRefusal(): Promise<Scene> {
  const all = await scene()
  await all.sign()
  all.clock.pass((REFUSAL_DAYS + 1) * DAY)
  expect(await expire(all)).toBe(1)
  return all
}

describe('R4.7 rows of the consent ledger', () => {
  it('go six months after a refusal, and the chain still verifies, in the store and as a file', async () => {
    const all = await scene()
    await all.sign()
    expect(await expire(all)).toBe(0)
    // The scene ends on the day after the refusal.
    all.clock.pass((REFUSAL_DAYS - 1) * DAY)
    expect(await expire(all)).toBe(0)
    all.clock.pass(DAY)
    expect(await expire(all)).toBe(1)
    expect(await expire(all), 'once').toBe(0)
    expect(await seqs(all)).toEqual([1, 3, 4, 5, 6])
    expect(await stretches(all)).toEqual(['2–2'])
    expect(await all.verify()).toEqual({ site: 'example.com', rows: 5, removed: 1, heads: 1, faults: [] })
    const lines = await linesOf(all)
    expect(lines.filter((line) => line.startsWith('{"type":"removed"'))).toHaveLength(1)
    expect(await verifyExport(read(lines), signer.publicKey.x)).toMatchObject({
      rows: 5,
      removed: 1,
      faults: [],
    })
    expect(await rowsOf(all.store, 'audit_log', 'ORDER BY seq DESC')).toMatchObject([
      { actor: 'server', action: 'consent.expired', site: 'example.com', detail: '{"rows":1}' },
    ])
  })

  it('of a refusal stay for as long as nobody is asked again, where that is longer', async () => {
    const all = await scene()
    const ask = await serve(all.consent.route)
    all.versions.push(versionOf(2, ALL_SINCE_1, { choiceDays: 365 }))
    await ask({ body: decisionOf({ ...REFUSAL, revision: 2 }) })
    all.clock.pass(364 * DAY)
    await expire(all)
    expect(await seqs(all)).toEqual([1, 3, 4, 5, 6, 7])
    all.clock.pass(DAY)
    expect(await expire(all)).toBe(1)
  })

  it('go all together with the receipt, three years after the consent has ended', async () => {
    const all = await withoutRefusal()
    const ask = await serve(all.consent.route)
    // Both consents of the scene ended on its last day.
    all.clock.pass((PROOF_DAYS - REFUSAL_DAYS - 1) * DAY)
    expect(await expire(all)).toBe(0)
    expect((await ask({ method: 'GET', path: `/c/${all.receipt}` })).status).toBe(200)
    all.clock.pass(DAY)
    expect(await expire(all)).toBe(5)
    expect(await seqs(all)).toEqual([])
    expect(await stretches(all)).toEqual(['1–6'])
    expect(await rowsOf(all.store, 'consent_receipt')).toEqual([])
    expect((await ask({ method: 'GET', path: `/c/${all.receipt}` })).status).toBe(404)
    expect(await all.verify()).toMatchObject({ rows: 0, removed: 6, faults: [] })
  })

  it('are continued by those that follow, whatever was removed', async () => {
    const all = await withoutRefusal()
    const ask = await serve(all.consent.route)
    await ask({ body: decisionOf(REFUSAL) })
    expect(await seqs(all)).toEqual([1, 3, 4, 5, 6, 7])
    all.clock.pass((REFUSAL_DAYS + 1) * DAY)
    expect(await expire(all), 'the last row').toBe(1)
    await all.sign()
    await ask({ body: decisionOf(REFUSAL) })
    expect(await seqs(all)).toEqual([1, 3, 4, 5, 6, 8])
    all.clock.pass(PROOF_DAYS * DAY)
    expect(await expire(all), 'all').toBe(6)
    await ask({ body: decisionOf() })
    await all.sign()
    expect(await seqs(all)).toEqual([9])
    expect(await stretches(all)).toEqual(['1–8'])
    expect(await all.verify()).toMatchObject({ rows: 1, removed: 8, faults: [] })
    expect(await verifyExport(read(await linesOf(all)))).toMatchObject({
      rows: 1,
      from: 9,
      to: 9,
      faults: [],
    })
  })

  it('of a consent that goes on stay, however long ago it was given', async () => {
    const all = await scene()
    const ask = await serve(all.consent.route)
    const { json } = await ask({ body: decisionOf() })
    const receipt = String(json['receipt'])
    all.clock.pass(PROOF_DAYS * DAY)
    await ask({ body: decisionOf({ action: 'custom', granted: ['performance'], receipt }) })
    // Until it would have been asked for again, and three years.
    all.clock.pass((182 + PROOF_DAYS) * DAY)
    await expire(all)
    expect(await seqs(all), 'given, and changed three years later').toEqual([7, 8])
    all.clock.pass(DAY)
    expect(await expire(all)).toBe(2)
  })

  it('of a consent that was taken back long ago stay while another row of it is young', async () => {
    const all = await scene()
    const ask = await serve(all.consent.route)
    const { json } = await ask({ body: decisionOf() })
    const receipt = String(json['receipt'])
    all.clock.pass(100 * DAY)
    await ask({ body: decisionOf({ ...WITHDRAWAL, receipt }) })
    all.clock.pass(PROOF_DAYS * DAY)
    await expire(all)
    expect(await seqs(all)).toEqual([7, 8])
    all.clock.pass(DAY)
    expect(await expire(all), 'though it would have held for longer').toBe(2)
  })

  it('are looked for every hour by the server', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    onTestFinished(() => void vi.useRealTimers())
    const all = await scene()
    all.clock.pass((REFUSAL_DAYS + 1) * DAY)
    vi.advanceTimersByTime(3_599_000)
    await all.store.transaction(async () => undefined)
    expect(await seqs(all)).toHaveLength(6)
    vi.advanceTimersByTime(1_000)
    await expect.poll(() => seqs(all)).toEqual([1, 3, 4, 5, 6])
  })

  it('of another site are left alone', async () => {
    const all = await scene()
    const { id } = await createSites(all).add({ domain: 'other.example' })
    const ask = await serve(all.consent.route)
    const other = { site: 'other.example', ...REFUSAL }
    const headers = { origin: 'https://other.example' }
    all.clock.pass(DAY)
    await ask({ body: decisionOf(other), headers })
    await ask({ body: decisionOf(other), headers })
    all.clock.pass((REFUSAL_DAYS - 1) * DAY)
    expect(await expire(all), 'of the site of the scene').toBe(1)
    expect(await rowsOf(all.store, 'consent_ledger', `WHERE site_id = ${id}`)).toHaveLength(2)
    all.clock.pass(2 * DAY)
    expect(await expire(all)).toBe(2)
    expect(await verifySite(all.store, id, signer.publicKey)).toMatchObject({
      rows: 0,
      removed: 2,
      faults: [],
    })
    expect(await sitesToVerify(all.store)).toEqual([all.site.id, id].toSorted((a, b) => a - b))
  })

  it.each([
    ['a row that was cut out without a statement', 'DELETE FROM consent_ledger WHERE seq = 4'],
    ['the row behind the stretch cut out', 'DELETE FROM consent_ledger WHERE seq = 3'],
    ['the statement gone', 'DELETE FROM consent_removed'],
    [
      'a stretch that was made longer',
      'UPDATE consent_removed SET to_seq = 3; DELETE FROM consent_ledger WHERE seq = 3',
    ],
    [
      'a stretch that was made longer at its beginning',
      'UPDATE consent_removed SET from_seq = 1; DELETE FROM consent_ledger WHERE seq = 1',
    ],
    ['another hash', `UPDATE consent_removed SET row_hash = '${'A'.repeat(43)}'`],
    ['another time', "UPDATE consent_removed SET time = '2027-01-01T00:00:00Z'"],
    ['another key', "UPDATE consent_removed SET key_id = 'another'"],
    ['another signature', `UPDATE consent_removed SET signature = '${'A'.repeat(86)}'`],
  ])('R2.6 that are missing show: %s', async (_what, statements) => {
    const all = await withoutRefusal()
    for (const statement of statements.split('; ')) expect(await all.tamper(statement)).toBe(1)
    expect((await all.verify()).faults).not.toEqual([])
  })

  it('R2.6 are not replaced by a statement that somebody else signed, nor by one of another chain', async () => {
    const all = await withoutRefusal()
    const [row] = await rowsOf(all.store, 'consent_ledger', 'WHERE seq = 4')
    const chain = await chainOf(all.store.db, all.site.id)
    const rows = { from: 4, to: 4, hash: row?.row_hash ?? '', time: '2027-06-01T00:00:00Z' }
    await all.tamper('DELETE FROM consent_ledger WHERE seq = 4')
    for (const forged of [
      signRemoved(createSigner(Buffer.alloc(32, 5)), chain, rows),
      signRemoved(signer, { ...chain, opened: '2020-01-01T00:00:00.000Z' }, rows),
      signRemoved(signer, { ...chain, site: 'other.example' }, rows),
    ]) {
      await all.tamper(
        'INSERT INTO consent_removed (site_id, from_seq, to_seq, row_hash, time, key_id, signature) VALUES (?, 4, 4, ?, ?, ?, ?)',
        all.site.id,
        forged.hash,
        forged.time,
        forged.key,
        forged.signature,
      )
      expect((await all.verify()).faults).toEqual([expect.stringMatching(/rows 4 to 4 .* does not bear/)])
      await all.tamper('DELETE FROM consent_removed WHERE from_seq = 4')
    }
  })

  it('R2.6 that are removed show in an export where its line was changed, left out or moved', async () => {
    const all = await withoutRefusal()
    const lines = await linesOf(all)
    const at = lines.findIndex((line) => line.startsWith('{"type":"removed"'))
    const line = lines[at] ?? ''
    const others = lines.filter((_, index) => index !== at)
    const chain = await chainOf(all.store.db, all.site.id)
    const { hash, time } = JSON.parse(line) as { hash: string; time: string }
    const ofAnother = signRemoved(signer, { ...chain, site: 'other.example' }, { from: 2, to: 2, hash, time })
    const changed = [
      others,
      // The row before it.
      lines.filter((_, index) => index !== at - 1),
      [...lines.slice(0, at), JSON.stringify({ type: 'removed', ...ofAnother }), ...lines.slice(at + 1)],
      [...others, line],
      ...(['"from":2', '"to":2', '"hash":"', '"time":"', '"opened":"', '"signature":"'] as const).map(
        (field) => [
          ...lines.slice(0, at),
          line.replace(field, field.endsWith('2') ? field.replace('2', '3') : `${field}x`),
          ...lines.slice(at + 1),
        ],
      ),
    ]
    for (const wrong of changed) {
      expect((await verifyExport(read(wrong))).faults).not.toEqual([])
    }
  })
})
