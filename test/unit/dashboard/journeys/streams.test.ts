import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { QueryAnswer } from '../../../../schema/query.ts'
import { streamsOf, type Frame } from '../../../../dashboard/journeys/streams.ts'

const FRAME: Frame = { scale: 300, slot: 44, gap: 4 }

type Row = [step: number, from: string | null, to: string | null, visits: number]

function answerOf(rows: readonly Row[]): QueryAnswer {
  return {
    rows: rows.map(([step, from, to, visits]) => ({ step, from, to, visits })),
    totals: {},
    meta: {
      from: '2026-11-18',
      to: '2026-11-24',
      timezone: 'Europe/Berlin',
      source: 'events',
      foldedRows: 0,
      rowCount: rows.length,
      minimumGroup: 5,
      freshness: '2026-11-24T13:31:58.000Z',
    },
  }
}

describe('streams', () => {
  it('R8.6 hold every visit: what leaves a page is what came to it', () => {
    const { boxes, bands, columns } = streamsOf(
      answerOf([
        [1, '/', '/a', 60],
        [1, '/', null, 40],
        [2, '/a', '/b', 25],
        [2, '/a', '(other)', 20],
        [2, '/a', null, 15],
      ]),
      'from',
      '/',
      FRAME,
    )
    expect(columns).toBe(3)
    const at = (column: number, kind: string) =>
      boxes.find((box) => box.column === column && box.kind === kind)?.visits
    expect([at(0, 'step'), at(1, 'page'), at(1, 'end'), at(2, 'page'), at(2, 'other')]).toEqual([
      100, 60, 40, 25, 20,
    ])
    const a = boxes.find(({ name }) => name === '/a')
    const into = bands.filter(({ to }) => to === a).reduce((sum, { visits }) => sum + visits, 0)
    const out = bands.filter(({ from }) => from === a).reduce((sum, { visits }) => sum + visits, 0)
    expect([into, out]).toEqual([60, 60])
  })

  it('R8.6 to a step run to the right, where the step stands', () => {
    const { boxes, bands } = streamsOf(
      answerOf([
        [1, '/pricing', 'Signup', 9],
        [2, null, '/pricing', 9],
      ]),
      'to',
      'Signup',
      FRAME,
    )
    const columnOf = (kind: string) => boxes.find((box) => box.kind === kind)?.column
    expect([columnOf('end'), columnOf('page'), columnOf('step')]).toEqual([0, 1, 2])
    expect(bands.every(({ from, to }) => from.column < to.column)).toBe(true)
  })

  it('tell a page that is called like the rest, or like the step, from these', () => {
    const { boxes } = streamsOf(
      answerOf([
        [1, '/', 'other', 5],
        [1, '/', '(other)', 4],
        [1, '/', '/', 3],
        [1, '/', 'end', 2],
        [1, '/', null, 1],
      ]),
      'from',
      '/',
      FRAME,
    )
    const second = boxes
      .filter(({ column }) => column === 1)
      .map(({ kind, name, visits }) => [kind, name, visits])
    expect(second).toEqual([
      ['page', 'other', 5],
      ['page', '/', 3],
      ['page', 'end', 2],
      ['other', '', 4],
      ['end', '', 1],
    ])
  })

  it('never lie over one another within a column, whatever the answer', () => {
    const name = fc.constantFrom('/a', '/b', '/c', '(other)', null)
    const rows = fc.uniqueArray(fc.tuple(name, fc.integer({ min: 1, max: 100_000 })), {
      selector: ([to]) => to,
      minLength: 1,
    })
    fc.assert(
      fc.property(rows, (given) => {
        const { boxes, bands, height } = streamsOf(
          answerOf(given.map(([to, visits]): Row => [1, '/', to, visits])),
          'from',
          '/',
          FRAME,
        )
        const column = boxes.filter((box) => box.column === 1).toSorted((a, b) => a.top - b.top)
        for (const [index, box] of column.entries()) {
          const above = column[index - 1]
          if (above) expect(box.top).toBeGreaterThanOrEqual(above.top + above.slot)
          expect(box.slot).toBeGreaterThanOrEqual(FRAME.slot)
          expect(box.top + box.slot).toBeLessThanOrEqual(height + 1e-9)
        }
        expect(bands).toHaveLength(given.length)
      }),
    )
  })
})
