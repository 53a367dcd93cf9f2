import { readLines, type NumberedLine } from '../../logs/lines.ts'

/** A record of a CSV file, by the line that it begins on. */
export type CsvRecord =
  | { readonly line: number; readonly cells: readonly string[] }
  /** A line longer than any; a quote that is not closed, or closed in the middle of a cell; or by that of another row. */
  | { readonly line: number; readonly fault: 'too-long' | 'quotes' | 'swallows' }

/** Whether what is read as one record over several lines is one: two quotes that are not closed hold all between them. */
export type IsWhole = (cells: readonly string[], lines: readonly string[]) => boolean

/** Most lines that one cell in quotes goes over: what is open for longer was never closed. */
const MOST_LINES = 100

/**
 * The records of a CSV file (RFC 4180) one by one, however large it is; empty lines are left out. What is packed with
 * gzip is unpacked. A quote that is never closed costs its own record and no other.
 */
export async function* readRecords(
  source: AsyncIterable<Buffer>,
  isWhole: IsWhole,
): AsyncGenerator<CsvRecord> {
  let open: NumberedLine[] = []
  for await (const lines of readLines(source)) {
    for (const line of lines) {
      open.push(line)
      open = yield* taken(open, false, isWhole)
    }
  }
  while (open.length > 0) open = yield* taken(open, true, isWhole)
}

/** Yields what can be told of the lines; answers those that are still open. */
function* taken(
  lines: NumberedLine[],
  isEnd: boolean,
  isWhole: IsWhole,
): Generator<CsvRecord, NumberedLine[]> {
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
    const texts = rest.slice(0, count).map(({ text }) => text ?? '')
    if (!Array.isArray(cells)) yield { line: first.number, fault: 'quotes' }
    else if (count > 1 && !isWhole(cells, texts)) yield { line: first.number, fault: 'swallows' }
    else {
      yield { line: first.number, cells }
      rest = rest.slice(count)
      continue
    }
    rest = rest.slice(1)
  }
  return rest
}

/** The first record of some lines, with the number of lines that it takes. */
function recordOf(lines: readonly NumberedLine[]): [count: number, cells: string[] | 'open' | 'broken'] {
  let text = ''
  for (const [index, line] of lines.entries()) {
    if (line.text === undefined) return [index, 'broken']
    // Empty lines are left out, and yet belong to a text that goes over them.
    const ends = '\n'.repeat(line.number - (lines[index - 1]?.number ?? line.number))
    text = `${text}${ends}${line.text}`
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
