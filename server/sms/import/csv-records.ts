import { readLines, type NumberedLine } from '../../logs/lines.ts'

/** A record of a CSV file, by the line that it begins on. */
export type CsvRecord =
  | { readonly line: number; readonly cells: readonly string[] }
  /** A line longer than any, or a quote that is not closed, or closed in the middle of a cell. */
  | { readonly line: number; readonly fault: 'too-long' | 'quotes' }

/** Most lines that one cell in quotes goes over: what is open for longer was never closed. */
const MOST_LINES = 100

/**
 * The records of a CSV file (RFC 4180) one by one, however large it is; empty lines are left out. What is packed with
 * gzip is unpacked. A quote that is never closed costs its own record and no other.
 */
export async function* readRecords(source: AsyncIterable<Buffer>): AsyncGenerator<CsvRecord> {
  let open: NumberedLine[] = []
  for await (const lines of readLines(source)) {
    for (const line of lines) {
      open.push(line)
      open = yield* taken(open, false)
    }
  }
  while (open.length > 0) open = yield* taken(open, true)
}

/** Yields what can be told of the lines; answers those that are still open. */
function* taken(lines: NumberedLine[], isEnd: boolean): Generator<CsvRecord, NumberedLine[]> {
  let rest = lines
  while (rest.length > 0) {
    const [first] = rest as [NumberedLine]
    if (first.text === undefined) {
      yield { line: first.number, fault: 'too-long' }
      rest = rest.slice(1)
      continue
    }
    const [count, cells] = recordOf(rest)
    if (cells === 'open' && !isEnd && rest.length < MOST_LINES) return rest
    if (Array.isArray(cells)) yield { line: first.number, cells }
    else yield { line: first.number, fault: 'quotes' }
    rest = rest.slice(Array.isArray(cells) ? count : 1)
  }
  return rest
}

/** The first record of some lines, with the number of lines that it takes. */
function recordOf(lines: readonly NumberedLine[]): [count: number, cells: string[] | 'open' | 'broken'] {
  let text = ''
  for (const [index, line] of lines.entries()) {
    if (line.text === undefined) return [index, 'broken']
    text = index === 0 ? line.text : `${text}\n${line.text}`
    const cells = cellsOf(text)
    if (cells !== 'open') return [index + 1, cells]
  }
  return [lines.length, 'open']
}

const CELL = /\s*"((?:[^"]|"")*)"\s*(,|$)|([^",]*)(,|$)/y

function cellsOf(text: string): string[] | 'open' | 'broken' {
  const cells: string[] = []
  CELL.lastIndex = 0
  for (;;) {
    const from = CELL.lastIndex
    const match = CELL.exec(text)
    if (!match) return /^\s*"(?:[^"]|"")*$/.test(text.slice(from)) ? 'open' : 'broken'
    const [, quoted, quotedEnd, plain = '', plainEnd] = match
    cells.push(quoted === undefined ? plain.trim() : quoted.replaceAll('""', '"'))
    if ((quotedEnd ?? plainEnd) !== ',') return cells
  }
}
