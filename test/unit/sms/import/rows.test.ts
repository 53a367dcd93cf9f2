import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { readRecords, type CsvRecord } from '../../../../server/sms/import/csv-records.ts'
import { createRowReader, type Cells, type ReadRow } from '../../../../server/sms/import/rows.ts'
import { COMPLETE } from '../consents.ts'

async function recordsOf(text: string | Buffer, chunk = 7): Promise<CsvRecord[]> {
  const bytes = Buffer.from(text)
  const chunks = Array.from({ length: Math.ceil(bytes.length / chunk) }, (_, index) =>
    bytes.subarray(index * chunk, (index + 1) * chunk),
  )
  const records: CsvRecord[] = []
  for await (const record of readRecords(Readable.from(chunks), () => true)) records.push(record)
  return records
}

describe('records of CSV', () => {
  it('are read with quotes, commas and line breaks within, whatever ends the lines and wherever the stream is cut', async () => {
    const text = '\ufeffnumber,note\r\n1,"a, ""b"""\r\n\r\n2,"two\n\nlines"\n3, plain \n4,'
    const expected = [
      { line: 1, cells: ['number', 'note'] },
      { line: 2, cells: ['1', 'a, "b"'] },
      { line: 4, cells: ['2', 'two\n\nlines'] },
      { line: 7, cells: ['3', 'plain'] },
      { line: 8, cells: ['4', ''] },
    ]
    for (const chunk of [1, 7, 1_000]) expect(await recordsOf(text, chunk)).toEqual(expected)
    expect(await recordsOf(gzipSync(text))).toEqual(expected)
  })

  it('a quote that is never closed, or closed within a cell, costs its own line and no other', async () => {
    expect(await recordsOf('a\n"b\nc\nd"e\nf')).toEqual([
      { line: 1, cells: ['a'] },
      { line: 2, fault: 'quotes' },
      { line: 3, cells: ['c'] },
      { line: 4, fault: 'quotes' },
      { line: 5, cells: ['f'] },
    ])
    const many = Array.from({ length: 300 }, (_, index) => String(index)).join('\n')
    const read = await recordsOf(`"never\n${many}`, 1_000)
    expect(read[0]).toEqual({ line: 1, fault: 'quotes' })
    expect(read).toHaveLength(301)
  })

  it('a line longer than any is told and passed over', async () => {
    const read = await recordsOf(`a\n${'x'.repeat(70_000)}\nb`, 10_000)
    expect(read).toEqual([
      { line: 1, cells: ['a'] },
      { line: 2, fault: 'too-long' },
      { line: 3, cells: ['b'] },
    ])
  })
})

const DEFAULTS: Cells = {
  disclosure: COMPLETE.disclosure,
  disclosure_version: '2026-11-01',
  source: 'https://lantern.example/deals',
  provenance: 'own-form',
  is_separate: 'yes',
}

function readOne(row: Cells, defaults: Cells = DEFAULTS): ReadRow {
  return createRowReader(Object.keys(row), {
    program: { name: 'Lantern Deals', seller: 'Lantern Coffee LLC', kind: 'marketing', language: 'en' },
    defaults,
    wording: (version, locale) => (version === 'own' && locale === 'en' ? COMPLETE.disclosure : undefined),
    actor: 'terminal',
    now: Date.parse('2026-11-25T00:00:00Z'),
  }).read(Object.values(row))
}

const ROW: Cells = { number: '(201) 555-0123', collected_at: '2026-11-24T09:30:00-05:00' }

const faults = (row: Cells, defaults: Cells = DEFAULTS): string => {
  const answer = readOne({ ...ROW, ...row }, defaults)
  return 'faults' in answer ? answer.faults.join(' ') : ''
}

describe('rows of a list', () => {
  it('S10 say when, where, by which text and whence somebody signed, with the offset of the time', () => {
    const answer = readOne(ROW)
    expect('consent' in answer && answer.number.reveal()).toBe('+12015550123')
    expect('consent' in answer && answer.consent).toEqual({
      seller: 'Lantern Coffee LLC',
      programName: 'Lantern Deals',
      disclosure: COMPLETE.disclosure,
      disclosureVersion: '2026-11-01',
      locale: 'en',
      signature: 'import',
      collectedAt: '2026-11-24T09:30:00-05:00',
      source: 'https://lantern.example/deals',
      actor: 'terminal',
      isSeparate: true,
      provenance: 'own-form',
    })
  })

  it('SX1 of lists that were bought, rented or handed on are refused, whatever they call it, and so are those from nowhere', () => {
    for (const provenance of ['purchased', 'lead-generation', 'lead_gen', 'rented', 'Bought', 'friend', '']) {
      const { provenance: _, ...defaults } = DEFAULTS
      expect(faults({ provenance }, defaults)).toContain('Lists that were bought')
    }
    expect(faults({ provenance: 'own-records' })).toBe('')
    // What a row says of itself counts, not what is said of all.
    expect(faults({ provenance: 'purchased' })).toContain('Lists that were bought')
  })

  const BAD: [row: Cells, sentence: string][] = [
    [{ number: 'none' }, 'The number is none'],
    [{ number: '' }, 'The number is none'],
    [{ number: '+49 30 1234567' }, 'another country'],
    [{ number: '12345' }, 'short code'],
    [{ number: '201-555-0123 x9' }, 'extension'],
    [{ number: '(999) 555-0123' }, 'area code'],
    [{ collected_at: '' }, 'when it was signed'],
    [{ collected_at: '11/24/2026' }, 'when it was signed'],
    [{ collected_at: '2026-11-24T09:30:00' }, 'when it was signed'],
    [{ collected_at: '2027-01-01T00:00:00Z' }, 'no time to come'],
    [{ is_separate: 'no' }, 'for this alone'],
    [{ disclosure: 'Text me.' }, 'does not name the seller'],
    [{ disclosure: COMPLETE.disclosure.replace('not a condition', 'a condition') }, 'no condition'],
  ]
  it.each(BAD)(
    'S3 %j is refused in a sentence that says why and does not repeat the number',
    (row, sentence) => {
      expect(faults(row)).toContain(sentence)
      expect(faults(row)).not.toMatch(/\d{3}.?\d{4}/)
    },
  )

  it('S3 without the text that was agreed to are refused; a version of the program’s own has one', () => {
    const { disclosure: _, ...rest } = DEFAULTS
    expect(faults({}, rest)).toBe(
      'It does not say what was agreed to: give `disclosure` word for word, or a version of the program.',
    )
    expect(faults({ disclosure_version: 'own' }, rest)).toBe('')
    expect(faults({ disclosure_version: 'own', locale: 'fr' }, rest)).not.toBe('')
  })

  it('need a header with their columns; others are named and not read', () => {
    const parts = { ...ROW, Name: 'Ann', 'Collected At': 'x' }
    expect(() => createRowReader(['name'], {} as never)).toThrow('`number` is not among them')
    expect(() => createRowReader(Object.keys(parts), {} as never)).toThrow('collected_at is there twice')
    const reader = createRowReader(['Number', 'Name', 'Collected-At'], {} as never)
    expect(reader.ignored).toEqual(['Name'])
    expect(reader.read(['1'])).toEqual({ faults: ['It has 1 cells, and the first line names 3.'] })
  })
})
