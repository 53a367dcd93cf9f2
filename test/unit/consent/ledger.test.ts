import Database from 'libsql'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { sitesToVerify, verifySite } from '../../../server/consent/audit.ts'
import { entryHash, linkedOf } from '../../../server/consent/chain.ts'
import { exportLedger } from '../../../server/consent/export.ts'
import { createHeads } from '../../../server/consent/heads.ts'
import { consentSigner } from '../../../server/consent/open.ts'
import { createSigner } from '../../../server/consent/signer.ts'
import { createSites } from '../../../server/sites/registry.ts'
import type { Verification } from '../../../server/consent/verify.ts'
import { verifyExport } from '../../../server/consent/verify-export.ts'
import { createWriter } from '../../../server/consent/writer.ts'
import { serve } from './asked.ts'
import { decisionOf, MASTER, noticeHash, REFUSAL, rig, WITHDRAWAL, type Rig } from './rig.ts'

const signer = consentSigner(MASTER)

type Scene = Rig & {
  /** Changes the file behind the back of the product. */
  tamper(sql: string, ...values: unknown[]): number
  verify(): Promise<Verification>
  sign(): Promise<void>
}

/** A ledger of six rows: two people who grant, one who changes and withdraws, one who refuses, one who erases. */
async function scene(): Promise<Scene> {
  const made = await rig()
  const { clock, store, site, versions, dataDir } = made
  const ask = await serve(made.consent.route)
  const notice = noticeHash(site, versions[0] as never, 'en')
  const first = await ask({ body: decisionOf({ notice }) })
  clock.pass(60_000)
  await ask({ body: decisionOf({ ...REFUSAL, notice }) })
  const second = await ask({ body: decisionOf({ action: 'custom', granted: ['performance'], gpc: true }) })
  clock.pass(86_400_000)
  const receipt = String(first.json['receipt'])
  await ask({ body: decisionOf({ action: 'custom', granted: ['targeting'], receipt }) })
  await ask({ body: decisionOf({ ...WITHDRAWAL, receipt }) })
  await ask({ method: 'DELETE', path: `/c/${String(second.json['receipt'])}` })
  const heads = createHeads({ store, writer: createWriter(store), signer, clock })
  const file = new Database(path.join(dataDir, 'store.db'))
  onTestFinished(() => {
    file.close()
  })
  file.exec('PRAGMA ignore_check_constraints = ON')
  return Object.assign(made, {
    tamper: (sql: string, ...values: unknown[]) => file.prepare(sql).run(values).changes,
    verify: () => verifySite(store, site.id, signer.publicKey),
    sign: async () => {
      await heads.sign(site.id)
    },
  })
}

async function linesOf(parts: Rig, days: { from?: string; to?: string } = {}): Promise<string[]> {
  const { store, clock, site } = parts
  const lines: string[] = []
  for await (const line of exportLedger({ store, signer, clock, siteId: site.id, ...days })) lines.push(line)
  return lines
}

async function* read(lines: readonly string[]): AsyncGenerator<string> {
  for (const line of lines) yield line.trimEnd()
}

describe('R2.6 the consent ledger', () => {
  it('R2.6 verifies as it was written, signed or not yet', async () => {
    const { verify, sign, store, site } = await scene()
    expect(await verify()).toEqual({ site: 'example.com', rows: 6, heads: 0, faults: [] })
    await sign()
    expect(await verify()).toEqual({ site: 'example.com', rows: 6, heads: 1, faults: [] })
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
    const columns = Object.keys(store.readRows('consent_ledger', '')[0] ?? {})
    expect(columns.filter((column) => column !== 'site_id').toSorted()).toEqual(
      Object.keys(OTHERS).toSorted(),
    )
  })

  it.each(Object.keys(OTHERS))('R2.6 shows that %s was changed, in whichever row', async (column) => {
    const { tamper, verify, store } = await scene()
    for (const row of store.readRows('consent_ledger', 'ORDER BY seq')) {
      const before = row[column as 'time']
      const set = `UPDATE consent_ledger SET ${column} = ? WHERE row_hash = ?`
      const hash = column === 'row_hash' ? OTHERS['row_hash'] : row.row_hash
      expect(tamper(set, OTHERS[column], row.row_hash)).toBe(1)
      expect((await verify()).faults.join('\n')).toMatch(new RegExp(`[Rr]ow (${row.seq}|${row.seq + 1}|40) `))
      expect(tamper(set, before, hash)).toBe(1)
      expect((await verify()).faults).toEqual([])
    }
  })

  it('R2.6 shows which row was deleted, and that two were exchanged', async () => {
    for (const seq of [1, 2, 3, 4, 5]) {
      const { tamper, verify } = await scene()
      tamper('DELETE FROM consent_ledger WHERE seq = ?', seq)
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
      tamper('UPDATE consent_ledger SET seq = ? WHERE seq = ?', to, from)
    }
    const { faults } = await verify()
    expect(faults).toEqual(expect.arrayContaining(['Row 2 was changed.', 'Row 3 was changed.']) as unknown)
  })

  it('R2.6 shows a row that was changed and hashed anew, with all rows after it, by the signed head', async () => {
    const { tamper, verify, store, sign } = await scene()
    await sign()
    let previous: string | undefined
    for (const row of store.readRows('consent_ledger', 'ORDER BY seq')) {
      const forged = { ...row, prev_hash: previous ?? row.prev_hash }
      if (row.seq === 2) Object.assign(forged, { event: 'given', granted: 'performance' })
      const { entry } = linkedOf('example.com', forged)
      const hash = entryHash(entry, forged.prev_hash)
      tamper(
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
      tamper('DELETE FROM consent_ledger WHERE seq > ?', keep)
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
    tamper('DELETE FROM consent_ledger WHERE seq > 4')
    tamper('DELETE FROM consent_head')
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
      tamper(`UPDATE consent_head SET ${column} = ?`, value)
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
        expect(tamper(sql)).toBe(1)
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
      expect(tamper(sql)).toBe(1)
      expect((await verify()).faults.join()).toContain(fault)
    }
    const { tamper, verify, store, clock } = await scene()
    const other = await createSites({ store, clock }).add({ domain: 'other.example' })
    tamper('UPDATE consent_receipt SET site_id = ?', other.id)
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
    const [one, other] = store.readRows('consent_ledger', 'WHERE seq = 1 ORDER BY time')
    expect(one?.site_id).toBe(site.id)
    expect(other?.prev_hash).not.toBe(one?.prev_hash)
  })
})

describe('R2.6 the export of a ledger', () => {
  it('R2.6 holds rows, notices, policies and heads, and is verified without the store', async () => {
    const made = await scene()
    const lines = await linesOf(made)
    const kinds = lines.map((line) => (JSON.parse(line) as { type: string }).type)
    expect(kinds).toEqual(['ledger', 'head', ...['notice', 'policy'].toSorted(byKind(kinds)), ...rowsOf(6)])
    expect(await verifyExport(read(lines), signer.publicKey.x)).toMatchObject({
      site: 'example.com',
      rows: 6,
      from: 1,
      to: 6,
      faults: [],
    })
    for (const line of lines) expect(line).not.toMatch(/"(salt|id)"/)
  })

  it('R2.6 of some days begins and ends with a signed row', async () => {
    const made = await scene()
    const [first, second] = [
      await linesOf(made, { to: '2026-11-24' }),
      await linesOf(made, { from: '2026-11-25' }),
    ]
    expect(await verifyExport(read(first))).toMatchObject({ rows: 3, from: 1, to: 3, faults: [] })
    expect(await verifyExport(read(second))).toMatchObject({ rows: 3, from: 4, to: 6, faults: [] })
    await expect(linesOf(made, { from: '2027-01-01' })).rejects.toThrow('holds nothing of these days')
  })

  it('R2.6 shows each line that was changed, left out, repeated or moved', async () => {
    const made = await scene()
    const lines = await linesOf(made, { from: '2026-11-25' })
    const wrong: [string, string[]][] = lines.flatMap((line, index): [string, string[]][] => {
      const rest = lines.filter((_, at) => at !== index)
      const isRow = line.startsWith('{"type":"row"')
      return [
        [`without line ${index}`, rest],
        ...(isRow && index + 1 < lines.length
          ? ([[`line ${index} last`, [...rest, line]]] as [string, string[]][])
          : []),
        ...(isRow
          ? ([[`line ${index} twice`, [...lines.slice(0, index), line, ...lines.slice(index)]]] as [
              string,
              string[],
            ][])
          : []),
      ]
    })
    for (const [name, changed] of wrong) {
      const faults = await verifyExport(read(changed)).then(
        (found) => found.faults,
        (error: Error) => [error.message],
      )
      expect(faults, name).not.toEqual([])
    }
  })

  it('R2.6 shows any letter or digit that was changed in a row, a head or a document', async () => {
    const made = await scene()
    const lines = await linesOf(made)
    for (const [index, line] of lines.entries()) {
      // The first line says when the export was made, which nothing signs; what it is of is signed by the heads.
      const fields = index === 0 ? ['"site":"', '"opened":"', '"to":', '"x":"'] : ['']
      const places = fields.flatMap((field) => {
        const from = line.indexOf(field) + field.length
        return Array.from({ length: field === '' ? line.length : 1 }, (_, at) => from + at)
      })
      for (const at of places.filter((_, nth) => index === 0 || nth % 7 === 3)) {
        const old = line[at] ?? ''
        if (!/[a-z0-9]/i.test(old)) continue
        const other = old === '2' ? '3' : old === 'x' ? 'y' : /\d/.test(old) ? '2' : 'x'
        const text = line.slice(0, at) + other + line.slice(at + 1)
        const faults = await verifyExport(
          read([...lines.slice(0, index), text, ...lines.slice(index + 1)]),
        ).then(
          (found) => found.faults,
          (error: Error) => [error.message],
        )
        expect(faults, `line ${index}: ${text.slice(Math.max(0, at - 30), at + 10)}`).not.toEqual([])
      }
    }
  })

  it('R2.6 signed by another key than the one that is asked for is refused', async () => {
    const made = await scene()
    const other = createSigner(Buffer.alloc(32, 9)).publicKey.x
    const { faults } = await verifyExport(read(await linesOf(made)), other)
    expect(faults).toContain("The head of row 6 does not bear this installation's signature.")
  })

  it.each([
    ['nothing', []],
    ['another file', ['{"a":1}']],
    ['no JSON', ['row']],
    [
      'rows alone',
      ['{"type":"row","previous":"","hash":"","entry":{"seq":1,"policy":{"hash":""},"notice":null}}'],
    ],
    ['half a character', ['{"type":"notice","hash":"x","document":{"a":"\\ud800"}}']],
  ])('says that %s is none', async (_name, lines) => {
    await expect(verifyExport(read(lines))).rejects.toThrow('not an export of a consent ledger')
  })
})

function rowsOf(count: number): string[] {
  return Array.from({ length: count }, () => 'row')
}

/** Documents come by their hash: which is first depends on it. */
function byKind(kinds: readonly string[]): (a: string, b: string) => number {
  return (a, b) => kinds.indexOf(a) - kinds.indexOf(b)
}
