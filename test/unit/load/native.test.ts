import { describe, expect, it } from 'vitest'
import { storedLine } from '../../../schema/rows.ts'
import { columnsOfBlock, encodeNative } from '../../../server/load/native.ts'
import { recordOf } from '../spool/rig.ts'

const line = (row = 0): string => storedLine(77, row, recordOf(row))
const encode = (lines: string, rows = 1): Buffer | undefined => encodeNative(Buffer.from(lines), rows)
/** A line with another value in one of its fields. */
function withField(number: number, value: string): string {
  const fields = line().slice(0, -1).split('\t')
  fields[number] = value
  return `${fields.join('\t')}\n`
}
const [VISITOR, TIME, PAGE, SCROLL, NAME, VALUE, REVENUE, PROPS, STATUS] = [3, 4, 11, 32, 33, 34, 35, 37, 38]
/** A line with details, with another value in one of its fields. */
function withDetail(number: number, value: string): string {
  const fields = [
    ...line().slice(0, -1).split('\t'),
    'Signup',
    '7',
    '29.0000',
    'EUR',
    "{'plan':'pro'}",
    '404',
  ]
  fields[number] = value
  return `${fields.join('\t')}\n`
}

// That the values of a block are those of the lines is shown by the engine: test/integration/native.test.ts.
describe('lines as a block', () => {
  it('begin with the numbers of columns and rows, and name each column with its type', () => {
    const block = encode(line(0) + line(1), 2)
    expect(block?.subarray(0, 2)).toEqual(Buffer.from([33, 2]))
    expect(block?.subarray(2, 18).toString('latin1')).toBe('\u0008batch_id\u0006UInt64')
  })

  it('name all columns as soon as one row has details', () => {
    const block = encode(line(0) + withDetail(NAME, 'Signup') + line(1), 3)
    expect(block?.subarray(0, 2)).toEqual(Buffer.from([39, 3]))
    expect(block && columnsOfBlock(block).slice(-2)).toEqual(['props', 'status'])
    const plain = encode(line(0) + line(1), 2)
    expect(plain && columnsOfBlock(plain).at(-1)).toBe('scroll_percent')
  })

  it('hold a text that repeats once', () => {
    const block = encode([0, 1, 2].map((row) => line(row)).join(''), 3)?.toString('latin1')
    expect(block?.split('tracker')).toHaveLength(2)
  })

  it.each([
    ['one column too few', line().replace(/\t0\n$/, '\n')],
    ['one column too many', line().replace(/\n$/, '\t0\n')],
    ['no end', line().slice(0, -1)],
    ['a number with a letter', withField(VISITOR, '12x')],
    ['no number', withField(TIME, '')],
    ['a number of more than 64 bits', withField(VISITOR, '18446744073709551616')],
    ['a number of more than 32 bits', withField(TIME, '4294967296')],
    ['a number of more than 8 bits', withField(SCROLL, '256')],
    ['a day that does not exist', withField(2, '2026-02-30')],
    ['a day beyond the type', withField(2, '2149-06-07')],
    ['an escape that nobody writes', withField(PAGE, String.raw`/\x41`)],
    ['some details but not all', withDetail(NAME, 'Signup').replace(/\t404\n$/, '\n')],
    ['more than the details', withDetail(NAME, 'Signup').replace(/\n$/, '\t\n')],
    ['an amount with a comma', withDetail(REVENUE, '29,00')],
    ['an amount with five decimals', withDetail(REVENUE, '0.00001')],
    ['an amount with nothing behind its point', withDetail(REVENUE, '29.')],
    ['an amount with nothing before its point', withDetail(REVENUE, '.29')],
    ['an amount with too many digits', withDetail(REVENUE, '100000000000000')],
    ['an amount with two signs', withDetail(REVENUE, '--1')],
    ['a value below 0', withDetail(VALUE, '-1')],
    ['a map without an end', withDetail(PROPS, "{'plan':'pro'")],
    ['a map without quotes', withDetail(PROPS, '{plan:pro}')],
    ['a map with half a pair', withDetail(PROPS, "{'plan':}")],
    ['a map with a comma at its end', withDetail(PROPS, "{'plan':'pro',}")],
    ['a map with two pairs in a row', withDetail(PROPS, "{'plan':'pro''size':'xl'}")],
    ['a map with an escape that nobody writes', withDetail(PROPS, String.raw`{'plan':'\x41'}`)],
    ['a status of more than 16 bits', withDetail(STATUS, '65536')],
  ])('are left to the database when one has %s', (_, bad) => {
    expect(encode(bad)).toBeUndefined()
    expect(encode(line(0) + bad, 2)).toBeUndefined()
  })

  it('are refused when they are more or fewer than was said', () => {
    expect(encode(line(0) + line(1), 1)).toBeUndefined()
    expect(encode(line(0), 2)).toBeUndefined()
  })

  it.each([
    ['the largest numbers', withField(VISITOR, '18446744073709551615')],
    ['the last day', withField(2, '2149-06-06')],
    ['every escape', withField(PAGE, String.raw`/\\\t\n`)],
    ['every escape of a map', withDetail(PROPS, String.raw`{'a':'\\\t\n\'','':''}`)],
    ['an empty map', withDetail(PROPS, '{}')],
    ['the largest amount', withDetail(REVENUE, '-99999999999999.9999')],
  ])('hold %s', (_, good) => {
    expect(encode(good)).toBeInstanceOf(Buffer)
  })
})
