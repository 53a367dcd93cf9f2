import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lineOf, readLines } from '../../../../dashboard/settings/policy/json-lines.ts'

const lines = (text: string): object => {
  const read = readLines(text)
  return 'lines' in read ? Object.fromEntries(read.lines) : read
}

describe('the lines of a manifest', () => {
  it('are those of its values, by place', () => {
    expect(lines('{\n  "a": 1,\n  "b": [\n    {"c": "x"},\n    true\n  ]\n}')).toEqual({
      '': 1,
      a: 2,
      b: 3,
      'b[0]': 4,
      'b[0].c': 4,
      'b[1]': 5,
    })
  })

  it.each([
    ['{\n  "a": 1,\n}', 3],
    ['{\n  "a" 1\n}', 2],
    ['{"a": 01}', 1],
    ['[1,\n2', 2],
    ['', 1],
    ['{} {}', 1],
    ['{"a": "x\ny"}', 1],
    ['nul', 1],
  ])('of what is no JSON is the one at which it shows: %j', (text, faultLine) => {
    expect(lines(text)).toEqual({ faultLine })
  })

  it('reads what JSON.parse reads, and refuses what it refuses', () => {
    const parses = (text: string): boolean => {
      try {
        JSON.parse(text)
        return true
      } catch {
        return false
      }
    }
    fc.assert(
      fc.property(
        fc.json(),
        fc.nat(),
        fc.constantFrom('', ',', '"', '}', ']', '1', ' '),
        (json, at, extra) => {
          const index = json.length === 0 ? 0 : at % json.length
          const text = json.slice(0, index) + extra + json.slice(index)
          expect([text, 'lines' in readLines(text)]).toEqual([text, parses(text)])
        },
      ),
    )
  })

  it('of a place that is not there is the one of what it would lie in', () => {
    const read = readLines('{\n"services": [\n{"id": "a"}\n]\n}')
    if (!('lines' in read)) throw new Error('it is JSON')
    expect(lineOf(read.lines, 'services[0].items[3].name')).toBe(3)
    expect(lineOf(read.lines, 'services[7]')).toBe(2)
    expect(lineOf(read.lines, 'nowhere')).toBe(1)
  })
})
