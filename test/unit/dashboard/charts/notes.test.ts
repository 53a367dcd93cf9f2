import { describe, expect, it } from 'vitest'
import { notesByPoint } from '../../../../dashboard/charts/notes.ts'
import type { Note } from '../../../../schema/note.ts'

const note = (day: string, id = day): Note => ({ id, day, text: day, role: 'analyst' })
const at = (...times: string[]) => times.map((time) => ({ time }))

describe('notes at a line', () => {
  it('stand at their day, week or month, several at one point in their order', () => {
    const notes = [note('2026-11-20'), note('2026-11-24', 'a'), note('2026-11-24', 'b')]
    const ids = (points: { time: string }[], interval: 'day' | 'week' | 'month') =>
      notesByPoint(points, interval, notes).map((some) => some.map(({ id }) => id))
    expect(ids(at('2026-11-23', '2026-11-24'), 'day')).toEqual([[], ['a', 'b']])
    expect(ids(at('2026-11-16', '2026-11-23'), 'week')).toEqual([['2026-11-20'], ['a', 'b']])
    expect(ids(at('2026-10-01', '2026-11-01'), 'month')).toEqual([[], ['2026-11-20', 'a', 'b']])
  })

  it('stand at the first hour of their day, and at no minute', () => {
    const points = at('2026-11-23T23:00', '2026-11-24T00:00', '2026-11-24T01:00')
    expect(notesByPoint(points, 'hour', [note('2026-11-24')]).map(({ length }) => length)).toEqual([0, 1, 0])
    expect(notesByPoint(at('2026-11-24T01:00'), 'minute', [note('2026-11-24')])).toEqual([[]])
  })
})
