import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { charactersOutside, segmentsOf } from '../../../sms/segments.ts'
import { anyText } from '../../support/any-text.ts'

describe('S15 the parts of a message', () => {
  it.each([
    ['nothing', '', 'gsm-7', 0, 0],
    ['a letter', 'a', 'gsm-7', 1, 1],
    ['160 letters', 'a'.repeat(160), 'gsm-7', 1, 160],
    ['161 letters', 'a'.repeat(161), 'gsm-7', 2, 161],
    ['306 letters', 'a'.repeat(306), 'gsm-7', 2, 306],
    ['307 letters', 'a'.repeat(307), 'gsm-7', 3, 307],
    ['80 euros', '€'.repeat(80), 'gsm-7', 1, 160],
    ['81 euros', '€'.repeat(81), 'gsm-7', 2, 162],
    ['153 euros, of which one does not fit beside 152 units', '€'.repeat(153), 'gsm-7', 3, 306],
    ['70 of another script', 'Ж'.repeat(70), 'ucs-2', 1, 70],
    ['71 of another script', 'Ж'.repeat(71), 'ucs-2', 2, 71],
    ['35 emoji', '😀'.repeat(35), 'ucs-2', 1, 70],
    ['36 emoji', '😀'.repeat(36), 'ucs-2', 2, 72],
    ['67 emoji, which 67 units hold 33 of', '😀'.repeat(67), 'ucs-2', 3, 134],
    ['a small cedilla', 'ça', 'ucs-2', 1, 2],
    ['a large cedilla', 'Ça', 'gsm-7', 1, 2],
    ['a curly quote', '“hi”', 'ucs-2', 1, 4],
    ['a tab', 'a\tb', 'ucs-2', 1, 3],
  ] as const)('S15 of %s', (_, text, encoding, count, units) => {
    expect(segmentsOf(text)).toMatchObject({ encoding, count, units })
  })

  it('S15 hold the text, and one part less would not', () => {
    fc.assert(
      fc.property(anyText(600), (text) => {
        const { encoding, count, units, left } = segmentsOf(text)
        const [alone, joined] = encoding === 'gsm-7' ? [160, 153] : [70, 67]
        const size = count > 1 ? count * joined : alone
        expect(left).toBeGreaterThanOrEqual(0)
        expect(units + left).toBeLessThanOrEqual(size)
        // At most one unit of each part is left empty, where a pair did not fit.
        expect(size - units - left).toBeLessThan(Math.max(count, 1))
        expect(charactersOutside(text).length === 0).toBe(encoding === 'gsm-7')
      }),
    )
  })
})
