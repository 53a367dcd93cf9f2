import { InsertRejected, type EncodedRows, type EventTable } from '../../../server/load/table.ts'

/** What an insert does, other than what it should. */
export type Mishap =
  /** Nothing was kept, and the connection is gone. */
  | 'lost'
  /** Everything was kept, and the answer never came. */
  | 'kept'
  /** Some rows were kept, and then it broke off. */
  | 'part'
  /** The caller gives up waiting; the insert is still under way and ends when it is told to, or of itself. */
  | 'late'
  /** It is answered as kept, and it was not. */
  | 'lied'

export interface MemoryTable extends EventTable {
  /** What happens to each insert; undefined: it succeeds. Default: all succeed. */
  mishap: () => Mishap | undefined
  /** Nothing answers while it is set. */
  isDown: boolean
  /** Rows of which this holds are refused, with the whole insert. */
  refuses: (line: string) => boolean
  /** Calls of `insert`. */
  readonly inserts: { day: string; batchId: string; rows: number; format: EncodedRows['format'] }[]
  /** Every row, as batch id, number and record, in the order they came. */
  lines(): string[]
  /** Inserts that are under way land. */
  land(): void
}

/** A table in memory with the failures of a real one. */
export function createMemoryTable(random: () => number): MemoryTable {
  const stored: { batchId: string; day: string; row: number; line: string }[] = []
  const inserts: MemoryTable['inserts'] = []
  let underWay: { batchId: string; lines: string[] }[] = []

  function keep(lines: readonly string[]): void {
    for (const line of lines) {
      const [batchId = '', row = '', day = ''] = line.split('\t', 3)
      stored.push({ batchId, day, row: Number(row), line })
    }
  }

  /** Some of what is under way ends by itself, at a moment that nobody chose. */
  function goOn(): void {
    const landing = underWay.filter(() => random() < 0.3)
    underWay = underWay.filter((insert) => !landing.includes(insert))
    for (const { lines } of landing) keep(lines)
  }

  const table: MemoryTable = {
    mishap: () => undefined,
    isDown: false,
    refuses: () => false,
    inserts,
    lines: () => stored.map(({ line }) => line),
    land() {
      for (const { lines } of underWay) keep(lines)
      underWay = []
    },

    async insert(day, { format, bytes, count: rows }, batchId, signal) {
      signal.throwIfAborted()
      inserts.push({ day, batchId, rows, format })
      if (table.isDown) throw new Error('connection refused')
      const lines = bytes
        .toString()
        .split('\n')
        .filter((line) => line !== '')
      if (lines.length !== rows || lines.some((line) => !line.startsWith(`${batchId}\t`))) {
        throw new Error('the rows are not those of the batch')
      }
      if (lines.some((line) => line.split('\t')[2] !== day)) throw new Error('a row is of another day')
      if (lines.some((line) => table.refuses(line))) throw new InsertRejected('27', 'cannot parse input')
      const mishap = table.mishap()
      if (mishap === 'part') keep(lines.slice(0, Math.floor(random() * lines.length)))
      if (mishap === 'kept' || mishap === undefined) keep(lines)
      if (mishap === 'late') underWay.push({ batchId, lines })
      if (mishap !== undefined && mishap !== 'lied') throw new Error('timed out')
    },

    async settle(batchId, signal) {
      signal.throwIfAborted()
      if (table.isDown) throw new Error('connection refused')
      for (const insert of underWay.filter((one) => one.batchId === batchId)) {
        if (random() < 0.5) keep(insert.lines)
      }
      underWay = underWay.filter((one) => one.batchId !== batchId)
    },

    async rowsOf(batchId, days, signal) {
      signal.throwIfAborted()
      if (table.isDown) throw new Error('connection refused')
      const counts = new Map<string, number>()
      for (const row of stored) {
        if (row.batchId === batchId && days.includes(row.day))
          counts.set(row.day, (counts.get(row.day) ?? 0) + 1)
      }
      goOn()
      return counts
    },

    async rowNumbers(batchId, day, signal) {
      signal.throwIfAborted()
      if (table.isDown) throw new Error('connection refused')
      return new Set(stored.filter((row) => row.batchId === batchId && row.day === day).map(({ row }) => row))
    },
  }
  return table
}
