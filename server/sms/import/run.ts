import {
  importConsent,
  type ImportOutcome,
  type ListedConsent,
  type SmsParts,
  type StoredProgram,
} from '../../../sms/index.ts'
import { UserError } from '../../errors.ts'
import { readRecords, type IsWhole } from './csv-records.ts'
import { createRowReader, type Cells } from './rows.ts'

/** How many rows came to what. */
export type ImportCounts = Readonly<Record<ImportOutcome | 'rows' | 'failed', number>>

export interface ImportResult extends ImportCounts {
  /** Columns that are not read. */
  readonly ignored: readonly string[]
}

export interface RowFault {
  /** Of the file, from 1. */
  readonly line: number
  readonly faults: readonly string[]
}

export interface ImportRequest {
  readonly program: StoredProgram
  readonly source: AsyncIterable<Buffer>
  /** What holds for all rows that do not say otherwise. */
  readonly defaults: Cells
  /** Tells what would come of it, and keeps nothing. */
  readonly isDryRun: boolean
  /** An actor of the audit log. */
  readonly actor: `account:${string}` | `key:${string}` | 'terminal'
  /** Called for each row that is not taken, in order. */
  readonly onFault: (fault: RowFault) => void
}

/** Rows taken in one transaction: what is cut off in between is taken to there, and the rest by doing it again. */
const AT_ONCE = 200

/** Undoes a transaction that was only to tell what it would do. */
class DryRun extends Error {}

/**
 * Loads a list of people who have signed up, row by row, however long it is: a bad row is told by its line and costs no
 * other, the same list again changes nothing. Throws UserError where it has no header, or none that will do.
 */
export async function importList(sms: SmsParts, request: ImportRequest): Promise<ImportResult> {
  const { program, actor, isDryRun, onFault } = request
  const wordings = await wordingsOf(sms, program.id)
  const counts: Record<ImportOutcome | 'rows' | 'failed', number> = {
    rows: 0,
    granted: 0,
    asked: 0,
    known: 0,
    'opted-out': 0,
    'too-old': 0,
    failed: 0,
  }
  let reader: ReturnType<typeof createRowReader> | undefined
  let waiting: ListedConsent[] = []
  const take = async (): Promise<void> => {
    const outcomes = await takeRows(sms, program, waiting, isDryRun)
    for (const outcome of outcomes) counts[outcome]++
    waiting = []
  }
  const fail = (line: number, faults: readonly string[]): void => {
    counts.failed++
    onFault({ line, faults })
  }

  // The first line itself may be broken: what it names is not known before it is read.
  const isWhole: IsWhole = (cells, lines) => reader?.isWhole(cells, lines) ?? true
  for await (const record of readRecords(request.source, isWhole)) {
    if (!reader) {
      if ('fault' in record) throw new UserError(`The first line cannot be read: ${BROKEN[record.fault]}`)
      reader = createRowReader(record.cells, {
        program: program.program,
        defaults: request.defaults,
        wording: (version, locale) => wordings.get(`${version}\n${locale}`),
        actor,
        now: sms.clock.now(),
      })
      continue
    }
    counts.rows++
    if ('fault' in record) {
      fail(record.line, [BROKEN[record.fault]])
      continue
    }
    const read = reader.read(record.cells)
    if ('faults' in read) fail(record.line, read.faults)
    else waiting.push({ ...read, line: record.line })
    if (waiting.length >= AT_ONCE) await take()
  }
  if (!reader) throw new UserError('The list is empty: its first line has to name the columns.')
  await take()
  if (!isDryRun) await tellAudit(sms, request, counts)
  return { ...counts, ignored: reader.ignored }
}

const BROKEN = {
  'too-long': 'It is longer than any line of a list.',
  quotes: 'A quote in it is not closed, or is closed within a cell.',
  swallows: 'A quote in it is closed in another row only: rows behind it are read by themselves.',
} as const

async function takeRows(
  sms: SmsParts,
  program: StoredProgram,
  rows: readonly ListedConsent[],
  isDryRun: boolean,
): Promise<ImportOutcome[]> {
  const outcomes: ImportOutcome[] = []
  if (rows.length === 0) return outcomes
  try {
    await sms.store.transaction(async (transaction) => {
      for (const row of rows) outcomes.push(await importConsent(transaction, sms, program, row))
      if (isDryRun) throw new DryRun()
    })
  } catch (error) {
    if (!(error instanceof DryRun)) throw error
  }
  return outcomes
}

async function tellAudit(
  { store, audit }: SmsParts,
  { program, actor }: ImportRequest,
  counts: ImportCounts,
): Promise<void> {
  await store.transaction((transaction) =>
    audit.append(transaction, {
      actor,
      action: 'sms.list.imported',
      subject: program.id,
      detail: { ...counts },
    }),
  )
}

/** The program's own texts, by version and language. */
async function wordingsOf({ store }: SmsParts, programId: string): Promise<Map<string, string>> {
  const rows = await store.db
    .selectFrom('sms_disclosure')
    .select(['version', 'locale', 'wording'])
    .where('program_id', '=', programId)
    .execute()
  return new Map(rows.map(({ version, locale, wording }) => [`${version}\n${locale}`, wording]))
}
