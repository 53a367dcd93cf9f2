import { describe, expect, it } from 'vitest'
import { createSigner } from '../../../server/chain/signer.ts'
import { verifyExport } from '../../../server/consent/verify-export.ts'
import { linesOf, read, scene, signer } from './ledger-scene.ts'

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
