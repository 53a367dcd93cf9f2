/** What the loader asks of the table of events. Every call may fail, or take effect although it seems to fail. */
export interface EventTable {
  /**
   * Inserts rows of one batch and one day, in one piece. Rejects with InsertRejected when the database says that it
   * cannot take what the rows hold; after any other error nobody knows whether they are in.
   */
  insert(day: string, rows: EncodedRows, batchId: string, signal: AbortSignal): Promise<void>
  /** Resolves once no insert of this batch is under way any more. */
  settle(batchId: string, signal: AbortSignal): Promise<void>
  /** How many rows of a batch the table holds, by day; days without rows may be absent. */
  rowsOf(batchId: string, days: readonly string[], signal: AbortSignal): Promise<Map<string, number>>
  /** Which rows of a batch and day the table holds. */
  rowNumbers(batchId: string, day: string, signal: AbortSignal): Promise<Set<number>>
}

export interface EncodedRows {
  /** Lines, each row one, or all rows as one block (server/load/native.ts). */
  readonly format: 'TabSeparated' | 'Native'
  readonly bytes: Buffer
  readonly count: number
}

/** The database refuses the content of rows, whoever sends them and whenever. */
export class InsertRejected extends Error {
  override readonly name = 'InsertRejected'
  /** The database's own number for the reason. Its message can quote rows: it goes into no log. */
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/** What the loader asks of the spool. */
export interface RecordSource {
  /** The position after the last record on disk. */
  position(): number
  /** Reads on from a position, in whole blocks; `time` is when the first was committed, Unix seconds. */
  read(
    from: number,
    limits: { records: number; bytes: number; upTo?: number },
  ): Promise<{ to: number; blocks: readonly Buffer[]; records: number; time: number | undefined }>
  /** Resolves when there are records at or after a position, or when the signal ends the waiting. */
  beyond(position: number, signal: AbortSignal): Promise<void>
  /** When the record at a position was committed, monotonic milliseconds, where that is known. */
  waitingSince(position: number): number | undefined
  /** What lies below a position may go. */
  release(upTo: number): Promise<void>
  /** Keeps a text for people to look at; one of the same name is replaced. */
  setAside(name: string, text: string): Promise<void>
}
