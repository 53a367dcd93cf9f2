/**
 * What may be sent to the engine by whom. In the embedded engine every connection is all-powerful, and `readonly=1`
 * leaves gaps there (docs/adr/0002-engine-process.md): the function `file` reads any file, `INTO OUTFILE` writes one,
 * `DESCRIBE` opens addresses, several statements pass as one, and `SETTINGS readonly = 0` in a subquery ends it. So a
 * reader's statement is looked at before it is run.
 */

/** A piece of a statement, read as ClickHouse's own lexer would; what it does not know is refused. */
const TOKEN =
  /(?<blank>\s+|--[^\n]*|\/\*[\s\S]*?\*\/)|(?<text>'(?:[^'\\]|\\[\s\S]|'')*')|(?<quoted>"[^"\\]*"|`[^`\\]*`)|(?<word>[A-Za-z0-9_]+)|(?<end>;)|(?<sign>(?!\/\*)[-+*/%=<>!?:.,()[\]{}|^&@~])/y

/** Words that reach files whatever the settings say, or change the settings. */
const REFUSED_NAMES = new Set(['file', 'outfile', 'catboostevaluate', 'eval', 'settings'])
const FIRST_WORDS = new Set(['select', 'with'])

/**
 * Why a reader may not send this statement, as one sentence; undefined: it may. `outside` are the functions, in lower
 * case, that reach past the database.
 */
export function readerFault(statement: string, outside: ReadonlySet<string>): string | undefined {
  let first: string | undefined
  let before: string | undefined
  let ended = false
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < statement.length) {
    const position = TOKEN.lastIndex
    const found = TOKEN.exec(statement)?.groups
    if (!found) return `A reader's statement holds something unreadable at character ${position}.`
    if (found['blank'] !== undefined) continue
    if (ended) return 'A reader sends one statement at a time.'
    ended = found['end'] !== undefined
    if (ended) continue
    const name = (found['word'] ?? found['quoted']?.slice(1, -1))?.toLowerCase()
    if (name !== undefined && REFUSED_NAMES.has(name)) return `A reader must not use ${name}.`
    const isCall = found['sign'] === '('
    if (isCall && before !== undefined && outside.has(before)) return `A reader must not use ${before}.`
    before = name
    if (!isCall) first ??= found['word']?.toLowerCase() ?? ''
  }
  if (first === undefined || !FIRST_WORDS.has(first)) return 'A reader sends SELECT or WITH statements only.'
  return undefined
}

/**
 * Settings a reader may send: how its query is run, how long, and how numbers look. Others can name files
 * (`format_schema`, `format_template_row`) or open what `readonly` closes (`allow_experimental_eval_table_function`).
 */
const READER_SETTING =
  /^(?:max_|min_|optimize_|join_|result_|timeout_|output_format_json_|log_comment$|readonly$|session_timezone$|select_sequential_consistency$|send_progress_in_http_headers$|http_headers_progress_interval_ms$)/

/** Why a reader may not send these settings, as one sentence; undefined: it may. */
export function settingFault(names: Iterable<string>): string | undefined {
  for (const name of names) {
    if (!READER_SETTING.test(name)) return `A reader must not change the setting ${name}.`
  }
  return undefined
}

/** Formats in which the engine takes the bytes of a request as they are: Native from a file, the others as text. */
const RAW_FORMATS = [
  'TabSeparated',
  'TSV',
  'CSV',
  'CSVWithNames',
  'JSONEachRow',
  'JSONCompactEachRow',
  'Native',
] as const
export type RawFormat = (typeof RAW_FORMATS)[number]

export interface InsertTarget {
  readonly table: string
  readonly columns?: readonly string[]
  readonly format: RawFormat
}

const INSERT =
  /^\s*INSERT\s+INTO\s+(?:TABLE\s+)?(?<table>[`"]?\w+[`"]?(?:\.[`"]?\w+[`"]?)?)\s*(?:\(\s*(?<columns>[`"\w\s,]+)\))?\s*FORMAT\s+(?<format>\w+)\s*;?\s*$/i

/**
 * Where a plain `INSERT INTO table [(columns)] FORMAT name` puts its rows. Undefined for any other statement, which
 * then goes to the engine as text.
 */
export function insertTarget(statement: string): InsertTarget | undefined {
  const found = INSERT.exec(statement)?.groups
  const format = RAW_FORMATS.find((name) => name.toLowerCase() === found?.['format']?.toLowerCase())
  if (!found || format === undefined) return undefined
  const table = bare(found['table'] ?? '')
  const columns = found['columns']?.split(',').map((column) => bare(column.trim()))
  return columns === undefined ? { table, format } : { table, columns, format }
}

/** The same insert, of rows that lie in a file in the Native format. */
export function insertFromFile({ table, columns }: InsertTarget, file: string): string {
  const names = columns?.map((name) => `\`${name}\``).join(', ')
  const into = names === undefined ? '' : ` (${names})`
  return `INSERT INTO ${table}${into} SELECT ${names ?? '*'} FROM file(${literal(file)}, 'Native')`
}

function bare(name: string): string {
  return name.replaceAll(/[`"]/g, '')
}

/**
 * Statements that neither change data nor have to wait for those that do: what the writer asks about its own batches,
 * and the killing of a query that hangs in front of it.
 */
export function isAside(statement: string): boolean {
  return /^[\s(]*(?:SELECT|WITH|KILL|SHOW|EXISTS|EXPLAIN|DESCRIBE|DESC)\b/i.test(statement)
}

/**
 * Statements that work on rows which are there already, for minutes where there are many: whoever sends rows does not
 * wait for them.
 */
export function isLong(statement: string): boolean {
  return /^\s*(?:INSERT\s+INTO\s[^']*?\bSELECT\b|ALTER\s+TABLE\s+\S+\s+DELETE\b|OPTIMIZE\b)/i.test(statement)
}

const ESCAPED: Record<string, string> = { '\\': '\\\\', "'": "\\'", '\0': '\\0' }

/** A text as a ClickHouse string literal. */
export function literal(value: string): string {
  return `'${value.replaceAll(/[\\'\0]/g, (character) => ESCAPED[character] ?? '')}'`
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/

/** A setting, parameter or database name that can stand in a statement as it is. */
export function isName(name: string): boolean {
  return NAME.test(name)
}
