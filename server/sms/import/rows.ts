import type { WrittenConsent } from '../../../schema/sms.ts'
import { faultsOf, parseNumber, type PhoneNumber, type Program } from '../../../sms/index.ts'
import { UserError } from '../../errors.ts'
import { faultSentence, NUMBER_SENTENCES } from './sentences.ts'

/** What a row of a list says, in a column or for all rows at once. */
export const COLUMNS = [
  /** As people write it, or E.164. */
  'number',
  /** When it was signed: ISO 8601 with its offset. */
  'collected_at',
  /** Page, form, call or shop where it was given. */
  'source',
  /** What was shown beside the signature, word for word. */
  'disclosure',
  /** Its version; one of the program's own needs no `disclosure`. */
  'disclosure_version',
  /** BCP 47, of that text. */
  'locale',
  /** `own-form` or `own-records`. Others are refused. */
  'provenance',
  /** `yes`: the signature was for this alone, and for nothing else. */
  'is_separate',
] as const
export type Column = (typeof COLUMNS)[number]
export type Cells = Partial<Readonly<Record<Column, string>>>

export interface RowReader {
  /** Columns that are not read. */
  readonly ignored: readonly string[]
  /**
   * Whether a record over several lines is one row: it has a row's cells, and no cell of it that goes over lines holds
   * a line that looks like a row, with a number in its place.
   */
  isWhole(cells: readonly string[], lines: readonly string[]): boolean
  read(cells: readonly string[]): ReadRow
}

export type ReadRow =
  | { readonly number: PhoneNumber; readonly consent: WrittenConsent }
  /** A sentence for each thing that is wrong. */
  | { readonly faults: readonly string[] }

export interface ReaderParts {
  readonly program: Pick<Program, 'name' | 'seller' | 'kind' | 'language'>
  /** What holds for all rows that do not say otherwise. */
  readonly defaults: Cells
  /** Wording of a version of the program's own, in a language. */
  wording(version: string, locale: string): string | undefined
  /** Who loads the list: an actor of the audit log. */
  readonly actor: string
  readonly now: number
}

const PROVENANCES = ['own-form', 'own-records', 'purchased', 'lead-generation'] as const
/** What lists call it that were bought or handed on. */
const BOUGHT: Readonly<Record<string, (typeof PROVENANCES)[number]>> = {
  lead_gen: 'lead-generation',
  'lead-gen': 'lead-generation',
  leads: 'lead-generation',
  rented: 'purchased',
  bought: 'purchased',
}

/** Reads rows below a header. Throws UserError where the header lacks what no default gives. */
export function createRowReader(header: readonly string[], parts: ReaderParts): RowReader {
  const names = header.map((name) =>
    name
      .trim()
      .toLowerCase()
      .replaceAll(/[\s-]+/g, '_'),
  )
  const twice = names.find((name, index) => isColumn(name) && names.indexOf(name) !== index)
  if (twice !== undefined) throw new UserError(`The column ${twice} is there twice: leave one out.`)
  if (!names.includes('number')) {
    throw new UserError(
      `The first line has to name the columns, and \`number\` is not among them: use ${COLUMNS.join(', ')}.`,
    )
  }
  const place = names.indexOf('number')
  return {
    isWhole: (cells, lines) => {
      if (cells.length !== header.length) return false
      const long = cells.filter((cell) => cell.includes('\n'))
      return !lines.some((line) => {
        const apart = line.replaceAll('"', '').split(',')
        const number = (apart[place] ?? '').trim()
        const looksLikeRow = apart.length === header.length && 'number' in parseNumber(number, 'US')
        return looksLikeRow && long.some((cell) => cell.includes(number))
      })
    },
    ignored: header.filter((_, index) => !isColumn(names[index] ?? '')),
    read: (cells) => {
      if (cells.length !== header.length) {
        return { faults: [`It has ${cells.length} cells, and the first line names ${header.length}.`] }
      }
      const own = Object.fromEntries(names.map((name, index) => [name, (cells[index] ?? '').trim()]))
      const said = (column: Column): string => own[column] || (parts.defaults[column] ?? '')
      return readRow(said, parts)
    },
  }
}

function isColumn(name: string): name is Column {
  return (COLUMNS as readonly string[]).includes(name)
}

function readRow(said: (column: Column) => string, parts: ReaderParts): ReadRow {
  const { program, actor, now } = parts
  const locale = said('locale') || program.language
  const version = said('disclosure_version')
  const given = said('provenance').toLowerCase()
  const provenance = PROVENANCES.find((known) => known === (BOUGHT[given] ?? given))
  const consent: WrittenConsent = {
    seller: program.seller,
    programName: program.name,
    disclosure: said('disclosure') || (parts.wording(version, locale) ?? ''),
    disclosureVersion: version,
    locale,
    signature: 'import',
    collectedAt: said('collected_at'),
    source: said('source'),
    actor,
    isSeparate: said('is_separate').toLowerCase() === 'yes',
    ...(provenance !== undefined && { provenance }),
  }
  const parsed = parseNumber(said('number'), 'US')
  const faults = [
    ...('fault' in parsed ? [NUMBER_SENTENCES[parsed.fault]] : []),
    ...(consent.disclosure === ''
      ? ['It does not say what was agreed to: give `disclosure` word for word, or a version of the program.']
      : []),
    ...faultsOf(consent, program.kind, now)
      // Of a text that is not there nothing more need be said.
      .filter((fault) => consent.disclosure !== '' || !isOfText(fault))
      .map(faultSentence),
  ]
  return faults.length > 0 || 'fault' in parsed ? { faults } : { number: parsed.number, consent }
}

const NOT_OF_TEXT = ['version', 'source', 'actor', 'time', 'empty-box', 'separate-signature']

function isOfText(fault: ReturnType<typeof faultsOf>[number]): boolean {
  return 'missing' in fault && !NOT_OF_TEXT.includes(fault.missing)
}
