import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { UserError } from '../../../../server/errors.ts'
import { COLUMNS } from '../../../../server/sms/import/rows.ts'
import { importList, type ImportResult, type RowFault } from '../../../../server/sms/import/run.ts'
import { NUMBER_SENTENCES } from '../../../../server/sms/import/sentences.ts'
import { anyText } from '../../../support/any-text.ts'
import { rowsOf } from '../../store/opened.ts'
import { COMPLETE } from '../consents.ts'
import { startLife, type Life } from '../life.ts'
import { numberOf } from '../store/opened.ts'

const GOOD = {
  collected_at: '2026-11-20T09:30:00-05:00',
  disclosure: COMPLETE.disclosure,
  disclosure_version: '2026-11-01',
  locale: 'en',
  source: 'https://lantern.example/deals',
  provenance: 'own-form',
  is_separate: 'yes',
}

/** Another number for each row of all lists. */
let count = 0
const nextNumber = (): string =>
  `+1201${String(200 + Math.trunc(count / 10_000))}${String(count++ % 10_000).padStart(4, '0')}`

type Row = Readonly<Record<(typeof COLUMNS)[number], string>>
const goodRow = (): Row => ({ number: nextNumber(), ...GOOD })
const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`
const written = (row: Row): string => COLUMNS.map((column) => quoted(row[column])).join(',')

interface Loaded extends ImportResult {
  readonly faults: readonly RowFault[]
}

/** What came of a list; a sentence where none of it was read. */
async function load(life: Life, bytes: Uint8Array): Promise<Loaded | string> {
  const faults: RowFault[] = []
  try {
    const result = await importList(life.parts, {
      program: life.program,
      source: Readable.from([Buffer.from(bytes)]),
      defaults: {},
      isDryRun: false,
      actor: 'terminal',
      onFault: (fault) => faults.push(fault),
    })
    return { ...result, faults }
  } catch (error) {
    if (error instanceof UserError) return error.message
    throw error
  }
}

/** All rows are somewhere in what is told, and each entry of the ledger is one that was told. */
async function expectWhole(life: Life, loaded: Loaded | string, entriesBefore: number): Promise<void> {
  const entries = (await rowsOf(life.store, 'sms_ledger')).length - entriesBefore
  if (typeof loaded === 'string') {
    expect(loaded).toMatch(SENTENCE)
    return
  }
  const { rows, granted, asked, known, failed, faults } = loaded
  expect(granted + asked + known + loaded['opted-out'] + loaded['too-old'] + failed).toBe(rows)
  expect(faults).toHaveLength(failed)
  expect(entries).toBe(granted + asked)
  for (const { line, faults: told } of faults) {
    expect(line).toBeGreaterThan(1)
    expect(told.length).toBeGreaterThan(0)
    for (const sentence of told) expect(sentence).toMatch(SENTENCE)
  }
}

const SENTENCE = /^[A-Z][^\n]*\.$/u

/** Cells that people, spreadsheets and attackers write. */
const odd = fc.oneof(
  anyText(60).map((text) => Buffer.from(text).toString()),
  fc.constantFrom(
    '',
    ' ',
    'NULL',
    '#REF!',
    '=cmd|calc!A1',
    '\u0000',
    'a\u0000b',
    '\u202Eevil',
    '<script>alert(1)</script>',
    "'; DROP TABLE sms_subject; --",
    '9'.repeat(40),
    '2.015550123E+9',
    '+1 (201) 555-0123 ext. 9',
    '20155',
    '+49 30 1234567',
    '(999) 555-0123',
    '11/20/2026',
    '2026-02-30T00:00:00Z',
    '+275760-09-13T00:00:00.000Z',
    'two\nlines',
    '💥'.repeat(300),
    'purchased',
  ),
)

describe('S3 S10 SX1 odd lists', () => {
  it('any bytes are a list that is told of whole, or refused in a sentence', async () => {
    const life = await startLife({ confirmWithin: 'off' })
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 400 }),
      fc.uint8Array({ maxLength: 100 }).map((rest) => Buffer.concat([Buffer.of(0x1f, 0x8b, 8), rest])),
      fc.tuple(fc.nat(), anyText(80)).map(([cut, text]) => {
        const packed = gzipSync(`number,collected_at\n${text}`)
        return packed.subarray(0, cut % packed.length)
      }),
      anyText(300).map((text) => Buffer.from(`number,collected_at\n${text}`)),
      fc.array(odd, { maxLength: 12 }).map((cells) => Buffer.from(cells.join(','))),
    )
    const seen = { refused: 0, read: 0 }
    await fc.assert(
      fc.asyncProperty(bytes, async (list) => {
        const before = (await rowsOf(life.store, 'sms_ledger')).length
        const loaded = await load(life, list)
        await expectWhole(life, loaded, before)
        seen[typeof loaded === 'string' ? 'refused' : 'read']++
      }),
      { numRuns: 100 },
    )
    expect(seen.refused).toBeGreaterThan(0)
    expect(seen.read).toBeGreaterThan(0)
  })

  it('a bad row costs no other: those beside it are taken, and it is told by its line, without what it says', async () => {
    const life = await startLife({ confirmWithin: 'off' })
    const bad = fc.oneof(
      fc.tuple(fc.constantFrom(...COLUMNS), odd).map(([column, cell]) => ({ column, cell })),
      // A row of another width, and a line that never was a row.
      fc.array(odd, { maxLength: 4 }).map((cells) => ({ raw: cells.map(quoted).join(',') })),
      anyText(60).map((text) => ({ raw: `x${text.replaceAll(/[\r\n"]/g, '')}` })),
      fc.constantFrom('"', '"never closed', 'a,"b"c', '"a"b').map((raw) => ({ raw })),
    )
    const seen = { failed: 0 }
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(bad, { nil: undefined }), { maxLength: 12 }), async (plan) => {
        const before = (await rowsOf(life.store, 'sms_ledger')).length
        const lines = [COLUMNS.join(',')]
        const good: string[] = []
        for (const one of plan) {
          const row = goodRow()
          if (one === undefined) good.push(row.number)
          lines.push(
            one === undefined
              ? written(row)
              : 'raw' in one
                ? one.raw
                : written({ ...row, [one.column]: one.cell }),
          )
        }
        const loaded = await load(life, Buffer.from(lines.join('\n')))
        await expectWhole(life, loaded, before)
        if (typeof loaded === 'string') throw new Error(loaded)
        seen.failed += loaded.failed
        for (const number of good) expect([lines, await isKnown(life, number)]).toEqual([lines, true])
        // Neither a number nor what stood in a cell.
        expect(JSON.stringify(loaded.faults)).not.toMatch(/\d{7}|script|DROP|calc|💥/)
      }),
      { numRuns: 60 },
    )
    expect(seen.failed).toBeGreaterThan(0)
  })

  it('what is wrong with a number has a sentence of its own for each way to be wrong', async () => {
    const life = await startLife()
    const numbers = ['none', '(201) 555-0123 x4', '20155', '+49 30 1234567', '(999) 555-0123']
    const list = [COLUMNS.join(','), ...numbers.map((number) => written({ ...goodRow(), number }))]
    const loaded = await load(life, Buffer.from(list.join('\r\n')))
    expect(typeof loaded === 'string' ? loaded : loaded.faults.map(({ faults }) => faults)).toEqual(
      Object.values(NUMBER_SENTENCES).map((sentence) => [sentence]),
    )
  })
})

async function isKnown({ store, parts }: Life, number: string): Promise<boolean> {
  return (await parts.subjects.find(store.db, numberOf(number))) !== undefined
}
