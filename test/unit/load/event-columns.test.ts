import { describe, expect, it } from 'vitest'
import { EVENT_COLUMNS, type EventColumn } from '../../../schema/rows.ts'
import { createBlockMemory } from '../../../server/load/block-memory.ts'
import { batchOfColumns, type EventColumns, type SharedColumn } from '../../../server/load/event-columns.ts'
import { encodeNative } from '../../../server/load/native.ts'

const NUMBERS: Readonly<Record<string, string>> = {
  'LowCardinality(String)': 'a word',
  String: '/',
  'Map(String, String)': '{}',
}

/** Rows of two days, by turns; each has a source of its own, and one of the pages. */
function rowsOf(rows: number, pages: readonly string[]): EventColumns {
  const of = (count: number): Uint32Array => Uint32Array.from({ length: rows }, (_, row) => row % count)
  const all = Object.fromEntries(
    EVENT_COLUMNS.map(([name, type]) => [name, { kind: 'same', value: NUMBERS[type] ?? '7' }]),
  ) as Record<EventColumn, SharedColumn>
  return {
    rows,
    timeMs: new Float64Array(rows),
    columns: {
      ...all,
      day: { kind: 'shared', of: of(2), values: ['2026-11-24', '2026-11-23'] },
      visitor: { kind: 'longs', high: of(5), low: of(3) },
      source: {
        kind: 'shared',
        of: of(rows),
        values: Array.from({ length: rows }, (_, row) => `source ${row}`),
      },
      page: { kind: 'shared', of: of(pages.length), values: pages },
      status: { kind: 'numbers', values: Uint16Array.from(of(600)) },
    },
  }
}

const PAGES = ['', '/', '/café', '/🎈', `/${'x'.repeat(126)}`, `/${'x'.repeat(127)}`, `/${'ü'.repeat(9_000)}`]

describe('columns as blocks', () => {
  // An index of a word takes one byte up to 256 words, two up to 65,536, and four beyond.
  it.each([1, 2, 513, 131_100])('are the blocks of their lines, of %i rows', (rows) => {
    const memory = createBlockMemory()
    // Twice: the second batch is written over the first.
    for (const pages of [PAGES.slice(0, 6), PAGES.slice(1, 3)]) {
      const batch = batchOfColumns('77', rowsOf(rows, pages), memory)
      const blocks = batch.slices.map((slice) => batch.block(slice))
      const expected = batch.slices.map(({ from, to }) => encodeNative(batch.lines(from, to), to - from))
      expect(blocks.map((block, index) => block?.equals(expected[index] ?? Buffer.alloc(0)))).toEqual(
        batch.slices.map(() => true),
      )
    }
  })

  it('keep what was written when texts need more memory than there was', () => {
    const batch = batchOfColumns('77', rowsOf(600, PAGES), createBlockMemory())
    const blocks = batch.slices.map((slice) => batch.block(slice))
    expect(blocks).toEqual(batch.slices.map(({ from, to }) => encodeNative(batch.lines(from, to), to - from)))
  })
})
