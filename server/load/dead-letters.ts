import { UserError } from '../errors.ts'
import { insertBisecting, type RefusedRow } from './reject.ts'
import type { EventTable } from './table.ts'

/** Rows of one batch and day that the database refused and the loader set aside. */
export interface DeadLetters {
  readonly batchId: string
  readonly day: string
  /** In the order of their numbers. */
  readonly rows: readonly RefusedRow[]
}

/** The loader's own form: each row an object on a line, with its batch and day. Throws UserError where it is damaged. */
export function readDeadLetters(text: string): DeadLetters {
  const rows: (RefusedRow & { batchId: string; day: string })[] = []
  for (const line of text.split('\n')) {
    try {
      rows.push(JSON.parse(line) as (typeof rows)[number])
    } catch {
      throw new UserError('A file of dead letters is damaged: take the spool folder from a backup.', 500)
    }
  }
  return { batchId: rows[0]?.batchId ?? '', day: rows[0]?.day ?? '', rows }
}

export function writeDeadLetters({ batchId, day, rows }: DeadLetters): string {
  return rows.map((row) => JSON.stringify({ ...row, batchId, day })).join('\n')
}

/**
 * Loads rows that were refused, each exactly once: a row keeps the batch and number that it had, the table is asked
 * which of them it holds, and only what is missing is sent, also after an attempt that was broken off. Resolves to how
 * many are loaded by this call and to those that are still refused. The batch must have been loaded to its end, and
 * nobody else may try meanwhile.
 */
export async function loadDeadLetters(
  letters: DeadLetters,
  table: EventTable,
  signal: AbortSignal,
): Promise<{ loaded: number; left: DeadLetters }> {
  const { batchId, day } = letters
  const lines = new Map(letters.rows.map(({ row, line }) => [row, Buffer.from(line)]))
  const pick = (rows: readonly number[]): Buffer => Buffer.concat(rows.map((row) => lines.get(row) ?? NONE))
  const refused = new Map<number, RefusedRow>()

  await table.settle(batchId, signal)
  const there = await table.rowNumbers(batchId, day, signal)
  const present = (await table.rowsOf(batchId, [day], signal)).get(day) ?? 0
  const rows = [...lines.keys()].filter((row) => !there.has(row))
  await insertBisecting(
    { batchId, pick, lines: (from, to) => pick(rows.filter((row) => row >= from && row < to)) },
    { slice: { day }, rows, present },
    {
      table,
      signal,
      setAside: async (_day, again) => {
        for (const one of again) refused.set(one.row, one)
      },
    },
  )
  // An answer alone is no proof that the rows are kept.
  const kept = await table.rowNumbers(batchId, day, signal)
  const left = letters.rows.filter(({ row }) => !kept.has(row))
  return {
    loaded: rows.filter((row) => kept.has(row)).length,
    left: { batchId, day, rows: left.map((one) => refused.get(one.row) ?? one) },
  }
}

const NONE = Buffer.alloc(0)
