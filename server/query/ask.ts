import { ClickHouseError, type ClickHouseClient } from '@clickhouse/client'
import { UserError } from '../errors.ts'
import type { Statement } from './sql.ts'

/** What one statement may cost. The engine's own limits hold beside these. */
export const STATEMENT_LIMITS = {
  /** Seconds. */
  max_execution_time: 10,
  /** Bytes. */
  max_memory_usage: String(2 ** 31),
  max_result_rows: '1000000',
} as const

export type AnsweredRow = Readonly<Record<string, string | number>>

/**
 * Runs a statement and gives its rows. Aborting cancels it. Rejects with UserError when it took too long or too much
 * (503, or 400 where the question has to change).
 */
export async function ask(
  read: ClickHouseClient,
  statement: Statement,
  signal: AbortSignal,
): Promise<AnsweredRow[]> {
  try {
    const result = await read.query({
      query: statement.text,
      query_params: statement.values,
      format: 'JSONEachRow',
      abort_signal: signal,
      clickhouse_settings: STATEMENT_LIMITS,
    })
    return await result.json<AnsweredRow>()
  } catch (error) {
    signal.throwIfAborted()
    throw mendable(error) ?? error
  }
}

/** A statement would take more than one may; a smaller one may be answered. */
export class TooCostly extends UserError {}

/** ClickHouse's exception codes that the caller, or a moment's patience, can mend. */
const FAULTS: Readonly<Record<string, UserError>> = {
  159: tooSlow(),
  241: new TooCostly(
    'The question needs more memory than there is for one: shorten the period or narrow the filters.',
  ),
  396: new UserError('The answer has too many rows: shorten the period or lower the limit.'),
  427: new UserError('A glob of the filters is too complicated: use fewer values or is.'),
  202: new UserError('The database is busy: try again in a few seconds.', 503),
}

export function tooSlow(): UserError {
  return new TooCostly('The question took too long: shorten the period or narrow the filters.', 503)
}

const UNREACHABLE = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EPIPE', 'ETIMEDOUT'])

function mendable(error: unknown): UserError | undefined {
  if (error instanceof ClickHouseError) return FAULTS[error.code]
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (UNREACHABLE.has(code)) {
    return new UserError('The database cannot be reached at the moment: try again in a few seconds.', 503)
  }
  return undefined
}
