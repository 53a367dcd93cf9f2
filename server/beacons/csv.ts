import type { EmailDecision } from '../../schema/email.ts'
import { UserError } from '../errors.ts'
import { checkDecision, DECISION } from './wire.ts'

/** A row that cannot be taken, by its number in the file; the header is row 1. */
export interface RowFault {
  readonly row: number
  readonly reason: string
}

const COLUMNS = ['email', 'event', 'purposes', 'copy', 'method', 'time'] as const
const NEEDED = ['email', 'purposes', 'copy', 'method'] as const

/**
 * Decisions from a file (RFC 4180) with the columns email, purposes (with a blank between them), copy and method, and if
 * it has them event (default `given`) and time (default now). Rows that cannot be taken are told by number and keep no
 * other from being taken. Throws UserError where a column is missing or a quote is not closed.
 */
export function decisionsOfCsv(
  text: string,
  now: number,
): { decisions: EmailDecision[]; faults: RowFault[] } {
  const [header = [], ...rows] = parseCsv(text.replace(/^\uFEFF/, ''))
  const names = header.map((name) => name.trim().toLowerCase())
  const missing = NEEDED.filter((name) => !names.includes(name))
  if (missing.length > 0) {
    throw new UserError(
      `The file has no column ${missing.join(', ')}: its first line names ${COLUMNS.join(', ')}.`,
    )
  }
  const decisions: EmailDecision[] = []
  const faults: RowFault[] = []
  for (const [index, cells] of rows.entries()) {
    const of = (name: (typeof COLUMNS)[number]): string => cells[names.indexOf(name)]?.trim() ?? ''
    const read = DECISION.safeParse({
      email: of('email'),
      event: of('event') || 'given',
      purposes: of('purposes').split(/\s+/),
      copy: of('copy'),
      method: of('method'),
      ...(of('time') !== '' && { time: of('time') }),
    })
    const row = index + 2
    if (!read.success) {
      faults.push({ row, reason: `${String(read.error.issues[0]?.path[0])} cannot be read` })
      continue
    }
    try {
      decisions.push(checkDecision(read.data, now))
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      faults.push({ row, reason: error.message })
    }
  }
  return { decisions, faults }
}

/** The rows of a file, empty lines left out. Throws UserError where a quote is not closed. */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  let cell = ''
  let isQuoted = false
  const endRow = (): void => {
    row.push(cell)
    if (row.length > 1 || cell !== '') rows.push(row)
    row = []
    cell = ''
  }
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? ''
    if (isQuoted) {
      if (character !== '"') cell += character
      else if (text[at + 1] === '"') cell += text[++at]
      else isQuoted = false
    } else if (character === '"' && cell === '') isQuoted = true
    else if (character === ',') {
      row.push(cell)
      cell = ''
    } else if (character === '\n') endRow()
    else if (character !== '\r') cell += character
  }
  if (isQuoted) throw new UserError('A quote in the file is not closed: the rest of it cannot be told apart.')
  endRow()
  return rows
}
